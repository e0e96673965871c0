package githttp

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"plenary/repo"
)

// While git holds a push in quarantine it runs the pre-receive hook, which is our own binary. The hook asks the
// server over a Unix socket whether the push may come in, and names itself with a token that is good for that one
// push. Each side sends one JSON value: hookQuestion, hookAnswer.

const (
	socketVariable = "PLENARY_HOOK_SOCKET"
	tokenVariable  = "PLENARY_HOOK_TOKEN" //nolint:gosec // the variable's name, no secret
)

// hookPatience is how long the two sides wait for each other's words, the check itself not counted.
const hookPatience = 10 * time.Second

const notChecked = "the server could not check the push: try again, and tell the secretariat if it stays so"

type hookQuestion struct {
	Token      string           `json:"token"`
	Quarantine string           `json:"quarantine"` // git's GIT_QUARANTINE_PATH
	Updates    []repo.RefUpdate `json:"updates"`
}

type hookAnswer struct {
	Refusal string `json:"refusal"` // empty: let it in
}

// hookServer answers the hooks of this process.
type hookServer struct {
	dir      string // of the script that git runs
	socket   string
	listener net.Listener
	log      *slog.Logger
	stop     context.CancelFunc
	running  sync.WaitGroup

	mu      sync.Mutex
	pending map[string]*pendingPush // guarded by mu; by token
}

// pendingPush is a push that git is working on.
type pendingPush struct {
	repository *repo.Repository
	updates    []repo.RefUpdate
	authors    []repo.Author // who may be named with an address of the server
	admit      func(context.Context, []repo.PushedRef) (refusal string, err error)
	asked      bool   // guarded by the server's mu; the hook has asked about it
	refusal    string // guarded by the server's mu; set by the hook's question
}

// listenForHooks writes the hook into the archive's directory and listens for its questions. The socket lies in a
// directory of its own that only this user may enter, as its path must be short.
func listenForHooks(a *repo.Archive, command []string, log *slog.Logger) (*hookServer, error) {
	if len(command) == 0 {
		return nil, errors.New("no command for the pre-receive hook is given")
	}
	dir := filepath.Join(a.Dir(), "hooks")
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // git must be able to read it
		return nil, err
	}
	quoted := make([]string, len(command))
	for i, word := range command {
		quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	script := "#!/bin/sh\nexec " + strings.Join(quoted, " ") + "\n"
	tmp := filepath.Join(dir, "pre-receive.new")
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.WriteFile(tmp, []byte(script), 0o755); err != nil { //nolint:gosec // it must be executable
		return nil, err
	}
	if err := os.Rename(tmp, filepath.Join(dir, "pre-receive")); err != nil {
		return nil, err
	}
	private, err := os.MkdirTemp("", "plenary-")
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(private, "hook")
	ctx, stop := context.WithCancel(context.Background())
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", socket)
	if err != nil {
		stop()
		return nil, errors.Join(err, os.RemoveAll(private))
	}
	s := &hookServer{
		dir: dir, socket: socket, listener: listener, log: log, stop: stop, pending: map[string]*pendingPush{},
	}
	s.running.Go(func() { s.accept(ctx) })
	return s, nil
}

func (s *hookServer) close() error {
	s.stop()
	err := s.listener.Close()
	s.running.Wait()
	return errors.Join(err, os.RemoveAll(filepath.Dir(s.socket)))
}

// expect registers a push; its token goes to git's environment. Every push that was registered ends with outcome.
func (s *hookServer) expect(p *pendingPush) (token string) {
	token = rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending[token] = p
	return token
}

func (s *hookServer) accept(ctx context.Context) {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			if ctx.Err() == nil {
				s.log.ErrorContext(ctx, "no more hooks can be answered", slog.Any("error", err))
			}
			return
		}
		s.running.Go(func() {
			if err := s.answer(ctx, conn); err != nil {
				s.log.ErrorContext(ctx, "hook not answered", slog.Any("error", err))
			}
		})
	}
}

func (s *hookServer) answer(ctx context.Context, conn net.Conn) (err error) {
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.SetReadDeadline(time.Now().Add(hookPatience)); err != nil {
		return err
	}
	var q hookQuestion
	if err := json.NewDecoder(io.LimitReader(conn, 1<<20)).Decode(&q); err != nil {
		return fmt.Errorf("read question: %w", err)
	}
	refusal, err := s.judge(ctx, q)
	if err := conn.SetWriteDeadline(time.Now().Add(hookPatience)); err != nil {
		return err
	}
	return errors.Join(err, json.NewEncoder(conn).Encode(hookAnswer{Refusal: refusal}))
}

// judge looks at what a push would bring. A token answers once.
func (s *hookServer) judge(ctx context.Context, q hookQuestion) (refusal string, err error) {
	s.mu.Lock()
	p := s.pending[q.Token]
	delete(s.pending, q.Token)
	if p != nil {
		p.asked = true
	}
	s.mu.Unlock()
	if p == nil || !slices.Equal(p.updates, q.Updates) {
		return "this is no push the server knows of", nil
	}
	pushed, err := p.repository.CheckPush(ctx, q.Updates, q.Quarantine, repo.PushRules{Now: time.Now(), Authors: p.authors})
	if err == nil {
		refusal, err = p.admit(ctx, pushed)
	}
	var wrong *repo.CheckError
	switch {
	case errors.As(err, &wrong):
		refusal, err = wrong.Error(), nil
	case err != nil:
		refusal = notChecked
	}
	s.mu.Lock()
	p.refusal = refusal
	s.mu.Unlock()
	return refusal, err
}

// outcome ends a push, and gives whether the hook asked about it and why it was refused, if it was.
func (s *hookServer) outcome(token string, p *pendingPush) (asked bool, refusal string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pending, token)
	return p.asked, p.refusal
}

// ready reports an error when git would not run the hook: git lets a push in when there is none to run.
func (s *hookServer) ready() error {
	info, err := os.Stat(filepath.Join(s.dir, "pre-receive"))
	if err == nil && (!info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0) {
		err = errors.New("git cannot run it")
	}
	if err != nil {
		return fmt.Errorf("pre-receive hook: %w", err)
	}
	return nil
}

// RunHook is git's pre-receive hook: it reads the refs from stdin, asks the server named in the environment, and
// gives the exit status. Anything but a clear yes refuses the push, with a sentence on stderr.
func RunHook(ctx context.Context, env func(string) string, stdin io.Reader, stderr io.Writer) int {
	refusal, err := askServer(ctx, env, stdin)
	if err != nil {
		refusal = "the server could not be asked about this push: " + err.Error()
	}
	if refusal == "" {
		return 0
	}
	_, _ = fmt.Fprintln(stderr, refusal) // git refuses the push without it, too
	return 1
}

func askServer(ctx context.Context, env func(string) string, stdin io.Reader) (refusal string, err error) {
	socket := env(socketVariable)
	if socket == "" {
		return "", errors.New("this command is run by the server's own git only")
	}
	list, err := io.ReadAll(io.LimitReader(stdin, 1<<20))
	if err != nil {
		return "", err
	}
	q := hookQuestion{Token: env(tokenVariable), Quarantine: env("GIT_QUARANTINE_PATH")}
	for line := range strings.Lines(string(list)) {
		u, ok := parseCommand(strings.TrimSuffix(line, "\n"))
		if !ok {
			return "", errNoCommands
		}
		q.Updates = append(q.Updates, u)
	}
	conn, err := (&net.Dialer{Timeout: hookPatience}).DialContext(ctx, "unix", socket)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := json.NewEncoder(conn).Encode(q); err != nil {
		return "", err
	}
	var a hookAnswer
	if err := json.NewDecoder(conn).Decode(&a); err != nil {
		return "", err
	}
	return a.Refusal, nil
}
