// Package resolution holds the text of a resolution: its blocks, their labels, and the file that git stores.
//
// Start with [Parse] and [Format] (the Markdown file in git), [ParsePaper] and [FormatPaper] (text as pasted
// from a word processor), and [Names], which gives every clause the name people say aloud.
//
// Promises: Parse never loses a word; Parse(Format(t)) = t for every t that Parse gives, and Format(Parse(f)) = f
// for every canonical file f. Values are immutable: functions return new texts and never change their arguments.
package resolution

// Kind says what a block is. Its role lies in the marks of the file, never in its words.
type Kind uint8

// The kinds of block, with the mark each has in the file.
const (
	KindParagraph     Kind = iota // unlabelled words; also the opening line
	KindNumber                    // "# ", the number line: RESOLUTION 7 (Rev. Dubai, 2012)
	KindTitle                     // "## ", directly after the number line
	KindDivision                  // "### ": annex, appendix, section, part, article
	KindDivisionTitle             // "#### ", directly after a division
	KindHeading                   // "##### ": a heading inside
	KindHistory                   // a paragraph in parentheses before the opening line
	KindOpener                    // a flush paragraph wholly one emphasis: *considering further*
	KindItem                      // a lettered, numbered, sub-numbered or inserted item
	KindBullet                    // "- "
	KindTable                     // a pipe table, one block
	KindFootnote                  // "[^1]: words"
)

// Block is one paragraph, item or table of a text.
type Block struct {
	Kind  Kind
	Level int   // nesting, 0 = flush; three spaces a level in the file
	Label Label // zero but for KindItem and KindFootnote
	// Words is the inline text in canonical Markdown: emphasis in single stars, the always-escaped characters
	// escaped, no leading or trailing blanks, no line break. Escapes that only a line's beginning needs are not
	// in it; Format adds them. Empty for a table and for an item that is its label alone.
	Words string
	// Rows are the cells of a table, inline text as in Words; the delimiter row always stands after the first row
	// and is not among them. Nil but for KindTable.
	Rows [][]string
	// Sign is what a paper printed before a bullet: "•", "–". The file in git keeps none; only ReadPaper gives it, and
	// FormatPaper prints it where there is one.
	Sign string
}

// Label is a label as the canonical file writes it: "a)", "5.", "1.1", "b bis)", "2bis.", "4.3bis"; for a
// footnote its name without the brackets: "1".
type Label string

// Text is a whole resolution: its blocks in order.
type Text struct {
	Blocks []Block
}

// Warning tells of a place that was kept as words because it could not be understood as structure.
type Warning struct {
	Line, Column int // 1-based, in the file read; column in characters
	Text         string
}
