package store_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plenary/realtime"
	"plenary/realtime/livediff"
	"plenary/realtime/ot"
	"plenary/realtime/ws"
	"plenary/server/store"
)

// childDir names the directory of a live server that this test binary is to run instead
// of tests. It is what tests kill.
const childDir = "PLENARY_TEST_LIVE_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := runChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// runChild serves live rooms over the real journal, and branches that are files.
func runChild(dir string) error {
	ctx := context.Background()
	journal, err := store.OpenJournal(ctx, filepath.Join(dir, "journal.db"))
	if err != nil {
		return err
	}
	hub := realtime.NewHub(journal, branches{dir}, realtime.Options{Quiet: 100 * time.Millisecond, Unbroken: time.Second})
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(os.Stdout, listener.Addr()); err != nil {
		return err
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Query().Get("person")
		who := realtime.Participant{Person: name, Name: name, Circle: "usa", CanWrite: true}
		if err := ws.Serve(w, r, hub, realtime.RoomName(r.URL.Query().Get("room")), who, ws.Options{}); err != nil {
			slog.Error("serve", slog.Any("error", err))
		}
	})}
	return server.Serve(listener)
}

// branches keeps the text of each room in a file.
type branches struct{ dir string }

func (b branches) path(room realtime.RoomName) string {
	return filepath.Join(b.dir, url.PathEscape(string(room))+".txt")
}

func (b branches) Open(_ context.Context, room realtime.RoomName) (realtime.Opened, error) {
	live, err := os.ReadFile(b.path(room))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return realtime.Opened{}, err
	}
	return realtime.Opened{Live: string(live), Commit: name(live)}, nil
}

func (b branches) Between(before, after string) (ot.ChangeSet, error) {
	return livediff.Between(before, after)
}

func (b branches) Text(_ context.Context, _ realtime.RoomName, commit string) (string, error) {
	return "", fmt.Errorf("nobody pushes %s here", commit)
}

func (b branches) Save(_ context.Context, room realtime.RoomName, s realtime.Save) (string, error) {
	was, err := os.ReadFile(b.path(room))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if tip := name(was); tip != s.Expect && string(was) != s.Live {
		return "", fmt.Errorf("save over %s, not %s: %w", tip, s.Expect, realtime.ErrStale)
	}
	next := b.path(room) + ".new"
	if err := os.WriteFile(next, []byte(s.Live), 0o600); err != nil {
		return "", err
	}
	return name([]byte(s.Live)), os.Rename(next, b.path(room))
}

// name names a text as git would: by what it holds.
func name(live []byte) string {
	sum := sha256.Sum256(live)
	return hex.EncodeToString(sum[:20])
}

// child is a running live server.
type child struct {
	cmd     *exec.Cmd
	address string
}

// startChild runs a live server on a directory and waits until it listens.
func startChild(t testing.TB, dir string) child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the live server says nothing: %v", err)
	}
	return child{cmd: cmd, address: "ws://" + strings.TrimSpace(line)}
}

// kill ends the server at once, as a power cut does.
func (c child) kill(t testing.TB) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = c.cmd.Wait() // "signal: killed"
}

func (c child) room(room, person string) string {
	return c.address + "/?" + url.Values{"room": {room}, "person": {person}}.Encode()
}
