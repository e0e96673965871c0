// Package docx reads Word files with tracked changes and writes them.
//
// Start with [Import], which turns a contribution into base, proposal and covering note; [WriteText], which gives the
// words of any Word file with its changes accepted or rejected; and [Export], which writes a proposal as a Word file
// with real tracked changes.
//
// Promises: bytes in, values out, no effects. A file is read whole or refused whole with a sentence that says what is
// wrong; work and memory are bounded by [MaxFile] and the limits beside it. No external relationship is followed, no
// macro is run, no part is read but those the text needs. The same input gives the same output, byte for byte.
package docx

import "fmt"

// MaxFile is the largest Word file that is read, in bytes.
const MaxFile = 20 << 20

// Limits of what is inside a file. All are counted while reading; what the file says of itself is not believed.
const (
	maxEntries   = 4096      // parts in the package
	maxPart      = 160 << 20 // inflated bytes of one part
	maxInflated  = 192 << 20 // inflated bytes of all parts read
	maxRatio     = 200       // inflated bytes for one compressed byte, once maxRatioFrom bytes came out
	maxToken     = 8 << 20   // bytes of one tag or one stretch of text
	maxDepth     = 200       // elements inside elements
	maxParagraph = 1 << 20   // characters of one paragraph
	maxWords     = 4 << 20   // bytes of text in a file that is imported as a resolution
	maxParts     = 400_000   // paragraphs, cells and rows in a file that is imported
)

const maxRatioFrom = 4 << 20

// View says which side of the tracked changes is read.
type View uint8

// The two views of a file.
const (
	Accept View = iota // all changes accepted: the proposal
	Reject             // all changes rejected: the base
)

// String gives the view as the command line calls it.
func (v View) String() string {
	if v == Reject {
		return "reject"
	}
	return "accept"
}

// RefusedError says why a file is not read, in a sentence for the person who sent it.
type RefusedError struct {
	Part string // the part of the package, "" for the file as a whole
	Line int    // 1-based line in the part, 0 if it does not matter
	Text string
}

// Error gives the place and the reason.
func (e *RefusedError) Error() string {
	switch {
	case e.Part == "":
		return e.Text
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.Part, e.Text)
	}
	return fmt.Sprintf("%s, line %d: %s", e.Part, e.Line, e.Text)
}

func refuse(text string, args ...any) error { return &RefusedError{Text: fmt.Sprintf(text, args...)} }
