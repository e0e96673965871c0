package mail_test

import (
	"bufio"
	"net"
	netmail "net/mail"
	"strings"
	"testing"

	"plenary/server/drafting"
	"plenary/server/mail"
)

// sink is an SMTP server that takes every message and keeps it.
func sink(t *testing.T) (address string, took <-chan string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	messages := make(chan string, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed at the end of the test
			}
			go converse(conn, messages)
		}
	}()
	return l.Addr().String(), messages
}

func converse(conn net.Conn, messages chan<- string) {
	defer func() { _ = conn.Close() }()
	say := func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) }
	lines := bufio.NewScanner(conn)
	say("220 sink")
	envelope := ""
	for lines.Scan() {
		line := lines.Text()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch verb {
		case "EHLO", "HELO":
			say("250 sink")
		case "MAIL", "RCPT":
			envelope += line + "\n"
			say("250 ok")
		case "DATA":
			say("354 go on")
			message := ""
			for lines.Scan() && lines.Text() != "." {
				message += strings.TrimPrefix(lines.Text(), ".") + "\r\n"
			}
			messages <- envelope + "\n" + message
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func TestSendingADigest(t *testing.T) {
	t.Parallel()
	address, took := sink(t)
	sender, err := mail.New(mail.Config{Server: address, From: "Plenary <plenary@example.org>", Security: mail.Plain})
	if err != nil {
		t.Fatal(err)
	}
	res := drafting.Resolution{Slug: "wtsa-7", Number: "7"}
	d := drafting.Digest{To: drafting.Person{Name: "Ms Carter", Email: "carter@example.org"}, Lines: []drafting.DigestLine{
		{
			Resolution: res, Text: "proposals/eur/1", Label: "EUR/1", Thread: 12, Clause: "resolves 2", Who: drafting.PersonName{Name: "Mr Weber", Circle: "EUR"},
			Audience: drafting.AudienceAll, Words: "How thick, @USA?\nBcc: everybody@example.org\n.\nQUIT",
		},
		{Resolution: res, Text: "drafts/usa/1", Label: "USA\r\nBcc: x@example.org", Thread: 13, Clause: "noting", Who: drafting.PersonName{Name: "Ms Reed\u202e"}, Audience: drafting.AudienceOwn},
	}}
	if err := sender.Send(t.Context(), mail.Of(d, "https://plenary.example", "WTSA\r\nBcc: y@example.org")); err != nil {
		t.Fatal(err)
	}
	envelope, message, _ := strings.Cut(<-took, "\n\n")
	if strings.Count(envelope, "RCPT") != 1 || !strings.Contains(envelope, "<carter@example.org>") || !strings.Contains(envelope, "<plenary@example.org>") {
		t.Errorf("the envelope is\n%s", envelope)
	}
	read, err := netmail.ReadMessage(strings.NewReader(message))
	if err != nil {
		t.Fatalf("%v in\n%s", err, message)
	}
	for _, header := range []string{"Bcc", "Cc"} {
		if read.Header.Get(header) != "" {
			t.Errorf("words became the header %s", header)
		}
	}
	if got := read.Header.Get("List-Unsubscribe"); got != "<https://plenary.example/account>" {
		t.Errorf("no more of these at %q", got)
	}
	body := strings.ReplaceAll(strings.ReplaceAll(message, "=\r\n", ""), "=3D", "=")
	for _, want := range []string{
		"How thick, @USA?", "Mr Weber (EUR) on resolves 2 of EUR/1, Resolution 7:", "QUIT", "not for everybody",
		"https://plenary.example/resolutions/wtsa-7/comments?text=proposals%2Feur%2F1#comment-12", "To have no such mail",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("nothing of %q in\n%s", want, body)
		}
	}
	if strings.ContainsRune(mail.Of(d, "", "").Text, '\u202e') {
		t.Error("a name turns the text around")
	}
}

func TestEveryProblemOfTheConfigurationIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config mail.Config
		want   []string
	}{
		{mail.Config{Server: "mail", From: "nobody", User: "x", Security: "rot13"}, []string{`"mail"`, `"nobody"`, "needs a password", `"rot13"`}},
		{mail.Config{Server: "mail.example.org:25", From: "a@example.org", Security: mail.Plain}, []string{"unprotected"}},
		{mail.Config{Server: "mail.example.org:99999", From: "a@example.org"}, []string{"host:port"}},
	} {
		_, err := mail.New(c.config)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: %v, want something on %s", c.config, err, want)
			}
		}
	}
	if _, err := mail.New(mail.Config{Server: "mail.example.org:587", From: "a@example.org", User: "u", Password: "p"}); err != nil {
		t.Errorf("a proper configuration: %v", err)
	}
}

// A server that is not there, or takes nothing, is an error, not a silence.
func TestUnsentMailIsTold(t *testing.T) {
	t.Parallel()
	sender, err := mail.New(mail.Config{Server: "127.0.0.1:1", From: "a@example.org", Security: mail.Plain})
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), mail.Message{To: "b@example.org", Text: "x"}); err == nil {
		t.Error("mail to nowhere was sent")
	}
}
