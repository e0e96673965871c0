package attempts

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestTableIsBounded(t *testing.T) {
	t.Parallel()
	table, now := New(Measure{2, time.Minute}, 3), time.Unix(0, 0)
	for range 2 {
		if !table.Allow("watched", now) {
			t.Fatal("refused within the measure")
		}
	}
	for i := range 1000 {
		if table.Allow("watched", now) {
			t.Fatalf("the key tried all the time was forgotten after %d others", i)
		}
		table.Allow(strconv.Itoa(i), now)
		if len(table.byKey) > 3 || table.recent.Len() != len(table.byKey) {
			t.Fatalf("keeps %d keys in %d entries, want at most 3", len(table.byKey), table.recent.Len())
		}
	}
	table.Forget("watched")
	if !table.Fresh("watched", now) || !table.Allow("watched", now) {
		t.Error("a count that was cleared still counts")
	}
	long := strings.Repeat("a", 1<<20)
	table.Allow(long, now)
	if table.Fresh(long, now) {
		t.Error("a long key is not counted")
	}
	for key := range table.byKey {
		if len(key) > longestKey {
			t.Errorf("keeps a key of %d bytes", len(key))
		}
	}
}

func TestTurnIsBounded(t *testing.T) {
	t.Parallel()
	table, now := New(Measure{1, time.Second}, 3), time.Unix(0, 0)
	for i, want := range []struct {
		wait time.Duration
		ok   bool
	}{{0, true}, {time.Second, true}, {2 * time.Second, true}, {2 * time.Second, false}, {2 * time.Second, false}} {
		wait, ok := table.Turn("a", now, 2*time.Second)
		if wait != want.wait || ok != want.ok {
			t.Errorf("turn %d: waits %v, %v; want %+v", i, wait, ok, want)
		}
	}
	if wait, ok := table.Turn("a", now.Add(3*time.Second), 2*time.Second); wait != 0 || !ok {
		t.Errorf("turns that were not taken are owed: %v, %v", wait, ok)
	}
	if table.Fresh("a", now.Add(3*time.Second)) || !table.Fresh("a", now.Add(4*time.Second)) {
		t.Error("a key is fresh again when its whole measure is free, and not before")
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::1": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "", "no address": "no address",
	} {
		if got := Place(address); got != want {
			t.Errorf("Place(%q) = %q, want %q", address, got, want)
		}
	}
}
