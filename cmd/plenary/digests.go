package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"plenary/server/drafting"
	"plenary/server/mail"
)

// SMTPConfig says how digests of comments are mailed; without a server none are.
type SMTPConfig struct {
	Server       string        `env:"PLENARY_SMTP_SERVER" placeholder:"HOST:PORT" help:"SMTP server that mails people what is new to them among the comments; none is mailed without it."`
	From         string        `env:"PLENARY_SMTP_FROM" help:"Address such mail comes from."`
	User         string        `env:"PLENARY_SMTP_USER" help:"User at the SMTP server, if it asks for one."`
	PasswordFile string        `env:"PLENARY_SMTP_PASSWORD_FILE" type:"path" help:"File that holds that user's password."`
	Security     string        `env:"PLENARY_SMTP_SECURITY" default:"starttls" enum:"starttls,tls,none" help:"How the connection is protected: starttls, tls, or none for a server on this machine."`
	Every        time.Duration `env:"PLENARY_SMTP_EVERY" default:"1h" help:"How often digests are sent."`
}

// sender makes the sender of mail; nil where none is configured.
func (c SMTPConfig) sender() (*mail.Sender, error) {
	if c.Server == "" {
		return nil, nil //nolint:nilnil // no server, no sender, no mistake
	}
	if c.Every < time.Second {
		return nil, fmt.Errorf("--smtp-every %s is too often: a second is the least", c.Every)
	}
	password := ""
	if c.PasswordFile != "" {
		raw, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("read the SMTP password: %w", err)
		}
		password = strings.TrimSpace(string(raw))
	}
	return mail.New(mail.Config{Server: c.Server, From: c.From, User: c.User, Password: password, Security: mail.Security(c.Security)})
}

// sendDigests mails people what is new to them, at times, until ctx ends.
func (c Config) sendDigests(ctx context.Context, h *house, log *slog.Logger) error {
	sender, err := c.SMTP.sender()
	if err != nil || sender == nil {
		return err
	}
	ticker := time.NewTicker(c.SMTP.Every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		assembly, err := h.drafting.Assembly(ctx)
		if err == nil {
			err = h.drafting.SendDigests(ctx, func(ctx context.Context, d drafting.Digest) error {
				return sender.Send(ctx, mail.Of(d, c.baseURL(), assembly.Code))
			})
		}
		if err != nil && ctx.Err() == nil {
			log.LogAttrs(ctx, slog.LevelError, "digests of comments", slog.Any("error", err))
		}
	}
}
