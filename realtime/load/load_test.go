package load_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"plenary/realtime"
	"plenary/realtime/livetest"
	"plenary/realtime/load"
	"plenary/realtime/ws"
)

func TestRun(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	desk := livetest.NewDesk()
	desk.Put("a", "considering 😀")
	hub := realtime.NewHub(livetest.NewMemory(), desk, realtime.Options{Logger: log})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := realtime.Participant{Person: r.Header.Get("Person"), Name: "somebody", CanWrite: true}
		if err := ws.Serve(w, r, hub, realtime.RoomName(r.URL.Query().Get("ref")), who, ws.Options{}); err != nil {
			t.Errorf("serve: %v", err)
		}
	}))
	address := strings.Replace(server.URL, "http", "ws", 1)
	report, err := load.Run(t.Context(), load.Options{
		Rooms: []string{address + "/?ref=a", address + "/?ref=b"}, People: 10, Rate: 50, Duration: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Problems) > 0 || report.Typed < 300 || report.Acknowledged != report.Typed || report.Seen.Count == 0 {
		t.Errorf("got %+v", report)
	}
	if err := hub.Close(context.Background()); err != nil {
		t.Error(err)
	}
	server.Close()
	live, _ := desk.Tip("a")
	other, _ := desk.Tip("b")
	if n := strings.Count(live, "x") + strings.Count(other, "x"); n != report.Typed {
		t.Errorf("%d characters are on the branches, %d were typed", n, report.Typed)
	}
}

func TestNobody(t *testing.T) {
	if _, err := load.Run(t.Context(), load.Options{}); err == nil {
		t.Error("a load of nobody gave no error")
	}
}
