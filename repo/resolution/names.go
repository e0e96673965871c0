package resolution

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Name is what people call a clause, and the same in a link.
type Name struct {
	Spoken string // "considering f)", "resolves 5, bullet 2", "resolves (2nd) 3"
	Link   string // "considering-f", "resolves-5-b2", "resolves~2-3": unique in its text, without the leading #
}

// Names gives every block its name, in the order of the blocks. A name that recurs counts: of two lists under one opener
// the second is "resolves 1 (2nd)", of two openers the second is "resolves (2nd)".
func Names(t Text) []Name {
	n := namer{seen: map[string]int{}, used: map[string]bool{}}
	names := make([]Name, len(t.Blocks))
	for i, block := range t.Blocks {
		names[i] = n.name(block)
	}
	return names
}

// place is a point of a text that others are named after: an annex, an opener, a sub-number, an item.
type place struct {
	spoken, link string
	level        int
	plain        bool // an item or opener, after which a label is spoken without a comma
}

// namer walks down a text and knows under which places it stands.
type namer struct {
	division place
	section  place   // the opener, or the sub-number under it
	opener   place   // the opener
	items    []place // the items above, outermost first
	seen     map[string]int
	used     map[string]bool
	opening  bool // the opening line, or something that ends the head, has gone by
}

func (n *namer) name(block Block) Name {
	switch block.Kind {
	case KindNumber:
		return n.fixed("number", "number")
	case KindTitle:
		return n.fixed("title", "title")
	case KindHistory:
		return n.fixed("history", "history")
	case KindFootnote:
		return n.fixed("footnote "+string(block.Label), "note-"+linkWords(string(block.Label)))
	case KindDivision:
		spoken := divisionName(Plain(block.Words))
		n.opening = true
		n.items, n.opener = nil, place{}
		n.division = n.count(place{}, spoken, linkWords(spoken), " ")
		n.section = n.division
		return n.give(n.division)
	case KindDivisionTitle:
		return n.give(n.count(n.division, "title", "title", ", "))
	case KindHeading:
		n.items = nil
		n.opening = true
		return n.give(n.counted(n.division, "heading", "h"))
	case KindOpener:
		spoken := strings.TrimRight(Plain(block.Words), " ,:;.،，：")
		n.opening = true
		n.items = nil
		n.opener = n.count(n.division, spoken, linkWords(spoken), ", ")
		n.opener.plain = true
		n.section = n.opener
		return n.give(n.opener)
	case KindItem:
		return n.item(block)
	case KindBullet, KindParagraph, KindTable:
	}
	return n.unlabelled(block)
}

func (n *namer) fixed(spoken, link string) Name {
	return n.give(n.count(place{}, spoken, link, ", "))
}

// item names a labelled block and stands under it from now on.
func (n *namer) item(block Block) Name {
	n.opening = true
	spoken, link := spokenLabel(block.Label), linkLabel(block.Label)
	if isSubNumber(block.Label) {
		base := n.opener
		if base.link == "" {
			base = n.division
		}
		n.items = nil
		n.section = n.count(base, spoken, link, separator(base))
		n.section.plain = true
		return n.give(n.section)
	}
	n.leave(block.Level)
	base := n.above(block.Level)
	here := n.count(base, spoken, link, separator(base))
	here.level, here.plain = block.Level, true
	n.items = append(n.items, here)
	return n.give(here)
}

// unlabelled names a bullet, a paragraph or a table by counting it under the place it stands at.
func (n *namer) unlabelled(block Block) Name {
	if block.Kind == KindParagraph && block.Level == 0 && !n.opening {
		n.opening = true
		if endsInComma(Plain(block.Words)) {
			return n.fixed("opening line", "opening")
		}
	}
	base := n.above(block.Level)
	switch block.Kind {
	case KindBullet:
		n.leave(block.Level)
		here := n.counted(base, "bullet", "b")
		here.level = block.Level
		n.items = append(n.items, here)
		return n.give(here)
	case KindTable:
		return n.give(n.counted(base, "table", "t"))
	default:
		return n.give(n.counted(base, "paragraph", "p"))
	}
}

// leave leaves the items at this level or deeper, because another begins.
func (n *namer) leave(level int) {
	for len(n.items) > 0 && n.items[len(n.items)-1].level >= level {
		n.items = n.items[:len(n.items)-1]
	}
}

// above gives the place that a block of the level stands under. A flush paragraph leaves no item: the list above may
// go on after it.
func (n *namer) above(level int) place {
	for _, item := range slices.Backward(n.items) {
		if item.level < level {
			return item
		}
	}
	return n.section
}

func separator(base place) string {
	if base.plain {
		return " "
	}
	return ", "
}

// counted names the next unlabelled block of a kind under a place: "resolves 5, bullet 2".
func (n *namer) counted(base place, word, letter string) place {
	key := base.link + "\x00" + letter
	n.seen[key]++
	number := strconv.Itoa(n.seen[key])
	return n.count(base, word+" "+number, letter+number, ", ")
}

// count names a place under another and counts it when the name recurs.
func (n *namer) count(base place, spoken, link, between string) place {
	if link == "" {
		link = "clause"
	}
	here := place{spoken: spoken, link: link}
	if base.link != "" {
		here.spoken = base.spoken + between + spoken
		here.link = base.link + "-" + link
	}
	n.seen[here.link]++
	if times := n.seen[here.link]; times > 1 {
		here.spoken += " (" + ordinal(times) + ")"
		here.link += "~" + strconv.Itoa(times)
	}
	return here
}

// give makes sure of a link of its own, even where two different names are spelt with the same letters.
func (n *namer) give(p place) Name {
	link := p.link
	for i := 2; n.used[link]; i++ {
		link = fmt.Sprintf("%s~%d", p.link, i)
	}
	n.used[link] = true
	return Name{Spoken: p.spoken, Link: link}
}

func ordinal(n int) string {
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		return strconv.Itoa(n) + "st"
	case n%10 == 2:
		return strconv.Itoa(n) + "nd"
	case n%10 == 3:
		return strconv.Itoa(n) + "rd"
	}
	return strconv.Itoa(n) + "th"
}

// divisionName leaves off what a division says about itself in parentheses or after a dash, and brackets around it.
func divisionName(plain string) string {
	if i := strings.IndexAny(plain, "(–—:"); i > 0 {
		plain = plain[:i]
	}
	return strings.Trim(strings.TrimSpace(plain), "[]., ")
}

// spokenLabel is a label as it is said after a name: "f)", "5", "b bis)".
func spokenLabel(label Label) string { return strings.TrimSuffix(string(label), ".") }

func linkLabel(label Label) string {
	s := strings.TrimRight(string(label), ".)")
	return strings.ReplaceAll(s, " ", "-")
}

// linkWords keeps the letters and digits of any script, in lower case, with a hyphen for what is between.
func linkWords(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
