package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestBenchLive measures a server that the command starts itself, and one that runs already.
func TestBenchLive(t *testing.T) {
	var out, log bytes.Buffer
	args := []string{"bench", "live", "--self", "--people", "4", "--rooms", "2", "--seconds", "1"}
	if status := run(t.Context(), args, Streams{In: os.Stdin, Out: &out, Err: &log}); status != 0 {
		t.Fatalf("status %d: %s%s", status, out.String(), log.String())
	}
	for _, want := range []string{`people +4 in 2 drafts`, `to another client +p50 [0-9.]+ ms`, `told to wait \(busy\) +0`, `server processor time +[0-9.]+ s per 1,000`, `server memory +[1-9][0-9]* MiB`} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestBenchLiveRefuses(t *testing.T) {
	for name, args := range map[string][]string{
		"no server":      {"bench", "live"},
		"both":           {"bench", "live", "--self", "--url", "http://127.0.0.1:1"},
		"nobody":         {"bench", "live", "--self", "--people", "0"},
		"a draft's name": {"bench", "live", "--url", "http://127.0.0.1:1", "--token", "x", "--draft", "drafts/usa/1"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, log bytes.Buffer
			if status := run(t.Context(), args, Streams{In: os.Stdin, Out: &out, Err: &log}); status != exitRefused || !strings.Contains(log.String(), "--") {
				t.Errorf("status %d: %s%s", status, out.String(), log.String())
			}
		})
	}
}
