package githttp_test

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plenary/server/githttp"
)

// tree makes a commit on main whose tree is read from mktree's format, and gives it.
func treeCommit(t *testing.T, dir, entries string, parents ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "mktree", "--missing")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(entries)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("mktree: %v", err)
	}
	args := []string{"commit-tree", "-m", "crafted", strings.TrimSpace(string(out))}
	for _, p := range parents {
		args = append(args, "-p", p)
	}
	return git(t, dir, args...)
}

func blob(t *testing.T, dir, content string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "hash-object", "-w", "--stdin")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(content)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("hash-object: %v", err)
	}
	return strings.TrimSpace(string(out))
}

func TestContentThatIsRefused(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	dir := h.clone(t, "usa", usaDesk)
	text := git(t, dir, "rev-parse", "main:resolution.md")
	keep := "100644 blob " + text + "\tresolution.md\n"
	bad := func(content string) string { return "100644 blob " + blob(t, dir, content) + "\tresolution.md\n" }
	entry := deepTree(t, dir, 1000)
	known := "a resolution's repository holds only resolution.md, resolution.<language>.md and contributions/"
	for name, test := range map[string]struct{ tree, want string }{
		"a symbolic link":              {keep + "120000 blob " + text + "\tresolution.fr.md\n", "resolution.fr.md: is a symbolic link"},
		"a link as text":               {"120000 blob " + text + "\tresolution.md\n", "resolution.md: is a symbolic link"},
		"a submodule":                  {keep + "160000 commit " + string(h.main) + "\tmodule\n", "module: is a submodule"},
		"an executable":                {"100755 blob " + text + "\tresolution.md\n", "resolution.md: has mode 100755"},
		"an unknown file":              {keep + "100644 blob " + text + "\tREADME.md\n", "README.md: " + known},
		"an old file under a new path": {keep + "100644 blob " + text + "\tcopy.md\n", "copy.md: " + known},
		"capitals":                     {keep + "100644 blob " + text + "\tResolution.md\n", "Resolution.md: " + known},
		"look-alikes":                  {keep + "100644 blob " + text + "\tres\u043elution.md\n", `"res\u043elution.md": ` + known},
		"no text":                      {"100644 blob " + text + "\tresolution.fr.md\n", "resolution.md: commit"},
		"a directory":                  {keep + strings.Replace(entry, "contributions", "more", 1) + "\n", "more/: " + known},
		"a deep tree":                  {keep + entry + "\n", "contributions/contributions/: " + known},
		"a dot-dot path":               {keep + "100644 blob " + text + "\t..\n", "hasDotdot"},
		"a .git path":                  {keep + "040000 tree " + git(t, dir, "rev-parse", "main^{tree}") + "\t.git\n", "hasDotgit"},
		"a .GIT path":                  {keep + "040000 tree " + git(t, dir, "rev-parse", "main^{tree}") + "\t.GIT\n", "hasDotgit"},
		"a bad note":                   {keep + "040000 tree " + strings.Fields(treeOf(t, dir, "100644 blob "+blob(t, dir, "one\ntwo \xff\n")+"\tusa-1.md\n"))[0] + "\tcontributions\n", "contributions/usa-1.md:2:5:"},
		"invalid UTF-8":                {bad("# RESOLUTION 7\n\nabc \xff def\n"), "resolution.md:3:5:"},
		"a control character":          {bad("# RESOLUTION 7\n\n\nab\x07\n"), "resolution.md:4:3:"},
		"a file too large":             {bad(strings.Repeat("words and words\n\n", 70_000)), "resolution.md: is larger than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			c := treeCommit(t, dir, test.tree, string(h.main))
			out, err := try(t, dir, "push", "origin", c+":refs/heads/drafts/usa/hostile")
			if err == nil || !strings.Contains(strings.Join(strings.Fields(out), " "), test.want) {
				t.Errorf("err %v, git says:\n%s\nwant: %s", err, out, test.want)
			}
		})
	}
	t.Run("a history of its own", func(t *testing.T) {
		c := treeCommit(t, dir, keep)
		out, err := try(t, dir, "push", "origin", c+":refs/heads/drafts/usa/hostile")
		if err == nil || !strings.Contains(out, "begins a history of its own") {
			t.Errorf("err %v, git says:\n%s", err, out)
		}
	})
	t.Run("a bad commit under a good one", func(t *testing.T) {
		c := treeCommit(t, dir, bad("\xff\n"), string(h.main))
		out, err := try(t, dir, "push", "origin", treeCommit(t, dir, keep, c)+":refs/heads/drafts/usa/hostile")
		if err == nil || !strings.Contains(out, "resolution.md:1:1:") {
			t.Errorf("err %v, git says:\n%s", err, out)
		}
	})
	desk := h.archive.DeskPath("tea-7", "usa")
	if out := git(t, desk, "for-each-ref", "refs/heads/drafts"); out != "" {
		t.Errorf("a draft came in: %s", out)
	}
	if left, err := filepath.Glob(filepath.Join(desk, "objects", "??")); err != nil || len(left) > 0 {
		t.Errorf("objects came in: %v %v", left, err)
	}
	h.fsck(t)
}

// deepTree writes directories inside directories and gives the outermost as an entry.
func deepTree(t *testing.T, dir string, depth int) string {
	t.Helper()
	mode, name, id := "100644", "x.md", blob(t, dir, "x\n")
	for range depth {
		raw, err := hex.DecodeString(id)
		if err != nil {
			t.Fatal(err)
		}
		content := append([]byte(mode+" "+name+"\x00"), raw...)
		object := append(fmt.Appendf(nil, "tree %d\x00", len(content)), content...)
		id = fmt.Sprintf("%x", sha1.Sum(object))
		var packed bytes.Buffer
		z := zlib.NewWriter(&packed)
		if _, err := z.Write(object); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, ".git", "objects", id[:2])
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, id[2:]), packed.Bytes(), 0o444); err != nil {
			t.Fatal(err)
		}
		mode, name = "40000", "contributions"
	}
	return "040000 tree " + id + "\tcontributions"
}

func treeOf(t *testing.T, dir, entries string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "mktree")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(entries)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("mktree: %v", err)
	}
	return string(out)
}

func TestPushesThatAreTooMuch(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	dir := h.clone(t, "usa", usaDesk)

	git(t, dir, "checkout", "-q", "-b", "bomb")
	commit(t, dir, "resolution.md", strings.Repeat("0", 8<<20)) // packs to 8 KiB
	out, err := try(t, dir, "push", "origin", "HEAD:refs/heads/drafts/usa/bomb")
	if err == nil || !strings.Contains(out, "is larger than 4 MiB") {
		t.Errorf("a file that unpacks to 8 MiB: %v\n%s", err, out)
	}

	git(t, dir, "checkout", "-q", "-b", "large", "main")
	noise := make([]byte, 3<<20)
	rand.New(rand.NewSource(1)).Read(noise)
	for i := range 5 {
		commit(t, dir, "resolution.md", fmt.Sprintf("%d%x", i, noise[:len(noise)/2+i]))
		noise[i]++
		rand.New(rand.NewSource(int64(i))).Read(noise)
	}
	out, err = try(t, dir, "push", "origin", "HEAD:refs/heads/drafts/usa/large")
	if err == nil || !strings.Contains(out, "push is larger than 8 MiB") && !strings.Contains(out, "larger than 1048576") {
		t.Errorf("a push of many megabytes: %v\n%s", err, out)
	}

	var many bytes.Buffer
	for i := range 30_000 {
		line := fmt.Sprintf("%040d %s refs/heads/drafts/usa/d%d", 0, h.main, i)
		if i == 0 {
			line += "\x00report-status side-band-64k"
		}
		fmt.Fprintf(&many, "%04x%s", len(line)+4, line)
	}
	many.WriteString("0000")
	status, answer := h.post(t, usaDesk, many.Bytes())
	if status != http.StatusOK || !strings.Contains(answer, "more than 200 refs in one push") {
		t.Errorf("30,000 commands: %d %.300s", status, answer)
	}
	if out := git(t, h.archive.DeskPath("tea-7", "usa"), "for-each-ref", "refs/heads/drafts"); out != "" {
		t.Errorf("a draft came in: %s", out)
	}
}

// post sends a push by hand, as usa.
func (h *hall) post(t *testing.T, path string, body []byte) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.server.URL+path+"/git-receive-pack", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("usa", "usa-token")
	req.Header.Set("Content-Type", "application/x-git-receive-pack-request")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func TestRequestsMadeByHand(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	line := fmt.Sprintf("%040d %s refs/heads/drafts/usa/x\x00report-status", 0, h.main)
	command := fmt.Sprintf("%04x%s0000", len(line)+4, line)
	for name, test := range map[string]struct {
		body   string
		status int
		want   string
	}{
		"a lone flush asks whether one is let in": {"0000", 200, ""},
		"nothing":                 {"", 400, "the list of refs is broken"},
		"no length":               {"zzzz", 400, "the list of refs is broken"},
		"a length past the end":   {"0100abc", 400, "the list of refs is broken"},
		"no hashes":               {"000bfoo bar0000", 400, "the list of refs is broken"},
		"no pack, old commit":     {command, 200, "ng refs/heads/drafts/usa/x"},
		"rubbish instead of pack": {command + "PACKrubbishrubbishrubbishrubbishrubbish", 200, "ng refs/heads/drafts/usa/x"},
		"half a pack":             {command + "PACK\x00\x00\x00\x02\x00\x00\x00\x05" + strings.Repeat("x", 40), 200, "the pack is broken"},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := h.post(t, usaDesk, []byte(test.body))
			if status != test.status || !strings.Contains(answer, test.want) {
				t.Errorf("got %d %q, want %d %q", status, answer, test.status, test.want)
			}
		})
	}
	h.fsck(t)
}

func TestSilenceEndsARequest(t *testing.T) {
	t.Parallel()
	h := newHall(t, func(o *githttp.Options) { o.Idle = 50 * time.Millisecond })
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprintf(conn, "POST %s/git-receive-pack HTTP/1.1\r\nHost: x\r\nAuthorization: Basic dXNhOnVzYS10b2tlbg==\r\n"+
		"Content-Type: application/x-git-receive-pack-request\r\nContent-Length: 1000\r\n\r\n0094", usaDesk)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !bytes.Contains(answer, []byte("408 Request Timeout")) {
		t.Errorf("got %q, %v", answer, err)
	}
}

func TestManyAtOnceWaitTheirTurn(t *testing.T) {
	t.Parallel()
	h := newHall(t, func(o *githttp.Options) { o.Processes, o.Queue = 1, time.Minute })
	errs := make(chan error, 8)
	for i := range cap(errs) {
		dir := t.TempDir()
		go func() {
			cmd := exec.Command("git", "clone", "-q", h.url("usa", usaDesk), fmt.Sprint("tea", i))
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir)
			errs <- cmd.Run()
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
