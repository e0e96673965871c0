package diff

import "slices"

// Edit says that base tokens [From, To) became revised tokens [RevFrom, RevTo). Edits of a match ascend, do not
// touch, and everything between them is equal.
type Edit struct{ From, To, RevFrom, RevTo int }

// pairBudget bounds the candidate pairs of equal tokens looked at in one stretch.
const pairBudget = 3_000_000

// Match compares two sequences of token ids and gives the edits between them. Ids under zero are blanks: they
// match but never carry a match of their own. The longest common stretch is found first, then those on both
// sides of it, so edits come out as phrases. Every edit lies as far right as it can.
func Match(base, revised []int) []Edit {
	m := &matcher{a: base, b: revised}
	m.stretch(0, len(base), 0, len(revised), 0)
	return m.edits()
}

type block struct{ a, b, n int }

type matcher struct {
	a, b   []int
	blocks []block
}

// stretch matches a[a0:a1] with b[b0:b1]: equal ends first, then the longest block within, then both its sides.
func (m *matcher) stretch(a0, a1, b0, b1, depth int) {
	for {
		n := 0
		for a0+n < a1 && b0+n < b1 && m.a[a0+n] == m.b[b0+n] {
			n++
		}
		m.add(a0, b0, n)
		a0, b0 = a0+n, b0+n
		n = 0
		for a1-n > a0 && b1-n > b0 && m.a[a1-n-1] == m.b[b1-n-1] {
			n++
		}
		a1, b1 = a1-n, b1-n
		m.add(a1, b1, n)
		if a0 == a1 || b0 == b1 {
			return
		}
		best := m.longest(a0, a1, b0, b1, depth)
		if best.n == 0 {
			return
		}
		m.add(best.a, best.b, best.n)
		m.stretch(a0, best.a, b0, best.b, depth+1)
		a0, b0 = best.a+best.n, best.b+best.n
		depth++
	}
}

func (m *matcher) add(a, b, n int) {
	if n > 0 {
		m.blocks = append(m.blocks, block{a, b, n})
	}
}

// longest finds the longest common run that holds a token other than blanks; ties go to the earliest.
func (m *matcher) longest(a0, a1, b0, b1, depth int) block {
	places := make(map[int][]int)
	for j := b0; j < b1; j++ {
		if m.b[j] >= 0 {
			places[m.b[j]] = append(places[m.b[j]], j)
		}
	}
	cost := 0
	for i := a0; i < a1; i++ {
		cost += len(places[m.a[i]])
	}
	if cost > pairBudget || depth > 400 {
		return m.rarest(a0, a1, b0, b1, places)
	}
	var best block
	bestWeight := 0
	for i := a0; i < a1; i++ {
		for _, j := range places[m.a[i]] {
			if m.inside(best, i, j) || m.continues(i-a0, j-b0, i, j) {
				continue // already seen from its first token
			}
			if k := m.grow(i, j, a0, a1, b0, b1); k.weight > bestWeight {
				best, bestWeight = k.block, k.weight
			}
		}
	}
	return best
}

// continues tells whether an earlier token that is not blank runs on into i, j; back and side are the rooms left.
func (m *matcher) continues(back, side, i, j int) bool {
	for k := 1; k <= back && k <= side && m.a[i-k] == m.b[j-k]; k++ {
		if m.a[i-k] >= 0 {
			return true
		}
	}
	return false
}

func (m *matcher) inside(k block, i, j int) bool {
	return i >= k.a && i < k.a+k.n && i-j == k.a-k.b
}

type grown struct {
	block
	weight int
}

// grow extends a match both ways within its stretch; the weight counts tokens that are not blanks.
func (m *matcher) grow(i, j, a0, a1, b0, b1 int) grown {
	s := 0
	for i-s > a0 && j-s > b0 && m.a[i-s-1] == m.b[j-s-1] {
		s++
	}
	n, w := 0, 0
	for x, y := i-s, j-s; x+n < a1 && y+n < b1 && m.a[x+n] == m.b[y+n]; n++ {
		if m.a[x+n] >= 0 {
			w++
		}
	}
	return grown{block{i - s, j - s, n}, w}
}

// rarest is the bounded way: the longest run around a token that stands once on each side, or nothing.
func (m *matcher) rarest(a0, a1, b0, b1 int, places map[int][]int) block {
	count := make(map[int]int)
	for i := a0; i < a1; i++ {
		count[m.a[i]]++
	}
	var best grown
	middle := (a0 + a1) / 2
	for i := a0; i < a1; i++ {
		if m.a[i] < 0 || count[m.a[i]] != 1 || len(places[m.a[i]]) != 1 || m.inside(best.block, i, places[m.a[i]][0]) {
			continue
		}
		k := m.grow(i, places[m.a[i]][0], a0, a1, b0, b1)
		if k.weight > best.weight || k.weight == best.weight && abs(k.a-middle) < abs(best.a-middle) {
			best = k
		}
	}
	return best.block
}

func abs(n int) int { return max(n, -n) }

// edits turns the matched blocks into the edits between them, each slid right as far as it goes.
func (m *matcher) edits() []Edit {
	slices.SortFunc(m.blocks, func(x, y block) int { return x.a - y.a })
	var out []Edit
	i, j := 0, 0
	for _, k := range append(m.blocks, block{len(m.a), len(m.b), 0}) {
		if k.a > i || k.b > j {
			out = append(out, Edit{i, k.a, j, k.b})
		}
		i, j = k.a+k.n, k.b+k.n
	}
	return m.slide(out)
}

// slide moves pure insertions and deletions right over equal tokens and joins those that come to touch.
func (m *matcher) slide(edits []Edit) []Edit {
	for k := len(edits) - 1; k >= 0; k-- {
		e := &edits[k]
		endA, endB := len(m.a), len(m.b)
		if k+1 < len(edits) {
			endA, endB = edits[k+1].From, edits[k+1].RevFrom
		}
		for e.To < endA && e.RevTo < endB {
			if e.From == e.To && m.b[e.RevFrom] != m.a[e.To] || e.RevFrom == e.RevTo && m.a[e.From] != m.b[e.RevTo] ||
				e.From < e.To && e.RevFrom < e.RevTo {
				break
			}
			e.From, e.To, e.RevFrom, e.RevTo = e.From+1, e.To+1, e.RevFrom+1, e.RevTo+1
		}
		if k+1 < len(edits) && e.To == endA && e.RevTo == endB {
			e.To, e.RevTo = edits[k+1].To, edits[k+1].RevTo
			edits = slices.Delete(edits, k+1, k+2)
		}
	}
	return edits
}
