package drafting_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// told writes out where every word of a version comes from.
func (h *house) told(a drafting.Actor, version string) string {
	h.t.Helper()
	view := h.words(a, version)
	var b strings.Builder
	for i, block := range view.Text.Blocks {
		fmt.Fprintf(&b, "%s %s:", view.Names[i].Spoken, block.Label)
		for _, run := range view.Runs[i] {
			o := view.Origins[run.Origin]
			fmt.Fprintf(&b, " %q %.7s %.7s %s %d;", block.Words[run.Start:run.End], o.Commit, o.Merge, o.Proposal.Label, o.At.Unix())
		}
		b.WriteString("\n")
	}
	return b.String()
}

// direct is what is told when nothing is kept: by Blame, which works everything out from git.
func (h *house) direct(dir string, rev repo.Hash) string {
	h.t.Helper()
	made, err := repo.Blame(h.t.Context(), dir, string(rev))
	h.must(err)
	var b strings.Builder
	for _, clause := range made.Clauses {
		fmt.Fprintf(&b, "%s:", clause.Name.Spoken)
		for _, run := range clause.Runs {
			fmt.Fprintf(&b, " %q %.7s %.7s;", run.Words, run.Commit, run.Merge)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// kept is the same as the index tells it.
func (h *house) kept(a drafting.Actor, version string) string {
	h.t.Helper()
	view := h.words(a, version)
	var b strings.Builder
	for i, block := range view.Text.Blocks {
		fmt.Fprintf(&b, "%s:", view.Names[i].Spoken)
		for _, run := range view.Runs[i] {
			o := view.Origins[run.Origin]
			fmt.Fprintf(&b, " %q %.7s %.7s;", block.Words[run.Start:run.End], o.Commit, o.Merge)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// wander writes a draft in random steps: words in, words out, clauses moved, joined and struck.
func (h *house) wander(r *rand.Rand, a drafting.Actor, d repo.DraftName, steps int) []repo.Hash {
	h.t.Helper()
	ctx := h.t.Context()
	desk, err := h.archive.Desk(ctx, slug, d.Circle)
	h.must(err)
	tip, err := desk.Tip(ctx, d.Draft())
	h.must(err)
	var made []repo.Hash
	for n := range steps {
		text, err := desk.Text(ctx, tip)
		h.must(err)
		blocks := append([]resolution.Block(nil), text.Blocks...)
		i := 4 + r.IntN(len(blocks)-4)
		switch words := strings.Fields(blocks[i].Words); {
		case blocks[i].Kind != resolution.KindItem || len(words) < 3:
			blocks[i].Words += fmt.Sprint(" more", n)
		case r.IntN(6) == 0:
			j := 4 + r.IntN(len(blocks)-4)
			blocks[i], blocks[j] = blocks[j], blocks[i]
		case r.IntN(8) == 0 && len(blocks) > 10:
			blocks = append(blocks[:i], blocks[i+1:]...)
		default:
			at := r.IntN(len(words) - 1)
			blocks[i].Words = strings.Join(words[:at], " ") + fmt.Sprintf(" word%d %s", n, strings.Join(words[at+r.IntN(2):], " "))
		}
		file, _, err := resolution.Canonical(resolution.Format(resolution.Text{Blocks: blocks}))
		h.must(err)
		tip, err = h.archive.Save(ctx, slug, d, repo.SaveRequest{
			Expect: tip, File: file, Subject: fmt.Sprint("step ", n),
			Signature: repo.Signature{Author: repo.Author{Name: a.Name, Code: "USA", ID: "1"}, When: h.now()},
		})
		h.must(err)
		made = append(made, tip)
	}
	return made
}

func TestTheWordIndexTellsWhatGitTells(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			r := rand.New(rand.NewPCG(seed, 7))
			usa, eur := h.propose(h.carter, ""), h.propose(h.weber, "")
			steps := h.wander(r, h.carter, usa.Draft, 70)
			h.wander(r, h.weber, eur.Draft, 3)
			h.must(errorOf(h.Submit(t.Context(), h.carter, slug, usa.Draft)))
			h.must(errorOf(h.Submit(t.Context(), h.weber, slug, eur.Draft)))
			desk := h.archive.DeskPath(slug, "usa")
			for range 2 { // as it was worked out, and as it was kept
				for k := 0; k < len(steps); k += 9 {
					if d := cmp.Diff(h.direct(desk, steps[k]), h.kept(h.carter, string(steps[k]))); d != "" {
						t.Fatalf("step %d (-git +index):\n%s", k, d)
					}
				}
				h.restart()
			}
			if d := cmp.Diff(h.direct(h.archive.Path(slug), steps[69]), h.kept(h.observer, usa.Draft.Proposal())); d != "" {
				t.Errorf("as everybody reads it (-git +index):\n%s", d)
			}
		})
	}
}

func errorOf[T any](_ T, err error) error { return err }

// TestADamagedWordIndexIsMadeAnew damages the index in every way a file can be, and asks the same again.
func TestADamagedWordIndexIsMadeAnew(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.propose(h.carter, "")
	steps := h.wander(rand.New(rand.NewPCG(1, 2)), h.carter, p.Draft, 60)
	last := string(steps[len(steps)-1])
	want := h.told(h.carter, last)
	path := filepath.Join(h.dir, "words.db")
	exec := func(statement string) func() {
		return func() {
			db, err := sql.Open("sqlite3", "file:"+path)
			h.must(err)
			h.must(errorOf(db.ExecContext(t.Context(), statement)))
			h.must(db.Close())
		}
	}
	for _, c := range []struct {
		name   string
		damage func()
	}{
		{"no file", func() { h.must(os.Remove(path)) }},
		{"no database", func() {
			h.must(os.WriteFile(path, []byte("no database at all, but long enough to be read as one"), 0o600))
		}},
		{"half a file", func() {
			file, err := os.ReadFile(path)
			h.must(err)
			h.must(os.WriteFile(path, file[:len(file)/2], 0o600))
		}},
		{"rows are gone", exec(`DELETE FROM word_record WHERE depth % 7 = 3`)},
		{"records are cut", exec(`UPDATE word_record SET record = substr(record, 1, length(record) - 3)`)},
		{"records are of others", exec(`UPDATE word_record SET record = (SELECT record FROM word_record AS o WHERE o.depth = 0)`)},
		{"another maker", exec(`UPDATE maker SET stamp = 'older'`)},
		{"a newer file", exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)},
	} {
		h.shut()
		c.damage()
		h.open()
		if d := cmp.Diff(want, h.told(h.carter, last)); d != "" {
			t.Errorf("%s (-before +after):\n%s", c.name, d)
		}
	}
	h.shut()
	exec(`DELETE FROM word_record WHERE depth = 0`)()
	h.open()
	exec(`DELETE FROM word_record`)() // under the server's feet
	if d := cmp.Diff(want, h.told(h.carter, last)); d != "" {
		t.Errorf("emptied while in use (-before +after):\n%s", d)
	}
}
