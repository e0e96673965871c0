package diff

import (
	"cmp"
	"slices"

	"plenary/repo/resolution"
)

// The bars that likeness has to take, of 1000.
const (
	likeInGap  = 300    // in order, between the same neighbours
	likeAlone  = 200    // the only block of each side between the same neighbours
	likeSurely = 550    // from here on no look at the longer words is needed
	substance  = 280    // likeness by longer words, in order between the same neighbours
	likeMoved  = 600    // in another place
	likeLone   = 530    // in another place, if nothing else that is left is nearly so like
	rivalLone  = 400    // what counts as nearly so like
	loneWords  = 480    // likeness by longer words, in another place without a rival
	loneLength = 10     // words that both must have then
	gapBudget  = 60_000 // pairs compared in one gap before candidates are chosen by rare words
	wordsMoved = 4      // a block with fewer words moves only if it stands once on each side
)

// similar pairs the likest blocks of a gap in order.
func (al *aligner) similar(a0, a1, b0, b1 int) {
	if (a1-a0)*(b1-b0) > gapBudget {
		al.candidates(a0, a1, b0, b1)
		return
	}
	n, w := a1-a0, b1-b0+1
	score := make([]int32, n*w)
	total := make([]int32, (n+1)*w)
	alone := n == 1 && w == 2
	for i := n - 1; i >= 0; i-- {
		for j := w - 2; j >= 0; j-- {
			s := al.score(a0+i, b0+j, alone)
			score[i*w+j] = s
			best := max(total[(i+1)*w+j], total[i*w+j+1])
			if s > 0 {
				best = max(best, total[(i+1)*w+j+1]+s)
			}
			total[i*w+j] = best
		}
	}
	for i, j := 0, 0; i < n && j < w-1; {
		here := total[i*w+j]
		switch {
		case score[i*w+j] > 0 && here == total[(i+1)*w+j+1]+score[i*w+j]:
			al.pair(a0+i, b0+j)
			i, j = i+1, j+1
		case here == total[(i+1)*w+j]:
			i++
		default:
			j++
		}
	}
}

// score values pairing two blocks of a gap; 0 forbids it.
func (al *aligner) score(i, j int, alone bool) int32 {
	x, y := &al.a[i], &al.b[j]
	if tableOnly(x.kind) != tableOnly(y.kind) {
		return 0
	}
	like := al.bags.likeness(x, y)
	bar, least := likeInGap, substance
	if alone {
		bar, least = likeAlone, likeAlone
	}
	if like < likeSurely && al.bags.substance(x, y) < least {
		like = 0
	}
	switch {
	case x.role != roleNone && x.role == y.role:
		like = max(like, 900)
	case x.role != y.role && (x.role == roleNumber || y.role == roleNumber || x.role == roleHistory || y.role == roleHistory):
		return 0
	case heading(x.kind) != heading(y.kind):
		like -= 150
	case x.kind == y.kind && heading(x.kind):
		like = max(like, likeInGap+20)
	case x.kind == y.kind && x.kind == resolution.KindFootnote && x.label == y.label:
		like = max(like, 400)
	}
	if like < bar {
		return 0
	}
	if x.kind == y.kind {
		like += 60
	}
	if x.label == y.label && x.label != "" {
		like += 60
	}
	return int32(like)
}

func tableOnly(k resolution.Kind) bool { return k == resolution.KindTable }

func heading(k resolution.Kind) bool {
	switch k {
	case resolution.KindOpener, resolution.KindNumber, resolution.KindTitle, resolution.KindDivision, resolution.KindDivisionTitle, resolution.KindHeading:
		return true
	case resolution.KindParagraph, resolution.KindHistory, resolution.KindItem, resolution.KindBullet, resolution.KindTable, resolution.KindFootnote:
	}
	return false
}

// rivals lists, for blocks of a, the blocks of b that share a word which is rare on both sides.
func (al *aligner) rivals(as, bs []int) []place {
	const rare = 8
	where := make(map[int32][]int)
	for _, j := range bs {
		for _, w := range slices.Compact(slices.Clone(al.bags.of(&al.b[j]))) {
			if len(where[w]) <= rare {
				where[w] = append(where[w], j)
			}
		}
	}
	count := make(map[int32]int)
	for _, i := range as {
		for _, w := range slices.Compact(slices.Clone(al.bags.of(&al.a[i]))) {
			count[w]++
		}
	}
	var out []place
	for _, i := range as {
		seen := make(map[int]bool)
		for _, w := range slices.Compact(slices.Clone(al.bags.of(&al.a[i]))) {
			if count[w] > rare || len(where[w]) > rare || len(seen) > 64 {
				continue
			}
			for _, j := range where[w] {
				if !seen[j] {
					seen[j] = true
					out = append(out, place{i, j, al.bags.likeness(&al.a[i], &al.b[j])})
				}
			}
		}
	}
	return out
}

// candidates is the bounded way through a gap too large to compare all with all.
func (al *aligner) candidates(a0, a1, b0, b1 int) {
	best := make(map[int]place)
	for _, p := range al.rivals(span(a0, a1), span(b0, b1)) {
		if p.weight >= likeInGap && p.weight > best[p.i].weight && al.substantial(p) {
			best[p.i] = p
		}
	}
	var places []place
	for i := a0; i < a1; i++ {
		if p, ok := best[i]; ok {
			places = append(places, p)
		}
	}
	for _, p := range heaviest(places) {
		al.pair(p.i, p.j)
	}
}

// substantial tells whether two blocks are alike by more than the words that are in everything.
func (al *aligner) substantial(p place) bool {
	return p.weight >= likeSurely || al.bags.substance(&al.a[p.i], &al.b[p.j]) >= substance
}

func span(from, to int) []int {
	out := make([]int, to-from)
	for i := range out {
		out[i] = from + i
	}
	return out
}

// moves pairs, out of order, what the gaps left: equal blocks, then very like ones, the likest first.
func (al *aligner) moves() {
	al.moved = make(map[int]bool)
	as, bs := left(al.toB), left(al.toA)
	if len(as) == 0 || len(bs) == 0 {
		return
	}
	seats := make(map[string][]int)
	for _, j := range bs {
		seats[al.b[j].key] = append(seats[al.b[j].key], j)
	}
	count := make(map[string]int)
	for _, i := range as {
		count[al.a[i].key]++
	}
	for _, i := range as {
		if js := seats[al.a[i].key]; len(js) == 1 && count[al.a[i].key] == 1 && al.mayMove(i, js[0]) {
			al.pair(i, js[0])
			al.moved[i] = true
		}
	}
	places := al.rivals(left(al.toB), left(al.toA))
	slices.SortFunc(places, func(x, y place) int {
		return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(x.i, y.i), cmp.Compare(x.j, y.j))
	})
	for _, p := range places {
		if p.weight >= likeMoved && al.free(p) {
			al.pair(p.i, p.j)
			al.moved[p.i] = true
		}
	}
	al.lone(places)
}

// free tells whether two blocks are left and may be one that moved.
func (al *aligner) free(p place) bool {
	return al.toB[p.i] < 0 && al.toA[p.j] < 0 && al.mayMove(p.i, p.j) &&
		min(len(al.bags.of(&al.a[p.i])), len(al.bags.of(&al.b[p.j]))) >= wordsMoved
}

// lone pairs what moved and was largely written anew, where nothing else that is left is nearly so like.
func (al *aligner) lone(places []place) {
	seen, pairs := make(map[int]int), make([]place, 0)
	for _, p := range places {
		if p.weight < rivalLone || !al.free(p) {
			continue
		}
		seen[p.i]++
		seen[-1-p.j]++
		if p.weight >= likeLone && min(len(al.bags.of(&al.a[p.i])), len(al.bags.of(&al.b[p.j]))) >= loneLength && al.bags.substance(&al.a[p.i], &al.b[p.j]) >= loneWords {
			pairs = append(pairs, p)
		}
	}
	for _, p := range pairs {
		if seen[p.i] == 1 && seen[-1-p.j] == 1 {
			al.pair(p.i, p.j)
			al.moved[p.i] = true
		}
	}
}

func (al *aligner) mayMove(i, j int) bool {
	x, y := &al.a[i], &al.b[j]
	return x.key != "" && heading(x.kind) == heading(y.kind) && tableOnly(x.kind) == tableOnly(y.kind)
}

func left(paired []int) []int {
	var out []int
	for i, j := range paired {
		if j < 0 {
			out = append(out, i)
		}
	}
	return out
}
