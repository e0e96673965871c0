package server

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
)

// readPage is one page that readers open, and who may.
type readPage struct {
	path string // as a person would ask for it
	as   []string
}

// timings keeps how long the server took, by page.
type timings struct {
	mu    sync.Mutex
	took  map[string][]time.Duration // guarded by mu
	sizes map[string]int             // guarded by mu; on the wire
}

func (t *timings) add(path string, took time.Duration, size int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took[path] = append(t.took[path], took)
	t.sizes[path] = size
}

func percentile(all []time.Duration, p int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)-1, len(all)*p/100)]
}

// counted counts what goes over the wire.
type counted struct {
	http.ResponseWriter
	n int
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.n += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// timed measures, of each answer, the time from its request's first line to its last byte.
func timed(next http.Handler, into *timings) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, begun := &counted{ResponseWriter: w}, time.Now()
		next.ServeHTTP(c, r)
		into.add(r.URL.RequestURI(), time.Since(begun), c.n)
	})
}

// everyPage lists every page that answers to GET, in its usual forms.
func (h *largeHouse) everyPage() []readPage {
	all := []string{"observer", "chair", "secretary"}
	for _, a := range h.people {
		all = append(all, a.Login)
	}
	chairs, own := []string{"chair", "secretary"}, []string{h.people[0].Login}
	d := h.open[0]
	fill := strings.NewReplacer(":slug", string(largeSlug), "/merges/:id", fmt.Sprintf("/merges/%d", h.merge),
		":circle", string(d.Circle), ":name", d.Name, "/people/:id", fmt.Sprintf("/people/%d", h.people[0].Person))
	var pages []readPage
	for _, r := range h.server.echo.Routes() {
		path := fill.Replace(r.Path)
		if r.Method != http.MethodGet || strings.ContainsAny(path, ":*") || strings.HasSuffix(path, "/live") || slices.Contains([]string{"/metrics", "/healthz", "/readyz"}, path) {
			continue
		}
		pages = append(pages, readPage{path, []string{h.mayAsk(path, all, chairs, own)}})
	}
	pages = slices.DeleteFunc(pages, func(p readPage) bool { return p.as[0] == "" })
	for i, p := range pages {
		if p.as[0] == "observer" {
			pages[i].as = all
		}
	}
	at := "/resolutions/" + string(largeSlug)
	v := func(key string) string { return url.QueryEscape(key) }
	for _, path := range []string{
		at + "/read?version=" + v(d.Proposal()),
		at + "/compare?a=main&b=" + v(d.Proposal()), at + "/compare?a=" + v(d.Proposal()) + "&b=" + v(h.open[1].Proposal()),
		at + "/history?version=" + v(d.Proposal()),
		at + "/words?shade=age", at + "/words?version=" + v(d.Proposal()), at + "/words?word=12",
		"/search?q=bright+lights", "/search?q=dusk",
	} {
		pages = append(pages, readPage{path, all})
	}
	return pages
}

// mayAsk finds somebody to whom a page is shown; nobody where it is for nobody here.
func (h *largeHouse) mayAsk(path string, groups ...[]string) string {
	for _, group := range groups {
		if h.ask(group[0], path).Code == http.StatusOK {
			return group[0]
		}
	}
	return ""
}

func (h *largeHouse) ask(as, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(h.t.Context(), http.MethodGet, path, nil)
	r.Host = "plenary.test"
	r.AddCookie(&http.Cookie{Name: "plenary", Value: h.cookies[as]})
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	return w
}

// TestPagesUnderReaders opens every page of an assembly of 60 proposals on 300 clauses with 5,000 commits: 100 readers,
// each a page every five seconds, for a minute. It prints how long the server took for each page, beside a file of the
// same size. It runs by `make bench-pages`, and with all that takes long.
func TestPagesUnderReaders(t *testing.T) {
	if os.Getenv("PLENARY_LONG") == "" {
		t.Skip("set PLENARY_LONG=1 to open every page of a large assembly for a minute")
	}
	begun := time.Now()
	h := newLargeHouse(t)
	t.Logf("the assembly is made after %v: %d commits", time.Since(begun).Round(time.Millisecond), h.commits)
	begun = time.Now()
	h.reopened()
	t.Logf("a restart takes %v", time.Since(begun).Round(time.Millisecond))
	begun = time.Now()
	first := h.ask("observer", "/resolutions/"+string(largeSlug)+"/words")
	t.Logf("who brought each word, the first time: %v, %d bytes, refresh %q", time.Since(begun).Round(time.Millisecond), first.Body.Len(), first.Header().Get("Refresh"))
	for first.Header().Get("Refresh") != "" {
		first = h.ask("observer", "/resolutions/"+string(largeSlug)+"/words")
	}
	t.Logf("and complete after %v", time.Since(begun).Round(time.Millisecond))

	h.followChange()
	pages := h.everyPage()
	costs := map[string]cost{}
	for _, p := range pages {
		c := cost{first: h.spent(func() { h.ask(p.as[0], p.path) })}
		c.again = h.spent(func() {
			for range askedAgain {
				h.ask(p.as[0], p.path)
			}
		}) / askedAgain
		costs[p.path] = c
	}
	seen := h.readers(pages, 100, 5*time.Second, seconds(t))
	h.print(seen, costs)
}

// followChange revises a proposal and looks at what shows it.
func (h *largeHouse) followChange() {
	h.t.Helper()
	at := "/resolutions/" + string(largeSlug)
	for _, path := range []string{at + "/map", at + "/compilation"} {
		h.ask("observer", path)
	}
	for _, path := range []string{at + "/map", at + "/compilation"} {
		h.revise(h.open[1])
		begun := time.Now()
		spent := h.spent(func() { h.ask("observer", path) })
		h.t.Logf("%s after a proposal was revised: %v, %v of processor time", path, time.Since(begun).Round(time.Millisecond), spent.Round(time.Millisecond))
	}
}

// cost is the processor time a page takes, which other work on the machine does not show in.
type cost struct{ first, again time.Duration }

const askedAgain = 5

// spent gives the processor time that doing something takes, with whatever it leaves to be cleared away.
func (h *largeHouse) spent(do func()) time.Duration {
	h.t.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		h.must(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	begun := used()
	do()
	return used() - begun
}

// seconds is how long the readers read.
func seconds(t *testing.T) time.Duration {
	t.Helper()
	if s := os.Getenv("PLENARY_SECONDS"); s != "" {
		d, err := time.ParseDuration(s + "s")
		must(t, err)
		return d
	}
	return time.Minute
}

// readers open pages over a network, each one every so often.
func (h *largeHouse) readers(pages []readPage, n int, every, long time.Duration) *timings {
	h.t.Helper()
	seen := &timings{took: map[string][]time.Duration{}, sizes: map[string]int{}}
	files := http.FileServerFS(staticPages(h, pages))
	site := httptest.NewServer(timed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/static-page/") {
			http.StripPrefix("/static-page/", files).ServeHTTP(w, r)
			return
		}
		r.Host = "plenary.test"
		h.server.Handler().ServeHTTP(w, r)
	}), seen))
	defer site.Close()
	client := site.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = n
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	var all sync.WaitGroup
	until := time.Now().Add(long)
	for reader := range n {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(reader), 5))
			timer := time.NewTimer(every * time.Duration(reader) / time.Duration(n))
			defer timer.Stop()
			for time.Now().Before(until) {
				<-timer.C
				timer.Reset(every)
				i := random.IntN(len(pages))
				for _, path := range []string{pages[i].path, fmt.Sprintf("/static-page/%d.html", i)} {
					r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, site.URL+path, nil)
					if err != nil {
						h.t.Error(err)
						return
					}
					r.Header.Set("Accept-Encoding", "gzip")
					r.AddCookie(&http.Cookie{Name: "plenary", Value: h.cookies[pages[i].as[random.IntN(len(pages[i].as))]]})
					w, err := client.Do(r)
					if err != nil {
						h.t.Error(err)
						return
					}
					_, err = io.Copy(io.Discard, w.Body)
					_ = w.Body.Close()
					if err != nil || w.StatusCode >= 400 {
						h.t.Errorf("%s: %s %v", path, w.Status, err)
					}
				}
			}
		})
	}
	all.Wait()
	return seen
}

// staticPages are files as large as the pages are on the wire.
func staticPages(h *largeHouse, pages []readPage) fstest.MapFS {
	files := fstest.MapFS{}
	for i, p := range pages {
		files[fmt.Sprintf("%d.html", i)] = &fstest.MapFile{Data: h.ask(p.as[0], p.path).Body.Bytes()}
	}
	return files
}

// print writes the table, the dearest page first.
func (h *largeHouse) print(seen *timings, costs map[string]cost) {
	h.t.Helper()
	var pages, static []time.Duration
	var paths []string
	for path, took := range seen.took {
		if strings.HasPrefix(path, "/static-page/") {
			static = append(static, took...)
			continue
		}
		pages = append(pages, took...)
	}
	for path := range costs {
		paths = append(paths, path)
	}
	slices.SortFunc(paths, func(a, b string) int { return int(costs[b].again - costs[a].again) })
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
	var b strings.Builder
	fmt.Fprintf(&b, "\n| page | n | p50 | p95 | processor | the first time | on the wire |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, path := range paths {
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s | %d B |\n", strings.ReplaceAll(path, string(largeSlug), "…"), len(seen.took[path]),
			ms(percentile(seen.took[path], 50)), ms(percentile(seen.took[path], 95)), ms(costs[path].again), ms(costs[path].first), seen.sizes[path])
	}
	fmt.Fprintf(&b, "| **all pages** | %d | %s | %s | | | |\n", len(pages), ms(percentile(pages, 50)), ms(percentile(pages, 95)))
	fmt.Fprintf(&b, "| files of the same size | %d | %s | %s | | | |\n", len(static), ms(percentile(static, 50)), ms(percentile(static, 95)))
	h.t.Log(b.String())
}
