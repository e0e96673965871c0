package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"

	"plenary/realtime"
	"plenary/realtime/editor"
	"plenary/realtime/ws"
)

// patience is how long a story waits for something that must happen.
const patience = 20 * time.Second

// story is what the commands of one script share: the servers it runs and the people in it.
type story struct {
	servers map[string]*exec.Cmd
	people  map[string]*http.Client
	editors map[string]*liveEditor
}

type storyKey struct{}

func newStory() *story {
	return &story{servers: map[string]*exec.Cmd{}, people: map[string]*http.Client{}, editors: map[string]*liveEditor{}}
}

func storyOf(ts *testscript.TestScript) *story {
	s, ok := ts.Value(storyKey{}).(*story)
	if !ok {
		ts.Fatalf("the script has no story")
	}
	return s
}

// commands are what a script can do besides running programs.
var commands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"serve":   serveCommand,
	"stop":    stopCommand(syscall.SIGTERM),
	"kill":    stopCommand(syscall.SIGKILL),
	"sign-in": signIn,
	"page":    page,
	"form":    form,
	"live":    live,
	"match":   match,
	"token":   token,
	"load":    load,
}

// serveCommand runs "plenary serve ARGS" until the script ends and sets $URL, $HOST to its address.
func serveCommand(ts *testscript.TestScript, _ bool, args []string) {
	s := storyOf(ts)
	program := "plenary"
	for dir := range strings.SplitSeq(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		if path := filepath.Join(dir, "plenary"); fileExists(path) {
			program = path
			break
		}
	}
	cmd, address, err := startServer(program, ts.MkAbs("."), []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME")}, args...)
	ts.Check(err)
	s.servers["server"] = cmd
	ts.Defer(func() { end(cmd, syscall.SIGTERM) })
	ts.Setenv("URL", address)
	ts.Setenv("HOST", strings.TrimPrefix(address, "http://"))
}

// startServer runs "plenary serve ARGS" and waits until it says where it is.
func startServer(program, dir string, env []string, args ...string) (cmd *exec.Cmd, address string, err error) {
	cmd = &exec.Cmd{Path: program, Args: append([]string{"plenary", "serve"}, args...), Dir: dir, Env: env}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	said := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if _, host, ok := strings.Cut(lines.Text(), " at http://"); ok {
				said <- "http://" + host
			}
		}
		close(said)
	}()
	select {
	case address, ok := <-said:
		if ok {
			return cmd, address, nil
		}
		end(cmd, syscall.SIGKILL)
		return nil, "", fmt.Errorf("the server ended: %s", log.String())
	case <-time.After(patience):
		end(cmd, syscall.SIGKILL)
		return nil, "", fmt.Errorf("the server does not say where it is: %s", log.String())
	}
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// end stops a server and waits for it.
func end(cmd *exec.Cmd, how syscall.Signal) {
	if cmd.ProcessState != nil {
		return
	}
	_ = cmd.Process.Signal(how) // it may have ended by itself
	_ = cmd.Wait()              // its status is a signal's
}

// stopCommand ends the server of the script.
func stopCommand(how syscall.Signal) func(ts *testscript.TestScript, neg bool, args []string) {
	return func(ts *testscript.TestScript, _ bool, _ []string) {
		s := storyOf(ts)
		end(s.servers["server"], how)
	}
}

// signIn: sign-in NAME LOGIN PASSWORD.
func signIn(ts *testscript.TestScript, _ bool, args []string) {
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	client := &http.Client{Jar: jar, Timeout: patience}
	storyOf(ts).people[args[0]] = client
	_, err = post(ts, client, "/signin", map[string]string{"login": args[1], "password": args[2]})
	ts.Check(err)
}

// page: page NAME PATH prints a page. Negated, it must be refused.
func page(ts *testscript.TestScript, neg bool, args []string) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, ts.Getenv("URL")+args[1], http.NoBody)
	ts.Check(err)
	request.Header.Set("Accept", "text/html")
	answer(ts, neg, person(ts, args[0]), request)
}

// form: form NAME PATH KEY=VALUE... posts a form, as a browser without script does; KEY=@FILE takes a file's content.
func form(ts *testscript.TestScript, neg bool, args []string) {
	fields := url.Values{}
	for _, arg := range args[2:] {
		key, value, ok := strings.Cut(arg, "=")
		if !ok {
			ts.Fatalf("%q is not KEY=VALUE", arg)
		}
		if path, ok := strings.CutPrefix(value, "@"); ok {
			value = ts.ReadFile(path)
		}
		fields.Add(key, value)
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, ts.Getenv("URL")+args[1], strings.NewReader(fields.Encode()))
	ts.Check(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer(ts, neg, person(ts, args[0]), request)
}

func person(ts *testscript.TestScript, name string) *http.Client {
	if client, ok := storyOf(ts).people[name]; ok {
		return client
	}
	return &http.Client{Timeout: patience} // nobody: not signed in
}

// answer does a request and prints where it led and what came back.
func answer(ts *testscript.TestScript, neg bool, client *http.Client, request *http.Request) {
	response, err := client.Do(request)
	ts.Check(err)
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	ts.Check(response.Body.Close())
	signedOut := strings.HasPrefix(response.Request.URL.Path, "/signin") && !strings.HasPrefix(request.URL.Path, "/signin")
	refused := response.StatusCode >= 400 || signedOut
	_, err = fmt.Fprintf(ts.Stdout(), "%d %s\n%s\n", response.StatusCode, response.Request.URL.RequestURI(), body)
	ts.Check(err)
	if refused != neg {
		ts.Fatalf("%s %s: %s", request.Method, request.URL.Path, response.Status)
	}
}

// post posts a multipart form and gives the page it led to.
func post(ts *testscript.TestScript, client *http.Client, path string, fields map[string]string) (string, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for key, value := range fields {
		if err := w.WriteField(key, value); err != nil {
			return "", err
		}
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, ts.Getenv("URL")+path, &body)
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", w.FormDataContentType())
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	page, err := io.ReadAll(response.Body)
	if cerr := response.Body.Close(); err == nil {
		err = cerr
	}
	if response.StatusCode >= 400 {
		return "", fmt.Errorf("%s: %s: %s", path, response.Status, page)
	}
	return string(page), err
}

// match: match VARIABLE REGEXP-FREE-PREFIX takes what follows a prefix in the last output, up to a quote, blank or tag.
func match(ts *testscript.TestScript, _ bool, args []string) {
	_, rest, ok := strings.Cut(ts.ReadFile("stdout"), args[1])
	if !ok {
		ts.Fatalf("the last output does not hold %q", args[1])
	}
	if i := strings.IndexAny(rest, "\"' <>\n&"); i >= 0 {
		rest = rest[:i]
	}
	ts.Setenv(args[0], rest)
}

// token: token VARIABLE FILE sets a variable to what stands in a file.
func token(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile(args[1])))
}

// liveEditor is one person in a live draft.
type liveEditor struct {
	mu     sync.Mutex
	editor *editor.Editor
	conn   *ws.Conn
	moved  chan struct{} // something was received
	err    error

	waitsWhenBusy bool // "busy" is no error: what was pushed is pushed again
}

// live: live NAME join SLUG REF TOKEN | type AFTER WORDS | sees WORDS | saved | leave.
func live(ts *testscript.TestScript, neg bool, args []string) {
	s := storyOf(ts)
	name, verb, rest := args[0], args[1], args[2:]
	if verb == "join" {
		e, err := joinLive(ts.Getenv("HOST"), rest[0], rest[1], rest[2])
		if neg {
			if err == nil {
				ts.Fatalf("%s was let in", name)
			}
			_, err = fmt.Fprintln(ts.Stdout(), err)
			ts.Check(err)
			return
		}
		ts.Check(err)
		s.editors[name] = e
		ts.Defer(func() { _ = e.conn.Close() })
		return
	}
	e, ok := s.editors[name]
	if !ok {
		ts.Fatalf("%s has not joined", name)
	}
	switch verb {
	case "type":
		ts.Check(e.typeAfter(rest[0], rest[1]))
		ts.Check(e.wait(func() bool { return e.editor.Unconfirmed() == 0 }, "the acknowledgement"))
	case "sees":
		ts.Check(e.wait(func() bool { return strings.Contains(e.editor.Text.String(), rest[0]) }, rest[0]))
	case "leave":
		ts.Check(e.conn.Close())
	default:
		ts.Fatalf("live %s: no such verb", verb)
	}
}

func joinLive(host, slug, ref, token string) (*liveEditor, error) {
	address := "ws://" + host + "/api/v1/resolutions/" + slug + "/live?ref=" + url.QueryEscape(ref)
	conn, err := ws.Dial(context.Background(), address, http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		return nil, err
	}
	if err := conn.Write(editor.Join()); err != nil {
		return nil, err
	}
	e := &liveEditor{editor: &editor.Editor{}, conn: conn, moved: make(chan struct{}, 1)}
	go e.receive(conn)
	return e, e.wait(func() bool { return e.editor.ClientID != "" }, "the text")
}

// resume goes on with the editor over a new connection.
func (e *liveEditor) resume(host, slug, ref, token string) error {
	address := "ws://" + host + "/api/v1/resolutions/" + slug + "/live?ref=" + url.QueryEscape(ref)
	conn, err := ws.Dial(context.Background(), address, http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.conn, e.err = conn, nil
	first := e.editor.Resume()
	e.mu.Unlock()
	if err := conn.Write(first); err != nil {
		return err
	}
	go e.receive(conn)
	return nil
}

// text gives the text as the editor has it.
func (e *liveEditor) text() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.editor.Text.String()
}

// clientID names the editor as the server knows it.
func (e *liveEditor) clientID() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.editor.ClientID
}

// pushAgain sends what is not confirmed, after a connection has been made anew.
func (e *liveEditor) pushAgain() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.editor.Unconfirmed() == 0 {
		return nil
	}
	return e.conn.Write(e.editor.Push())
}

// receive takes in what comes by a connection until it ends.
func (e *liveEditor) receive(conn *ws.Conn) {
	for {
		raw, err := conn.Read()
		e.mu.Lock()
		if err == nil {
			var f editor.Frame
			if f, err = editor.Decode(raw); err == nil {
				_, err = e.editor.Receive(f)
			}
			if err == nil && f.Type == "error" && (f.Code != realtime.CodeBusy || !e.waitsWhenBusy) {
				err = fmt.Errorf("refused: %s", raw)
			}
		}
		if err != nil && e.err == nil {
			e.err = err
		}
		e.mu.Unlock()
		select {
		case e.moved <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// typeAfter types words right after others.
func (e *liveEditor) typeAfter(after, words string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	text := e.editor.Text.String()
	i := strings.Index(text, after)
	if i < 0 {
		return fmt.Errorf("the text does not hold %q", after)
	}
	at := len(utf16.Encode([]rune(text[:i+len(after)])))
	if err := e.editor.Replace(at, at, words); err != nil {
		return err
	}
	if frame := e.editor.Push(); frame != nil {
		return e.conn.Write(frame)
	}
	return nil
}

// wait waits until something holds of the editor.
func (e *liveEditor) wait(holds func() bool, what string) error {
	deadline := time.After(patience)
	for {
		e.mu.Lock()
		ok, err := holds(), e.err
		e.mu.Unlock()
		switch {
		case ok:
			return nil
		case err != nil:
			return err
		}
		select {
		case <-e.moved:
		case <-deadline:
			return fmt.Errorf("waited in vain for %s", what)
		}
	}
}
