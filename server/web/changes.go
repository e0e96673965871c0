package web

import (
	"slices"
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// changedBlocks gives the clauses of one change: those of the revised text, or the one that is gone.
func changedBlocks(c diff.Change, slot int, tags []Tag) []block {
	lines := dividedOps(c.Ops)
	blocks := make([]block, len(c.Blocks))
	for i, b := range c.Blocks {
		blocks[i] = block{Block: b, name: c.Name, state: stateOf(c), moved: c.Moved && i == 0, slot: slot, nowhere: c.Kind == diff.Deleted}
		if blocks[i].state != "" && i == len(c.Blocks)-1 {
			blocks[i].tags = tags
		}
		if i > 0 {
			blocks[i].name = resolution.Name{}
		}
		if i < len(lines) {
			blocks[i].runs = runs(lines[i], slot)
		}
		if len(c.Rows) > 0 {
			blocks[i].rows = changedRows(c.Rows, slot)
		}
	}
	return blocks
}

func stateOf(c diff.Change) string {
	switch c.Kind {
	case diff.Inserted:
		return "added"
	case diff.Deleted:
		return "gone"
	case diff.Same:
		switch {
		case c.Moved:
			return "shifted"
		case !c.Touched():
			return ""
		}
	default:
	}
	return "changed"
}

// dividedOps cuts the operations of a split or join into those of each clause that stands in the revised text. A
// division that went is shown as the mark of a struck paragraph end.
func dividedOps(ops []diff.Op) [][]diff.Op {
	lines := [][]diff.Op{nil}
	add := func(op diff.Op) {
		if op.Text != "" {
			last := len(lines) - 1
			lines[last] = append(lines[last], op)
		}
	}
	for _, op := range ops {
		if op.Kind == diff.Delete {
			add(diff.Op{Kind: diff.Delete, Text: strings.ReplaceAll(op.Text, "\n", " ¶ ")})
			continue
		}
		for i, text := range strings.Split(op.Text, "\n") {
			if i > 0 {
				lines = append(lines, nil)
			}
			add(diff.Op{Kind: op.Kind, Text: text})
		}
	}
	return lines
}

// changedRows shows the rows of a table; a row of which every cell came or went is marked whole.
func changedRows(rows [][][]diff.Op, slot int) []Row {
	var shown []Row
	for i, cells := range rows {
		row := Row{Head: i == 0 && len(rows) > 1}
		for _, ops := range cells {
			row.Cells = append(row.Cells, runs(ops, slot))
		}
		switch {
		case wholly(cells, diff.Insert):
			row.Class = "row-added"
		case wholly(cells, diff.Delete):
			row.Class = "row-gone"
		}
		shown = append(shown, row)
	}
	return shown
}

func wholly(cells [][]diff.Op, kind diff.OpKind) bool {
	some := false
	for _, ops := range cells {
		if slices.ContainsFunc(ops, func(op diff.Op) bool { return op.Kind != kind }) {
			return false
		}
		some = some || len(ops) > 0
	}
	return some
}
