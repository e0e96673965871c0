// Package server puts the doors of the house behind one address: pages, API, live editing, git.
//
// Start with [New] and [Server.Serve]. Every route stands in one table with the rule that says who may use it
// (routes.go); finer rules, such as whose draft it is, are drafting's. Every error a handler returns becomes one status,
// one sentence and one line of the log (errors.go).
//
// Promises: no route without a rule; no page that runs inline script or style; no form taken from another site; what
// was begun when the server is told to stop is finished first.
package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/server/attempts"
	"plenary/server/drafting"
	"plenary/server/web"
)

// Door lets people in: by password, by session, by access token. Package auth has one.
type Door interface {
	web.Door
	Actor(ctx context.Context, secret string) (drafting.Actor, error)
	TokenActor(ctx context.Context, login, secret string) (drafting.Actor, error)
	// Stands looks whether a session's or token's secret is in force, without that counting as use; else ErrSignedOut.
	Stands(ctx context.Context, secret string) error
}

// Options are what a server works with. Service, Door and Dist are required.
type Options struct {
	Service *drafting.Service
	Door    Door
	Dist    fs.FS           // the built pages, with their manifest
	Git     http.Handler    // the git door, at /git/; nil: none
	Public  string          // the address people use, "https://texts.example.org"; cookies are Secure when it is https
	Demo    []web.DemoLogin // shown on the sign-in page of a demonstration only
	Log     *slog.Logger    // nil: nothing is logged
	Now     func() time.Time

	// Proxies are whose X-Forwarded-For is believed; none: a request comes from whoever opened the connection.
	Proxies []netip.Prefix

	Provider string // what the provider of identities is called on the pages; empty: none
	Strict   bool   // the secretariat must have a second step of signing in
	Mail     bool   // people are mailed what is new to them, and may have none

	MetricsToken string // with which /metrics is read from elsewhere; empty: on this machine only
}

// Server answers every request of the house.
type Server struct {
	service   *drafting.Service
	door      Door
	git       http.Handler
	pages     *web.Pages
	assets    http.Handler
	sessions  sessions
	addresses *attempts.Table // sign-ins by address
	logins    *attempts.Table // and by login there
	origin    *http.CrossOriginProtection
	public    string
	log       *slog.Logger
	now       func() time.Time
	echo      *echo.Echo

	metrics      *metrics
	metricsToken string
	known        map[string]bool // every route, by its key
	stopping     atomic.Bool
	strict       bool          // the secretariat must have a second step
	patience     time.Duration // how long a page or a call may take, its body included
	signIns      signIns
	follows      follows
	closing      chan struct{} // closed when the server stops: streams end then
}

// New returns a server over what options name. It returns [web.ErrNotBuilt] where the pages have not been built.
func New(o Options) (*Server, error) {
	s := &Server{
		service: o.Service, door: o.Door, git: o.Git, public: strings.TrimRight(o.Public, "/"), log: o.Log, now: o.Now,
		closing:  make(chan struct{}),
		sessions: sessions{secure: strings.HasPrefix(o.Public, "https://")}, origin: http.NewCrossOriginProtection(),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.addresses, s.logins = attempts.New(perAddress, triesKept), attempts.New(perLogin, triesKept)
	assets, err := web.NewAssets(o.Dist)
	if err != nil {
		return nil, err
	}
	if s.assets, err = assets.Handler(); err != nil {
		return nil, err
	}
	s.pages, err = web.New(web.Options{
		Service: o.Service, Door: o.Door, Sessions: s.sessions, Assets: assets, Public: s.public, Demo: o.Demo, Now: s.now,
		Provider: o.Provider, Strict: o.Strict, Mail: o.Mail,
	})
	if err != nil {
		return nil, fmt.Errorf("make the pages: %w", err)
	}
	s.metricsToken, s.patience, s.strict = o.MetricsToken, pageLimit, o.Strict
	if s.metrics, err = newMetrics(o.Service, o.Git); err != nil {
		return nil, err
	}
	if s.echo, err = s.router(o.Proxies); err != nil {
		return nil, err
	}
	return s, nil
}

// Handler answers requests; it is safe for use by several goroutines.
func (s *Server) Handler() http.Handler { return headed(s.echo) }

// headed answers HEAD as GET without its body. Git's door knows HEAD itself.
func headed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead && !strings.HasPrefix(r.URL.Path, "/git/") {
			r = r.Clone(r.Context()) // the answer still belongs to the HEAD request, so its body is not sent
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// httpServer bounds how long and how large the head of a request may be. Its body and its answer are bounded by [Server.bound].
func (s *Server) httpServer() *http.Server {
	return &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
}

// stopping is how long requests that were begun may go on when the server is told to stop.
const stopping = 20 * time.Second

// Serve answers requests on l until ctx ends, then finishes what was begun and returns. It does not close the service.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := s.httpServer()
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	go s.watch(watching)
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		s.stopping.Store(true)
		close(s.closing)
		begun, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopping)
		defer cancel()
		stopped <- server.Shutdown(begun)
	})
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("stop serving %s: %w", l.Addr(), err)
	}
	return nil
}
