package resolution

import "fmt"

// Check is a place that was understood but is worth a look before a text is submitted. Checks never keep a text from being
// saved, read or merged.
type Check struct {
	Block int
	Text  string // a sentence for the drafter
}

// Checks finds brackets that are opened and never closed or the other way round, labels that stand twice in one list,
// and paragraphs without a label between two items of a list that were meant to have one, in reading order.
func Checks(t Text) []Check {
	found := make([][]Check, len(t.Blocks))
	add := func(block int, text string) { found[block] = append(found[block], Check{block, text}) }
	names := Names(t)
	for _, b := range TextBrackets(t) {
		switch {
		case b.From.Block < 0:
			add(b.To.Block, fmt.Sprintf("%s closes a square bracket that is opened nowhere: take it out or open it", names[b.To.Block].Spoken))
		case b.To.Block < 0:
			add(b.From.Block, fmt.Sprintf("%s opens a square bracket that is closed nowhere: close it where the words not agreed end", names[b.From.Block].Spoken))
		}
	}
	for _, list := range Lists(t) {
		seen := map[Label]int{}
		for k, i := range list.Items {
			label := t.Blocks[i].Label
			if first, ok := seen[label]; ok && label != "" {
				add(i, fmt.Sprintf("the label %s stands at %s already: renumber the list", spokenLabel(label), names[first].Spoken))
			}
			seen[label] = i
			if k > 0 && list.Items[k-1] == i-2 && isUnlabelledItem(t, i-1, list.Level) {
				add(i-1, fmt.Sprintf("%s has no label between labelled ones: give it one, or indent it if it goes on the item above", names[i-1].Spoken))
			}
		}
	}
	var all []Check
	for _, checks := range found {
		all = append(all, checks...)
	}
	return all
}

// isUnlabelledItem reports whether a flush paragraph between two items reads like an item: it ends as they do. Sub-heads and
// "Option 2:" do not.
func isUnlabelledItem(t Text, i, level int) bool {
	b := t.Blocks[i]
	_, mark := FinalMark(b.Words)
	_, above := FinalMark(t.Blocks[i-1].Words)
	return b.Kind == KindParagraph && b.Level == level && mark != "" && mark == above
}
