package merge

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

var paperTokens = regexp.MustCompile(`[\pL\pM\pN_]+|[^\pL\pM\pN_\s]|\n|\t|[^\S\n\t]+`)

// cutWholeText deals the hunks of one word difference of two whole papers out to n proposals, labels, line breaks
// and all, as if nobody knew of clauses. Hunks with fewer than two words between them in one line stay together. It
// also tells what share of the tokens stayed.
func cutWholeText(r *rand.Rand, base, revised string, n int) (proposals []string, kept float64) {
	a, b := paperTokens.FindAllString(base, -1), paperTokens.FindAllString(revised, -1)
	known := make(map[string]int)
	number := func(tokens []string) []int {
		out := make([]int, len(tokens))
		for i, t := range tokens {
			if known[t] == 0 {
				known[t] = len(known) + 1
			}
			out[i] = known[t]
		}
		return out
	}
	var hunks []diff.Edit
	equal := len(a)
	for _, e := range diff.Match(number(a), number(b)) {
		equal -= e.To - e.From
		if k := len(hunks) - 1; k >= 0 && together(a[hunks[k].To:e.From]) {
			hunks[k].To, hunks[k].RevTo = e.To, e.RevTo
			continue
		}
		hunks = append(hunks, e)
	}
	texts, at := make([]strings.Builder, n), 0
	for _, h := range append(hunks, diff.Edit{From: len(a), To: len(a)}) {
		owner := r.IntN(n)
		for k := range texts {
			texts[k].WriteString(strings.Join(a[at:h.From], ""))
			if k == owner && h.From < len(a) {
				texts[k].WriteString(strings.Join(b[h.RevFrom:h.RevTo], ""))
			} else {
				texts[k].WriteString(strings.Join(a[h.From:h.To], ""))
			}
		}
		at = h.To
	}
	for k := range texts {
		proposals = append(proposals, texts[k].String())
	}
	return proposals, 2 * float64(equal) / float64(len(a)+len(b))
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

// TestWholeTextsCutByWordsMergeBack cuts real revisions that kept three quarters of their words without a thought for
// clauses, so that hunks run over their borders. Hardly any may clash, and none may come out silently other.
func TestWholeTextsCutByWordsMergeBack(t *testing.T) {
	var exact, conflicts, wrong int
	for n, pair := range revisions(t) {
		base, revised := paper(t, pair[0]), paper(t, pair[1])
		if repeats(base) {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(n), 3)) // a fixed seed, so that a failure can be seen again
		for count := 2; count <= 4; count++ {
			cut, kept := cutWholeText(r, string(resolution.FormatPaper(base)), string(resolution.FormatPaper(revised)), count)
			if kept < 0.75 {
				continue
			}
			var proposals []Proposal
			for k, file := range cut {
				text, _, err := resolution.ParsePaper([]byte(file))
				if err != nil {
					t.Fatal(err)
				}
				proposals = append(proposals, Proposal{Name: fmt.Sprintf("p%d", k), Text: text})
			}
			name := filepath.Base(filepath.Dir(pair[1])) + " " + filepath.Base(pair[1])
			result := Merge(base, proposals...)
			switch {
			case !result.Clean():
				conflicts++
				t.Logf("%s: %s", name, openOnes(result))
			case loosely(result.Text) == loosely(revised):
				exact++
			default:
				wrong++
				t.Errorf("%s, %d proposals: silently other", name, count)
			}
		}
	}
	t.Logf("%d exact, %d conflicts that need not be, %d silently other", exact, conflicts, wrong)
	if conflicts*20 > exact {
		t.Errorf("%d of %d are false conflicts, more than one in twenty", conflicts, exact+conflicts)
	}
}
