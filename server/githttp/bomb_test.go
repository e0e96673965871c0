package githttp_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// zeros is a pack's or request's worth of nothing: 64 MiB, and a gigabyte in the long run.
func zeros() int {
	if os.Getenv("PLENARY_LONG") != "" {
		return 1 << 30
	}
	return 64 << 20
}

// apart is a server of the hall's archive in a process of its own, whose memory can be measured.
type apart struct {
	url string // with the login and token of usa
	pid int
}

// push sends a request by hand, packed as encoding says.
func (a apart) send(t *testing.T, service, encoding string, body io.Reader) (status int, answer string) {
	t.Helper()
	u, err := url.Parse(a.url + usaDesk + "/" + service)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.String(), body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-"+service+"-request")
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// peak is the most memory the server's process has had, in bytes.
func (a apart) peak(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.pid))
	if err != nil {
		t.Skip("this system does not tell a process's memory:", err)
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// What unpacks to far more than it is, or asks for far more than anybody needs, is refused with a reason, in memory
// and time that do not grow with what it claims.
func TestBombsAreRefusedInBoundedMemory(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	h.clone(t, "usa", usaDesk)
	much := zeros()
	bomb := strings.Repeat("\x00", much)
	half := strings.Repeat("\x00", 4<<20)
	text := packed{kind: packedBlob, content: baseText}
	var many, grown []packed
	for range much/len(half) + 65 {
		many = append(many, packed{kind: packedBlob, content: half})
	}
	grown = append(grown, packed{kind: packedBlob, content: half})
	base := raw(t, grown[0].id())
	for range much/len(half) + 65 { // each copies the whole of its base
		grown = append(grown, packed{kind: byName, base: base, content: size(len(half)) + size(len(half)) + "\xf0\xff\xff\xff"})
	}
	var commands bytes.Buffer
	commands.WriteString(line("%040d %s refs/heads/drafts/usa/d\x00report-status", 0, h.main))
	for i := range 100_000 {
		commands.WriteString(line("%040d %s refs/heads/drafts/usa/d%d", 0, h.main, i))
	}
	commands.WriteString("0000")
	zipped := func(body string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(body))
		_, _ = z.Write([]byte(bomb))
		_ = z.Close()
		return b.String()
	}
	tip := strings.Repeat("ab", 20)
	push := func(objects ...packed) string {
		return string(create("refs/heads/drafts/usa/x", tip, packOf(t, objects...)))
	}
	requests := []struct {
		name, service, encoding, body, want string
	}{
		{"a file of zeros", "git-receive-pack", "", push(text, packed{kind: packedBlob, content: bomb}), "is larger than 4 MiB"},
		{"a commit of zeros", "git-receive-pack", "", push(packed{kind: packedCommit, content: bomb}), "is larger than 4 MiB"},
		{"a file that says it is small", "git-receive-pack", "", push(packed{kind: packedBlob, content: bomb, claimed: 100}), "the pack is broken"},
		{"a file that says it is larger than anything", "git-receive-pack", "", push(packed{kind: packedBlob, content: "x", claimed: 1 << 60}), "is larger than 4 MiB"},
		{"many files", "git-receive-pack", "", push(many...), "the push unpacks to more than 256 MiB"},
		{"a delta that makes it large", "git-receive-pack", "", push(text, packed{kind: byName, base: raw(t, text.id()), content: size(len(text.content)) + size(much) + "\x90\x01"}), "is larger than 4 MiB"},
		{"a delta of zeros", "git-receive-pack", "", push(text, packed{kind: byName, base: raw(t, text.id()), content: size(len(text.content)) + size(9) + bomb}), "is larger than 4 MiB"},
		{"many deltas", "git-receive-pack", "", push(grown...), "the push unpacks to more than 256 MiB"},
		{"a packed push", "git-receive-pack", "gzip", zipped(line("%040d %s refs/heads/drafts/usa/x\x00report-status", 0, tip) + "0000"), "the push is larger than 8 MiB"},
		{"a packed fetch", "git-upload-pack", "gzip", zipped(line("want %s\n", h.main)), "the request is too long"},
		{"100,000 refs", "git-receive-pack", "", commands.String(), "more than 200 refs in one push"},
		{"100,000 refs, packed", "git-receive-pack", "gzip", zipped(commands.String()), "more than 200 refs in one push"},
	}
	bomb = ""
	if err := h.archive.Close(); err != nil { // the server is to have the archive to itself
		t.Fatal(err)
	}
	before := h.state(t)
	where, pid, kill := h.serveApart(t)
	defer kill()
	server := apart{where, pid}
	for _, r := range requests {
		began := time.Now()
		status, answer := server.send(t, r.service, r.encoding, strings.NewReader(r.body))
		took := time.Since(began)
		if !strings.Contains(answer, r.want) || strings.Contains(answer, "\nok refs/") {
			t.Errorf("%s: %d %.300q, want %q", r.name, status, answer, r.want)
		}
		t.Logf("%s: %d bytes refused after %v, at most %d MiB in memory", r.name, len(r.body), took.Round(time.Millisecond), server.peak(t)>>20)
		if took > time.Minute {
			t.Errorf("%s: took %v", r.name, took)
		}
	}
	if most := server.peak(t); most > 300<<20 {
		t.Errorf("the server came to %d MiB", most>>20)
	}
	if after := h.state(t); after != before {
		t.Errorf("the repositories have changed from\n%s\nto\n%s", before, after)
	}
}

// A tree of ten thousand directories one in the other; a thousand of them but in the long run.
func TestADeepTreeIsRefused(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	h.clone(t, "usa", usaDesk)
	depth := 1000
	if os.Getenv("PLENARY_LONG") != "" {
		depth = 10_000
	}
	text := packed{kind: packedBlob, content: baseText}
	objects := []packed{text}
	inner := tree(entry(t, "100644", "usa-1.md", text.id()))
	for range depth {
		objects = append(objects, inner)
		inner = tree(entry(t, "40000", "contributions", inner.id()))
	}
	outer := tree(strings.TrimSuffix(inner.content, ""), entry(t, "100644", "resolution.md", text.id()))
	tip := commitOf(outer.id(), string(h.main))
	objects = append(objects, outer, tip)
	push := create("refs/heads/drafts/usa/x", tip.id(), packOf(t, objects...))
	began := time.Now()
	h.refused(t, "a deep tree", push, "contributions/contributions/: a resolution's repository holds only")
	t.Logf("%d directories deep: refused after %v", depth, time.Since(began).Round(time.Millisecond))
	h.fsck(t)
}

// Half a request and silence: wherever it stops, the server ends it with a reason, holds no git process for it and
// goes on serving.
func TestSilenceAnywhereEndsARequest(t *testing.T) {
	t.Parallel()
	const places = 2
	h := newHall(t, nil)
	h.clone(t, "usa", usaDesk)
	text := packed{kind: packedBlob, content: baseText}
	root := tree(entry(t, "100644", "resolution.md", text.id()))
	tip := commitOf(root.id(), string(h.main))
	whole := string(create("refs/heads/drafts/usa/x", tip.id(), packOf(t, text, root, tip)))
	if err := h.archive.Close(); err != nil {
		t.Fatal(err)
	}
	quiet := reopened(t, h, places, 100*time.Millisecond)
	before := h.state(t)
	head := func(service, more string) string {
		return "POST " + usaDesk + "/" + service + " HTTP/1.1\r\nHost: x\r\nAuthorization: Basic dXNhOnVzYS10b2tlbg==\r\n" +
			"Content-Type: application/x-" + service + "-request\r\n" + more + "\r\n"
	}
	length := fmt.Sprintf("Content-Length: %d\r\n", len(whole))
	for name, sent := range map[string]string{
		"no body":              head("git-receive-pack", length),
		"half a length":        head("git-receive-pack", length) + whole[:2],
		"half a ref":           head("git-receive-pack", length) + whole[:60],
		"no pack":              head("git-receive-pack", length) + whole[:strings.Index(whole, "0000PACK")+4],
		"half a pack's head":   head("git-receive-pack", length) + whole[:strings.Index(whole, "PACK")+6],
		"half a pack":          head("git-receive-pack", length) + whole[:len(whole)-30],
		"all but a byte":       head("git-receive-pack", length) + whole[:len(whole)-1],
		"half a chunk":         head("git-receive-pack", "Transfer-Encoding: chunked\r\n") + "40\r\n" + whole[:20],
		"no last chunk":        head("git-receive-pack", "Transfer-Encoding: chunked\r\n") + fmt.Sprintf("%x\r\n%s\r\n", len(whole), whole),
		"half a gzip":          head("git-receive-pack", length+"Content-Encoding: gzip\r\n") + "\x1f\x8b\x08\x00\x00",
		"half a fetch":         head("git-upload-pack", length) + "0032want ",
		"a fetch without done": head("git-upload-pack", length) + line("want %s\n", h.main) + "0000",
		"one waits for its go": head("git-receive-pack", length+"Expect: 100-continue\r\n"),
	} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(quiet.server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := io.WriteString(conn, sent); err != nil {
			t.Fatal(err)
		}
		if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if err != nil || !bytes.Contains(answer, []byte("408 Request Timeout")) || !bytes.Contains(answer, []byte("did not arrive in time")) {
			t.Errorf("%s: after %v %q, %v", name, time.Since(began), answer, err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if after := quiet.state(t); after != before {
		t.Errorf("the repositories have changed from\n%s\nto\n%s", before, after)
	}
	if out, err := try(t, t.TempDir(), "ls-remote", quiet.url("usa", usaDesk)); err != nil {
		t.Errorf("afterwards: %v %s", err, out)
	}
}
