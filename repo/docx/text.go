package docx

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// TextOptions say how the words of a file are written.
type TextOptions struct {
	View    View
	Numbers bool // write the automatic numbers that Word would show
}

// Text gives the main story of any Word file as [WriteText] writes it.
func Text(file []byte, o TextOptions) (text []byte, warnings []string, err error) {
	var b bytes.Buffer
	warnings, err = WriteText(&b, file, o)
	return b.Bytes(), warnings, err
}

// WriteText writes the main story of any Word file: one line a paragraph, a line break too; table cells in reading
// order; tabs kept; U+2011 for a non-breaking hyphen; no notes, headers, text boxes, field codes or comments. The
// warnings name automatic numbers that could not be computed. The error is a [*RefusedError] for a file that is not
// read, or that of w; what was written by then is worthless.
func WriteText(w io.Writer, file []byte, o TextOptions) (warnings []string, err error) {
	c, err := openContainer(file)
	if err != nil {
		return nil, err
	}
	st, err := c.readStyles()
	if err != nil {
		return nil, err
	}
	out := &textSink{w: bufio.NewWriter(w)}
	if o.Numbers {
		l, err := c.readLists()
		if err != nil {
			return nil, err
		}
		out.numbers = newNumberer(l, st)
	}
	v := &viewer{view: o.View, to: out}
	if err := c.readStory(c.main, &story{to: v, styles: st}); err != nil {
		return nil, err
	}
	if err := v.flush(); err != nil {
		return nil, err
	}
	if err := out.w.Flush(); err != nil {
		return nil, fmt.Errorf("write text: %w", err)
	}
	if out.numbers != nil {
		warnings = out.numbers.warnings()
	}
	return warnings, nil
}

// readStory reads the body of a part into a story's sink.
func (c *container) readStory(part string, s *story) error {
	d, err := c.open(part)
	if err != nil {
		return err
	}
	s.d = d
	found := false
	for {
		token, err := d.next()
		if err != nil {
			return err
		}
		if token == nil {
			break
		}
		el, ok := startOf(token)
		if !ok {
			continue
		}
		if !found && (el.Name.Space != spaceWord || el.Name.Local != "document") {
			return &RefusedError{Part: part, Text: "this part holds no Word document: send a .docx file"}
		}
		if found {
			if err := s.element(el, scope{}); err != nil {
				return err
			}
		}
		if !found {
			s.preserve = preserved(el, false)
		}
		found = true
	}
	if !found {
		return &RefusedError{Part: part, Text: "this part is empty: save the file again in Word"}
	}
	return nil
}

// textSink writes lines as plain text.
type textSink struct {
	w       *bufio.Writer
	numbers *numberer
}

func (t *textSink) line(l *line) error {
	if t.numbers != nil {
		label, suffix := t.numbers.label(l.properties)
		if err := t.write(label + suffix); err != nil {
			return err
		}
	}
	for _, r := range l.runs {
		if err := t.write(r.characters()); err != nil {
			return err
		}
	}
	return t.write("\n")
}

func (t *textSink) cell(tableEvent) error { return nil }

func (t *textSink) write(s string) error {
	if _, err := t.w.WriteString(s); err != nil {
		return fmt.Errorf("write text: %w", err)
	}
	return nil
}

// characters gives what a run is in plain text.
func (r run) characters() string {
	switch r.kind {
	case runText:
		return strings.ReplaceAll(r.text, "\n", " ")
	case runTab:
		return "\t"
	case runBreak:
		return "\n"
	case runSymbol, runFieldBegin, runFieldSeparate, runFieldEnd, runFootnote, runEndnote, runCommentStart, runCommentEnd:
	}
	return ""
}
