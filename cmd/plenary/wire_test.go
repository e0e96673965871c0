package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"plenary/realtime"
	"plenary/realtime/editor"
	"plenary/realtime/ws"
)

// TestHostileFrames sends what no editor sends to the real server, as somebody who may write in the draft. Each is
// refused with a code, the text stays as it was and the other person types on.
func TestHostileFrames(t *testing.T) {
	dir := t.TempDir()
	tokens := furnish(t, dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd, address, err := startServer(self, dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "error")
	if err != nil {
		t.Fatal(err)
	}
	defer end(cmd, syscall.SIGTERM)
	host := strings.TrimPrefix(address, "http://")
	honest, err := joinLive(host, "chm-12", "drafts/usa/48a5-1", tokens[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = honest.conn.Close() }()
	honest.mu.Lock()
	theirs := honest.editor.ClientID
	honest.mu.Unlock()

	push := func(id string, v int64, changes string) string {
		return fmt.Sprintf(`{"t":"push","v":%d,"u":[{"clientID":%q,"changes":%s}]}`, v, id, changes)
	}
	for name, try := range map[string]struct {
		first  string // instead of joining
		frames func(mine string, v int64, length int) []string
		want   realtime.Code
	}{
		"another's mark": {frames: func(_ string, v int64, n int) []string {
			return []string{push(theirs, v, fmt.Sprintf(`[[0,"forged"],%d]`, n))}
		}, want: realtime.CodeNotAllowed},
		"a push's mark": {frames: func(_ string, v int64, n int) []string {
			return []string{push("git:"+strings.Repeat("0", 40), v, fmt.Sprintf(`[[0,"forged"],%d]`, n))}
		}, want: realtime.CodeNotAllowed},
		"resuming as another": {first: fmt.Sprintf(`{"t":"resume","v":0,"clientID":%q}`, theirs), want: realtime.CodeNotAllowed},
		"resuming as a push":  {first: `{"t":"resume","v":0,"clientID":"git:0"}`, want: realtime.CodeBadFrame},
		"resuming the future": {first: `{"t":"resume","v":99999999,"clientID":"somebody"}`, want: realtime.CodeDiverged},
		"no greeting":         {first: `{"t":"push","v":0,"u":[]}`, want: realtime.CodeBadFrame},
		"not JSON":            {first: `{"t":`, want: realtime.CodeBadFrame},
		"a version to come": {frames: func(mine string, v int64, n int) []string {
			return []string{push(mine, v+1000, fmt.Sprintf(`[[0,"forged"],%d]`, n))}
		}, want: realtime.CodeDiverged},
		"a change of another text": {frames: func(mine string, v int64, n int) []string {
			return []string{push(mine, v, fmt.Sprintf(`[[0,"forged"],%d]`, n+1))}
		}, want: realtime.CodeBadChange},
		"half a character": {frames: func(mine string, v int64, n int) []string {
			return []string{push(mine, v, fmt.Sprintf(`[[0,"\ud83d"],%d]`, n))}
		}, want: realtime.CodeBadChange},
		"a number below nothing": {frames: func(mine string, v int64, n int) []string {
			return []string{push(mine, v, fmt.Sprintf(`[-1,[0,"forged"],%d]`, n+1))}
		}, want: realtime.CodeBadChange},
		"more than a message holds": {frames: func(mine string, v int64, n int) []string {
			return []string{push(mine, v, fmt.Sprintf(`[[0,%q],%d]`, strings.Repeat("x", realtime.MaxFrame), n))}
		}, want: realtime.CodeTooBig},
		"too many edits at once": {frames: func(mine string, v int64, n int) []string {
			one := fmt.Sprintf(`{"clientID":%q,"changes":[%d]},`, mine, n)
			return []string{fmt.Sprintf(`{"t":"push","v":%d,"u":[%s]}`, v, strings.TrimSuffix(strings.Repeat(one, realtime.MaxUpdates+1), ","))}
		}, want: realtime.CodeTooBig},
		"a flood": {frames: func(mine string, v int64, _ int) []string {
			var all []string
			for range 1000 {
				all = append(all, fmt.Sprintf(`{"t":"hash","v":%d,"h":"0"}`, v+1000)) // of no text that is there, so nothing is wrong with it
			}
			return append(all, push(mine, v+1, `[0]`))
		}, want: realtime.CodeBusy},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := ws.Dial(t.Context(), stageDraft{Resolution: "chm-12", Ref: "drafts/usa/48a5-1"}.address(address),
				http.Header{"Authorization": {"Bearer " + tokens[1]}})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			frames := []string{try.first}
			if try.frames != nil {
				if err := conn.Write(editor.Join()); err != nil {
					t.Fatal(err)
				}
				begun := awaitFrame(t, conn, "init")
				e := &editor.Editor{}
				if _, err := e.Receive(begun); err != nil {
					t.Fatal(err)
				}
				frames = try.frames(begun.ClientID, int64(begun.Version), e.Text.Len())
			}
			for _, frame := range frames {
				if err := conn.Write([]byte(frame)); err != nil {
					break // the server has ended the connection; what it said is there to read
				}
			}
			if refused := awaitFrame(t, conn, "error"); refused.Code != try.want || refused.Text == "" {
				t.Errorf("got %q (%s), want %q", refused.Code, refused.Text, try.want)
			}
			// The other one is not disturbed.
			word := strings.ReplaceAll("<after "+name+">", " ", "-")
			if err := honest.typeAfter("every light", word); err != nil {
				t.Fatal(err)
			}
			if err := honest.wait(func() bool { return honest.editor.Unconfirmed() == 0 }, "the acknowledgement"); err != nil {
				t.Fatal(err)
			}
		})
	}
	honest.mu.Lock()
	defer honest.mu.Unlock()
	if text := honest.editor.Text.String(); strings.Contains(text, "forged") || strings.Count(text, "<after-") != 14 {
		t.Errorf("the text is harmed: %.2000s", text)
	}
}

// TestAnotherBranch asks for drafts that the person may not see, or that are none: all are answered alike.
func TestAnotherBranch(t *testing.T) {
	dir := t.TempDir()
	tokens := furnish(t, dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd, address, err := startServer(self, dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "error")
	if err != nil {
		t.Fatal(err)
	}
	defer end(cmd, syscall.SIGTERM)
	for _, ref := range []string{
		"drafts/sec/1", "drafts/usa/none", "drafts/eur/48a5-1", "main", "proposals/usa/48a5-1", "refs/heads/drafts/usa/48a5-1", "../usa", "",
	} {
		conn, err := ws.Dial(t.Context(), stageDraft{Resolution: "chm-12", Ref: ref}.address(address), http.Header{"Authorization": {"Bearer " + tokens[0]}})
		if err == nil {
			_ = conn.Close()
			t.Errorf("%q was opened", ref)
		} else if !strings.Contains(err.Error(), ": 404 ") && !strings.Contains(err.Error(), ": 400 ") {
			t.Errorf("%q: %v", ref, err)
		}
	}
	for _, token := range []string{"", "nonsense"} {
		draft := stageDraft{Resolution: "chm-12", Ref: "drafts/usa/48a5-1"}
		conn, err := ws.Dial(t.Context(), draft.address(address), http.Header{"Authorization": {"Bearer " + token}})
		if err == nil {
			_ = conn.Close()
			t.Errorf("the token %q opened the draft", token)
		}
	}
}

// awaitFrame reads until a frame of the wanted type comes.
func awaitFrame(t *testing.T, conn *ws.Conn, kind string) editor.Frame {
	t.Helper()
	f, err := nextFrame(conn, kind)
	if err != nil {
		t.Fatalf("waiting for %s: %v", kind, err)
	}
	return f
}

// nextFrame reads until a frame of a kind comes.
func nextFrame(conn *ws.Conn, kind string) (editor.Frame, error) {
	for {
		raw, err := conn.Read()
		if err != nil {
			return editor.Frame{}, err
		}
		if f, err := editor.Decode(raw); err != nil || f.Type == kind {
			return f, err
		}
	}
}
