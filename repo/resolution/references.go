package resolution

import (
	"regexp"
	"slices"
	"strings"
)

// Reference is a place in words that names clauses by their labels: "considering e), f) and g) above", "resolves 3",
// "paragraphs 1 and 2 of this Article". Offsets are bytes in the words searched.
type Reference struct {
	Start, End int
	Opener     string // the opener named, as written without emphasis; empty for "paragraph 3" and "1.2 above"
	Division   string // the article or annex named: "Article 4"; empty for the one the words stand in
	Elsewhere  bool   // said to be of another text: "Article 8, paragraph 2, of the Convention"
	Parts      []ReferencePart
}

// ReferencePart is one label of a reference.
type ReferencePart struct {
	Start, End int   // of the label as written: "e)", "3", "b bis)"
	Label      Label // canonical: "3." for 3
	Through    bool  // it ends a range: all labels from the part before up to this one are meant
}

const (
	bisPart    = `(?:[ \x{00a0}]?(?:bis|ter|quater|quinquies|sexies|septies|octies|nonies|decies))?`
	labelPart  = `(?:\(?(?:[0-9]{1,3}` + bisPart + `(?:\.[0-9]{1,3}` + bisPart + `)*|\pL{1,4}` + bisPart + `)\)|[0-9]{1,3}(?:bis|ter|quater)?(?:\.[0-9]{1,3}(?:bis|ter|quater)?)*)`
	joinPart   = `(?:,? (?:and|et|or|ou|to|through|à|and/or|et/ou) |, ?|[-–])`
	labelsPart = `(` + labelPart + `(?:` + joinPart + labelPart + `)*)`
	afterPart  = `(?:\(\pL{1,4}\))*(?:,? (above|below|ci-dessus|ci-dessous|of this (?:Article|Annex|Section|Resolution|Decision|Agreement)|du présent (?:Article|article)|de la présente [\pL]+|of the [\pL]+|de la [\pL]+|du [\pL]+))?`
)

// openerPart are the openers that references name, in English and French; a text's own come on top of them.
const openerPart = `\*?((?:further |also )?(?:considering|recalling|recognizing|recognising|noting|bearing in mind|taking into account|taking note|emphasizing|observing|reaffirming|acknowledging|aware|convinced|concerned|resolves|decides|recommends|instructs|invites|requests|urges|encourages|calls upon|confirms|declares)(?: further| also)?|considérant|rappelant|reconnaissant|notant|ayant à l'esprit|tenant compte|soulignant|observant|réaffirmant|décide|recommande|charge|invite|prie|demande|confirme|déclare)\*?`

var (
	openerReference    = regexp.MustCompile(`(?:^|[^\pL])` + openerPart + `[ \x{00a0}]` + labelsPart + afterPart)
	paragraphReference = regexp.MustCompile(`(?:^|[^\pL])(?:((?:Article|Annex|Section|Annexe|[Rr]esolution|[Dd]ecision|[Rr]ecommendation|[Oo]pinion|[Rr]ésolution|[Dd]écision) [0-9A-Z][0-9A-Z/.]{0,12}(?:bis|ter|quater)?),? )?(?:paragraphs?|paragraphes?|subparagraphs?|items?|points?|alinéas?|operative paragraphs?|§{1,2})[ \x{00a0}]` + labelsPart + afterPart)
	plainReference     = regexp.MustCompile(`(?:^|[^\pL\pN.])` + labelsPart + ` (above|below|ci-dessus|ci-dessous)`)
	otherText          = regexp.MustCompile(`^(?i:resol|decis|recom|opin|résol|décis)`)
	onePart            = regexp.MustCompile(joinPart + `|` + labelPart)
)

// References finds where words name clauses by label, in English and French, in reading order and without overlaps. It looks
// at the words alone; which clauses are meant is said by [Targets].
func References(words string) []Reference {
	var found []Reference
	taken := func(start, end int) bool {
		return slices.ContainsFunc(found, func(r Reference) bool { return start < r.End && r.Start < end })
	}
	for _, m := range openerReference.FindAllStringSubmatchIndex(words, -1) {
		r := Reference{Start: openerStart(words, m[2]), Opener: words[m[2]:m[3]], Parts: referenceParts(words, m[4], m[5])}
		if len(r.Parts) > 0 {
			found = append(found, r.until(words, m[5], m[6], m[7]))
		}
	}
	for _, m := range paragraphReference.FindAllStringSubmatchIndex(words, -1) {
		start := m[0] + leadLength(words[m[0]:m[1]])
		r := Reference{Start: start, Parts: referenceParts(words, m[4], m[5])}
		if m[2] >= 0 {
			r.Division = words[m[2]:m[3]]
			r.Elsewhere = otherText.MatchString(r.Division)
		}
		if len(r.Parts) > 0 && !taken(start, m[5]) {
			found = append(found, r.until(words, m[5], m[6], m[7]))
		}
	}
	for _, m := range plainReference.FindAllStringSubmatchIndex(words, -1) {
		parts := referenceParts(words, m[2], m[3])
		isCount := slices.ContainsFunc(parts, func(p ReferencePart) bool { return readings(p.Label)[0].style == StyleNumber })
		if len(parts) > 0 && !isCount && !taken(m[2], m[3]) {
			found = append(found, Reference{Start: m[2], End: m[1], Parts: parts})
		}
	}
	slices.SortFunc(found, func(a, b Reference) int { return a.Start - b.Start })
	return found
}

// until sets the end of a reference and what the words after its labels say of where they are.
func (r Reference) until(words string, labelsEnd, afterStart, afterEnd int) Reference {
	r.End = labelsEnd
	if afterStart < 0 {
		return r
	}
	r.End = afterEnd
	after := words[afterStart:afterEnd]
	own := strings.HasPrefix(after, "of this ") || strings.Contains(after, "présent") || !strings.Contains(after, " ")
	r.Elsewhere = r.Elsewhere || !own
	return r
}

// openerStart moves the start over the star of an emphasised opener.
func openerStart(words string, at int) int {
	if at > 0 && words[at-1] == '*' {
		return at - 1
	}
	return at
}

// leadLength is the length of the one character that may stand before a reference.
func leadLength(match string) int {
	for i, r := range match {
		if i == 0 && (r == '§' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return 0
		}
		if i > 0 {
			return i
		}
	}
	return 0
}

// referenceParts cuts "e), f) and g)" into its labels; nil when something in it is no label.
func referenceParts(words string, start, end int) []ReferencePart {
	var parts []ReferencePart
	through := false
	for _, m := range onePart.FindAllStringIndex(words[start:end], -1) {
		piece := words[start+m[0] : start+m[1]]
		join := strings.Trim(piece, " ,")
		switch join {
		case "to", "through", "à", "-", "–":
			through = true
			continue
		case "", "and", "et", "or", "ou", "and/or", "et/ou":
			continue
		}
		label, ok := referredLabel(piece)
		if !ok {
			return nil
		}
		parts = append(parts, ReferencePart{Start: start + m[0], End: start + m[1], Label: label, Through: through})
		through = false
	}
	return parts
}

// referredLabel reads a label as references spell it: numbers without their full stop.
func referredLabel(s string) (Label, bool) {
	for _, spelling := range []string{s, s + "."} {
		if label, n, ok := readLabel(spelling); ok && n == len(spelling) {
			return label, true
		}
	}
	return "", false
}

// Target is a label of a reference with the clause it means.
type Target struct {
	Reference Reference
	Part      int // index in Reference.Parts
	Block     int // the clause meant; -1 when the text has none
}

// Targets says which clauses the references in a block mean. References to other texts have none. Without an opener or
// article named, the section that the block stands in is meant.
func Targets(t Text, block int) []Target {
	var targets []Target
	for _, r := range References(t.Blocks[block].Words) {
		if r.Elsewhere {
			continue
		}
		for k, part := range r.Parts {
			targets = append(targets, Target{Reference: r, Part: k, Block: findClause(t, block, r, part.Label)})
		}
	}
	return targets
}

// findClause finds the block a label means: under the opener or article named, else in the block's own section, else
// anywhere in its division.
func findClause(t Text, from int, r Reference, label Label) int {
	start, end := divisionRange(t, from, r.Division)
	if r.Opener != "" {
		for i := start; i < end; i++ {
			if t.Blocks[i].Kind == KindOpener && sameOpener(Plain(t.Blocks[i].Words), r.Opener) {
				return findLabel(t, i+1, sectionEnd(t, i+1, end), label)
			}
		}
		return -1
	}
	if r.Division == "" {
		first := from
		for first > start && t.Blocks[first].Kind != KindOpener {
			first--
		}
		if i := findLabel(t, first, sectionEnd(t, first+1, end), label); i >= 0 {
			return i
		}
	}
	return findLabel(t, start, end, label)
}

// divisionRange gives the blocks of the division named, or of the one a block stands in.
func divisionRange(t Text, from int, name string) (start, end int) {
	if name != "" {
		from = slices.IndexFunc(t.Blocks, func(b Block) bool {
			return b.Kind == KindDivision && strings.EqualFold(divisionName(Plain(b.Words)), name)
		})
		if from < 0 {
			return 0, 0
		}
	}
	for start = from; start > 0 && t.Blocks[start].Kind != KindDivision; start-- {
		continue
	}
	for end = from + 1; end < len(t.Blocks) && t.Blocks[end].Kind != KindDivision; end++ {
		continue
	}
	return start, end
}

func sectionEnd(t Text, from, end int) int {
	for i := from; i < end; i++ {
		if t.Blocks[i].Kind == KindOpener {
			return i
		}
	}
	return end
}

// findLabel finds an item by its label, the outermost first.
func findLabel(t Text, start, end int, label Label) int {
	best := -1
	for i := start; i < end; i++ {
		b := t.Blocks[i]
		if b.Kind == KindItem && b.Label == label && (best < 0 || b.Level < t.Blocks[best].Level) {
			best = i
		}
	}
	return best
}

func sameOpener(words, name string) bool {
	words = strings.TrimRight(words, " ,:;.")
	return strings.EqualFold(words, strings.TrimSpace(name))
}
