package resolution

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Bracket is one pair of square brackets in words: words that are not agreed. Offsets are bytes in the words searched.
type Bracket struct {
	Start     int      // of the "["; -1 when it was opened in an earlier paragraph
	End       int      // after the "]"; -1 when it is closed in a later one
	SourceEnd int      // after the sources; End where there are none
	Depth     int      // 0 for the outermost here
	Sources   []string // who stands behind the words: USA, EUR of [words]{USA, EUR}
}

// sourcePattern is what may follow a closing bracket: codes, with commas between. A note to the drafters is none.
var sourcePattern = regexp.MustCompile(`^\{([\pL\pN][\pL\pN .&/-]*(?:, ?[\pL\pN][\pL\pN .&/-]*)*)\}`)

// Brackets finds the square brackets in words, in the order in which they open; note marks such as [^1] are none. They nest
// and may be unbalanced: words that close more than they open give a bracket with Start -1, words that open more one with
// End -1, because real texts open a bracket in one paragraph and close it in another.
func Brackets(words string) []Bracket {
	var found, unopened []Bracket
	var open []int // indices of found
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case '\\':
			i++
		case '[':
			if strings.HasPrefix(words[i:], "[^") {
				i += noteMarkLength(words[i:]) - 1
				continue
			}
			found = append(found, Bracket{Start: i, End: -1, SourceEnd: -1, Depth: len(open)})
			open = append(open, len(found)-1)
		case ']':
			end, sources := readSources(words, i+1)
			if len(open) == 0 {
				unopened = append(unopened, Bracket{Start: -1, End: i + 1, SourceEnd: end, Sources: sources})
				continue
			}
			b := &found[open[len(open)-1]]
			open = open[:len(open)-1]
			b.End, b.SourceEnd, b.Sources = i+1, end, sources
		}
	}
	return append(unopened, found...)
}

// noteMarkLength is the length of a note mark at the start of s, 2 when it is not closed.
func noteMarkLength(s string) int {
	if m := noteMark.FindString(s); m != "" {
		return len(m)
	}
	return 2
}

var noteMark = regexp.MustCompile(`^\[\^[^\[\]\s]{1,60}\]`)

func readSources(words string, at int) (end int, sources []string) {
	m := sourcePattern.FindStringSubmatch(words[at:])
	if m == nil {
		return at, nil
	}
	for source := range strings.SplitSeq(m[1], ",") {
		sources = append(sources, strings.TrimSpace(source))
	}
	return at + len(m[0]), sources
}

// Alternatives groups brackets that stand side by side, as [a]{USA}[b]{EUR} do. A bracket alone is a group of one; those
// inside another are grouped among themselves.
func Alternatives(brackets []Bracket) [][]Bracket {
	var groups [][]Bracket
	at := map[int]int{} // where a bracket and its sources end -> its group
	for _, b := range brackets {
		group, beside := at[b.Start]
		if b.Start < 0 || !beside || groups[group][0].Depth != b.Depth {
			groups = append(groups, nil)
			group = len(groups) - 1
		}
		groups[group] = append(groups[group], b)
		if b.SourceEnd > 0 {
			at[b.SourceEnd] = group
		}
	}
	return groups
}

// TextBracket is a pair of square brackets of a text, which may span blocks.
type TextBracket struct {
	From, To Position // of its "[" and "]"; a Block of -1: never opened, never closed
	Depth    int
	Sources  []string
}

// Position is a place in a text: a block and a byte offset in its words. Rows of tables are not searched.
type Position struct{ Block, Offset int }

// TextBrackets finds the brackets of a whole text, over its paragraphs, in the order in which they open; those never
// opened come where they close.
func TextBrackets(t Text) []TextBracket {
	var found []TextBracket
	var open []int
	nowhere := Position{Block: -1}
	for i, block := range t.Blocks {
		for _, e := range bracketEvents(Brackets(block.Words)) {
			at := Position{i, e.offset}
			if e.opens {
				found = append(found, TextBracket{From: at, To: nowhere, Depth: len(open)})
				open = append(open, len(found)-1)
				continue
			}
			if len(open) == 0 {
				found = append(found, TextBracket{From: nowhere, To: at, Sources: e.sources})
				continue
			}
			b := &found[open[len(open)-1]]
			open = open[:len(open)-1]
			b.To, b.Sources = at, e.sources
		}
	}
	return found
}

// bracketEvent is an opening or a closing bracket.
type bracketEvent struct {
	offset  int
	opens   bool
	sources []string
}

func bracketEvents(brackets []Bracket) []bracketEvent {
	var events []bracketEvent
	for _, b := range brackets {
		if b.Start >= 0 {
			events = append(events, bracketEvent{offset: b.Start, opens: true})
		}
		if b.End >= 0 {
			events = append(events, bracketEvent{offset: b.End - 1, sources: b.Sources})
		}
	}
	slices.SortFunc(events, func(a, b bracketEvent) int { return cmp.Compare(a.offset, b.offset) })
	return events
}
