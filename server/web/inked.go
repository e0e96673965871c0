package web

import (
	"plenary/repo/diff"
	"plenary/server/drafting"
)

// inkOf gives the ink of words inserted into a merged text, by block and byte of its words: that of the delegation
// that brought them, nobody's where several brought the same or none did.
func inkOf(r request, v drafting.MergingView) func(block, at int) (slot, end int) {
	type stretch struct{ start, end, slot int }
	byBlock := make(map[int][]stretch)
	for _, a := range v.Result.Attributions {
		if a.Start == a.End {
			continue
		}
		slot := anyInk
		if tags := circleTags(r, a.Proposals); len(tags) == 1 {
			slot = tags[0].Slot
		}
		byBlock[a.Block] = append(byBlock[a.Block], stretch{a.Start, a.End, slot})
	}
	return func(block, at int) (slot, end int) {
		end = len(v.Result.Text.Blocks[block].Words)
		for _, s := range byBlock[block] {
			switch {
			case s.start <= at && at < s.end:
				return s.slot, s.end
			case s.start > at:
				return anyInk, min(end, s.start)
			}
		}
		return anyInk, end
	}
}

// inkedText is attributedText with every inserted run in the ink of who brought it.
func inkedText(changes []diff.Change, by func(diff.Change) (int, []Tag), ink func(block, at int) (slot, end int)) []Group {
	var blocks []block
	for _, c := range changes {
		slot, tags := by(c)
		made := changedBlocks(c, slot, tags)
		lines := dividedOps(c.Ops)
		for i := range made {
			if i < len(lines) && i < len(c.Revised) && len(c.Rows) == 0 {
				made[i].runs = inkedRuns(lines[i], func(at int) (int, int) { return ink(c.Revised[i], at) })
			}
		}
		blocks = append(blocks, made...)
	}
	return arrange(blocks)
}

// inkedRuns shows a word difference whose insertions have inks of their own, by where they stand in the revised words.
func inkedRuns(ops []diff.Op, ink func(at int) (slot, end int)) []Run {
	var cut []diff.Op
	var slots []int
	at := 0
	for _, op := range ops {
		if op.Kind != diff.Insert {
			cut, slots = append(cut, op), append(slots, anyInk)
			if op.Kind == diff.Equal {
				at += len(op.Text)
			}
			continue
		}
		for rest := op.Text; rest != ""; {
			slot, end := ink(at)
			n := min(max(end-at, 0), len(rest))
			if n == 0 {
				n = len(rest)
			}
			cut, slots = append(cut, diff.Op{Kind: diff.Insert, Text: rest[:n]}), append(slots, slot)
			rest, at = rest[n:], at+n
		}
	}
	return slottedRuns(cut, slots)
}
