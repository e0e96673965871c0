package diff

import (
	"slices"
)

// fill finds splits and joins: a block left over directly beside a pair, whose words fill what the pair lacks.
func (al *aligner) fill() {
	al.splitsB = al.filled(al.a, al.b, al.toB, al.toA)
	al.joinsA = al.filled(al.b, al.a, al.toA, al.toB)
	// A block cannot be both split and joined: the larger claim would be a guess, so both stay as they were.
	for i := range al.splitsB {
		j := al.toB[i]
		if _, both := al.joinsA[j]; both {
			delete(al.splitsB, i)
			delete(al.joinsA, j)
		}
	}
}

// filled gives, for whole blocks (by index), the part blocks on the other side that came out of them besides the
// one they are paired with. A part that two wholes claim stays with the first.
func (al *aligner) filled(whole, part []feature, toPart, toWhole []int) map[int][]int {
	out := make(map[int][]int)
	claimed := make(map[int]bool)
	for i := range whole {
		j := toPart[i]
		if j < 0 || !mayPart(&whole[i]) || whole[i].key == part[j].key {
			continue
		}
		missing := minus(al.bags.of(&whole[i]), al.bags.of(&part[j]))
		if len(missing) < leastGain {
			continue
		}
		more, missing := al.filling(part, toWhole, j, 1, missing)
		before, _ := al.filling(part, toWhole, j, -1, missing)
		more = slices.DeleteFunc(append(more, before...), func(k int) bool { return claimed[k] })
		if len(more) == 0 {
			continue
		}
		slices.Sort(more)
		for _, k := range more {
			claimed[k] = true
		}
		out[i] = more
	}
	return out
}

// leastGain is how many missing words a block must bring to count as a part.
const leastGain = 3

func mayPart(f *feature) bool {
	return !heading(f.kind) && !tableOnly(f.kind) && f.role == roleNone
}

// filling walks from block j to one side over blocks that are left over, as long as each brings words that are missing.
// It gives those blocks and the words that are missing still.
func (al *aligner) filling(part []feature, toWhole []int, j, step int, missing []int32) (more []int, still []int32) {
	for k := j + step; k >= 0 && k < len(part) && toWhole[k] < 0 && mayPart(&part[k]); k += step {
		words := al.bags.of(&part[k])
		gain := common(words, missing)
		if gain < leastGain || gain*2 < len(missing) && gain*2 < len(words) || gain*4 < len(words) {
			break
		}
		more = append(more, k)
		missing = minus(missing, words)
	}
	return more, missing
}

// pairs lays the pairing out in reading order of b, what is only in a at its place.
func (al *aligner) pairs() []Pair {
	joined := make(map[int]bool)
	for _, is := range al.joinsA {
		for _, i := range is {
			joined[i] = true
		}
	}
	leads, parts := make(map[int]int), make(map[int]bool) // first block of a split, and all its blocks
	for i, js := range al.splitsB {
		leads[min(al.toB[i], js[0])] = i
		parts[al.toB[i]] = true
		for _, j := range js {
			parts[j] = true
		}
	}
	deletions := make(map[int][]Pair) // by the kept, unmoved block of a before them
	last := -1
	for i, j := range al.toB {
		switch {
		case j < 0 && !joined[i]:
			deletions[last] = append(deletions[last], Pair{Kind: Deleted, Base: []int{i}})
		case j >= 0 && !al.moved[i]:
			last = i
		}
	}
	out := slices.Clone(deletions[-1])
	for j, i := range al.toA {
		owner, leading := leads[j]
		switch {
		case leading:
			out = append(out, al.splitPair(owner))
		case parts[j]:
		case i < 0:
			out = append(out, Pair{Kind: Inserted, Revised: []int{j}})
		default:
			out = append(out, al.kept(i, j))
		}
		if i >= 0 && !al.moved[i] {
			out = append(out, deletions[i]...)
		}
	}
	return out
}

func (al *aligner) splitPair(i int) Pair {
	revised := append([]int{al.toB[i]}, al.splitsB[i]...)
	slices.Sort(revised)
	return Pair{Kind: Split, Moved: al.moved[i], Base: []int{i}, Revised: revised}
}

func (al *aligner) kept(i, j int) Pair {
	p := Pair{Kind: Changed, Moved: al.moved[i], Base: []int{i}, Revised: []int{j}}
	if more := al.joinsA[j]; len(more) > 0 {
		p.Kind = Joined
		p.Base = append(p.Base, more...)
		slices.Sort(p.Base)
		return p
	}
	if al.a[i].key == al.b[j].key && al.a[i].kind == al.b[j].kind {
		p.Kind = Same
	}
	return p
}
