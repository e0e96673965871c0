package docx

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Name spaces, folded to what this package tells apart. The transitional and the strict spelling are the same.
const (
	spaceWord   = "w"
	spaceMath   = "m"
	spaceCompat = "mc"
	spaceOffice = "w15"
	spaceWord14 = "w14"
	spaceSymbol = "w16se"
)

var spaces = map[string]string{
	"http://schemas.openxmlformats.org/wordprocessingml/2006/main":   spaceWord,
	"http://purl.oclc.org/ooxml/wordprocessingml/main":               spaceWord,
	"http://schemas.openxmlformats.org/officeDocument/2006/math":     spaceMath,
	"http://purl.oclc.org/ooxml/officeDocument/math":                 spaceMath,
	"http://schemas.openxmlformats.org/markup-compatibility/2006":    spaceCompat,
	"http://schemas.microsoft.com/office/word/2012/wordml":           spaceOffice,
	"http://schemas.microsoft.com/office/word/2010/wordml":           spaceWord14,
	"http://schemas.microsoft.com/office/word/2015/wordml/symex":     spaceSymbol,
	"http://schemas.openxmlformats.org/package/2006/relationships":   "",
	"http://schemas.openxmlformats.org/package/2006/content-types":   "",
	"http://schemas.openxmlformats.org/officeDocument/2006/extended": "",
}

// decoder reads the tokens of one part and refuses what no Word file holds.
type decoder struct {
	part  string
	in    *counted
	xml   *xml.Decoder
	depth int
	// charset is one that is not read.
	charset string
}

var errCharset = errors.New("unknown character set")

func newDecoder(part string, in *counted) *decoder {
	d := &decoder{part: part, in: in, xml: xml.NewDecoder(utf8Reader(in))}
	d.xml.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if r := charsetReader(label, in); r != nil {
			return r, nil
		}
		d.charset = label
		return nil, errCharset
	}
	return d
}

func (d *decoder) refuse(text string, args ...any) error {
	line, _ := d.xml.InputPos()
	e, _ := errors.AsType[*RefusedError](refuse(text, args...))
	return &RefusedError{Part: d.part, Line: line, Text: e.Text}
}

// next gives the next start, end or text; nil at the end of the part. Element name spaces are folded.
func (d *decoder) next() (xml.Token, error) {
	for {
		d.in.token = 0
		token, err := d.xml.Token()
		if errors.Is(err, io.EOF) && d.depth == 0 {
			return nil, nil //nolint:nilnil // nil is how the end of the part is said
		}
		if err != nil {
			return nil, d.broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if d.depth++; d.depth > maxDepth {
				return nil, d.refuse("elements stand more than %d deep in each other, which no Word file needs: save it again in Word", maxDepth)
			}
			t.Name.Space = spaces[t.Name.Space]
			return t, nil
		case xml.EndElement:
			d.depth--
			return t, nil
		case xml.CharData:
			return t, nil
		case xml.Directive:
			return nil, d.refuse("it declares a document type (DOCTYPE), which no Word file does: save it again in Word")
		}
	}
}

// broken turns an error of reading into a sentence.
func (d *decoder) broken(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case d.charset != "":
		return d.refuse("it is written in %q; Word writes UTF-8: save it again in Word", d.charset)
	case errors.Is(err, errTooLarge):
		return d.refuse("it unpacks to more than a text needs: split the file, or save it again in Word")
	case errors.As(err, &syntax):
		return &RefusedError{Part: d.part, Line: syntax.Line, Text: "it is not well-formed (" + syntax.Msg + "): open the file in Word and save it again"}
	default:
		return d.refuse("it is damaged or cut short: send the file again, or save it again in Word")
	}
}

// skip reads past the element that just began.
func (d *decoder) skip() error {
	for depth := d.depth - 1; d.depth > depth; {
		if _, err := d.next(); err != nil {
			return err
		}
	}
	return nil
}

// text reads the characters of the element that just began.
func (d *decoder) text() (string, error) {
	var b strings.Builder
	for depth := d.depth - 1; d.depth > depth; {
		token, err := d.next()
		if err != nil {
			return "", err
		}
		if chars, ok := token.(xml.CharData); ok {
			b.Write(chars)
		}
	}
	return b.String(), nil
}

// each calls visit for every element of the part.
func (d *decoder) each(visit func(xml.StartElement) error) error {
	for {
		token, err := d.next()
		if err != nil {
			return err
		}
		if token == nil {
			return nil
		}
		if el, ok := token.(xml.StartElement); ok {
			if err := visit(el); err != nil {
				return err
			}
		}
	}
}

// children calls visit for every child of the element that just began; visit reads the child to its end.
func (d *decoder) children(visit func(xml.StartElement) error) error {
	for depth := d.depth - 1; d.depth > depth; {
		token, err := d.next()
		if err != nil {
			return err
		}
		if el, ok := token.(xml.StartElement); ok {
			if err := visit(el); err != nil {
				return err
			}
		}
	}
	return nil
}

// attr gives an attribute in Word's own name space, or in none.
func attr(el xml.StartElement, local string) string {
	for _, a := range el.Attr {
		if a.Name.Local == local {
			switch a.Name.Space {
			case "":
				return a.Value
			default:
				if s := spaces[a.Name.Space]; s == spaceWord || s == spaceMath || s == spaceWord14 || s == spaceOffice || s == spaceSymbol {
					return a.Value
				}
			}
		}
	}
	return ""
}

// plainAttr gives an attribute without a name space.
func plainAttr(el xml.StartElement, local string) string {
	for _, a := range el.Attr {
		if a.Name.Local == local && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// isOn reads an on/off property: present means on, unless it says no.
func isOn(el xml.StartElement) bool {
	switch attr(el, "val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

func startOf(token xml.Token) (xml.StartElement, bool) {
	el, ok := token.(xml.StartElement)
	return el, ok
}
