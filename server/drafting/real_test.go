package drafting_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// realFile reads a file of the real texts, which are not part of the project.
func realFile(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := filepath.Abs("../../../shared/data/resolutions/wtsa-res7")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("the real texts are not here: %v", err)
	}
	return file
}

// A real proposal and one made to agree with it in one clause, to add to another, and to clash in a third.
func TestARealTextIsMergedWordForWord(t *testing.T) {
	t.Parallel()
	baseFile, usaFile := realFile(t, "base.txt"), realFile(t, "proposal-usa-48a5-1.txt")
	base, _, err := resolution.ParsePaper(baseFile)
	if err != nil {
		t.Fatal(err)
	}
	usa, _, err := resolution.ParsePaper(usaFile)
	if err != nil {
		t.Fatal(err)
	}
	eur, want := secondProposal(t, base, usa)
	for _, how := range []merge.Choice{merge.Take, merge.Brackets} {
		t.Run(string(how), func(t *testing.T) {
			h := newHouse(t)
			ctx := t.Context()
			preview, err := h.PreviewImport(ctx, h.lind, h.sent(h.lind, "", "res7.txt", baseFile), false)
			h.must(err)
			about, err := h.Import(ctx, h.lind, drafting.ImportRequest{
				Slug: preview.Slug, FileName: "res7.txt", File: baseFile, Place: preview.Place, Year: preview.Year,
			})
			h.must(err)
			var ds []repo.DraftName
			for _, row := range []struct {
				as     drafting.Actor
				number string
				text   resolution.Text
			}{{h.carter, "USA/48A5/1", usa}, {h.weber, "EUR/38A9/1", eur}} {
				p, err := h.Propose(ctx, row.as, about.Slug, row.number)
				h.must(err)
				e := h.editOf(row.as, about.Slug, p.Draft)
				e.replace(e.doc.String(), resolution.Live(resolution.Format(row.text)))
				e.close()
				_, err = h.Submit(ctx, row.as, about.Slug, p.Draft)
				h.must(err)
				ds = append(ds, p.Draft)
			}
			m, err := h.StartMerging(ctx, h.chair, about.Slug, ds)
			h.must(err)
			open := h.openDecisions(m.ID)
			if len(open) != 1 {
				t.Fatalf("%d questions, want 1: %+v", len(open), open)
			}
			answer := merge.Settlement{Choice: how}
			if how == merge.Take {
				answer.Variant = slices.IndexFunc(open[0].Variants, func(v merge.Variant) bool { return slices.Contains(v.Proposals, ds[1].String()) })
			}
			h.must(h.Decide(ctx, h.chair, m.ID, open[0].Key, answer))
			_, err = h.Finish(ctx, h.chair, m.ID, "")
			h.must(err)
			got, err := h.Read(ctx, h.observer, about.Slug, "main", "")
			h.must(err)
			if how == merge.Take {
				if !slices.EqualFunc(got.Text.Blocks, want.Blocks, func(a, b resolution.Block) bool { return a.Words == b.Words && a.Label == b.Label }) {
					t.Errorf("merged text:\n%s", diff.Terminal(diff.Compare(want, got.Text)...))
				}
				return
			}
			file := string(resolution.Format(got.Text))
			if !strings.Contains(file, "]{USA}") || !strings.Contains(file, "[harbour words]{EUR}") {
				t.Errorf("no sources of what is not agreed in:\n%s", file)
			}
		})
	}
}

// secondProposal makes a proposal beside usa, and what both come to when its words are taken where they clash.
func secondProposal(t *testing.T, base, usa resolution.Text) (eur, merged resolution.Text) {
	t.Helper()
	eur.Blocks, merged.Blocks = slices.Clone(base.Blocks), slices.Clone(usa.Blocks)
	step := 0
	for _, c := range diff.Compare(base, usa) {
		if c.Kind != diff.Changed || len(c.Ops) < 3 || base.Blocks[c.Base[0]].Kind != resolution.KindItem || c.Ops[0].Kind != diff.Equal {
			continue
		}
		b, u := c.Base[0], c.Revised[0]
		switch step {
		case 0:
			eur.Blocks[b].Words = usa.Blocks[u].Words
		case 1:
			if len(c.Ops[0].Text) < 20 {
				continue
			}
			eur.Blocks[b].Words = "(ships included) " + base.Blocks[b].Words
			merged.Blocks[u].Words = "(ships included) " + usa.Blocks[u].Words
		case 2:
			if c.Ops[1].Kind != diff.Delete || c.Ops[2].Kind != diff.Insert || strings.Count(usa.Blocks[u].Words, c.Ops[2].Text) != 1 || len(c.Ops) > 4 {
				continue
			}
			eur.Blocks[b].Words = strings.Replace(base.Blocks[b].Words, c.Ops[1].Text, "harbour words", 1)
			merged.Blocks[u].Words = strings.Replace(usa.Blocks[u].Words, c.Ops[2].Text, "harbour words", 1)
		}
		step++
	}
	if step < 3 {
		t.Fatalf("only %d clauses to work on", step)
	}
	return eur, merged
}
