// Package livediff gives the changes between two live texts: the house's one difference, of repo/diff, as a change set
// that rooms apply.
//
// It stands between two worlds that do not know each other, and holds nothing but the way from one to the other. Rooms
// get it from their saver.
package livediff

import (
	"slices"
	"strings"
	"unicode/utf16"

	"plenary/realtime/ot"
	"plenary/repo/diff"
)

// mostTokens bounds the words compared in one stretch of lines that differ; a longer stretch is replaced whole.
const mostTokens = 20_000

// Between returns a set that makes one text of another: whole lines are compared first, then words within lines that
// differ. It is small, not the smallest.
func Between(before, after string) (ot.ChangeSet, error) {
	before, after = strings.ToValidUTF8(before, "\ufffd"), strings.ToValidUTF8(after, "\ufffd")
	var c collector
	a, b := slices.Collect(strings.Lines(before)), slices.Collect(strings.Lines(after))
	c.compare(a, b, func(gone, come []string) {
		x, y := diff.FineTokens(strings.Join(gone, "")), diff.FineTokens(strings.Join(come, ""))
		if len(x)+len(y) > mostTokens {
			c.replace(x, y)
			return
		}
		c.compare(x, y, c.replace)
	})
	return ot.Changes(c.at, c.places)
}

// collector walks the old text and keeps the places that change.
type collector struct {
	at     int // units of the old text passed
	places []ot.Place
}

// compare passes equal pieces and hands runs of pieces that differ to differ.
func (c *collector) compare(before, after []string, differ func(gone, come []string)) {
	ids := make(map[string]int)
	i := 0
	for _, e := range diff.Match(numbered(before, ids), numbered(after, ids)) {
		c.at += units(before[i:e.From])
		if e.From == e.To || e.RevFrom == e.RevTo {
			c.replace(before[e.From:e.To], after[e.RevFrom:e.RevTo])
		} else {
			differ(before[e.From:e.To], after[e.RevFrom:e.RevTo])
		}
		i = e.To
	}
	c.at += units(before[i:])
}

func (c *collector) replace(gone, come []string) {
	end := c.at + units(gone)
	c.places = append(c.places, ot.Place{Range: ot.Range{From: c.at, To: end}, Words: strings.Join(come, "")})
	c.at = end
}

// units is the length of pieces in UTF-16.
func units(pieces []string) int {
	n := 0
	for _, p := range pieces {
		for _, r := range p {
			n += utf16.RuneLen(r)
		}
	}
	return n
}

// numbered gives equal pieces equal numbers, blanks numbers under zero.
func numbered(pieces []string, ids map[string]int) []int {
	out := make([]int, len(pieces))
	for k, p := range pieces {
		id, known := ids[p]
		if !known {
			id = len(ids) + 1
			if strings.Trim(p, " \t\n") == "" {
				id = -id
			}
			ids[p] = id
		}
		out[k] = id
	}
	return out
}
