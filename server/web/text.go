package web

import (
	"fmt"
	"slices"
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Node is one clause as a template shows it: a line of the page and what hangs under it.
type Node struct {
	Kind      string // number, title, division, heading, opener, item, bullet, table, footnote, paragraph
	Class     string
	Link      string // the clause's place in the page, without "#"; empty for a clause that is gone
	Spoken    string // the clause's name as people say it
	Label     string // as paper prints it
	Moved     bool
	MovedFrom string
	Changed   bool
	Runs      []Run
	Rows      []Row
	Tags      []Tag // who brought the change, where that is told clause by clause
	Groups    []Group
}

// Group is a run of neighbouring nodes that one list holds; Tag is "ol", "ul", "notes", or empty for no list.
type Group struct {
	Tag   string
	Nodes []*Node
}

// Row is one row of a table.
type Row struct {
	Head  bool
	Class string
	Cells [][]Run
}

// block is a clause before it is put in its place among the others.
type block struct {
	resolution.Block
	name    resolution.Name
	state   string // "", changed, added, gone, shifted
	moved   bool
	runs    []Run
	rows    []Row
	slot    int   // whose ink the margin is in
	tags    []Tag // who brought the change
	nowhere bool  // struck out: no link leads to it
}

// plainText shows a text for itself.
func plainText(text resolution.Text, names []resolution.Name) []Group {
	blocks := make([]block, len(text.Blocks))
	for i, b := range text.Blocks {
		blocks[i] = block{Block: b, runs: plainRuns(b.Words), rows: plainRows(b.Rows), slot: anyInk}
		if i < len(names) {
			blocks[i].name = names[i]
		}
	}
	return arrange(blocks)
}

// changedText shows what became of a base: its own clauses and the new ones, changes marked in the ink of slot.
func changedText(changes []diff.Change, slot int) []Group {
	return attributedText(changes, func(diff.Change) (int, []Tag) { return slot, nil })
}

// attributedText shows what became of a base where each change has its own authors: by gives the ink it is marked in,
// and the codes printed behind it.
func attributedText(changes []diff.Change, by func(diff.Change) (int, []Tag)) []Group {
	var blocks []block
	for _, c := range changes {
		slot, tags := by(c)
		blocks = append(blocks, changedBlocks(c, slot, tags)...)
	}
	return arrange(blocks)
}

func plainRows(rows [][]string) []Row {
	var shown []Row
	for i, cells := range rows {
		row := Row{Head: i == 0 && len(rows) > 1}
		for _, cell := range cells {
			row.Cells = append(row.Cells, plainRuns(cell))
		}
		shown = append(shown, row)
	}
	return shown
}

// arrange puts clauses one under another: items and bullets into lists, deeper ones under the item above, notes at the
// end wherever they stand in the file.
func arrange(blocks []block) []Group {
	root := &Node{}
	type step struct {
		node  *Node
		level int
	}
	var path []step // items still open, outermost first
	notes := &Node{}
	enacted := slices.ContainsFunc(blocks, func(b block) bool { return b.Kind == resolution.KindOpener })
	for _, b := range blocks {
		hangs := hanging(b.Kind)
		for len(path) > 0 && (!hangs && b.Level == 0 || b.Level <= path[len(path)-1].level) {
			path = path[:len(path)-1]
		}
		opening := enacted && b.Kind == resolution.KindParagraph && b.Level == 0
		if b.Kind == resolution.KindOpener || b.Kind == resolution.KindDivision {
			enacted = false
		}
		node := newNode(b, opening)
		if b.Kind == resolution.KindFootnote {
			notes.hang(node, "notes")
			continue
		}
		parent := root
		if len(path) > 0 {
			parent = path[len(path)-1].node
		}
		parent.hang(node, groupTag(b.Kind))
		if b.Kind == resolution.KindItem || b.Kind == resolution.KindBullet {
			path = append(path, step{node, b.Level})
		}
	}
	return append(root.Groups, notes.Groups...)
}

// hanging tells whether a clause of this kind belongs to a list.
func hanging(kind resolution.Kind) bool {
	return kind == resolution.KindItem || kind == resolution.KindBullet
}

func groupTag(kind resolution.Kind) string {
	switch kind {
	case resolution.KindItem:
		return "ol"
	case resolution.KindBullet:
		return "ul"
	default:
		return ""
	}
}

func (n *Node) hang(child *Node, tag string) {
	if last := len(n.Groups) - 1; last >= 0 && n.Groups[last].Tag == tag {
		n.Groups[last].Nodes = append(n.Groups[last].Nodes, child)
		return
	}
	n.Groups = append(n.Groups, Group{Tag: tag, Nodes: []*Node{child}})
}

// kindWords names the kinds as templates and styles do. Index by resolution.Kind.
var kindWords = map[resolution.Kind]string{
	resolution.KindParagraph:     "paragraph",
	resolution.KindNumber:        "number",
	resolution.KindTitle:         "title",
	resolution.KindDivision:      "division",
	resolution.KindDivisionTitle: "divtitle",
	resolution.KindHeading:       "heading",
	resolution.KindHistory:       "history",
	resolution.KindOpener:        "opener",
	resolution.KindItem:          "item",
	resolution.KindBullet:        "bullet",
	resolution.KindTable:         "table",
	resolution.KindFootnote:      "footnote",
}

func newNode(b block, opening bool) *Node {
	n := &Node{
		Kind: kindWords[b.Kind], Link: b.name.Link, Spoken: b.name.Spoken, Label: paperLabel(b.Block),
		Runs: b.runs, Rows: b.rows, Moved: b.moved, Changed: b.state != "", Tags: b.tags,
	}
	classes := []string{"line", "k-" + n.Kind}
	if opening {
		classes = append(classes, "k-enacting")
	} else if in := indentation(b.Block); in > 0 {
		classes = append(classes, fmt.Sprintf("in-%d", in))
	}
	if b.Kind == resolution.KindItem && n.Label != "" && (n.Label[0] < '0' || n.Label[0] > '9') {
		classes = append(classes, "lettered")
	}
	if len([]rune(n.Label)) > 4 {
		classes = append(classes, "long")
	}
	if b.state != "" {
		classes = append(classes, b.state)
		if b.slot >= 0 {
			classes = append(classes, fmt.Sprintf("slot-%d", b.slot))
		}
	}
	if b.Kind == resolution.KindFootnote {
		n.Link = "note-" + string(b.Label)
	}
	if b.nowhere {
		n.Link = ""
	}
	n.Class = strings.Join(classes, " ")
	return n
}

// deepest is the deepest indentation the style sheet knows.
const deepest = 4

// indentation is how many label widths a line stands in. Bullets and tables stand under the labels even
// where they are flush in the file.
func indentation(b resolution.Block) int {
	switch b.Kind {
	case resolution.KindItem, resolution.KindParagraph:
		return min(b.Level, deepest)
	case resolution.KindBullet, resolution.KindTable:
		return min(max(b.Level, 1), deepest)
	default:
		return 0
	}
}

// paperLabel writes a label as paper prints it: "1", "a)", "b bis)", a bullet's sign by its level.
func paperLabel(b resolution.Block) string {
	switch b.Kind {
	case resolution.KindBullet:
		if b.Level > 1 {
			return "–"
		}
		return "•"
	case resolution.KindItem, resolution.KindFootnote:
		return strings.TrimSuffix(string(b.Label), ".")
	default:
		return ""
	}
}
