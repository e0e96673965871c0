package docx

import (
	"strconv"
	"strings"

	"plenary/repo/resolution"
)

// Contribution is what a Word file brings: a covering note with any number of proposals.
type Contribution struct {
	Source    string // who brings it, from the Source paragraph; "" if the file does not say
	Title     string
	Cover     []byte // Markdown: all that stands outside the proposals' texts, reasons too
	Proposals []Proposal
	Authors   []Author // of tracked changes, in the order they come
	Comments  []Comment
	Warnings  []string // each a sentence for the person who imports
}

// Proposal is one text of a contribution in both views.
type Proposal struct {
	Instruction string // MOD, ADD, SUP, NOC; "" if the file has no such mark
	Number      string // USA/48A5/1; "" likewise
	Base        resolution.Text
	Proposal    resolution.Text
	Reasons     string // plain text, its paragraphs parted by line ends
	Changed     bool   // the file holds tracked changes in this text
	Fused       []string
}

// element is one step of a story: a paragraph, or an event of a table.
type element struct {
	p                 *paragraph
	event             tableEvent
	inserted, deleted bool
}

// collector keeps a story, within bounds, to look at it more than once.
type collector struct {
	elements []element
	words    int
}

func (c *collector) paragraph(p *paragraph) error {
	for _, r := range p.runs {
		c.words += len(r.text) + 1
	}
	c.elements = append(c.elements, element{p: p})
	return c.check()
}

func (c *collector) table(e tableEvent, inserted, deleted bool) error {
	c.elements = append(c.elements, element{event: e, inserted: inserted, deleted: deleted})
	return c.check()
}

func (c *collector) check() error {
	if c.words > maxWords || len(c.elements) > maxParts {
		return refuse("the file holds far more text than a resolution: import only the resolution, or split the file")
	}
	return nil
}

// play runs a collected story through a viewer.
func (c *collector) play(v *viewer) error {
	for _, e := range c.elements {
		var err error
		if e.p != nil {
			err = v.paragraph(e.p)
		} else {
			err = v.table(e.event, e.inserted, e.deleted)
		}
		if err != nil {
			return err
		}
	}
	return v.flush()
}

// source is a Word file read whole: its story, notes, comments and styles.
type source struct {
	story     *collector
	styles    *styles
	lists     *lists
	footnotes map[string]*collector
	endnotes  map[string]*collector
	comments  []comment
	authors   authors
	exact     bool // this program wrote the file, so its styles say exactly what each paragraph is
}

func readSource(file []byte) (*source, error) {
	c, err := openContainer(file)
	if err != nil {
		return nil, err
	}
	s := &source{story: &collector{}}
	if s.styles, err = c.readStyles(); err != nil {
		return nil, err
	}
	if s.lists, err = c.readLists(); err != nil {
		return nil, err
	}
	if err := c.readStory(c.main, &story{to: s.story, styles: s.styles, authors: &s.authors, formulas: true}); err != nil {
		return nil, err
	}
	if s.footnotes, err = c.readNotes("footnotes", "footnote", s); err != nil {
		return nil, err
	}
	if s.endnotes, err = c.readNotes("endnotes", "endnote", s); err != nil {
		return nil, err
	}
	if s.comments, err = c.readComments(); err != nil {
		return nil, err
	}
	s.exact, err = c.isOwn()
	return s, err
}

// Import reads a Word file as a contribution. The error is a [*RefusedError].
func Import(file []byte) (Contribution, error) {
	s, err := readSource(file)
	if err != nil {
		return Contribution{}, err
	}
	marks := s.marks()
	views := [2]*viewText{}
	for _, view := range []View{Accept, Reject} {
		if views[view], err = s.view(view); err != nil {
			return Contribution{}, err
		}
	}
	out := Contribution{Authors: s.authors.list}
	out.Warnings = append(out.Warnings, views[Accept].numbers.warnings()...)
	cover := s.cover(views[Accept], marks, &out)
	for i := range marks {
		p, warnings, err := s.proposal(&marks[i], views)
		if err != nil {
			return Contribution{}, err
		}
		out.Proposals = append(out.Proposals, p)
		out.Warnings = append(out.Warnings, warnings...)
		if p.Reasons != "" {
			cover.heading("Reasons")
			for line := range strings.SplitSeq(p.Reasons, "\n") {
				cover.paragraph(resolution.FromPlain(line))
			}
		}
	}
	out.Cover = cover.bytes()
	out.Comments = s.placeComments(marks, views[Accept])
	return out, nil
}

// proposal builds the texts of one proposal in both views.
func (s *source) proposal(m *mark, views [2]*viewText) (Proposal, []string, error) {
	p := Proposal{Instruction: m.instruction, Number: m.number, Changed: s.changed(m)}
	var warnings []string
	for _, view := range []View{Accept, Reject} {
		b := &builder{exact: s.exact, notes: views[view].notes}
		text, lines, err := b.build(views[view].between(m.from, m.to))
		if err != nil {
			return p, nil, err
		}
		if view == Accept {
			p.Proposal, m.blocks = text, lines
		} else {
			p.Base = text
		}
	}
	p.Reasons = views[Accept].plain(m.to, m.reasonsTo)
	name := strings.TrimSpace(m.instruction + " " + m.number)
	if name == "" {
		name = "the text"
	}
	switch {
	case p.Changed:
	case m.instruction == "ADD":
		p.Base = resolution.Text{}
	case m.instruction == "SUP":
		p.Proposal = resolution.Text{}
	case m.instruction != "NOC":
		var plain []string
		for _, l := range views[Accept].between(m.from, m.to) {
			plain = append(plain, l.plain())
		}
		p.Fused = Fused(strings.Join(plain, "\n"))
		if len(p.Fused) > 0 {
			warnings = append(warnings, name+": struck and new words seem to run together (\""+strings.Join(p.Fused, "\", \"")+"\") and the file holds no tracked changes: import the original with its tracked changes, or let the text be split against the adopted one")
		} else {
			warnings = append(warnings, name+": the file holds no tracked changes here, so base and proposal are the same: compare with the adopted text")
		}
	}
	return p, warnings, nil
}

// changed tells whether any tracked change lies in a proposal's text.
func (s *source) changed(m *mark) bool {
	at := -1
	for _, e := range s.story.elements {
		if e.p == nil {
			if at >= m.from && at < m.to && (e.inserted || e.deleted) {
				return true
			}
			continue
		}
		at++
		if at < m.from || at >= m.to {
			continue
		}
		if e.p.markInserted || e.p.markDeleted {
			return true
		}
		for _, r := range e.p.runs {
			if r.inserted || r.deleted {
				return true
			}
		}
	}
	return false
}

// viewText is one view of a whole file, line by line.
type viewText struct {
	lines   []textLine
	numbers *numberer
	notes   *noteBook
}

// textLine is one paragraph of a view, or one whole table.
type textLine struct {
	from  int // index of its first paragraph in the story
	role  role
	label string // the computed number, "" if none
	spans []resolution.Span
	rows  [][][]resolution.Span // of a table
	refs  []anchor
}

// anchor is where a comment begins or ends in a line, in characters from its beginning, the computed number left out.
type anchor struct {
	id    string
	at    int
	begin bool
}

func (l textLine) plain() string {
	if l.rows != nil {
		var cells []string
		for _, row := range l.rows {
			for _, cell := range row {
				cells = append(cells, spanText(cell))
			}
		}
		return strings.Join(cells, "\t")
	}
	text := spanText(l.spans)
	if l.label != "" {
		text = l.label + "\t" + text
	}
	return text
}

func spanText(spans []resolution.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// between gives the lines that begin in paragraphs from up to to.
func (v *viewText) between(from, to int) []textLine {
	var out []textLine
	for _, l := range v.lines {
		if l.from >= from && l.from < to {
			out = append(out, l)
		}
	}
	return out
}

func (v *viewText) plain(from, to int) string {
	var out []string
	for _, l := range v.between(from, to) {
		text := strings.Join(strings.Fields(l.plain()), " ")
		if text != "" && !isRule(text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n")
}

// view plays the story in one view.
func (s *source) view(view View) (*viewText, error) {
	out := &viewText{numbers: newNumberer(s.lists, s.styles)}
	out.notes = &noteBook{view: view, of: s}
	lines := &lineSink{of: s, to: out}
	v := &viewer{view: view, to: lines}
	if err := s.story.play(v); err != nil {
		return nil, err
	}
	return out, out.notes.err
}

// lineSink turns lines and cells into text lines.
type lineSink struct {
	of    *source
	to    *viewText
	depth int
	rows  [][][]resolution.Span
	from  int
	refs  []anchor
}

func (k *lineSink) cell(e tableEvent) error {
	switch e {
	case tableStart:
		if k.depth++; k.depth == 1 {
			k.rows, k.from, k.refs = nil, -1, nil
		}
	case tableEnd:
		if k.depth--; k.depth == 0 && len(k.rows) > 0 && k.from >= 0 {
			k.to.lines = append(k.to.lines, textLine{from: k.from, rows: k.rows, refs: k.refs})
		}
	case rowStart:
		if k.depth == 1 {
			k.rows = append(k.rows, nil)
		}
	case cellStart:
		if k.depth == 1 && len(k.rows) > 0 {
			row := &k.rows[len(k.rows)-1]
			*row = append(*row, []resolution.Span{})
		}
	case cellEnd, rowEnd:
	}
	return nil
}

func (k *lineSink) line(l *line) error {
	label, _ := "", ""
	if !l.empty || l.number != "" {
		label, _ = k.to.numbers.label(l.properties)
	}
	t := textLine{from: l.from, label: label}
	if l.style != "" {
		t.role = k.of.styles.role(l.style)
	}
	t.spans, t.refs = k.spans(l)
	if k.depth == 0 {
		if strings.TrimSpace(t.plain()) != "" || len(t.refs) > 0 {
			k.to.lines = append(k.to.lines, t)
		}
		return nil
	}
	if k.from < 0 {
		k.from = l.from
	}
	k.refs = append(k.refs, t.refs...)
	if n := len(k.rows); n > 0 && len(k.rows[n-1]) > 0 {
		row := k.rows[n-1]
		cell := row[len(row)-1]
		if len(cell) > 0 && strings.TrimSpace(t.plain()) != "" {
			cell = append(cell, resolution.Span{Text: " "})
		}
		if label != "" {
			cell = append(cell, resolution.Span{Text: label + " "})
		}
		row[len(row)-1] = append(cell, t.spans...)
	}
	return nil
}

// spans gives the words of a line with their emphasis, notes as [^1], and where comments begin and end.
func (k *lineSink) spans(l *line) ([]resolution.Span, []anchor) {
	var spans []resolution.Span
	var refs []anchor
	count := 0
	add := func(text string, emphasis bool) {
		count += len([]rune(text))
		spans = append(spans, resolution.Span{Text: text, Emphasis: emphasis})
	}
	for _, r := range l.runs {
		switch r.kind {
		case runText, runSymbol:
			add(strings.ReplaceAll(r.text, "\n", " "), r.emphasis)
		case runTab:
			add("\t", r.emphasis)
		case runBreak:
			add("\n", r.emphasis)
		case runFootnote, runEndnote:
			add("[^"+k.to.notes.label(r)+"]", false)
		case runCommentStart, runCommentEnd:
			refs = append(refs, anchor{r.text, count, r.kind == runCommentStart})
		case runFieldBegin, runFieldSeparate, runFieldEnd:
		}
	}
	return spans, refs
}

// noteBook numbers the notes of a view in the order their references come.
type noteBook struct {
	view   View
	of     *source
	order  []run
	labels map[string]string
	err    error
}

func (n *noteBook) label(r run) string {
	key := r.text
	if r.kind == runEndnote {
		key = "e" + key
	}
	if label, known := n.labels[key]; known {
		return label
	}
	if n.labels == nil {
		n.labels = map[string]string{}
	}
	n.order = append(n.order, r)
	label := strconv.Itoa(len(n.order))
	n.labels[key] = label
	return label
}

// words gives the words of a note by its label, and whether there is such a note.
func (n *noteBook) words(label string) (string, bool) {
	i, err := strconv.Atoi(label)
	if err != nil || i < 1 || i > len(n.order) {
		return "", false
	}
	r := n.order[i-1]
	notes := n.of.footnotes
	if r.kind == runEndnote {
		notes = n.of.endnotes
	}
	story := notes[r.text]
	if story == nil {
		return "", false
	}
	out := &viewText{numbers: newNumberer(n.of.lists, n.of.styles), notes: &noteBook{view: n.view, of: n.of}}
	if err := story.play(&viewer{view: n.view, to: &lineSink{of: n.of, to: out}}); err != nil {
		n.err = err
		return "", false
	}
	var spans []resolution.Span
	for _, l := range out.lines {
		if len(spans) > 0 {
			spans = append(spans, resolution.Span{Text: " "})
		}
		if l.rows != nil {
			spans = append(spans, resolution.Span{Text: l.plain()})
			continue
		}
		spans = append(spans, l.spans...)
	}
	return resolution.FromSpans(spans), true
}
