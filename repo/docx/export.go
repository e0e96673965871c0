package docx

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Options say what stands around the text of an exported file.
type Options struct {
	Author string // who made the changes: the delegation
	Date   string // when, YYYY-MM-DDThh:mm:ssZ; 2000-01-01T00:00:00Z if empty
	// Number is the document's number, for the header and, with Instruction (MOD, ADD, SUP, NOC), the proposal's mark.
	Number      string
	Instruction string
	Source      string // who brings the contribution
	Title       string
	Note        []byte // the covering note, Markdown as Import gives it
	Comments    []ExportComment
	// Sources, if given, are whose words a merged text took: an insertion or deletion that one of them made is
	// attributed to it, the rest to Author.
	Sources []Attributed
}

// Attributed is a text with the delegation it is from.
type Attributed struct {
	Author string
	Text   resolution.Text
}

// ExportComment is a comment on words of the exported text.
type ExportComment struct {
	Author, Initials string
	Date             string // as in Options
	Text             string // paragraphs parted by line ends
	Block            int    // index in the proposal's text
	From, To         int    // characters of the block's plain words; both 0: the whole clause
	Replies          []ExportReply
}

// ExportReply is an answer to a comment.
type ExportReply struct{ Author, Initials, Date, Text string }

// Export writes a Word file with the changes from base to proposal tracked: rejecting all gives the base, accepting all
// the proposal. What moved is a deletion and an insertion. The same input gives the same bytes.
func Export(base, proposal resolution.Text, o Options) ([]byte, error) {
	m := &marker{base: newSide(base), revised: newSide(proposal), notes: &noteTable{}}
	m.author = o.attribution(base)
	m.run()
	return o.write(m.parts, m.notes.out, true)
}

// Write writes a text as a Word file without changes.
func Write(text resolution.Text, o Options) ([]byte, error) {
	m := &marker{base: newSide(text), revised: newSide(text), notes: &noteTable{}}
	m.author = func(bool, string) string { return "" }
	m.run()
	return o.write(m.parts, m.notes.out, false)
}

const noDate = "2000-01-01T00:00:00Z"

func newSide(t resolution.Text) side { return side{text: t, labels: labels(t)} }

// attribution tells who made a change: the first source that made the same one, else the author.
func (o Options) attribution(base resolution.Text) func(bool, string) string {
	type key struct {
		inserted bool
		words    string
	}
	made := map[key]string{}
	for _, s := range o.Sources {
		for _, c := range diff.Compare(base, s.Text) {
			ops := c.Ops
			for _, row := range c.Rows {
				for _, cell := range row {
					ops = append(ops, cell...)
				}
			}
			for _, op := range ops {
				k := key{op.Kind == diff.Insert, strings.TrimSpace(op.Text)}
				if op.Kind != diff.Equal && k.words != "" && made[k] == "" {
					made[k] = s.Author
				}
			}
		}
	}
	return func(inserted bool, words string) string {
		if author := made[key{inserted, strings.TrimSpace(words)}]; author != "" {
			return author
		}
		return o.Author
	}
}

// write lays out the parts of the package.
func (o Options) write(parts []part, notes []markedNote, tracked bool) ([]byte, error) {
	if o.Date == "" {
		o.Date = noDate
	}
	w := &writer{options: o, rtl: isRightToLeft(parts)}
	comments := w.anchorComments(parts)
	w.raw(documentStart)
	w.cover()
	for i, p := range parts {
		w.part(p)
		if p.rows != nil && (i+1 == len(parts) || parts[i+1].rows != nil) {
			w.raw(`<w:p/>`)
		}
	}
	w.ending()
	document := w.take()
	files := []packed{
		{"[Content_Types].xml", contentTypes(len(comments) > 0, len(notes) > 0, o.Number != "", hasReplies(o.Comments))},
		{"_rels/.rels", packageRelations},
		{"word/document.xml", document},
		{"word/_rels/document.xml.rels", documentRelations(len(comments) > 0, len(notes) > 0, o.Number != "", hasReplies(o.Comments))},
		{"word/styles.xml", stylesPart(w.rtl)},
		{"word/settings.xml", settingsPart(tracked, len(notes) > 0)},
	}
	if o.Number != "" {
		files = append(files, packed{"word/header1.xml", w.header()})
	}
	if len(comments) > 0 {
		files = append(files, packed{"word/comments.xml", w.comments(comments)})
		if hasReplies(o.Comments) {
			files = append(files, packed{"word/commentsExtended.xml", commentThreads(comments)})
		}
	}
	if len(notes) > 0 {
		files = append(files, packed{"word/footnotes.xml", w.footnotes(notes)})
	}
	files = append(files, packed{"docProps/core.xml", w.core()}, packed{"docProps/app.xml", appPart})
	return pack(files)
}

// packed is one part of the package.
type packed struct{ name, content string }

// pack writes the package: the same parts give the same bytes, as no time is in it.
func pack(files []packed) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) })
	for _, f := range files {
		part, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(part, f.content)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("write Word file: %w", err)
	}
	return b.Bytes(), nil
}

// isRightToLeft tells whether most letters are Arabic or Hebrew.
func isRightToLeft(parts []part) bool {
	right, all := 0, 0
	count := func(pieces []piece) {
		for _, p := range pieces {
			for _, r := range p.text {
				if unicode.IsLetter(r) {
					all++
					if unicode.In(r, unicode.Arabic, unicode.Hebrew) {
						right++
					}
				}
			}
		}
	}
	for _, p := range parts {
		if p.marked != nil {
			count(p.pieces)
		}
		for _, row := range p.rows {
			for _, cell := range row.cells {
				count(cell)
			}
		}
	}
	return right*2 > all
}

// writtenComment is a comment or reply with its number in the file.
type writtenComment struct {
	id, parent int // parent -1 for the first of a thread
	ExportReply
}

func hasReplies(comments []ExportComment) bool {
	return slices.ContainsFunc(comments, func(c ExportComment) bool { return len(c.Replies) > 0 })
}

// anchorComments numbers the comments and puts their ranges into the paragraphs.
func (w *writer) anchorComments(parts []part) []writtenComment {
	var out []writtenComment
	for _, c := range w.options.Comments {
		at := slices.IndexFunc(parts, func(p part) bool { return p.marked != nil && p.block == c.Block })
		if at < 0 {
			continue
		}
		thread := []writtenComment{{len(out), -1, ExportReply{c.Author, c.Initials, c.Date, c.Text}}}
		for _, r := range c.Replies {
			thread = append(thread, writtenComment{len(out) + len(thread), len(out), r})
		}
		ids := make([]int, len(thread))
		for i, one := range thread {
			ids[i] = one.id
		}
		parts[at].anchor(c.From, c.To, ids)
		out = append(out, thread...)
	}
	return out
}

// anchor puts the range of a comment around the characters from..to of the words, as accepted; around all of them if
// there are none between.
func (p *marked) anchor(from, to int, ids []int) {
	marks := func(kind pieceKind) []piece {
		out := make([]piece, len(ids))
		for i, id := range ids {
			out[i] = piece{kind: kind, id: id}
		}
		return out
	}
	begin, end := p.words, len(p.pieces)
	if from < to {
		begin = p.cut(from)
		end = p.cut(to)
	}
	p.pieces = slices.Insert(p.pieces, end, marks(pieceCommentEnd)...)
	p.pieces = slices.Insert(p.pieces, begin, marks(pieceCommentStart)...)
}

// cut gives the index of the piece that begins at a character of the accepted words, and cuts a piece for it if need be.
func (p *marked) cut(at int) int {
	n := 0
	for i := p.words; i < len(p.pieces); i++ {
		size := p.pieces[i].length()
		switch {
		case size == 0:
		case n == at:
			return i
		case at < n+size && p.pieces[i].kind == pieceText:
			first, rest := p.pieces[i], p.pieces[i]
			runes := []rune(first.text)
			first.text, rest.text = string(runes[:at-n]), string(runes[at-n:])
			p.pieces = slices.Replace(p.pieces, i, i+1, first, rest)
			return i + 1
		}
		n += size
	}
	return len(p.pieces)
}

// noteLength is how many characters a reference to a note has in a text: [^1].
const noteLength = 4

// length is how many characters a piece has in the accepted words.
func (p piece) length() int {
	switch {
	case p.state == deleted:
		return 0
	case p.kind == pieceText:
		return utf8.RuneCountInString(p.text)
	case p.kind == pieceNote:
		return noteLength
	}
	return 0
}
