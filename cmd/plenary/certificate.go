package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// lookEvery is how often the files of a certificate are looked at for a change.
const lookEvery = 30 * time.Second

// certificate is what HTTPS is served with. It follows its files: those who are connected stay so, new connections
// get the new one. What cannot be read leaves the old one in force, with a line in the log.
type certificate struct {
	cert, key string
	present   atomic.Pointer[tls.Certificate]
	log       *slog.Logger
	stopping  context.CancelFunc
	stopped   chan struct{}
}

// newCertificate reads the files and follows them until it is stopped.
func newCertificate(ctx context.Context, cert, key string, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cert, key: key, log: log, stopped: make(chan struct{})}
	if err := c.read(); err != nil {
		return nil, err
	}
	ctx, c.stopping = context.WithCancel(ctx)
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	go c.follow(ctx, hangUp)
	return c, nil
}

func (c *certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("read the certificate %s: %w", c.cert, err)
	}
	c.present.Store(&pair)
	return nil
}

// follow reads the files again when one of them has changed, and on SIGHUP.
func (c *certificate) follow(ctx context.Context, hangUp chan os.Signal) {
	defer close(c.stopped)
	defer signal.Stop(hangUp)
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	last := c.changed()
	for {
		asked := false
		select {
		case <-ctx.Done():
			return
		case <-hangUp:
			asked = true
		case <-ticker.C:
		}
		now := c.changed()
		if !asked && now == last {
			continue
		}
		last = now
		if err := c.read(); err != nil {
			c.log.LogAttrs(ctx, slog.LevelError, "the certificate could not be read again; the one before stays in force", slog.Any("error", err))
			continue
		}
		c.log.LogAttrs(ctx, slog.LevelInfo, "the certificate was read again")
	}
}

// changed tells when the files were last written.
func (c *certificate) changed() [2]time.Time {
	var at [2]time.Time
	for i, file := range []string{c.cert, c.key} {
		if found, err := os.Stat(file); err == nil {
			at[i] = found.ModTime()
		}
	}
	return at
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"}, // websockets
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.present.Load(), nil
		},
	}
}

// stop ends following the files.
func (c *certificate) stop() {
	c.stopping()
	<-c.stopped
}
