package auth

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"plenary/server/drafting"
)

// commonWords are what people build passwords of when they are told to make one up; one a line, lower case, letters
// only, in several languages.
//
//go:embed common.txt
var commonWords string

// rows are the keys as they lie, and the orders everybody knows; a password that walks along them is guessed first.
var rows = []string{
	"01234567890123456789", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "qwertyuiopqwertyuiop", "asdfghjklasdfghjkl", "zxcvbnmzxcvbnm",
	"qwertzuiopqwertzuiop", "azertyuiopazertyuiop", "1qaz2wsx3edc4rfv5tgb6yhn", "qazwsxedcrfvtgbyhnujm", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
}

// refusePassword tells what is wrong with a password that somebody called login and name chose: too short, too long,
// or among the first that a guesser tries.
func refusePassword(password, login, name string) error {
	if utf8.RuneCountInString(password) < shortestPassword || len(password) > longestPassword {
		return &drafting.Refusal{Sentence: fmt.Sprintf("A password needs at least %d characters, and at most %d bytes.", shortestPassword, longestPassword)}
	}
	why := ""
	switch {
	case walked(password):
		why = "follows the keys, the alphabet or one sign over and over"
	case made(password, strings.Fields(commonWords)):
		why = "is made of words that everybody tries first"
	case made(password, append(strings.Fields(strings.ToLower(name)), letters(login), "plenary")):
		why = "is made of your name or login"
	default:
		return nil
	}
	return &drafting.Refusal{Sentence: "This password " + why + ". Take several words that do not belong together, or let your browser suggest one."}
}

// walked tells whether a password is one short sign or word over and over, or a walk along a row of keys, there or back.
func walked(password string) bool {
	p := strings.ToLower(password)
	for size := 1; size <= 4 && size < len(p); size++ {
		if strings.Repeat(p[:size], len(p)/size+1)[:len(p)] == p {
			return true
		}
	}
	// Two walks, one after the other, are no better than one: "1234567890qwerty".
	for cut := 0; cut <= len(p); cut++ {
		if alongRow(p[:cut]) && alongRow(p[cut:]) {
			return true
		}
	}
	return false
}

func alongRow(p string) bool {
	for _, row := range rows {
		if strings.Contains(row, p) || strings.Contains(reversed(row), p) {
			return true
		}
	}
	return false
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// written undoes what people write for letters: p4$$w0rd.
var written = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "@", "a", "$", "s", "!", "i", "+", "t")

// made tells whether nothing is left of a password but digits and signs, few of them letters, when the words are taken out.
// "Password2026!" and "p4ssw0rd.p4ssw0rd" are made of password, "password to the harbour lights" is not.
func made(password string, words []string) bool {
	lower := strings.ToLower(password)
	for _, read := range []string{lower, written.Replace(lower)} {
		rest, found := read, false
		for _, w := range words {
			if w = letters(w); len(w) < 4 {
				continue
			}
			if strings.Contains(rest, w) {
				rest, found = strings.ReplaceAll(rest, w, " "), true
			}
		}
		if found && utf8.RuneCountInString(letters(rest)) <= 2 && !strange(rest) {
			return true
		}
	}
	return false
}

// strange tells whether so many digits and signs are left that they make a password of their own.
func strange(rest string) bool {
	return utf8.RuneCountInString(strings.Join(strings.Fields(rest), "")) > 8
}

// letters gives the letters of s, in lower case.
func letters(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, s)
}
