package docx

import (
	"encoding/xml"
	"strings"
	"unicode"
)

// readNotes reads the footnotes or endnotes of a file, each a story of its own; separators are left out.
func (c *container) readNotes(kind, element string, s *source) (map[string]*collector, error) {
	out := map[string]*collector{}
	name := c.related[kind]
	if c.part(name) == nil {
		return out, nil
	}
	d, err := c.open(name)
	if err != nil {
		return nil, err
	}
	words := 0
	return out, d.roots(func(el xml.StartElement) error {
		if el.Name.Local != element || attr(el, "type") != "" && attr(el, "type") != "normal" {
			return d.skip()
		}
		note := &collector{words: words}
		st := &story{d: d, to: note, styles: s.styles, authors: &s.authors, formulas: true}
		err := st.walk(scope{})
		words = note.words
		out[attr(el, "id")] = note
		return err
	})
}

// roots calls visit for every child of the part's root element.
func (d *decoder) roots(visit func(xml.StartElement) error) error {
	for d.depth == 0 {
		token, err := d.next()
		if err != nil {
			return err
		}
		if token == nil {
			return nil
		}
	}
	return d.children(visit)
}

// comment is one comment of a file as its parts have it.
type comment struct {
	id, author, date, initials string
	text                       string
	paragraph                  string // the id of its last paragraph, by which replies name it
	parent                     string
	done                       bool
}

// Comment is a comment of an imported file.
type Comment struct {
	Author, Initials string
	Date             string // as in the file: 2016-09-26T09:30:00Z; "" if it has none
	Text             string // its paragraphs parted by line ends
	Done             bool
	Parent           int    // index of the comment it replies to, -1 for the first of a thread
	Proposal         int    // index of the proposal it stands in, -1 for the covering note
	Block            int    // index of the block in the proposal's text, -1 if in none
	Clause           string // the name of that clause as people say it
	From, To         int    // the words it is about, in characters of the block's plain words
	Quote            string // those words
}

func (c *container) readComments() ([]comment, error) {
	name := c.related["comments"]
	if c.part(name) == nil {
		return nil, nil
	}
	d, err := c.open(name)
	if err != nil {
		return nil, err
	}
	var out []comment
	err = d.roots(func(el xml.StartElement) error {
		if el.Name.Local != "comment" {
			return d.skip()
		}
		one := comment{id: attr(el, "id"), author: attr(el, "author"), date: attr(el, "date"), initials: attr(el, "initials")}
		words := &collector{}
		st := &story{d: d, to: words, paragraphID: &one.paragraph}
		if err := st.walk(scope{}); err != nil {
			return err
		}
		one.text = words.text()
		out = append(out, one)
		if len(out) > maxEntries*4 {
			return d.refuse("it holds more comments than people write: save the file again in Word")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, c.readThreads(out)
}

// text gives the words of a story without changes, paragraph by paragraph.
func (c *collector) text() string {
	var lines []string
	for _, e := range c.elements {
		if e.p == nil {
			continue
		}
		var b strings.Builder
		for _, r := range e.p.runs {
			if !r.deleted {
				b.WriteString(r.characters())
			}
		}
		lines = append(lines, strings.TrimSpace(b.String()))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// readThreads reads which comment replies to which, and which are done.
func (c *container) readThreads(comments []comment) error {
	name := c.related["commentsExtended"]
	if c.part(name) == nil {
		return nil
	}
	d, err := c.open(name)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, one := range comments {
		if one.paragraph != "" {
			at[one.paragraph] = i
		}
	}
	return d.each(func(el xml.StartElement) error {
		if i, known := at[attr(el, "paraId")]; known && el.Name.Local == "commentEx" {
			comments[i].parent = attr(el, "paraIdParent")
			comments[i].done = attr(el, "done") == "1"
		}
		return nil
	})
}

// isOwn tells whether this program wrote the file and no other changed it since.
func (c *container) isOwn() (bool, error) {
	root, err := c.relations("_rels/.rels", "")
	if err != nil {
		return false, err
	}
	name := root["extended-properties"]
	if c.part(name) == nil {
		return false, nil
	}
	d, err := c.open(name)
	if err != nil {
		return false, err
	}
	own := false
	return own, d.roots(func(el xml.StartElement) error {
		if el.Name.Local != "Application" {
			return d.skip()
		}
		text, err := d.text()
		own = text == application
		return err
	})
}

// application is how files written here name their writer.
const application = "Plenary"

// placeComments finds for each comment the clause and the words it is about.
func (s *source) placeComments(marks []mark, accepted *viewText) []Comment {
	type spot struct{ line, at int }
	begins, ends := map[string]spot{}, map[string]spot{}
	for i, l := range accepted.lines {
		for _, a := range l.refs {
			if a.begin {
				begins[a.id] = spot{i, a.at}
			} else {
				ends[a.id] = spot{i, a.at}
			}
		}
	}
	index := map[string]int{}
	var out []Comment
	for i, c := range s.comments {
		if c.paragraph != "" {
			index[c.paragraph] = i
		}
		one := Comment{Author: c.author, Initials: c.initials, Date: c.date, Text: c.text, Done: c.done, Parent: -1, Proposal: -1, Block: -1}
		begin, known := begins[c.id]
		if known {
			to, ended := ends[c.id]
			if !ended || to.line < begin.line {
				to = begin
			}
			one.place(marks, accepted.lines[begin.line], begin.at, to.at, to.line != begin.line)
		}
		out = append(out, one)
	}
	for i, c := range s.comments {
		if at, known := index[c.parent]; known && c.parent != "" && at != i {
			out[i].Parent = at
		}
	}
	return out
}

// place sets where in a proposal the words from..to of a line are.
func (c *Comment) place(marks []mark, l textLine, from, to int, runsOn bool) {
	text := []rune(spanText(l.spans))
	if runsOn || to > len(text) {
		to = len(text)
	}
	from = min(from, to)
	for from < to && unicode.IsSpace(text[from]) {
		from++
	}
	for from < to && unicode.IsSpace(text[to-1]) {
		to--
	}
	c.Quote = string(text[from:to])
	for i, m := range marks {
		if l.from < m.from || l.from >= m.to {
			continue
		}
		c.Proposal = i
		block, known := m.blocks[l.from]
		if !known {
			return
		}
		c.Block, c.Clause = block.index, block.name
		c.From = min(max(from-block.label, 0), block.words)
		c.To = min(max(to-block.label, 0), block.words)
		return
	}
}
