package main

import (
	"bufio"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// postOffice is an SMTP server that takes every message and keeps it.
func postOffice(t *testing.T) (address string, took <-chan string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	messages := make(chan string, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed at the end of the test
			}
			go takeMail(conn, messages)
		}
	}()
	return l.Addr().String(), messages
}

func takeMail(conn net.Conn, messages chan<- string) {
	defer func() { _ = conn.Close() }()
	say := func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) }
	lines := bufio.NewScanner(conn)
	say("220 post")
	message := ""
	for lines.Scan() {
		verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " ")
		switch verb {
		case "RCPT":
			message += lines.Text() + "\n"
			say("250 ok")
		case "DATA":
			say("354 go on")
			for lines.Scan() && lines.Text() != "." {
				message += lines.Text() + "\n"
			}
			messages <- message
			message = ""
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

var anAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// signedIn is somebody of the demonstration before a browser.
func signedIn(t *testing.T, at, login string) *browser {
	t.Helper()
	b := newBrowser(t)
	b.open(at + "/signin")
	b.fill("Login", login)
	b.fill("Password", "demonstration")
	b.press("Sign in")
	return b
}

// noteAddress has the secretariat note somebody's address.
func noteAddress(t *testing.T, at, name, address string) {
	t.Helper()
	b := signedIn(t, at, "lindqvist")
	b.open("/people")
	b.follow(name)
	b.fill("Address", address)
	b.press("Note it")
}

// Somebody who writes for two delegations is mailed what calls on the one they do not act for at the moment, with a way
// to the comment and a way to have no such mail.
func TestCommentsAreMailed(t *testing.T) {
	t.Parallel()
	server, took := postOffice(t)
	at := started(t, filepath.Join(t.TempDir(), "house"), anAddress, "--demo",
		"--smtp-server", server, "--smtp-from", "plenary@example.org", "--smtp-security", "none", "--smtp-every", "1s")
	noteAddress(t, at, "Mr Haddad", "haddad@example.org")
	haddad := signedIn(t, at, "haddad")
	haddad.open("/account")
	haddad.sees("New comments that call on you, or answer you, are mailed")

	moreau := signedIn(t, at, "moreau")
	moreau.open("/resolutions/wtda-11/comments?text=proposals/eur/18a3-1")
	say := func(words string) {
		moreau.fill("all", "chosen")
		box := moreau.find("Comment", func(n *html.Node) bool { return n.Data == "textarea" && attribute(n, "id") == "words" })
		moreau.filled[box] = words
		moreau.press("Comment")
		moreau.sees(words)
	}
	say("Would every second year do, @AFR?")
	select {
	case message := <-took:
		for _, want := range []string{"<haddad@example.org>", "1 new comment", "Ms Moreau (EUR)", "Would every second year do, @AFR?", "#comment-", "To have no such mail: " + at + "/account"} {
			if !strings.Contains(message, want) {
				t.Errorf("the message lacks %q:\n%s", want, message)
			}
		}
	case <-time.After(patience):
		t.Fatal("nothing was mailed")
	}

	haddad.press("No more mail")
	haddad.sees("You are mailed nothing.")
	say("And @ARB, what do you say?")
	noteAddress(t, at, "Ms Okafor", "okafor@example.org")
	say("One more for @AFR.")
	select {
	case message := <-took:
		if !strings.Contains(message, "<okafor@example.org>") || strings.Contains(message, "haddad@") {
			t.Errorf("who wants no mail, or was not called, was mailed:\n%s", message)
		}
	case <-time.After(patience):
		t.Fatal("nothing was mailed to the one who wants it")
	}
}

// A server that sends no mail offers none.
func TestWithoutAMailServerNoneIsOffered(t *testing.T) {
	t.Parallel()
	at := started(t, filepath.Join(t.TempDir(), "house"), anAddress, "--demo")
	noteAddress(t, at, "Mr Haddad", "haddad@example.org")
	haddad := signedIn(t, at, "haddad")
	haddad.open("/account")
	haddad.sees("Change your password")
	if words := wordsOf(haddad.page); strings.Contains(words, "mailed") {
		t.Errorf("mail is offered by a server that sends none:\n%s", words)
	}
}
