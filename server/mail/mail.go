// Package mail sends people what is new to them, by SMTP.
//
// Start with [New] and [Sender.Send]; [Of] writes a digest as a message. A message is plain text with links to the
// pages, which ask who is reading: nothing that only some may read is in it.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"plenary/server/drafting"
)

// Config says how mail is sent.
type Config struct {
	Server   string // host:port of the SMTP server
	From     string // address people see it come from
	User     string // empty: without signing in
	Password string
	Security Security
}

// Security is how the connection to the SMTP server is kept to itself.
type Security string

// The ways. Plain is taken only for a server on the same machine.
const (
	StartTLS Security = "starttls"
	TLS      Security = "tls"
	Plain    Security = "none"
)

// longest is how long one message may take.
const longest = 30 * time.Second

// Sender sends messages. It is safe for use by several goroutines, and holds no connection between messages.
type Sender struct {
	from    string
	host    string
	options []mail.Option
}

// New checks the configuration, all problems at once, and returns a sender. Nothing is sent.
func New(c Config) (*Sender, error) {
	var problems []error
	host, service, err := net.SplitHostPort(c.Server)
	port, number := strconv.Atoi(service)
	if err != nil || number != nil || port < 1 || port > 65535 {
		problems = append(problems, fmt.Errorf("%q is no SMTP server: write host:port, such as mail.example.org:587", c.Server))
	}
	if _, err := netmail.ParseAddress(c.From); err != nil {
		problems = append(problems, fmt.Errorf("%q is no address to send mail from: write it as plenary@example.org", c.From))
	}
	if (c.User == "") != (c.Password == "") {
		problems = append(problems, errors.New("an SMTP user needs a password, and a password its user"))
	}
	options := []mail.Option{mail.WithPort(port), mail.WithTimeout(longest), mail.WithHELO("localhost")}
	switch c.Security {
	case StartTLS, "":
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case TLS:
		options = append(options, mail.WithSSL())
	case Plain:
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			problems = append(problems, fmt.Errorf("mail to %s would go unprotected: without TLS an SMTP server is taken on this machine only", host))
		}
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		problems = append(problems, fmt.Errorf("%q is no way to protect mail: write starttls, tls or none", c.Security))
	}
	if c.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(c.User), mail.WithPassword(c.Password))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return &Sender{from: c.From, host: host, options: options}, nil
}

// Message is one mail to one person.
type Message struct {
	To, Subject, Text string
	Leave             string // address of the page where they can have no more of these
}

// Send hands a message to the SMTP server.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8))
	if err := errors.Join(msg.From(s.from), msg.To(m.To)); err != nil {
		return fmt.Errorf("mail to %s: %w", m.To, err)
	}
	msg.Subject(oneLine(m.Subject))
	msg.SetDate()
	msg.SetMessageID()
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Leave != "" {
		msg.SetGenHeader("List-Unsubscribe", "<"+m.Leave+">")
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("mail by %s: %w", s.host, err)
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("mail by %s: %w", s.host, err)
	}
	return nil
}

// Of writes a digest. public is the address people use, assembly what they call it.
func Of(d drafting.Digest, public, assembly string) Message {
	noun := "comments"
	if len(d.Lines) == 1 {
		noun = "comment"
	}
	m := Message{To: d.To.Email, Subject: fmt.Sprintf("%s: %d new %s", assembly, len(d.Lines), noun), Leave: public + "/account"}
	var b strings.Builder
	fmt.Fprintf(&b, "%s,\n\nnew in what you have part in:\n", oneLine(d.To.Name))
	for _, l := range d.Lines {
		who := l.Who.Name
		if l.Who.Circle != "" {
			who += " (" + l.Who.Circle + ")"
		}
		fmt.Fprintf(&b, "\n%s on %s of %s", oneLine(who), oneLine(l.Clause), oneLine(l.Label))
		if l.Resolution.Number != "" {
			fmt.Fprintf(&b, ", Resolution %s", oneLine(l.Resolution.Number))
		}
		b.WriteString(":\n")
		for line := range strings.SplitSeq(strings.TrimSpace(l.Words), "\n") {
			if line = oneLine(line); line != "" {
				fmt.Fprintf(&b, "  %s\n", line)
			}
		}
		if l.Words == "" {
			b.WriteString("  (not for everybody: read it on the page)\n")
		}
		fmt.Fprintf(&b, "  %s/resolutions/%s/comments?%s#comment-%d\n", public, l.Resolution.Slug, url.Values{"text": {l.Text}}.Encode(), l.Thread)
	}
	fmt.Fprintf(&b, "\n-- \nTo have no such mail: %s\n", m.Leave)
	m.Text = b.String()
	return m
}

// oneLine takes out what could begin a line or turn a text around.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 {
			return ' '
		}
		return c
	}, s)), " ")
}
