package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"plenary/frontend"
	"plenary/server"
	"plenary/server/demo"
	"plenary/server/drafting"
	"plenary/server/githttp"
	"plenary/server/store"
	"plenary/server/web"
)

// ServeCommand serves an assembly until it is told to stop.
type ServeCommand struct {
	Config
}

// Validate reports every problem of the configuration at once.
func (c ServeCommand) Validate() error { return c.validate() }

// soleWait is how long a server waits for what a killed one has left running.
const soleWait = 3 * time.Second

// Run opens the house, serves it, and on SIGTERM or SIGINT saves every open draft before it ends.
func (c ServeCommand) Run(ctx context.Context, s Streams) (err error) {
	log := c.logger(s)
	dir, cleanUp, err := c.directory()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cleanUp()) }()

	h, err := openHouse(ctx, dir, c.Demo, log)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, h.close(closing))
	}()
	if h.index == nil {
		return store.ErrNoFullText
	}
	if sole, err := h.archive.Claim(soleWait); err != nil {
		return err
	} else if !sole {
		return fmt.Errorf("another plenary works on %s: stop it first, or wait until its command has ended", dir)
	}
	if err := h.whole(ctx); err != nil {
		return err
	}
	if c.SigningKey != "" {
		if err := h.archive.SignTags(ctx, c.SigningKey); err != nil {
			return err
		}
	}
	h.drafting.SetWaiting(drafting.Waiting{Megabytes: c.ReceivedMB, Days: c.Received})
	if err := h.drafting.Reconcile(ctx); err != nil {
		return fmt.Errorf("finish what an earlier run began: %w: plenary check tells what does not fit, plenary restore puts a backup back", err)
	}
	var logins []web.DemoLogin
	if c.Demo {
		if logins, err = seedDemo(ctx, h); err != nil {
			return err
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("%w: is another server running there? name another address with --listen", err)
	}
	c.Listen = listener.Addr().String()
	if c.TLSCert != "" {
		certificate, err := newCertificate(ctx, c.TLSCert, c.TLSKey, log)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		defer certificate.stop()
		listener = tls.NewListener(listener, certificate.config())
	}
	return c.serve(ctx, s, h, listener, logins, log)
}

// serve puts the doors in front of the house and answers until ctx ends.
func (c ServeCommand) serve(ctx context.Context, s Streams, h *house, listener net.Listener, logins []web.DemoLogin, log *slog.Logger) (err error) {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program's own path, which git's hook calls: %w", err)
	}
	git, err := githttp.New(githttp.Options{
		Archive: h.archive, Access: server.GitAccess(h.drafting, h.doorkeeper), Log: log,
		Hook: []string{self, "hook", "pre-receive"}, Public: c.baseURL(),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, git.Close()) }()
	dist, err := fs.Sub(frontend.Dist, "dist")
	if err != nil {
		return err
	}
	metricsToken, err := c.metricsToken()
	if err != nil {
		return err
	}
	proxies, err := c.proxies()
	if err != nil {
		return err
	}
	provider, providerName, err := c.provider()
	if err != nil {
		return err
	}
	h.doorkeeper.SetProvider(provider)
	srv, err := server.New(server.Options{
		MetricsToken: metricsToken, Proxies: proxies, Provider: providerName, Strict: c.SecondStep, Mail: c.SMTP.Server != "",
		Service: h.drafting, Door: h.doorkeeper, Dist: dist, Git: git, Public: c.baseURL(), Demo: logins, Log: log,
	})
	if err != nil {
		return err
	}
	upkeep := make(chan struct{})
	go func() {
		defer close(upkeep)
		h.keepUp(ctx, log)
	}()
	mailing := make(chan error, 1)
	go func() { mailing <- c.sendDigests(ctx, h, log) }()
	defer func() { <-upkeep; err = errors.Join(err, <-mailing) }()
	if err := c.greet(ctx, s, h, logins); err != nil {
		return err
	}
	return srv.Serve(ctx, listener)
}

// directory gives the data directory, and what to do with it at the end.
func (c ServeCommand) directory() (dir string, cleanUp func() error, err error) {
	if c.Data != "" {
		return c.Data, func() error { return nil }, nil
	}
	dir, err = os.MkdirTemp("", "plenary-demo-*")
	return dir, func() error { return os.RemoveAll(dir) }, err
}

// greet says where the assembly is, how the first account is made where there is none, and, in a demonstration, who
// can sign in how.
func (c ServeCommand) greet(ctx context.Context, s Streams, h *house, logins []web.DemoLogin) error {
	assembly, err := h.drafting.Assembly(ctx)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.Out, "Plenary serves %s at %s\n", assembly.Code, c.baseURL()); err != nil {
		return err
	}
	for _, notice := range c.notices() {
		if _, err := fmt.Fprintf(s.Out, "\nNotice: %s\n", notice); err != nil {
			return err
		}
	}
	if err := c.firstLink(ctx, s, h); err != nil || len(logins) == 0 {
		return err
	}
	if _, err := fmt.Fprintf(s.Out, "\nThis is a demonstration. Sign in as:\n\n"); err != nil {
		return err
	}
	for _, l := range logins {
		part := l.Role
		if l.Circle != "" && l.Circle != l.Role {
			part += " of " + strings.ToUpper(l.Circle)
		}
		if _, err := fmt.Fprintf(s.Out, "  %-14s password %-14s %s, %s\n", l.Login, l.Password, l.Name, part); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(s.Out)
	return err
}

// firstLink prints a one-time link to the first secretariat account, where nobody has an account yet. Each start makes
// a new one, and those before open nothing.
func (c ServeCommand) firstLink(ctx context.Context, s Streams, h *house) error {
	people, err := h.drafting.People(ctx, drafting.Operator())
	if err != nil || len(people) > 0 {
		return err
	}
	secret, hash := h.doorkeeper.NewLink()
	if err := h.drafting.InviteFirst(ctx, drafting.Operator(), hash); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "\nNobody has an account yet. Open this link within a day to make the secretariat's first one; it opens once:\n\n  %s/welcome?link=%s\n\n", c.baseURL(), secret)
	return err
}

// seedDemo makes the demonstration assembly unless the directory holds it from an earlier run.
func seedDemo(ctx context.Context, h *house) ([]web.DemoLogin, error) {
	signIns, err := demo.Seed(ctx, h.drafting, h.doorkeeper, time.Now())
	if err != nil {
		return nil, err
	}
	logins := make([]web.DemoLogin, len(signIns))
	for i, l := range signIns {
		logins[i] = web.DemoLogin{Login: l.Login, Password: l.Password, Name: l.Name, Role: string(l.Role), Circle: string(l.Circle)}
	}
	return logins, nil
}

// upkeepEvery is how often the repositories are looked through for packing.
const upkeepEvery = 10 * time.Minute

// keepUp packs repositories off the request path until ctx ends.
func (h *house) keepUp(ctx context.Context, log *slog.Logger) {
	ticker := time.NewTicker(upkeepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := h.archive.Upkeep(ctx); err != nil && ctx.Err() == nil {
				log.LogAttrs(ctx, slog.LevelError, "upkeep of repositories", slog.String("error", err.Error()))
			}
		}
	}
}
