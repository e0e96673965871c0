package merge

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

var paperTokens = regexp.MustCompile(`[\pL\pM\pN_]+|[^\pL\pM\pN_\s]|\n|\t|[^\S\n\t]+`)

// stretch is a run of equal tokens of two papers.
type stretch struct{ a, b, n int }

// stretches finds the longest common run of tokens, blanks and all, then those on both sides of it. It is not the
// product's own difference, so that a cut does not flatter the merge.
func stretches(a, b []string) []stretch {
	places := make(map[string][]int)
	for j, t := range b {
		places[t] = append(places[t], j)
	}
	var out []stretch
	var within func(a0, a1, b0, b1 int)
	within = func(a0, a1, b0, b1 int) {
		best := stretch{}
		length := make(map[int]int)
		for i := a0; i < a1; i++ {
			next := make(map[int]int)
			for _, j := range places[a[i]] {
				if j < b0 || j >= b1 {
					continue
				}
				n := length[j-1] + 1
				next[j] = n
				if n > best.n {
					best = stretch{i - n + 1, j - n + 1, n}
				}
			}
			length = next
		}
		if best.n == 0 {
			return
		}
		within(a0, best.a, b0, best.b)
		out = append(out, best)
		within(best.a+best.n, a1, best.b+best.n, b1)
	}
	within(0, len(a), 0, len(b))
	return out
}

// paperCut is two papers as tokens, with the hunks that lie between them.
type paperCut struct {
	a, b  []string
	hunks []diff.Edit
	kept  float64 // what share of the tokens stayed
}

// cutPaper finds the hunks of one difference of two whole papers, labels, line breaks and all, as if nobody knew of
// clauses. Hunks with fewer than two words between them in one line stay together.
func cutPaper(base, revised string) paperCut {
	c := paperCut{a: paperTokens.FindAllString(base, -1), b: paperTokens.FindAllString(revised, -1)}
	i, j, equal := 0, 0, 0
	for _, s := range append(stretches(c.a, c.b), stretch{len(c.a), len(c.b), 0}) {
		equal += s.n
		if s.a > i || s.b > j {
			if k := len(c.hunks) - 1; k >= 0 && together(c.a[c.hunks[k].To:i]) {
				c.hunks[k].To, c.hunks[k].RevTo = s.a, s.b
			} else {
				c.hunks = append(c.hunks, diff.Edit{From: i, To: s.a, RevFrom: j, RevTo: s.b})
			}
		}
		i, j = s.a+s.n, s.b+s.n
	}
	c.kept = 2 * float64(equal) / float64(len(c.a)+len(c.b))
	return c
}

func together(between []string) bool {
	words := 0
	for _, t := range between {
		if t == "\n" {
			return false
		}
		if diff.IsWord(t) {
			words++
		}
	}
	return words < 2
}

// dealt gives n proposals, each with the hunks that owner gives it; nil if one of them got none.
func (c paperCut) dealt(n int, owner func(hunk, line int) int) []string {
	texts, got, at, line := make([]strings.Builder, n), make([]bool, n), 0, 0
	for k, h := range append(slices.Clone(c.hunks), diff.Edit{From: len(c.a), To: len(c.a)}) {
		for _, t := range c.a[at:h.From] {
			if t == "\n" {
				line++
			}
		}
		whose := owner(k, line)
		got[whose] = got[whose] || k < len(c.hunks)
		for p := range texts {
			texts[p].WriteString(strings.Join(c.a[at:h.From], ""))
			if p == whose && k < len(c.hunks) {
				texts[p].WriteString(strings.Join(c.b[h.RevFrom:h.RevTo], ""))
			} else {
				texts[p].WriteString(strings.Join(c.a[h.From:h.To], ""))
			}
		}
		line += strings.Count(strings.Join(c.a[h.From:h.To], ""), "\n")
		at = h.To
	}
	if slices.Contains(got, false) {
		return nil
	}
	out := make([]string, n)
	for p := range texts {
		out[p] = texts[p].String()
	}
	return out
}

// printed gives the words and signs of a paper in order, whatever the blanks and line breaks between them. A label is
// read as the file writes it.
func printed(t resolution.Text) string {
	var out []string
	for line := range strings.Lines(string(resolution.FormatPaper(t))) {
		out = append(out, strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\n\u00a0", r) })...)
	}
	return strings.Join(out, " ")
}

// score counts how merges of cuts came out.
type score struct{ exact, conflicts, wrong int }

// holds checks a score against shares of a thousand.
func (y score) holds(t *testing.T, what string, conflicts, wrong int) {
	t.Helper()
	all := y.exact + y.conflicts + y.wrong
	t.Logf("%s: of %d, %d exact, %d conflicts that need not be, %d silently other", what, all, y.exact, y.conflicts, y.wrong)
	if y.conflicts*1000 > conflicts*all {
		t.Errorf("%s: %d of %d are false conflicts, more than %d in a thousand", what, y.conflicts, all, conflicts)
	}
	if y.wrong*1000 > wrong*all {
		t.Errorf("%s: %d of %d are silently other, more than %d in a thousand", what, y.wrong, all, wrong)
	}
}

// TestWholeTextsCutByWordsMergeBack cuts real revisions without a thought for clauses, so that hunks run over their
// borders, and deals the hunks out in turn, at random and line by line to two to four proposals. The merge must print
// the revision sign for sign. PLENARY_LONG=1 makes many cuts of each.
func TestWholeTextsCutByWordsMergeBack(t *testing.T) {
	rounds := 1
	if os.Getenv("PLENARY_LONG") != "" {
		rounds = 12
	}
	var near, far score
	for n, pair := range revisions(t) {
		base, revised := readPaper(t, pair[0]), readPaper(t, pair[1])
		if repeats(paper(t, pair[0])) {
			continue
		}
		cut := cutPaper(base, revised)
		if cut.kept < 0.45 || len(cut.hunks) < 2 {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(n), 3)) // a fixed seed, so that a failure can be seen again
		for round := range rounds {
			for count := 2; count <= 4; count++ {
				for how, owner := range []func(hunk, line int) int{
					func(hunk, _ int) int { return hunk % count },
					func(_, _ int) int { return r.IntN(count) },
					func(_, line int) int { return line % count },
				} {
					if round > 0 && how != 1 {
						continue // the others give the same again
					}
					into := &far
					if cut.kept >= 0.75 {
						into = &near
					}
					name := fmt.Sprintf("%s %s, %d proposals, way %d", filepath.Base(filepath.Dir(pair[1])), filepath.Base(pair[1]), count, how)
					into.judge(t, name, base, revised, cut.dealt(count, owner))
				}
			}
		}
	}
	near.holds(t, "revisions three quarters alike", 20, 0)
	far.holds(t, "revisions half alike", 180, 15)
}

// judge merges papers and compares what is printed with the paper wanted.
func (y *score) judge(t *testing.T, name, base, want string, papers []string) {
	t.Helper()
	if papers == nil {
		return
	}
	var proposals []Proposal
	for k, file := range papers {
		proposals = append(proposals, Proposal{Name: fmt.Sprintf("p%d", k+1), Text: paperText(t, file)})
	}
	result := Merge(paperText(t, base), proposals...)
	switch {
	case !result.Clean():
		y.conflicts++
	case printed(result.Text) == printed(paperText(t, want)):
		y.exact++
	case strings.ReplaceAll(printed(result.Text), ".", "") == strings.ReplaceAll(printed(paperText(t, want)), ".", ""):
		y.exact++ // a label with and without its point: "7bis. words" is an item where it is due
	default:
		y.wrong++
		t.Logf("%s: silently other", name)
	}
}

func readPaper(t testing.TB, path string) string {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}

func paperText(t testing.TB, file string) resolution.Text {
	t.Helper()
	text, _, err := resolution.ReadPaper([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
