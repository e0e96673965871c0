package ws_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"plenary/realtime"
	"plenary/realtime/editor"
	"plenary/realtime/livetest"
	"plenary/realtime/ws"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a server for one room and returns its address.
func serve(t *testing.T, options ws.Options) string {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	desk := livetest.NewDesk()
	desk.Put("room", "considering")
	hub := realtime.NewHub(livetest.NewMemory(), desk, realtime.Options{Logger: log, People: 2})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := realtime.Participant{Person: "7", Name: "Ms Carter", Circle: "usa", CanWrite: true}
		_ = ws.Serve(w, r, hub, "room", who, options) // refusals are looked at from the other side
	}))
	t.Cleanup(func() {
		if err := hub.Close(context.Background()); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return server.URL
}

func dial(t *testing.T, address string, header http.Header) *ws.Conn {
	t.Helper()
	conn, err := ws.Dial(t.Context(), strings.Replace(address, "http", "ws", 1), header)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// next reads frames until one of the wanted type comes.
func next(t *testing.T, conn *ws.Conn, kind string) editor.Frame {
	t.Helper()
	for {
		raw, err := conn.Read()
		if err != nil {
			t.Fatalf("waiting for %s: %v", kind, err)
		}
		f, err := editor.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if f.Type == kind {
			return f
		}
	}
}

func write(t *testing.T, conn *ws.Conn, frame string) {
	t.Helper()
	if err := conn.Write([]byte(frame)); err != nil {
		t.Fatal(err)
	}
}

func TestTwoConnections(t *testing.T) {
	address := serve(t, ws.Options{})
	a, b := dial(t, address, nil), dial(t, address, nil)
	write(t, a, `{"t":"join"}`)
	write(t, b, `{"t":"join"}`)
	me, other := next(t, a, "init"), next(t, b, "init")
	if me.Doc != "considering" || me.ClientID == other.ClientID {
		t.Errorf("got %+v and %+v", me, other)
	}
	write(t, a, `{"t":"push","v":0,"u":[{"clientID":"`+me.ClientID+`","changes":[11,[0,"","a) that"]]}]}`)
	for _, conn := range []*ws.Conn{a, b} {
		if f := next(t, conn, "up"); f.Version != 0 || string(f.Updates[0].Changes) != `[11,[0,"","a) that"]]` {
			t.Errorf("got %+v", f)
		}
	}
	// The room is full: the third is told so in a frame.
	third := dial(t, address, nil)
	if f := next(t, third, "error"); f.Code != realtime.CodeBusy || !f.Retry {
		t.Errorf("got %+v", f)
	}
}

func TestOrigin(t *testing.T) {
	address := serve(t, ws.Options{AllowOrigin: func(o string) bool { return o == "https://assembly.example" }})
	for _, try := range []struct {
		origin string
		want   int
	}{
		{"", http.StatusSwitchingProtocols},
		{address, http.StatusSwitchingProtocols},
		{"https://assembly.example", http.StatusSwitchingProtocols},
		{"https://evil.example", http.StatusForbidden},
		{"null", http.StatusForbidden},
		{"http://", http.StatusForbidden},
	} {
		header := http.Header{}
		if try.origin != "" {
			header.Set("Origin", try.origin)
		}
		conn, err := ws.Dial(t.Context(), strings.Replace(address, "http", "ws", 1), header)
		if conn != nil {
			_ = conn.Close()
		}
		if taken := err == nil; taken != (try.want == http.StatusSwitchingProtocols) {
			t.Errorf("origin %q: %v, want status %d", try.origin, err, try.want)
		}
	}
}

func TestNoWebsocket(t *testing.T) {
	address := serve(t, ws.Options{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("got %s, want 426", response.Status)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestBadFrames(t *testing.T) {
	for _, try := range []struct {
		name, frame string
		want        realtime.Code
	}{
		{"before joining", `{"t":"push","v":0,"u":[]}`, realtime.CodeBadFrame},
		{"no JSON", `hello`, realtime.CodeBadFrame},
		{"too big", `{"t":"` + strings.Repeat("x", 3*realtime.MaxFrame) + `"}`, realtime.CodeTooBig},
	} {
		t.Run(try.name, func(t *testing.T) {
			conn := dial(t, serve(t, ws.Options{}), nil)
			write(t, conn, try.frame)
			if f := next(t, conn, "error"); f.Code != try.want || f.Text == "" {
				t.Errorf("got %+v, want %s", f, try.want)
			}
			if _, err := conn.Read(); err == nil {
				t.Error("the connection goes on")
			}
		})
	}
}

func TestSilentConnectionEnds(t *testing.T) {
	conn := dial(t, serve(t, ws.Options{JoinTimeout: 20 * time.Millisecond}), nil)
	if _, err := conn.Read(); err == nil {
		t.Error("a connection that does not join stays open")
	}
}

// TestStopsReading ends a connection that takes no bytes, and others go on.
func TestStopsReading(t *testing.T) {
	address := serve(t, ws.Options{WriteTimeout: 200 * time.Millisecond})
	stuck, good := dial(t, address, nil), dial(t, address, nil)
	write(t, stuck, `{"t":"join"}`)
	write(t, good, `{"t":"join"}`)
	next(t, stuck, "init")
	me := next(t, good, "init")
	words := strings.Repeat("x", 500_000)
	for round := range 25 { // more than sockets hold: put in and taken out again
		write(t, good, push(me.ClientID, 2*round, 11, []any{0, words}))
		next(t, good, "up")
		write(t, good, push(me.ClientID, 2*round+1, 11, []any{len(words)}))
		next(t, good, "up")
	}
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) {
		probe, err := ws.Dial(t.Context(), strings.Replace(address, "http", "ws", 1), nil)
		if err != nil {
			t.Fatal(err)
		}
		write(t, probe, `{"t":"join"}`)
		raw, err := probe.Read()
		_ = probe.Close()
		if err == nil && strings.Contains(string(raw), `"t":"init"`) {
			return // there is room again: the stuck one is gone
		}
		if err != nil && !errors.Is(err, io.EOF) {
			t.Logf("probe: %v", err)
		}
	}
	t.Error("a connection that takes no bytes still has its place after 5 s")
}

// push writes a push that keeps so many units and then has one section.
func push(id string, v, kept int, section []any) string {
	return string(editor.Encode(map[string]any{"t": "push", "v": v, "u": []map[string]any{
		{"clientID": id, "changes": []any{kept, section}},
	}}))
}

// TestComeAndGo opens connections that join, that only open or that break off, and finds nothing left of them.
// PLENARY_LONG=1 opens 10,000.
func TestComeAndGo(t *testing.T) {
	connections := 600
	if os.Getenv("PLENARY_LONG") != "" {
		connections = 10_000
	}
	address := strings.Replace(serve(t, ws.Options{}), "http", "ws", 1)
	goroutines, before := 0, uint64(0)
	for i := range connections + 100 {
		if i == 100 { // what is made once has been made
			goroutines, before = rest(t, 0), heap()
		}
		var conn *ws.Conn
		for try := 0; conn == nil; try++ {
			var err error
			if conn, err = ws.Dial(t.Context(), address, nil); err != nil {
				t.Fatalf("connection %d: %v", i, err)
			}
			if i%3 == 0 {
				continue
			}
			write(t, conn, `{"t":"join"}`)
			if i%3 == 1 {
				continue
			}
			if f := first(t, conn); f.Code == realtime.CodeBusy && try < 200 {
				_ = conn.Close() // those before are not gone yet: the room holds two
				conn = nil
				<-time.After(time.Millisecond)
			} else if f.Type != "init" {
				t.Fatalf("connection %d: %+v", i, f)
			}
		}
		_ = conn.Close()
	}
	if n := rest(t, goroutines); n > goroutines {
		t.Errorf("%d goroutines, before %d", n, goroutines)
	}
	if grown := int(heap()) - int(before); grown > 2<<20 {
		t.Errorf("grew by %d bytes", grown)
	}
}

// first reads one frame.
func first(t *testing.T, conn *ws.Conn) editor.Frame {
	t.Helper()
	raw, err := conn.Read()
	if err != nil {
		t.Fatal(err)
	}
	f, err := editor.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// rest waits until at most so many goroutines are left, or until their number has stopped falling.
func rest(t *testing.T, most int) int {
	t.Helper()
	n, since := runtime.NumGoroutine(), time.Now()
	for n > most && time.Since(since) < 3*time.Second {
		<-time.After(20 * time.Millisecond) // connections end in their own time
		if now := runtime.NumGoroutine(); now < n {
			n, since = now, time.Now()
		}
	}
	return n
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
