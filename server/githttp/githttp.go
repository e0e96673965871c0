// Package githttp serves clone, fetch and push to stock git over HTTP.
//
// Start with [New]. The handler answers for two kinds of address:
//
//	/git/<resolution>.git                    the public repository, to be read
//	/git/desks/<circle>/<resolution>.git     a circle's desk, to be read and pushed to by its people
//
// Stock git does the work behind it (upload-pack and receive-pack, one process a request); this package decides who
// is served ([Access]), what a push may do, and how much of the machine all of it may take.
//
// A push goes through five gates: the person, the list of refs, the branch locks, the sizes declared in its pack,
// and the content of what it brings, looked at while git still holds it in quarantine. A push that is refused at
// any of them is refused whole, with a sentence that says what to do, and changes nothing.
package githttp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"time"

	"plenary/repo"
)

// Address is a repository as the URL names it.
type Address struct {
	Slug   repo.Slug
	Circle repo.Circle // whose desk; empty for the public repository
}

// String gives the path of the address: "/git/desks/usa/wtsa-7.git".
func (a Address) String() string {
	if a.Circle == "" {
		return "/git/" + string(a.Slug) + ".git"
	}
	return "/git/desks/" + string(a.Circle) + "/" + string(a.Slug) + ".git"
}

// Caller is who asks, as Access knows them. This package only hands it back.
type Caller any

// Access says who may do what. Its errors are ErrSignedOut, ErrNotFound, a *Refusal; any other is the server's own
// trouble and is not shown.
type Access interface {
	// Authenticate tells who a login and a personal access token belong to; both empty for nobody in particular.
	// ErrSignedOut when they belong to nobody.
	Authenticate(ctx context.Context, login, token string) (Caller, error)
	// MayRead answers nil, ErrSignedOut when signing in could help, or ErrNotFound, for what does not exist and
	// for the desks of others alike.
	MayRead(ctx context.Context, c Caller, at Address) error
	// CheckPush is asked about a push to a desk whose refs keep the rules of the layout; it gives a sentence for
	// each ref that the caller may not move now, and "" for the others.
	CheckPush(ctx context.Context, c Caller, at Address, updates []repo.RefUpdate) ([]string, error)
	// Admit is asked about a push whose content is right, while the branch locks are held and its objects are in
	// quarantine: a sentence refuses it whole, "" lets it in.
	Admit(ctx context.Context, c Caller, at Address, pushed []repo.PushedRef) (sentence string, err error)
	// Authors gives the people whom commits pushed to a desk may name with an address of the server: those who write
	// there.
	Authors(ctx context.Context, c Caller, at Address) ([]repo.Author, error)
	// BeforeFetch is called before refs are shown to whoever fetches, to save what has waited too long in live
	// rooms. It is not called for a push: words not committed yet do not stand in its way.
	BeforeFetch(ctx context.Context, at Address) error
	// Pushed is called when the refs of a push have moved and all locks are released, to publish submissions and
	// hand the difference to live rooms. It runs to its end also when the client has gone.
	Pushed(ctx context.Context, c Caller, at Address, updates []repo.RefUpdate) error
	// Desk names the circle whose desk the caller would push to; empty when there is none.
	Desk(c Caller) repo.Circle
}

var (
	// ErrSignedOut asks the client for a login and a token.
	ErrSignedOut = errors.New("not signed in")
	// ErrNotFound is what does not exist, or what the caller may not know to exist.
	ErrNotFound = errors.New("not found")
)

// Refusal is a no with its reason and what to do, in one sentence.
type Refusal struct{ Sentence string }

// Error gives the sentence.
func (r *Refusal) Error() string { return r.Sentence }

// Options are the settings of the handler. Archive, Access and Log are needed.
type Options struct {
	Archive *repo.Archive
	Access  Access
	Log     *slog.Logger

	Hook      []string      // the command that runs RunHook, such as {"/usr/bin/plenary", "hook", "pre-receive"}
	Public    string        // address of the server in sentences, "https://plenary.example"; the request's when empty
	Processes int           // git processes at a time; 2 for each core when 0
	Queue     time.Duration // how long a request waits for its turn; 15 s when 0
	Idle      time.Duration // how long a client may be silent; 30 s when 0
	Patience  time.Duration // how long one git process may take over a push; 2 min when 0
}

// Handler serves git. Close it when no request is running any more.
type Handler struct {
	o      Options
	places chan struct{} // a token for each git process that runs
	hooks  *hookServer
	turns  pushTurns
}

// New makes the handler and begins to listen for its own hook. It writes the hook that git calls into the
// archive's directory.
func New(o Options) (*Handler, error) {
	if o.Processes <= 0 {
		o.Processes = 2 * runtime.NumCPU()
	}
	o.Queue = orElse(o.Queue, 15*time.Second)
	o.Idle = orElse(o.Idle, 30*time.Second)
	o.Patience = orElse(o.Patience, 2*time.Minute)
	hooks, err := listenForHooks(o.Archive, o.Hook, o.Log)
	if err != nil {
		return nil, fmt.Errorf("git over http: %w", err)
	}
	return &Handler{o: o, places: make(chan struct{}, o.Processes), hooks: hooks}, nil
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

// Close stops listening for hooks and waits until all of them are answered.
func (h *Handler) Close() error {
	h.turns.close()
	return h.hooks.close()
}

// The two services of git, and the requests that lead to them.
const (
	uploadPack  = "git-upload-pack"
	receivePack = "git-receive-pack"
)

// ServeHTTP answers one request of a git client.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	noCache(w.Header())
	if err := h.serve(w, r); err != nil {
		h.fail(w, r, err)
	}
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) error {
	at, rest, ok := parsePath(r.URL.Path)
	if !ok {
		return ErrNotFound
	}
	service := rest
	if rest == "info/refs" {
		service = r.URL.Query().Get("service")
	}
	caller, err := h.admit(r, at, service)
	if err != nil {
		return err
	}
	switch {
	case service != uploadPack && service != receivePack:
		if rest != "info/refs" {
			return ErrNotFound
		}
		return &problem{http.StatusForbidden, "only the smart protocol is served here: use git 1.6.6 or newer"}
	case rest == "info/refs":
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			return &problem{http.StatusMethodNotAllowed, "refs are read with GET"}
		}
		return h.advertise(w, r, at, service)
	case r.Method != http.MethodPost:
		return &problem{http.StatusMethodNotAllowed, "git sends its requests with POST"}
	case r.Header.Get("Content-Type") != "application/x-"+service+"-request":
		return &problem{http.StatusUnsupportedMediaType, "this is no request of a git client"}
	case service == uploadPack:
		return h.fetch(w, r, at)
	}
	return h.push(w, r, caller, at)
}

// admit tells who the caller is, if they may know of the address at all. Whoever pushes must sign in.
func (h *Handler) admit(r *http.Request, at Address, service string) (Caller, error) {
	login, token, given := r.BasicAuth()
	caller, err := h.o.Access.Authenticate(r.Context(), login, token)
	if err != nil {
		return nil, err
	}
	if err := h.o.Access.MayRead(r.Context(), caller, at); err != nil {
		return nil, err
	}
	if service == receivePack && !given {
		return nil, ErrSignedOut
	}
	return caller, nil
}

// parsePath reads "/git/wtsa-7.git/info/refs" and "/git/desks/usa/wtsa-7.git/git-upload-pack".
func parsePath(path string) (at Address, rest string, ok bool) {
	path, ok = strings.CutPrefix(path, "/git/")
	if !ok {
		return at, "", false
	}
	if desk, is := strings.CutPrefix(path, "desks/"); is {
		circle, inside, _ := strings.Cut(desk, "/")
		if at.Circle = repo.Circle(circle); !at.Circle.Valid() {
			return at, "", false
		}
		path = inside
	}
	name, rest, _ := strings.Cut(path, "/")
	slug, ok := strings.CutSuffix(name, ".git")
	at.Slug = repo.Slug(slug)
	return at, rest, ok && at.Slug.Valid()
}

// repository opens what the address names. It is asked only after MayRead has said yes.
func (h *Handler) repository(ctx context.Context, at Address) (r *repo.Repository, dir string, err error) {
	if at.Circle == "" {
		r, err = h.o.Archive.Public(at.Slug)
		dir = h.o.Archive.Path(at.Slug)
	} else {
		r, err = h.o.Archive.Desk(ctx, at.Slug, at.Circle)
		dir = h.o.Archive.DeskPath(at.Slug, at.Circle)
	}
	if errors.Is(err, repo.ErrNotFound) {
		err = ErrNotFound
	}
	return r, dir, err
}

// problem is an answer that is not git's: a status and a sentence.
type problem struct {
	status   int
	sentence string
}

// Error gives the sentence.
func (p *problem) Error() string { return p.sentence }

// fail answers with the status and sentence of an error. Stock git shows plain text to the person.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, sentence := http.StatusInternalServerError, "the server could not do this: try again, and tell the secretariat if it stays so"
	var p *problem
	var refusal *Refusal
	switch {
	case errors.As(err, &p):
		status, sentence = p.status, p.sentence
	case errors.As(err, &refusal):
		status, sentence = http.StatusForbidden, refusal.Sentence
	case errors.Is(err, ErrSignedOut):
		w.Header().Set("WWW-Authenticate", `Basic realm="Plenary", charset="UTF-8"`)
		status, sentence = http.StatusUnauthorized, "sign in with your login, and a personal access token as password"
	case errors.Is(err, ErrNotFound):
		status, sentence = http.StatusNotFound, "there is no such repository"
	case r.Context().Err() != nil:
		return // the client has gone
	default:
		h.o.Log.ErrorContext(r.Context(), "git request failed", slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "10")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, sentence) // the client may have gone
}

func noCache(h http.Header) {
	h.Set("Expires", "Fri, 01 Jan 1980 00:00:00 GMT")
	h.Set("Pragma", "no-cache")
	h.Set("Cache-Control", "no-cache, max-age=0, must-revalidate")
}
