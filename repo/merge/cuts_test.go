package merge

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// revisions gives every pair of successive revisions of a resolution in the shared data.
func revisions(t testing.TB) [][2]string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(shared(t, "resolutions"), "*"))
	if err != nil {
		t.Fatal(err)
	}
	var out [][2]string
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "rev-*.txt"))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(files)
		for k := 1; k < len(files); k++ {
			out = append(out, [2]string{files[k-1], files[k]})
		}
	}
	return out
}

// cutByClause deals the changes of a revision out to n proposals, each clause to one.
func cutByClause(t testing.TB, r *rand.Rand, base, revised resolution.Text, n int) []Proposal {
	t.Helper()
	shares := make([][]string, n)
	for _, c := range Changes(base, revised) {
		k := r.IntN(n)
		shares[k] = append(shares[k], c.Key)
	}
	var out []Proposal
	for k, share := range shares {
		text, _, err := Accept(base, revised, share...)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Proposal{Name: fmt.Sprintf("p%d", k), Text: text})
	}
	return out
}

// cutByHunk deals the hunks inside changed clauses out to n proposals, hunks with fewer than three words between
// them to the same one. All other changes are left out; whole is the base with all hunks made.
func cutByHunk(r *rand.Rand, base, revised resolution.Text, n int) (proposals []Proposal, whole resolution.Text) {
	texts := make([][]resolution.Block, n+1)
	for k := range texts {
		texts[k] = slices.Clone(base.Blocks)
	}
	for _, c := range diff.Compare(base, revised) {
		if c.Kind != diff.Changed || c.Rows != nil || strings.Contains(base.Blocks[c.Base[0]].Words+revised.Blocks[c.Revised[0]].Words, "*") {
			continue
		}
		words := make([]strings.Builder, n+1)
		owner, between := r.IntN(n), 0
		for _, o := range c.Ops {
			if o.Kind == diff.Equal {
				between += len(strings.Fields(o.Text))
				if between >= 3 {
					owner = r.IntN(n)
				}
			} else {
				between = 0
			}
			for k := range words {
				taken := k == n || k == owner
				if o.Kind == diff.Equal || (o.Kind == diff.Insert) == taken {
					words[k].WriteString(o.Text)
				}
			}
		}
		for k := range texts {
			texts[k][c.Base[0]].Words = strings.Trim(words[k].String(), blanks)
		}
	}
	for k := range n {
		proposals = append(proposals, Proposal{Name: fmt.Sprintf("p%d", k), Text: resolution.Text{Blocks: texts[k]}})
	}
	return proposals, resolution.Text{Blocks: texts[n]}
}

func letterForLetter(t resolution.Text) string { return strings.Join(lines(t), "\n") }

// byWords gives the words of a text in order, without labels and final marks: they follow the place of a clause, so a
// change of them belongs to no clause when a revision is dealt out clause by clause.
func byWords(t resolution.Text) string {
	var out []string
	for _, b := range t.Blocks {
		out = append(out, diff.Key(b))
	}
	return strings.Join(out, "\n")
}

// anyOrder tells whether the order of clauses is not given by the cut: what is inserted or moved to one place follows
// the order of the proposals, which were dealt out at random.
func anyOrder(base, revised resolution.Text, r Result) bool {
	return slices.ContainsFunc(r.Decisions, func(d Decision) bool { return d.Kind == SamePlace }) ||
		slices.ContainsFunc(diff.Align(base, revised), func(p diff.Pair) bool { return p.Moved })
}

// repeats tells whether a text has a clause twice.
func repeats(t resolution.Text) bool {
	seen := make(map[string]bool)
	for _, b := range t.Blocks {
		key := diff.Key(b)
		if b.Kind != resolution.KindOpener && seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

// loosely gives the words of a text without order, labels and final marks.
func loosely(t resolution.Text) string {
	var out []string
	for _, b := range t.Blocks {
		out = append(out, diff.Key(b))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestRevisionsCutIntoProposalsMergeBack cuts real revisions into proposals that ought to merge and merges them. None
// may come out silently other than the revision. PLENARY_LONG=1 makes many cuts of each.
func TestRevisionsCutIntoProposalsMergeBack(t *testing.T) {
	rounds := 1
	if os.Getenv("PLENARY_LONG") != "" {
		rounds = 200
	}
	var exact, conflicts, elsewhere, wrong int
	for n, pair := range revisions(t) {
		base, revised := paper(t, pair[0]), paper(t, pair[1])
		if repeats(base) {
			continue // two who each strike one of two equal clauses look like two who strike the same one
		}
		r := rand.New(rand.NewPCG(uint64(n), 11)) // a fixed seed, so that a failure can be seen again
		judge := func(how string, proposals []Proposal, want resolution.Text, compared func(resolution.Text) string) {
			result := Merge(base, proposals...)
			switch {
			case !result.Clean():
				conflicts++
				t.Logf("%s %s: %s", filepath.Base(filepath.Dir(pair[1])), how, openOnes(result))
			case anyOrder(base, revised, result) && loosely(want) == loosely(result.Text):
				exact++
			case compared(want) == compared(result.Text):
				exact++
			case loosely(want) == loosely(result.Text):
				elsewhere++ // new beside struck, by different hands: either order may be the revision's
			default:
				wrong++
				t.Errorf("%s %s, %s: silently other:\n%s", filepath.Base(filepath.Dir(pair[1])), filepath.Base(pair[1]), how,
					cmp.Diff(compared(want), compared(result.Text)))
			}
		}
		for range rounds {
			count := 2 + r.IntN(3)
			judge("by clause", cutByClause(t, r, base, revised, count), revised, byWords)
			proposals, whole := cutByHunk(r, base, revised, count)
			judge("by hunk", proposals, whole, letterForLetter)
		}
	}
	t.Logf("%d exact, %d conflicts that need not be, %d in another order, %d silently other", exact, conflicts, elsewhere, wrong)
	if elsewhere*100 > exact {
		t.Errorf("%d of %d have clauses in another order, more than one in a hundred", elsewhere, exact+elsewhere)
	}
	if conflicts*20 > exact {
		t.Errorf("%d of %d are false conflicts, more than one in twenty", conflicts, exact+conflicts)
	}
}
