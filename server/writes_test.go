package server

import (
	"net/http"
	"net/url"
	"testing"
)

// TestNobodyFillsTheRecords: what one person sends is measured, by page and call alike, and nobody else waits for it.
func TestNobodyFillsTheRecords(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	const form, call = "/tokens/0/withdraw", "/api/v1/resolutions/nothing/merges"
	send := func(as, target string) int { return h.ask(as, "POST", target, url.Values{}).Code }
	sent := 0
	for ; send("eur", form) != http.StatusTooManyRequests; sent++ {
		if sent > 4*perWriter.Burst {
			t.Fatalf("%d forms, and no end", sent)
		}
	}
	if sent < perWriter.Burst {
		t.Errorf("the measure is full after %d forms", sent)
	}
	if got := send("eur", call); got != http.StatusTooManyRequests {
		t.Errorf("a call: status %d", got)
	}
	if got := h.ask("eur", "GET", "/", nil).Code; got != http.StatusOK {
		t.Errorf("reading: status %d", got)
	}
	if got := send("afr", form); got != http.StatusNotFound {
		t.Errorf("somebody else: status %d", got)
	}
}
