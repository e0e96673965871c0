package githttp

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"plenary/repo"
)

const someHash = "0123456789012345678901234567890123456789"

func FuzzCommands(f *testing.F) {
	zero := strings.Repeat("0", 40)
	first := zero + " " + someHash + " refs/heads/main\x00 report-status side-band-64k push-options"
	f.Add([]byte("0000"))
	f.Add([]byte(packet(first) + flush + packet("option") + flush + "PACK"))
	f.Add([]byte(packet("shallow "+someHash) + packet(someHash+" "+zero+" refs/heads/a\x00") + flush))
	f.Add([]byte("0003"))
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := parseCommands(body)
		if err != nil {
			return
		}
		if !bytes.HasSuffix(body, c.pack) {
			t.Errorf("what is left over is not the end of the body: %q", c.pack)
		}
		for _, u := range c.updates {
			if (u.Old != "" && !u.Old.Valid()) || (u.New != "" && !u.New.Valid()) || u.Ref == "" {
				t.Errorf("took %+v", u)
			}
		}
	})
}

func FuzzPack(f *testing.F) {
	f.Add([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01" + strings.Repeat("x", 40)))
	f.Add(realPack(f))
	f.Fuzz(func(t *testing.T, pack []byte) {
		sentence := checkPack(pack)
		if sentence == "" && len(pack) > 0 && !bytes.HasPrefix(pack, []byte("PACK")) {
			t.Errorf("let in %q", pack)
		}
	})
}

// realPack is a pack that git made: three versions of a file, with deltas.
func realPack(t testing.TB) []byte {
	t.Helper()
	dir := t.TempDir()
	run := func(stdin string, args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return out
	}
	run("", "init", "-q")
	var names strings.Builder
	for _, end := range []string{"one", "two", "three"} {
		names.Write(run(strings.Repeat("many words that are the same\n", 100)+end, "hash-object", "-w", "--stdin"))
	}
	return run(names.String(), "pack-objects", "--stdout", "-q", "--delta-base-offset")
}

func TestAPackOfGitsIsLetIn(t *testing.T) {
	t.Parallel()
	pack := realPack(t)
	if sentence := checkPack(pack); sentence != "" {
		t.Errorf("refused: %s", sentence)
	}
	if sentence := checkPack(pack[:len(pack)-30]); sentence != brokenPack {
		t.Errorf("half of it: %q", sentence)
	}
}

func TestTheReportIsInTheSideBandWhenThereIsOne(t *testing.T) {
	t.Parallel()
	c := commands{
		updates:   []repo.RefUpdate{{Ref: "refs/heads/main", New: someHash}},
		abilities: map[string]bool{"report-status": true},
	}
	reasons := slices.Repeat([]string{"sorry"}, len(c.updates))
	plain := "000eunpack ok\n001dng refs/heads/main sorry\n0000"
	if got := string(c.report("ok", reasons)); got != plain {
		t.Errorf("got %q, want %q", got, plain)
	}
	c.abilities["side-band-64k"] = true
	if got, want := string(c.report("ok", reasons)), packet("\x01"+plain)+flush; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
