package resolution

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// List is a group of sibling items that count together, or of bullets that stand together.
type List struct {
	Items   []int // the indices of its blocks, in order
	Style   Style
	Level   int
	Ordered bool  // every label is the one after the one above it: no bis label, no gap; always so for bullets
	Marks   Marks // its final marks
	count   reading
}

// Marks are the final marks of a list's items: ";" and "; and" before a last "." for instance. Items that end in a
// colon carry it as words and count for nothing here.
type Marks struct {
	Kept       bool   // the list keeps to one convention; otherwise final marks are words
	Item       string // after every item; with a no-break space before it in French
	BeforeLast string // after the last item but one: often Item followed by " and"
	Last       string
}

// At gives the mark of the item at an index of a list of n items.
func (m Marks) At(i, n int) string {
	switch i {
	case n - 1:
		return m.Last
	case n - 2:
		return m.BeforeLast
	default:
		return m.Item
	}
}

// Lists gives the lists of a text in the order of their first items. A list runs on over unlabelled paragraphs, sub-heads
// and openers as long as the next label is due; annexes, articles and sub-numbers end the lists above them.
func Lists(t Text) []List {
	g := grouper{}
	for i, block := range t.Blocks {
		g.add(i, block)
	}
	for k := range g.lists {
		g.lists[k].settle(t)
	}
	return g.lists
}

// grouper walks down a text with the lists that are still open.
type grouper struct {
	lists []List
	last  []Label // the last label of each list
	open  []int   // indices of lists that may go on
	tight []int   // of these, the ones nothing but their items and what is under them came after
}

func (g *grouper) add(i int, block Block) {
	switch block.Kind {
	case KindNumber, KindTitle, KindDivision, KindDivisionTitle:
		g.open, g.tight = nil, nil
	case KindHeading, KindOpener:
		g.tight = nil
	case KindParagraph, KindTable, KindHistory:
		g.loosen(block.Level)
	case KindBullet:
		g.put(i, block, g.bulletList(block.Level))
	case KindItem:
		if isSubNumber(block.Label) {
			g.open = slices.DeleteFunc(g.open, func(k int) bool { return g.lists[k].Style != StyleSub })
			g.put(i, block, g.subList(block.Label))
			return
		}
		g.put(i, block, g.labelList(block))
	case KindFootnote:
	}
}

// loosen notes that something other than an item came at a level.
func (g *grouper) loosen(level int) {
	g.tight = slices.DeleteFunc(g.tight, func(k int) bool { return g.lists[k].Level >= level })
}

// put adds a block to a list, a new one for -1, and ends the lists under it.
func (g *grouper) put(i int, block Block, k int) {
	if k < 0 {
		style := StyleNone
		if block.Kind == KindBullet {
			style = StyleBullet
		} else if isSubNumber(block.Label) {
			style = StyleSub
		}
		k = len(g.lists)
		g.lists = append(g.lists, List{Style: style, Level: block.Level})
		g.last = append(g.last, "")
		g.open = append(g.open, k)
	}
	if len(g.lists[k].Items) == 0 {
		g.supersede(k, block.Label)
	}
	g.lists[k].Items = append(g.lists[k].Items, i)
	g.last[k] = block.Label
	ended := func(other int) bool {
		l := g.lists[other]
		return other != k && l.Style != StyleSub && (l.Level > block.Level || l.Level == block.Level && l.Style == StyleBullet)
	}
	g.open = slices.DeleteFunc(g.open, ended)
	g.tight = append(slices.DeleteFunc(g.tight, func(other int) bool { return other == k || ended(other) }), k)
}

// supersede ends the lists that cannot go on once a new list begins: at the same level in the same count, and of the
// sub-numbers those with another beginning.
func (g *grouper) supersede(k int, label Label) {
	begun := g.lists[k]
	g.open = slices.DeleteFunc(g.open, func(other int) bool {
		l := g.lists[other]
		switch {
		case other == k || l.Style == StyleSub != (begun.Style == StyleSub):
			return false
		case l.Style == StyleSub:
			return !strings.HasPrefix(string(label), readings(g.last[other])[0].prefix)
		case l.Style == StyleBullet || begun.Style == StyleBullet:
			return l.Style == begun.Style && l.Level == begun.Level
		default:
			return l.Level == begun.Level && sameCount(g.last[other], label)
		}
	})
	g.tight = slices.DeleteFunc(g.tight, func(other int) bool { return !slices.Contains(g.open, other) })
}

func (g *grouper) bulletList(level int) int {
	for _, k := range g.tight {
		if g.lists[k].Style == StyleBullet && g.lists[k].Level == level {
			return k
		}
	}
	return -1
}

// subList finds the list of sub-numbers with the same beginning.
func (g *grouper) subList(label Label) int {
	for _, k := range slices.Backward(g.open) {
		if g.lists[k].Style != StyleSub {
			continue
		}
		if readings(g.last[k])[0].prefix == readings(label)[0].prefix {
			return k
		}
	}
	return -1
}

// labelList finds the list a label goes on: the one where it is due; else one of its style that nothing came between and
// that it does not begin anew.
func (g *grouper) labelList(block Block) int {
	for _, k := range slices.Backward(g.open) {
		if l := g.lists[k]; l.Level == block.Level && l.Style == StyleNone && isDue(g.last[k], block.Label) {
			return k
		}
	}
	if isFirst(block.Label) && block.Label != "i)" {
		return -1
	}
	for _, k := range slices.Backward(g.tight) {
		if l := g.lists[k]; l.Level == block.Level && l.Style == StyleNone && sameCount(g.last[k], block.Label) {
			return k
		}
	}
	return -1
}

func sameCount(a, b Label) bool {
	for _, x := range readings(a) {
		if slices.ContainsFunc(readings(b), x.sameCount) {
			return true
		}
	}
	return false
}

// settle works out what a list counts in, whether it does so by order, and its final marks.
func (l *List) settle(t Text) {
	l.Marks = marksOf(t, l.Items)
	if l.Style == StyleBullet {
		l.Ordered = true
		return
	}
	labels := make([]Label, len(l.Items))
	for k, i := range l.Items {
		labels[k] = t.Blocks[i].Label
	}
	l.count, l.Ordered = countOf(labels)
	l.Style = l.count.style
}

// countOf gives the reading of the first label with which most of the others are due, and whether all are. Where that
// leaves a letter and a roman numeral, i, v and x are roman.
func countOf(labels []Label) (first reading, ordered bool) {
	best := -1
	for _, candidate := range candidates(labels[0]) {
		due := 0
		last := candidate
		whole := candidate.bis == 0
		for _, label := range labels[1:] {
			next, ok := readingAs(label, candidate)
			if !ok {
				continue
			}
			if last.follows(next) {
				due += 2
			}
			whole = whole && next.bis == 0
			last = next
		}
		all := due == 2*(len(labels)-1)
		if candidate.style == StyleRoman && (candidate.value == 1 || len(labels) == 1 && strings.Contains("ivxIVX", string(labels[0][:1]))) {
			due++
		}
		if due > best {
			best, first, ordered = due, candidate, all && whole
		}
	}
	return first, ordered
}

// candidates gives the readings of a label, and for a letter both ways to go on after z.
func candidates(label Label) []reading {
	all := readings(label)
	for _, r := range all {
		if r.style == StyleLetter && r.isSingle() {
			r.doubled = true
			all = append(all, r)
		}
	}
	return all
}

// isSingle reports whether a letter comes before aa, where both ways to count are the same.
func (r reading) isSingle() bool {
	return r.alphabet >= 0 && r.value <= utf8.RuneCountInString(alphabets[r.alphabet])
}

// readingAs reads a label in the way another list item was read.
func readingAs(label Label, as reading) (reading, bool) {
	all := readings(label)
	i := slices.IndexFunc(all, func(r reading) bool {
		return r.sameCount(as) && (r.style != StyleLetter || r.doubled == as.doubled || r.isSingle())
	})
	if i < 0 {
		return reading{}, false
	}
	return all[i], true
}

// marksOf finds the convention of final marks that items share; a list of one item has none.
func marksOf(t Text, items []int) Marks {
	var m Marks
	var plain []string // marks of all items but the last; without those that end in a colon
	before, hasBefore := "", false
	for k, i := range items {
		_, mark := FinalMark(t.Blocks[i].Words)
		colon := endsInColon(t.Blocks[i].Words)
		switch {
		case k == len(items)-1:
			if !colon {
				m.Last = mark
			}
		case colon:
		case k == len(items)-2:
			before, hasBefore = mark, true
		default:
			plain = append(plain, mark)
		}
	}
	if len(plain) > 0 {
		m.Item = plain[0]
	} else if hasBefore {
		m.Item, _ = cutAnd(before)
	}
	m.BeforeLast = m.Item
	if hasBefore {
		m.BeforeLast = before
	}
	base, _ := cutAnd(m.BeforeLast)
	m.Kept = len(items) > 1 && base == m.Item && !slices.ContainsFunc(plain, func(mark string) bool { return mark != m.Item }) && (hasBefore || len(plain) > 0)
	return m
}

// listAnds are the words that stand after the mark of the last item but one.
var listAnds = []string{" and", " or", " et", " ou", " y", " o", " и", " или"}

func cutAnd(mark string) (base string, and string) {
	for _, and := range listAnds {
		if base, ok := strings.CutSuffix(mark, and); ok && base != "" {
			return base, and
		}
	}
	return mark, ""
}

// FinalMark cuts the final list mark off words: one of ; , . or their sisters in other scripts, with the no-break space
// before it, and with "and" or "or" after it ("; and"). A colon is words. Words without a mark come back whole.
func FinalMark(words string) (stem, mark string) {
	base, and := cutAnd(words)
	if and == "" {
		base = words
	}
	for _, sign := range []string{";", ",", ".", "؛", "،", "；", "，", "。", "、"} {
		rest, ok := strings.CutSuffix(base, sign)
		if !ok || rest == "" || strings.HasSuffix(rest, sign) || strings.HasSuffix(rest, `\`) {
			continue
		}
		for _, space := range []string{"\u00a0", "\u202f"} {
			if inner, ok := strings.CutSuffix(rest, space); ok {
				return inner, space + sign + and
			}
		}
		return rest, sign + and
	}
	return words, ""
}
