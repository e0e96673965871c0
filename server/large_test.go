package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/frontend"
	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/auth"
	"plenary/server/drafting"
	"plenary/server/store"
)

// largeHouse is a server over an assembly with one text of 300 clauses, 60 proposals on it that stand submitted, and a
// history of some 5,000 commits: proposals that were written in many saves and merged eight at a time.
type largeHouse struct {
	t                testing.TB
	archive          *repo.Archive
	service          *drafting.Service
	server           *Server
	cookies          map[string]string // by login
	chair, secretary drafting.Actor
	people           []drafting.Actor // one of each delegation
	open             []repo.DraftName // the proposals that stand submitted
	merge            drafting.MergeID // a merge of four of them that is being worked out
	random           *rand.Rand
	commits          int
	reopened         func()
}

const (
	largeSlug    = repo.Slug("harbour-40")
	largeClauses = 300
	delegations  = 12
	pastMerges   = 6   // of eight proposals each
	pastSaves    = 100 // of each of those
	openOnes     = 60
)

func (h *largeHouse) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// newLargeHouse makes it, in half a minute. With PLENARY_DIR it is kept there, and the next run finds it made.
func newLargeHouse(t testing.TB) *largeHouse {
	t.Helper()
	h := &largeHouse{t: t, cookies: map[string]string{}, random: rand.New(rand.NewPCG(40, 2026))}
	dir := t.TempDir()
	if kept := os.Getenv("PLENARY_DIR"); kept != "" {
		dir = kept
		h.must(os.MkdirAll(dir, 0o700))
	}
	ctx := t.Context()
	records, err := store.Open(ctx, filepath.Join(dir, "records.db"))
	h.must(err)
	journal, err := store.OpenJournal(ctx, filepath.Join(dir, "journal.db"))
	h.must(err)
	index, err := store.OpenSearch(ctx, filepath.Join(dir, "search.db"))
	h.must(err)
	words, err := store.OpenWords(ctx, filepath.Join(dir, "words.db"), "test")
	h.must(err)
	h.archive, err = repo.Open(ctx, filepath.Join(dir, "texts"), repo.Options{})
	h.must(err)
	start := func() {
		h.service = drafting.New(drafting.Options{Archive: h.archive, Records: records, Journal: journal, Index: index, Words: words})
		dist, err := fs.Sub(frontend.Dist, "dist")
		h.must(err)
		h.server, err = New(Options{
			Service: h.service, Door: auth.New(records, records, records, time.Now), Git: http.NotFoundHandler(),
			Public: "http://plenary.test", Dist: dist,
		})
		h.must(err)
	}
	start()
	t.Cleanup(func() {
		h.must(errors.Join(h.service.Close(context.WithoutCancel(ctx)), h.archive.Close(), words.Close(), index.Close(), journal.Close(), records.Close()))
	})
	h.reopened = func() { // as after a restart
		h.must(h.service.Close(ctx))
		start()
		h.must(h.service.Reconcile(ctx))
	}
	door := auth.New(records, records, records, time.Now)
	if _, err := h.service.Assembly(ctx); errors.Is(err, drafting.ErrNotFound) {
		h.settle()
		h.signIn(door)
		h.write()
		return h
	}
	h.signIn(door)
	all, err := records.Proposals(ctx, largeSlug)
	h.must(err)
	for _, p := range all {
		if p.Status == drafting.StatusSubmitted {
			h.open = append(h.open, p.Draft)
		}
	}
	merges, err := records.Mergings(ctx, largeSlug)
	h.must(err)
	for _, m := range merges {
		h.merge = max(h.merge, m.ID)
	}
	return h
}

// write fills the assembly.
func (h *largeHouse) write() {
	h.t.Helper()
	_, err := h.service.Import(h.t.Context(), h.secretary, drafting.ImportRequest{
		Slug: largeSlug, FileName: "res40.md", File: []byte(largeText()), Place: "Lisbon", Year: 2019,
	})
	h.must(err)
	for n := range pastMerges {
		h.mergeEight(n)
	}
	for n := range openOnes {
		h.open = append(h.open, h.propose(n, 3, func(i int) bool { return i%openOnes == n || i%19 == n%5 }))
	}
	m, err := h.service.StartMerging(h.t.Context(), h.chair, largeSlug, h.open[:4])
	h.must(err)
	h.merge = m.ID
}

// largePassword is everybody's here.
const largePassword = "measured-in-public"

// settle makes the people.
func (h *largeHouse) settle() {
	h.t.Helper()
	ctx, op := h.t.Context(), drafting.Operator()
	h.must(h.service.SetAssembly(ctx, op, drafting.Assembly{Code: "Harbour", Name: "Harbour Assembly", Meeting: "Harbour-26"}))
	hash, err := auth.HashPassword(largePassword)
	h.must(err)
	person := func(login string, role drafting.Role, circles ...repo.Circle) {
		_, err := h.service.AddPerson(ctx, op, drafting.Person{Login: login, Name: "Ms " + login, Role: role, Circles: circles}, hash)
		h.must(err)
	}
	for n := range delegations {
		label := fmt.Sprintf("D%02d", n+1)
		h.must(h.service.AddCircle(ctx, op, drafting.Circle{Label: label, Name: "Delegation " + label, Kind: drafting.CircleDelegation}))
		person(delegate(n), drafting.RoleDelegate, repo.Circle(strings.ToLower(label)))
	}
	person("chair", drafting.RoleChair)
	person("observer", drafting.RoleObserver)
	person("secretary", drafting.RoleSecretariat)
}

func delegate(n int) string { return fmt.Sprintf("delegate-%02d", n+1) }

// signIn signs everybody in.
func (h *largeHouse) signIn(door *auth.Doorkeeper) {
	h.t.Helper()
	sign := func(login string) drafting.Actor {
		secret, _, err := door.SignIn(h.t.Context(), login, largePassword)
		h.must(err)
		h.cookies[login] = secret
		a, err := door.Actor(h.t.Context(), secret)
		h.must(err)
		return a
	}
	for n := range delegations {
		h.people = append(h.people, sign(delegate(n)))
	}
	h.chair, h.secretary = sign("chair"), sign("secretary")
	sign("observer")
}

// largeText is a resolution of 300 clauses in ten sections.
func largeText() string {
	var b strings.Builder
	b.WriteString("# RESOLUTION 40 (Rev. Lisbon, 2019)\n\n## Lights of harbour mouths\n\nThe Harbour Assembly (Lisbon, 2019),\n")
	openers := []string{"considering", "recalling", "recognizing", "noting", "noting further", "resolves", "resolves further", "instructs the Director", "invites the harbours", "requests the Secretary"}
	for s, opener := range openers {
		fmt.Fprintf(&b, "\n*%s*\n", opener)
		for i := range largeClauses / len(openers) {
			n := s*largeClauses/len(openers) + i
			fmt.Fprintf(&b, "\n%d. that light number %d of the harbour mouth is lit from dusk on day %d until dawn, by keepers "+
				"who are relieved every %d hours and who write down what passes;\n", i+1, n*7, n*13%365, 2+n%9)
		}
	}
	return b.String()
}

var largeWords = strings.Fields("also always bright calm careful clear early every fast fresh gentle kind late long lower new narrow northern old only open plain quiet ready round safe short silent slow small southern steady still strong tall true upper warm wide young")

// wander changes some clauses a little: a word comes in, another that came so goes.
func (h *largeHouse) wander(text resolution.Text, mine func(clause int) bool) resolution.Text {
	blocks := slices.Clone(text.Blocks)
	var own []int
	for i, b := range blocks {
		if b.Kind == resolution.KindItem && mine(i) {
			own = append(own, i)
		}
	}
	b := &blocks[own[h.random.IntN(len(own))]]
	words := strings.Fields(b.Words)
	if at := slices.IndexFunc(words, func(w string) bool { return slices.Contains(largeWords, w) }); at >= 0 && h.random.IntN(2) == 0 {
		words = slices.Delete(words, at, at+1)
	}
	words = slices.Insert(words, 1+h.random.IntN(len(words)-2), largeWords[h.random.IntN(len(largeWords))])
	b.Words = strings.Join(words, " ")
	return resolution.Text{Blocks: blocks}
}

// propose writes a proposal in many saves, put into its desk at once, and submits it.
func (h *largeHouse) propose(n, saves int, mine func(clause int) bool) repo.DraftName {
	h.t.Helper()
	ctx, a := h.t.Context(), h.people[n%delegations]
	p, err := h.service.Propose(ctx, a, largeSlug, "")
	h.must(err)
	desk, err := h.archive.Desk(ctx, largeSlug, a.Circle)
	h.must(err)
	tip, err := desk.Tip(ctx, p.Draft.Draft())
	h.must(err)
	h.save(a, p.Draft, tip, saves, mine)
	_, err = h.service.Submit(ctx, a, largeSlug, p.Draft)
	h.must(err)
	return p.Draft
}

// revise writes more in a proposal and submits it again.
func (h *largeHouse) revise(d repo.DraftName) {
	h.t.Helper()
	i := slices.IndexFunc(h.people, func(a drafting.Actor) bool { return a.Circle == d.Circle })
	desk, err := h.archive.Desk(h.t.Context(), largeSlug, d.Circle)
	h.must(err)
	tip, err := desk.Tip(h.t.Context(), d.Draft())
	h.must(err)
	h.save(h.people[i], d, tip, 1, func(clause int) bool { return clause%7 == 3 })
	_, err = h.service.Submit(h.t.Context(), h.people[i], largeSlug, d)
	h.must(err)
}

// save puts saves of a draft into its desk at once.
func (h *largeHouse) save(a drafting.Actor, d repo.DraftName, tip repo.Hash, saves int, mine func(clause int) bool) {
	h.t.Helper()
	ctx := h.t.Context()
	desk, err := h.archive.Desk(ctx, largeSlug, a.Circle)
	h.must(err)
	text, err := desk.Text(ctx, tip)
	h.must(err)
	var in bytes.Buffer
	for k := range saves {
		text = h.wander(text, mine)
		file := resolution.Format(text)
		when := 1_750_000_000 + int64(h.commits)*60
		h.commits++
		fmt.Fprintf(&in, "commit refs/heads/%s\ncommitter %s (%s) <%d@users.invalid> %d +0000\ndata 14\nclauses change\n", d.Draft(), a.Name, strings.ToUpper(string(a.Circle)), a.Person, when)
		if k == 0 {
			fmt.Fprintf(&in, "from %s\n", tip)
		}
		fmt.Fprintf(&in, "M 100644 inline resolution.md\ndata %d\n%s\n", len(file), file)
	}
	cmd := exec.CommandContext(ctx, "git", "fast-import", "--quiet")
	cmd.Dir, cmd.Stdin = h.archive.DeskPath(largeSlug, a.Circle), &in
	if out, err := cmd.CombinedOutput(); err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
}

// mergeEight writes eight proposals that do not clash, and merges them.
func (h *largeHouse) mergeEight(turn int) {
	h.t.Helper()
	var drafts []repo.DraftName
	for n := range 8 {
		drafts = append(drafts, h.propose(turn*8+n, pastSaves, func(i int) bool { return i%8 == n }))
	}
	m, err := h.service.StartMerging(h.t.Context(), h.chair, largeSlug, drafts)
	h.must(err)
	_, err = h.service.Finish(h.t.Context(), h.chair, m.ID, "Agreed.")
	h.must(err)
}
