package docx

import (
	"cmp"
	"slices"
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// ExportCompilation writes a text with what several make of it as tracked changes, each by its own author, laid over
// each other as Word itself does when it combines documents: rejecting all gives the text; what two strike is struck
// once, by both; what they put in one place stands there one after the other. What moved is a deletion and an insertion.
// Changes of numbers that only follow from clauses that came or went are left out, as they differ from author to author.
func ExportCompilation(base resolution.Text, sources []Attributed, o Options) ([]byte, error) {
	c := &compiler{
		m:    &marker{base: newSide(base), notes: &noteTable{}},
		gone: make([][]string, len(base.Blocks)), changed: make([][]attributedOps, len(base.Blocks)), after: make([][]insertedBlock, len(base.Blocks)+1),
	}
	for _, s := range sources {
		c.add(s)
	}
	c.write()
	return o.write(c.m.parts, nil, true)
}

// compiler holds what all authors make of each block of a text.
type compiler struct {
	m       *marker
	gone    [][]string        // by block: who strikes it
	changed [][]attributedOps // by block: who changes its words
	after   [][]insertedBlock // by block, and before the first at 0: what came after it
}

// attributedOps is what an author makes of the words of one block.
type attributedOps struct {
	author string
	ops    []diff.Op
}

// insertedBlock is a block that came, the same from each of its authors.
type insertedBlock struct {
	block   resolution.Block
	label   string
	authors []string
}

// add lays out the changes of one author.
func (c *compiler) add(s Attributed) {
	base := c.m.base.text.Blocks
	at := 0 // blocks of the base that lie before what comes next
	labels := labels(s.Text)
	for _, p := range diff.Align(c.m.base.text, s.Text) {
		if !p.Moved && len(p.Base) == 1 && len(p.Revised) == 1 {
			i, j := p.Base[0], p.Revised[0]
			was, is := base[i], s.Text.Blocks[j]
			if was.Rows == nil && is.Rows == nil || was.Rows != nil && is.Rows != nil && slices.EqualFunc(was.Rows, is.Rows, slices.Equal) {
				if was.Words != is.Words {
					c.changed[i] = append(c.changed[i], attributedOps{s.Author, diff.Words(was.Words, is.Words)})
				}
				at = max(at, i+1)
				continue
			}
		}
		for _, i := range p.Base {
			c.gone[i] = append(c.gone[i], s.Author)
			if !p.Moved {
				at = max(at, i+1)
			}
		}
		for _, j := range p.Revised {
			c.insert(at, s.Text.Blocks[j], labels[j], s.Author)
		}
	}
}

// insert notes that a block came; the same one from another author is the other's too.
func (c *compiler) insert(at int, b resolution.Block, label, author string) {
	for k, one := range c.after[at] {
		same := one.label == label && one.block.Kind == b.Kind && one.block.Words == b.Words && slices.EqualFunc(one.block.Rows, b.Rows, slices.Equal)
		if same && !slices.Contains(one.authors, author) {
			c.after[at][k].authors = append(one.authors, author)
			return
		}
	}
	c.after[at] = append(c.after[at], insertedBlock{b, label, []string{author}})
}

func (c *compiler) write() {
	for i, b := range c.m.base.text.Blocks {
		c.writeInserted(i)
		struck := change{}
		if len(c.gone[i]) > 0 {
			struck = change{deleted, names(c.gone[i])}
		}
		label := c.m.base.labels[i]
		if b.Rows != nil || len(c.changed[i]) == 0 {
			c.block(b, label, struck)
			continue
		}
		p := &marked{style: styleOf(b), was: styleOf(b), block: -1}
		p.pieces = labelPieces(label, change{})
		p.words = len(p.pieces)
		for _, author := range c.gone[i] {
			c.changed[i] = append(c.changed[i], attributedOps{author, []diff.Op{{Kind: diff.Delete, Text: b.Words}}})
		}
		p.pieces = append(p.pieces, c.m.runs(overlay(b.Words, c.changed[i]), b.Kind == resolution.KindOpener)...)
		c.m.parts = append(c.m.parts, part{marked: p})
	}
	c.writeInserted(len(c.m.base.text.Blocks))
}

func (c *compiler) writeInserted(at int) {
	for _, one := range c.after[at] {
		c.block(one.block, one.label, change{inserted, names(one.authors)})
	}
}

// block writes a block that is all of one change, or of none.
func (c *compiler) block(b resolution.Block, label string, all change) {
	if b.Rows != nil {
		rows := make([]markedRow, len(b.Rows))
		for k, row := range b.Rows {
			rows[k] = c.m.wholeRow(row, all)
		}
		c.m.parts = append(c.m.parts, part{rows: rows})
		return
	}
	p := &marked{style: styleOf(b), was: styleOf(b), mark: all, block: -1}
	p.pieces = labelPieces(label, all)
	p.words = len(p.pieces)
	kind := map[state]diff.OpKind{kept: diff.Equal, inserted: diff.Insert, deleted: diff.Delete}[all.state]
	p.pieces = append(p.pieces, c.m.runs([]writtenOp{{diff.Op{Kind: kind, Text: b.Words}, all}}, b.Kind == resolution.KindOpener)...)
	c.m.parts = append(c.m.parts, part{marked: p})
}

// names joins authors to one.
func names(authors []string) string { return strings.Join(authors, ", ") }

// laid is what several make of the same words, laid over each other.
type laid struct {
	cuts    []int // where one of them begins or ends a change
	struck  map[string][][2]int
	came    []insertion
	authors []string
}

// insertion is words that came at a place, the same from each of their authors.
type insertion struct {
	at      int
	text    string
	authors []string
}

// lay adds what one author makes of the words.
func (l *laid) lay(one attributedOps) {
	if !slices.Contains(l.authors, one.author) {
		l.authors = append(l.authors, one.author)
	}
	at := 0
	for _, op := range one.ops {
		end := at + len(op.Text)
		switch op.Kind {
		case diff.Insert:
			l.insert(at, op.Text, one.author)
			continue
		case diff.Delete:
			l.struck[one.author] = append(l.struck[one.author], [2]int{at, end})
			l.cuts = append(l.cuts, at, end)
		case diff.Equal:
		}
		at = end
	}
}

func (l *laid) insert(at int, text, author string) {
	k := slices.IndexFunc(l.came, func(c insertion) bool { return c.at == at && c.text == text })
	if k < 0 {
		k = len(l.came)
		l.came = append(l.came, insertion{at, text, nil})
	}
	if !slices.Contains(l.came[k].authors, author) {
		l.came[k].authors = append(l.came[k].authors, author)
	}
	l.cuts = append(l.cuts, at)
}

// strikers are who strikes the words from..to, which lie between two cuts.
func (l *laid) strikers(from, to int) []string {
	var by []string
	for _, author := range l.authors {
		if slices.ContainsFunc(l.struck[author], func(s [2]int) bool { return s[0] <= from && to <= s[1] }) {
			by = append(by, author)
		}
	}
	return by
}

// overlay lays what several make of the same words over each other.
func overlay(words string, all []attributedOps) []writtenOp {
	l := &laid{cuts: []int{0, len(words)}, struck: map[string][][2]int{}}
	for _, one := range all {
		l.lay(one)
	}
	slices.Sort(l.cuts)
	l.cuts = slices.Compact(l.cuts)
	slices.SortStableFunc(l.came, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	var out []writtenOp
	next := 0
	for k, from := range l.cuts {
		for ; next < len(l.came) && l.came[next].at <= from; next++ {
			out = append(out, writtenOp{diff.Op{Kind: diff.Insert, Text: l.came[next].text}, change{inserted, names(l.came[next].authors)}})
		}
		if k+1 == len(l.cuts) {
			break
		}
		op := writtenOp{Op: diff.Op{Kind: diff.Equal, Text: words[from:l.cuts[k+1]]}}
		if by := l.strikers(from, l.cuts[k+1]); len(by) > 0 {
			op.Kind, op.change = diff.Delete, change{deleted, names(by)}
		}
		out = append(out, op)
	}
	return out
}
