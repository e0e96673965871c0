package githttp_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// ask sends a request by hand and gives the answer.
func (h *hall) ask(t *testing.T, login, path, service, protocol, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.server.URL+path+"/"+service, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(login, login+"-token")
	req.Header.Set("Content-Type", "application/x-"+service+"-request")
	req.Header.Set("Git-Protocol", protocol)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(resp.StatusCode, " ", string(answer))
}

func line(format string, args ...any) string {
	s := fmt.Sprintf(format, args...)
	return fmt.Sprintf("%04x%s", len(s)+4, s)
}

// Whoever knows the ids of another desk gets nothing for them, and the same answer as for ids that name nothing.
func TestKnowingIdsOfAnotherDeskHelpsNothing(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	dir := h.clone(t, "usa", usaDesk)
	git(t, dir, "checkout", "-q", "-b", "work")
	commit(t, dir, "resolution.md", strings.Replace(baseText, "buy", "secretly steal", 1))
	commit(t, dir, "resolution.md", strings.Replace(baseText, "buy", "secretly borrow", 1))
	git(t, dir, "push", "-q", "origin", "HEAD:refs/heads/drafts/usa/one")
	const eurDesk = "/git/desks/eur/tea-7.git"
	h.clone(t, "eur", eurDesk)

	const nothing = "1234567890123456789012345678901234567890"
	secrets := map[string]string{
		"commit": git(t, dir, "rev-parse", "HEAD"), "tree": git(t, dir, "rev-parse", "HEAD^{tree}"),
		"blob": git(t, dir, "rev-parse", "HEAD:resolution.md"), "parent": git(t, dir, "rev-parse", "HEAD~1"), "parent's tree": git(t, dir, "rev-parse", "HEAD~1^{tree}"),
	}
	for kind, id := range secrets {
		for name, request := range map[string]struct{ protocol, body string }{
			"v0 want":         {"version=0", line("want %s ofs-delta\n", "ID") + "0000" + line("done\n")},
			"v0 have":         {"version=0", line("want %s multi_ack_detailed no-done\n", h.main) + "0000" + line("have %s\n", "ID") + "0000"},
			"v0 shallow":      {"version=0", line("want %s shallow\n", h.main) + line("shallow %s\n", "ID") + line("deepen 1\n") + "0000" + line("done\n")},
			"v0 deepen-not":   {"version=0", line("want %s deepen-not\n", h.main) + line("deepen-not %s\n", "ID") + "0000" + line("done\n")},
			"v1 want":         {"version=1", line("want %s ofs-delta\n", "ID") + "0000" + line("done\n")},
			"v1 want, side":   {"version=1", line("want %s side-band-64k thin-pack no-progress\n", "ID") + "0000" + line("done\n")},
			"v1 have":         {"version=1", line("want %s multi_ack_detailed no-done\n", h.main) + "0000" + line("have %s\n", "ID") + "0000"},
			"v1 have, thin":   {"version=1", line("want %s thin-pack ofs-delta\n", h.main) + "0000" + line("have %s\n", "ID") + line("done\n")},
			"v1 shallow":      {"version=1", line("want %s shallow\n", h.main) + line("shallow %s\n", "ID") + line("deepen 1\n") + "0000" + line("done\n")},
			"v1 deepen-not":   {"version=1", line("want %s deepen-not\n", h.main) + line("deepen-not %s\n", "ID") + "0000" + line("done\n")},
			"v1 want, filter": {"version=1", line("want %s filter\n", "ID") + line("filter blob:none\n") + "0000" + line("done\n")},
			"v2 shallow":      {"version=2", line("command=fetch") + "0001" + line("want %s\n", h.main) + line("shallow %s\n", "ID") + line("deepen 1\n") + line("done\n") + "0000"},
			"v2 want-ref":     {"version=2", line("command=fetch") + "0001" + line("want-ref refs/heads/drafts/usa/one\n") + line("want %s\n", "ID") + line("done\n") + "0000"},
			"v2 object-info":  {"version=2", line("command=object-info") + "0001" + line("size\n") + line("oid %s\n", "ID") + "0000"},
			"v2 want":         {"version=2", line("command=fetch") + "0001" + line("want %s\n", "ID") + line("done\n") + "0000"},
			"v2 have":         {"version=2", line("command=fetch") + "0001" + line("want %s\n", h.main) + line("have %s\n", "ID") + "0000"},
			"v2 want, filter": {"version=2", line("command=fetch") + "0001" + line("filter blob:none\n") + line("want %s\n", "ID") + line("done\n") + "0000"},
		} {
			for _, path := range []string{publicPath, eurDesk} {
				// Both ids have the same length, so the lengths of the packets are right for either.
				body := func(id string) string { return fixLengths(request.body, id) }
				got := h.ask(t, "eur", path, "git-upload-pack", request.protocol, body(id))
				want := h.ask(t, "eur", path, "git-upload-pack", request.protocol, body(nothing))
				if strings.ReplaceAll(unframed(got), id, "ID") != strings.ReplaceAll(unframed(want), nothing, "ID") {
					t.Errorf("%s of a secret %s at %s answers\n%q\nand of nothing\n%q", name, kind, path, got, want)
				}
			}
		}
	}

	// A push may not make it reachable either.
	onTop := treeCommit(t, dir, "100644 blob "+secrets["blob"]+"\tresolution.md\n", secrets["commit"])
	sameTree := git(t, dir, "commit-tree", "-m", "x", "-p", string(h.main), secrets["tree"])
	earlierTree := git(t, dir, "commit-tree", "-m", "x", "-p", string(h.main), secrets["parent's tree"])
	childOfParent := treeCommit(t, dir, "100644 blob "+secrets["blob"]+"\tresolution.md\n", secrets["parent"])
	commit(t, dir, "resolution.md", strings.Replace(baseText, "buy", "secretly borrow or steal", 1))
	thin := git(t, dir, "rev-parse", "HEAD")
	for name, push := range map[string]struct{ tip, objects string }{
		"the commit itself":     {secrets["commit"], ""},
		"its child":             {onTop, onTop + "\n"},
		"its tree":              {sameTree, sameTree + "\n"},
		"its parent":            {secrets["parent"], ""},
		"a child of its parent": {childOfParent, childOfParent + "\n"},
		"its parent's tree":     {earlierTree, earlierTree + "\n"},
		"a tree as a tip":       {secrets["tree"], ""},
		"a file as a tip":       {secrets["blob"], ""},
		"a delta against it":    {thin, "thin"},
		"a commit of nothing":   {nothing, ""},
	} {
		pack := exec.CommandContext(t.Context(), "git", "pack-objects", "--stdout", "-q")
		pack.Stdin = strings.NewReader(push.objects)
		if push.objects == "thin" {
			pack = exec.CommandContext(t.Context(), "git", "pack-objects", "--stdout", "-q", "--thin", "--revs")
			pack.Stdin = strings.NewReader(thin + "\n^" + secrets["commit"] + "\n")
		}
		pack.Dir = dir
		packed, err := pack.Output()
		if err != nil {
			t.Fatal(err)
		}
		body := line("%040d %s refs/heads/drafts/eur/steal\x00report-status", 0, push.tip) + "0000" + string(packed)
		answer := h.ask(t, "eur", eurDesk, "git-receive-pack", "", body)
		if strings.Contains(answer, "ok refs/heads/drafts/eur/steal") || !strings.Contains(answer, "ng refs/heads/drafts/eur/steal") {
			t.Errorf("pushing %s answers %q", name, answer)
		}
	}
	if out := git(t, h.archive.DeskPath("tea-7", "eur"), "for-each-ref", "refs/heads/drafts"); out != "" {
		t.Errorf("a draft was made: %s", out)
	}
	for kind, id := range secrets {
		for _, dir := range []string{h.archive.DeskPath("tea-7", "eur"), h.archive.Path("tea-7")} {
			cmd := exec.CommandContext(t.Context(), "git", "cat-file", "-e", id)
			cmd.Dir = dir
			if cmd.Run() == nil {
				t.Errorf("the secret %s is in %s", kind, dir)
			}
		}
	}
}

// unframed is an answer without what differs from one time to the next: how git tells its progress, and in which pieces
// it sends a pack.
func unframed(answer string) string {
	var out strings.Builder
	rest := answer[4:] // behind the status
	out.WriteString(answer[:4])
	for rest != "" {
		var n int
		if _, err := fmt.Sscanf(rest[:min(4, len(rest))], "%04x", &n); err != nil || n > len(rest) {
			out.WriteString(rest) // a pack outside the side band
			break
		}
		content := rest[4:max(n, 4)]
		switch {
		case n < 4:
			out.WriteString("|" + rest[:4] + "|")
		case strings.HasPrefix(content, "\x01"):
			out.WriteString(content[1:])
		case !strings.HasPrefix(content, "\x02"):
			out.WriteString(content)
		}
		rest = rest[max(n, 4):]
	}
	return out.String()
}

// fixLengths puts an id in place of "ID" and counts the packets anew.
func fixLengths(body, id string) string {
	var out bytes.Buffer
	for body != "" {
		var n int
		if _, err := fmt.Sscanf(body[:4], "%04x", &n); err != nil || n < 4 {
			out.WriteString(body[:4])
			body = body[4:]
			continue
		}
		out.WriteString(line("%s", strings.Replace(body[4:n], "ID", id, 1)))
		body = body[n:]
	}
	return out.String()
}
