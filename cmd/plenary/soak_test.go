package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// attendance is how long an assembly meets, and with how many people.
type attendance struct {
	length           time.Duration
	typists, readers int
}

// The meeting of CI is one that two cores can serve under the race detector; PLENARY_LONG=1 is the whole one, and
// PLENARY_SOAK=10m says how long that takes.
var (
	soakShort = attendance{45 * time.Second, 20, 30}
	soakLong  = attendance{30 * time.Minute, 50, 100}
)

// attending gives the meeting that is asked for.
func attending(t *testing.T) attendance {
	t.Helper()
	said := os.Getenv("PLENARY_SOAK")
	if said == "" && os.Getenv("PLENARY_LONG") == "" {
		return soakShort
	}
	a := soakLong
	if said != "" {
		var err error
		a.length, err = time.ParseDuration(said)
		must(t, err)
	}
	return a
}

// meeting is a whole assembly at work: everybody does what they do, again and again, until it is over.
type meeting struct {
	t    *testing.T
	base string
	ctx  context.Context //nolint:containedctx // the length of the meeting

	mu    sync.Mutex
	took  map[string][]time.Duration // by what was done
	fault map[string]int             // what went wrong, counted
}

// do notes how long something took, or what went wrong with it.
func (m *meeting) do(what string, act func() error) bool {
	began := time.Now()
	err := act()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		m.fault[what+": "+err.Error()]++
		return false
	}
	m.took[what] = append(m.took[what], time.Since(began))
	return true
}

// again does something every pause until the meeting is over.
func (m *meeting) again(pause time.Duration, act func(n int)) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-m.ctx.Done():
			return
		case <-ticker.C:
			act(n)
		}
	}
}

// visitor is a browser of which only the answers count.
type visitor struct {
	client *http.Client
	base   string
}

func visits(t *testing.T, base, login string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	v := &visitor{&http.Client{Jar: jar, Timeout: time.Minute}, base}
	_, err = v.form("/signin", url.Values{"login": {login}, "password": {"measured-in-public"}})
	must(t, err)
	return v
}

func (v *visitor) do(method, path, kind string, body []byte) (string, error) {
	r, err := http.NewRequestWithContext(context.Background(), method, v.base+path, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	answer, err := v.client.Do(r)
	if err != nil {
		return "", err
	}
	page, err := io.ReadAll(answer.Body)
	if cerr := answer.Body.Close(); err == nil {
		err = cerr
	}
	if err == nil && answer.StatusCode >= 400 {
		err = fmt.Errorf("status %d: %.300s", answer.StatusCode, page)
	}
	return string(page), err
}

func (v *visitor) get(path string) (string, error) { return v.do(http.MethodGet, path, "", nil) }

func (v *visitor) form(path string, fields url.Values) (string, error) {
	return v.do(http.MethodPost, path, "application/x-www-form-urlencoded", []byte(fields.Encode()))
}

func (v *visitor) call(path string, body any) (answer map[string]any, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	page, err := v.do(http.MethodPost, "/api/v1"+path, "application/json", raw)
	if err == nil && page != "" {
		err = json.Unmarshal([]byte(page), &answer)
	}
	return answer, err
}

// TestAWholeMeeting lets many people type and more read, and others push, merge, export and import, all at once, and
// looks at errors, memory, goroutines and, at the end, everything that must hold.
func TestAWholeMeeting(t *testing.T) {
	t.Parallel()
	come := attending(t)
	dir := t.TempDir()
	c := newCrowd(t, dir, come.typists, 10)
	c.clauses = 300
	stop, base := serveCrowd(t, dir, freePort(t))
	m := &meeting{t: t, base: base, took: map[string][]time.Duration{}, fault: map[string]int{}}
	delegate, secretariat := visits(t, base, "typist-1"), visits(t, base, "secretariat")
	c.begin(base, 1500*time.Millisecond)
	ctx, over := context.WithTimeout(t.Context(), come.length)
	defer over()
	m.ctx = ctx
	var working sync.WaitGroup
	readers := []*visitor{delegate, secretariat, visits(t, base, "typist-2"), visits(t, base, "typist-3")}
	for i := range come.readers {
		working.Go(func() { m.read(readers[i%len(readers)], i) })
	}
	working.Go(func() { m.revise(dir, secretariat, delegate, c.Tokens[0]) })
	working.Go(func() { m.push(dir, c) })
	sizes := m.watch(&working)
	working.Wait()
	c.end()
	c.checkWords()
	for what, n := range m.fault {
		t.Errorf("%d times %s", n, what)
	}
	_, p95, most := c.waits()
	t.Logf("%v, %d typists, %d readers: %d words, p95 %v, at most %v until acknowledged", come.length, come.typists, come.readers, c.words(), p95.Round(time.Millisecond), most.Round(time.Millisecond))
	doings := []string{"push", "import", "propose by push", "merge", "export"}
	for _, page := range meetingPages {
		doings = append(doings, "read "+page)
	}
	for _, what := range doings {
		all := m.took[what]
		slices.Sort(all)
		if len(all) == 0 {
			t.Errorf("nobody did %q", what)
			continue
		}
		t.Logf("%s: %d times, median %v, p95 %v", what, len(all), all[len(all)/2].Round(time.Millisecond), all[len(all)*95/100].Round(time.Millisecond))
	}
	sizes.flat(t)
	stop(syscall.SIGTERM)
	checked(t, dir)
}

// meetingPages are what people look at who follow the meeting.
var meetingPages = []string{
	"/", "/resolutions/measure-1", "/resolutions/measure-1/read", "/resolutions/measure-1/compilation", "/resolutions/measure-1/map",
	"/api/v1/resolutions/measure-1", "/resolutions/measure-1/history", "/search?q=methods", "/resolutions/measure-1/words", "/account",
}

// read opens one page after the other. Readers do not come at the same moment.
func (m *meeting) read(v *visitor, n int) {
	const pause = 5 * time.Second
	select {
	case <-m.ctx.Done():
		return
	case <-time.After(time.Duration(n) * 137 * time.Millisecond % pause):
	}
	m.again(pause, func(i int) {
		page := meetingPages[(n+i)%len(meetingPages)]
		m.do("read "+page, func() error { _, err := v.get(page); return err })
	})
}

// revise brings in one resolution after the other, has a change to it proposed by git, merges it and exports the result.
func (m *meeting) revise(dir string, secretariat, delegate *visitor, token string) {
	m.again(2*time.Second, func(n int) {
		slug := fmt.Sprintf("harbour-%d", n)
		text := fmt.Sprintf("# RESOLUTION %d (Rev. Lisbon, 2020)\n\n## Harbour %d\n\n*resolves*\n\n1. to inspect every light once a year;\n\n2. to replace worn lamps.\n", n+100, n)
		ok := m.do("import", func() error {
			_, err := secretariat.form("/import", url.Values{
				"step": {"import"}, "file-name": {"h.md"}, "text": {text}, "slug": {slug}, "number": {strconv.Itoa(n + 100)},
				"title": {"Harbour"}, "edition": {"Rev. Lisbon, 2020"}, "place": {"Lisbon"}, "year": {"2020"},
			})
			return err
		})
		clone := filepath.Join(dir, "clones", slug)
		ok = ok && m.do("propose by push", func() error {
			desk := strings.Replace(m.base, "http://", "http://typist-1:"+token+"@", 1) + "/git/desks/usa/" + slug + ".git"
			if err := gitIn(dir, "clone", "-q", desk, clone); err != nil {
				return err
			}
			revised := strings.Replace(text, "once a year", "twice a year", 1)
			if err := os.WriteFile(filepath.Join(clone, "resolution.md"), []byte(revised), 0o600); err != nil {
				return err
			}
			if err := gitIn(clone, "commit", "-q", "-a", "-m", "twice"); err != nil {
				return err
			}
			return gitIn(clone, "push", "-q", "origin", "HEAD:refs/heads/drafts/usa/twice", "HEAD:refs/heads/proposals/usa/twice")
		})
		ok = ok && m.do("merge", func() error {
			merging, err := secretariat.call("/resolutions/"+slug+"/merges", map[string]any{"proposals": []string{"usa/twice"}})
			if err != nil {
				return err
			}
			begun, ok := merging["merging"].(map[string]any)
			if !ok {
				return fmt.Errorf("no merge was begun: %v", merging)
			}
			_, err = secretariat.call(fmt.Sprintf("/merges/%v/finish", begun["id"]), map[string]any{"sentence": "Agreed."})
			return err
		})
		if ok {
			m.do("export", func() error {
				_, err := delegate.get("/resolutions/" + slug + "/export?version=main&against=adopted/lisbon-2020&form=docx")
				return err
			})
		}
		_ = os.RemoveAll(clone)
	})
}

// push commits and pushes to a draft of its own, beside those that are typed in.
func (m *meeting) push(dir string, c *crowd) {
	clone := filepath.Join(dir, "clones", "desk")
	desk := strings.Replace(m.base, "http://", "http://typist-2:"+c.Tokens[1]+"@", 1) + "/git/desks/usa/measure-1.git"
	if !m.do("clone", func() error { return gitIn(dir, "clone", "-q", "-b", "main", desk, clone) }) {
		return
	}
	m.again(time.Second, func(n int) {
		m.do("push", func() error {
			if err := gitIn(clone, "commit", "-q", "--allow-empty", "-m", fmt.Sprintf("push %d", n)); err != nil {
				return err
			}
			return gitIn(clone, "push", "-q", "origin", "HEAD:refs/heads/drafts/usa/pushed")
		})
	})
}

func gitIn(dir string, args ...string) error {
	cmd := exec.CommandContext(context.Background(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", args[0], err, said)
	}
	return nil
}

// sizes is how large the server was, over the meeting.
type sizes struct{ heap, goroutines []float64 }

var gauge = regexp.MustCompile(`(?m)^(go_memstats_heap_inuse_bytes|go_goroutines) (\S+)$`)

// watch reads the server's metrics until the meeting is over.
func (m *meeting) watch(working *sync.WaitGroup) *sizes {
	s := &sizes{}
	v := &visitor{&http.Client{Timeout: time.Minute}, m.base}
	working.Go(func() {
		m.again(time.Second, func(int) {
			m.do("metrics", func() error {
				page, err := v.get("/metrics")
				for _, found := range gauge.FindAllStringSubmatch(page, -1) {
					value, err := strconv.ParseFloat(found[2], 64)
					if err != nil {
						return err
					}
					if found[1] == "go_goroutines" {
						s.goroutines = append(s.goroutines, value)
					} else {
						s.heap = append(s.heap, value)
					}
				}
				return err
			})
		})
	})
	return s
}

// flat fails where the server went on growing: the last third of the meeting is held against the middle one. The texts
// grow as people type, so the heap may grow by a little.
func (s *sizes) flat(t *testing.T) {
	t.Helper()
	for name, all := range map[string][]float64{"heap": s.heap, "goroutines": s.goroutines} {
		if len(all) < 9 {
			t.Errorf("%s was read %d times only", name, len(all))
			continue
		}
		mean := func(part []float64) (sum float64) {
			for _, v := range part {
				sum += v / float64(len(part))
			}
			return sum
		}
		third := len(all) / 3
		middle, last := mean(all[third:2*third]), mean(all[2*third:])
		t.Logf("%s: %.0f in the middle third, %.0f in the last, at most %.0f", name, middle, last, slices.Max(all))
		if last > middle*1.4+16<<20 || name == "goroutines" && last > middle*1.1+30 {
			t.Errorf("%s grew from %.0f to %.0f", name, middle, last)
		}
	}
}
