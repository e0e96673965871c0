package docx

import "slices"

// line is one paragraph as a view has it: several of the file where a mark between them is gone.
type line struct {
	properties
	runs  []run // those of the view, without the instructions of fields
	table int   // how many tables it stands in
	from  int   // index of its first paragraph in the story
	empty bool  // no words, no notes
}

// viewSink takes the lines and tables of one view.
type viewSink interface {
	line(l *line) error
	cell(e tableEvent) error
}

// viewer turns a story into one view of it.
type viewer struct {
	view    View
	to      viewSink
	pending *line // a paragraph whose mark is gone: it goes on with the next
	fields  []bool
	dropped int // rows and cells around that are not in this view
	depth   int // tables around
	count   int // paragraphs seen
}

func (v *viewer) paragraph(p *paragraph) error {
	at := v.count
	v.count++
	l := v.pending
	if l == nil {
		l = &line{from: at, table: v.depth, empty: true}
	}
	l.properties = p.in(v.view)
	for _, r := range p.runs {
		if !r.in(v.view) {
			continue
		}
		if v.visible(r) {
			if v.view == Reject {
				r.emphasis = r.wasEmphasis
			}
			l.runs = append(l.runs, r)
			l.empty = l.empty && r.kind != runText && r.kind != runSymbol && r.kind != runFootnote && r.kind != runEndnote
		}
	}
	// A field whose result has not begun by the end of its paragraph has none.
	v.fields = slices.DeleteFunc(v.fields, func(result bool) bool { return !result })
	v.pending = nil
	if !p.markIn(v.view) {
		v.pending = l
		return nil
	}
	return v.give(l)
}

func (v *viewer) give(l *line) error {
	if v.dropped > 0 {
		return nil
	}
	return v.to.line(l)
}

// flush ends a paragraph that has nothing to go on with.
func (v *viewer) flush() error {
	l := v.pending
	v.pending = nil
	if l == nil || l.empty {
		return nil
	}
	return v.give(l)
}

// visible keeps the results of fields and leaves out their instructions, also of fields inside fields.
func (v *viewer) visible(r run) bool {
	switch r.kind {
	case runFieldBegin:
		v.fields = append(v.fields, false)
		return false
	case runFieldSeparate:
		if n := len(v.fields); n > 0 {
			v.fields[n-1] = true
		}
		return false
	case runFieldEnd:
		if n := len(v.fields); n > 0 {
			v.fields = v.fields[:n-1]
		}
		return false
	case runText, runSymbol, runTab, runBreak, runFootnote, runEndnote, runCommentStart, runCommentEnd:
	}
	return !slices.Contains(v.fields, false)
}

func (v *viewer) table(e tableEvent, inserted, deleted bool) error {
	if err := v.flush(); err != nil {
		return err
	}
	gone := v.view == Accept && deleted || v.view == Reject && inserted
	switch e {
	case tableStart:
		v.depth++
	case tableEnd:
		v.depth--
	case rowStart, cellStart:
		if gone || v.dropped > 0 {
			v.dropped++
			return nil
		}
	case rowEnd, cellEnd:
		if v.dropped > 0 {
			v.dropped--
			return nil
		}
	}
	if v.dropped > 0 {
		return nil
	}
	return v.to.cell(e)
}
