package store_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"plenary/realtime"
	"plenary/realtime/load"
)

// TestLiveLoad has people type at a live server of its own process. Two seconds of a few
// people always; PLENARY_TEST_LOAD="people,rooms,seconds" asks for more and prints the
// figures.
func TestLiveLoad(t *testing.T) {
	people, rooms, seconds := 10, 2, 2
	if asked := os.Getenv("PLENARY_TEST_LOAD"); asked != "" {
		if _, err := fmt.Sscanf(asked, "%d,%d,%d", &people, &rooms, &seconds); err != nil {
			t.Fatalf("PLENARY_TEST_LOAD: %v", err)
		}
	}
	dir := t.TempDir()
	var names []string
	for i := range rooms {
		room := fmt.Sprintf("res-%d:drafts/usa/1", i)
		text := strings.Repeat("a) that the working methods of the assembly are kept under review,\n", 300)
		if err := os.WriteFile(branches{dir}.path(realtime.RoomName(room)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, room)
	}
	c := startChild(t, dir)
	defer c.kill(t)
	var addresses []string
	for _, room := range names {
		addresses = append(addresses, c.room(room, ""))
	}
	process := load.Process{PID: c.cmd.Process.Pid}
	before, err := process.CPU()
	if err != nil {
		t.Skipf("no /proc here: %v", err)
	}
	report, err := load.Run(t.Context(), load.Options{Rooms: addresses, People: people, Duration: time.Duration(seconds) * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	used, err := process.CPU()
	if err != nil {
		t.Fatal(err)
	}
	used -= before
	_, most, err := process.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d people, %d rooms, %d s: typed %d, acknowledged %d, joined in %v", people, rooms, seconds, report.Typed, report.Acknowledged, report.Joined.Round(time.Millisecond))
	t.Logf("seen by another: %v", report.Seen)
	t.Logf("acknowledged:    %v", report.Acked)
	t.Logf("server: %.3f s of CPU per 1,000 characters, memory %d MiB; %d frames, %d MiB received",
		used.Seconds()*1000/float64(report.Typed), most>>20, report.Frames, report.Bytes>>20)
	if len(report.Problems) > 0 || report.Acknowledged != report.Typed {
		t.Errorf("typed %d, acknowledged %d, problems: %v", report.Typed, report.Acknowledged, report.Problems)
	}
}
