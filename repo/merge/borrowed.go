package merge

import (
	"slices"
	"strings"

	"plenary/repo/diff"
)

// borrowedRun is how many words in a row tell that they come from another clause.
const borrowedRun = 6

// borrows tells whether a proposal has words of a clause in another one, or in a new one, while somebody else touched
// that clause: whoever copies, moves or glues halves of clauses says nothing by clauses about what the other changed.
func (m *merger) borrows() bool {
	touched := m.touchedBy()
	sources := make(map[string][]int) // runs of words of the base blocks that somebody touched
	for i, by := range touched {
		if len(by) > 0 {
			for _, run := range runsOfWords(diff.Key(m.base.Blocks[i])) {
				if is := sources[run]; len(is) == 0 || is[len(is)-1] != i {
					sources[run] = append(is, i)
				}
			}
		}
	}
	if len(sources) == 0 {
		return false
	}
	for k, v := range m.views {
		if v.changed && slices.ContainsFunc(v.rewritten(m), func(j int) bool { return m.borrowsIn(k, j, sources, touched) }) {
			return true
		}
	}
	return false
}

// borrowsIn tells it of one block of a view.
func (m *merger) borrowsIn(k, j int, sources map[string][]int, touched [][]int) bool {
	v := m.views[k]
	for _, run := range runsOfWords(diff.Key(v.Text.Blocks[j])) {
		is := sources[run]
		if len(is) == 0 || slices.Contains(is, v.owner[j]) || slices.ContainsFunc(is, func(i int) bool { return slices.Contains(v.home[i], j) }) {
			continue
		}
		if slices.ContainsFunc(is, func(i int) bool {
			return slices.ContainsFunc(touched[i], func(by int) bool { return by != k })
		}) {
			return true
		}
	}
	return false
}

// touchedBy gives, by base block, the views that have it with other words or not at all.
func (m *merger) touchedBy() [][]int {
	out := make([][]int, len(m.base.Blocks))
	for i, b := range m.base.Blocks {
		key := diff.Key(b)
		for k, v := range m.views {
			if v.changed && (len(v.home[i]) != 1 || diff.Key(v.Text.Blocks[v.home[i][0]]) != key) {
				out[i] = append(out[i], k)
			}
		}
	}
	return out
}

// rewritten gives the view's blocks that are new or have other words than in the base.
func (v *view) rewritten(m *merger) []int {
	var out []int
	for j, i := range v.owner {
		if i < 0 || diff.Key(v.Text.Blocks[j]) != diff.Key(m.base.Blocks[i]) {
			out = append(out, j)
		}
	}
	return out
}

// runsOfWords gives every run of borrowedRun words, marks and blanks left out.
func runsOfWords(key string) []string {
	words := slices.DeleteFunc(diff.FineTokens(strings.ToLower(key)), func(t string) bool { return !diff.IsWord(t) })
	var out []string
	for k := range len(words) - borrowedRun + 1 {
		out = append(out, strings.Join(words[k:k+borrowedRun], " "))
	}
	return out
}
