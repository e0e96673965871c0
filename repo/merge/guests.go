package merge

import (
	"slices"
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// nearlySame is the likeness, of 1000, from which two inserted clauses are variants of one.
const nearlySame = 800

// guestBudget is how many pairs of inserted clauses are compared for being nearly the same at one gap. Where there
// are more, only clauses of the same words are one: 200 clauses from each side are far above what people write at
// one place.
const guestBudget = 40_000

// guest is one clause at a gap with every view that put it there, and its wordings if they differ.
type guest struct {
	moved    int
	wordings []wording
}

type wording struct {
	fold     string
	kind     resolution.Kind
	bag      *diff.Bag // nil where likeness is not asked
	arrivals []arrival
}

// table seats the runs of several views at one gap.
type table struct {
	m      *merger
	bags   *diff.Bags // nil: too many clauses to ask how alike they are
	guests []guest
}

// guests joins the runs of several views at one gap: the same clause once, nearly the same as wordings of one.
func (m *merger) guests(here []arrival) []guest {
	t := table{m: m}
	if across(here) <= guestBudget {
		t.bags = diff.NewBags()
	}
	for from := 0; from < len(here); {
		to := from
		for to < len(here) && here[to].view == here[from].view {
			to++
		}
		t.seat(here[from:to])
		from = to
	}
	return t.guests
}

// across counts the pairs of clauses that different views put at one gap.
func across(here []arrival) int {
	of := make(map[int]int)
	for _, a := range here {
		of[a.view]++
	}
	pairs := len(here) * len(here)
	for _, n := range of {
		pairs -= n * n
	}
	return pairs / 2
}

// identity is what makes inserted clauses the same one: the base block that was moved, or kind and words.
type identity struct {
	moved int
	kind  resolution.Kind
	fold  string
}

func (m *merger) identityOf(a arrival) identity {
	if a.moved >= 0 {
		return identity{moved: a.moved}
	}
	b := m.blockOf(a)
	return identity{-1, b.Kind, diff.Key(b)}
}

// seat adds one view's run to the guests. What matches nobody goes before the next that does, or last.
func (t *table) seat(arrivals []arrival) {
	known := make(map[identity][]int) // the guests of each wording, ascending
	for k, g := range t.guests {
		if g.moved >= 0 {
			known[identity{moved: g.moved}] = append(known[identity{moved: g.moved}], k)
			continue
		}
		for _, w := range g.wordings {
			id := identity{-1, w.kind, w.fold}
			known[id] = append(known[id], k)
		}
	}
	var out []guest
	at, waiting := 0, []guest(nil) // guests before at are in out
	for _, a := range arrivals {
		w := t.wordingOf(a)
		k := t.find(known[t.m.identityOf(a)], at, a, w)
		if k < 0 {
			waiting = append(waiting, guest{moved: a.moved, wordings: []wording{w}})
			continue
		}
		out = append(append(out, t.guests[at:k]...), waiting...)
		waiting = nil
		t.guests[k].join(a, w)
		out = append(out, t.guests[k])
		at = k + 1
	}
	t.guests = append(append(out, t.guests[at:]...), waiting...)
}

func (t *table) wordingOf(a arrival) wording {
	b := t.m.blockOf(a)
	w := wording{fold: diff.Key(b), kind: b.Kind, arrivals: []arrival{a}}
	if t.bags != nil {
		w.bag = t.bags.Bag(b)
	}
	return w
}

func (g *guest) join(a arrival, as wording) {
	for k := range g.wordings {
		if g.moved >= 0 || g.wordings[k].fold == as.fold {
			g.wordings[k].arrivals = append(g.wordings[k].arrivals, a)
			return
		}
	}
	g.wordings = append(g.wordings, as)
}

// find looks from a guest on for the one that is the same clause, else nearly the same. same are those of the same
// words.
func (t *table) find(same []int, from int, a arrival, w wording) int {
	if k, _ := slices.BinarySearch(same, from); k < len(same) {
		return same[k]
	}
	if t.bags == nil || a.moved >= 0 || strings.Count(w.fold, " ") < 2 {
		return -1
	}
	for k := from; k < len(t.guests); k++ {
		g := t.guests[k]
		if g.moved < 0 && !g.has(a.view) && g.wordings[0].kind == w.kind &&
			slices.ContainsFunc(g.wordings, func(x wording) bool { return t.bags.Likeness(x.bag, w.bag) >= nearlySame }) {
			return k
		}
	}
	return -1
}

func (g guest) has(view int) bool {
	return slices.ContainsFunc(g.wordings, func(w wording) bool {
		return slices.ContainsFunc(w.arrivals, func(a arrival) bool { return a.view == view })
	})
}
