package drafting

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"plenary/realtime"
	"plenary/repo"
	"plenary/repo/resolution"
)

// words writes a name as addresses and refs hold it: lower case, accents off, single hyphens between words.
func words(s string) string {
	var b strings.Builder
	gap := false
	for _, c := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(c)
		case unicode.Is(unicode.Mn, c):
		default:
			gap = true
		}
	}
	return b.String()
}

// branchName is the name of the branch of a numbered proposal: "48a5-1" for USA/48A5/1 of USA.
func branchName(number ProposalNumber, label string) string {
	own := strings.TrimPrefix(words(string(number)), words(label)+"-")
	if own == "" || own == words(label) {
		return ""
	}
	return own
}

// adoptedTag is the tag of an adopted text: "adopted/dubai-2012".
func adoptedTag(place string, year int) string {
	return "adopted/" + words(place) + "-" + strconv.Itoa(year)
}

// cutLast cuts s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// titled writes the place of a tag as a name, the best that can be done without its text: "new-delhi" is New Delhi.
func titled(place string) string {
	parts := strings.Split(place, "-")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, " ")
}

// firstOf gives the plain words of the first block of a kind; empty when there is none.
func firstOf(t resolution.Text, kind resolution.Kind) string {
	for _, b := range t.Blocks {
		if b.Kind == kind {
			return resolution.Plain(b.Words)
		}
	}
	return ""
}

// editionOf reads the edition off the number line: "Rev. Dubai, 2012" from "RESOLUTION 7 (Rev. Dubai, 2012)".
func editionOf(t resolution.Text) string {
	line := firstOf(t, resolution.KindNumber)
	open, end := strings.LastIndex(line, "("), strings.LastIndex(line, ")")
	if open < 0 || end < open {
		return ""
	}
	return strings.TrimSpace(line[open+1 : end])
}

// numberOf reads the number off the number line: "7" from "RESOLUTION 7 (Rev. Dubai, 2012)". The word that says what
// kind of text it is may be in any language.
func numberOf(t resolution.Text) string {
	line, _, _ := strings.Cut(firstOf(t, resolution.KindNumber), "(")
	for w := range strings.FieldsSeq(line) {
		if strings.ContainsFunc(w, unicode.IsDigit) {
			return w
		}
	}
	return ""
}

// placeOf reads place and year off an edition: Dubai, 2012 from "Rev. Dubai, 2012".
func placeOf(edition string) (string, int) {
	place, last, found := cutLast(edition, ",")
	year, err := strconv.Atoi(strings.TrimSpace(last))
	if !found || err != nil || year < 1000 || year > 9999 {
		return "", 0
	}
	return strings.TrimSpace(revised.ReplaceAllString(place, "")), year
}

// room names the room of a draft.
func room(slug repo.Slug, d repo.DraftName) realtime.RoomName {
	return realtime.RoomName(string(slug) + ":" + d.Draft())
}

// roomOf reads a room's name.
func roomOf(name realtime.RoomName) (repo.Slug, repo.DraftName, bool) {
	slug, ref, _ := strings.Cut(string(name), ":")
	d, ok := repo.ParseDraftName(ref)
	if !ok || ref != d.Draft() || !repo.Slug(slug).Valid() {
		return "", repo.DraftName{}, false
	}
	return repo.Slug(slug), d, true
}
