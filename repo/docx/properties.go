package docx

import "encoding/xml"

// paragraphProperties reads a pPr: style, number, the state of the paragraph mark, and what stood there before.
func (s *story) paragraphProperties(c scope) error {
	p := s.para
	if p == nil {
		return s.d.skip()
	}
	return s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "rPr":
			return s.markProperties()
		case "pPrChange":
			was := &properties{level: -1}
			p.was = was
			return s.d.children(func(old xml.StartElement) error {
				if old.Name.Local != "pPr" {
					return s.d.skip()
				}
				return s.d.children(func(el xml.StartElement) error { return s.placeProperty(el, was, c) })
			})
		}
		return s.placeProperty(el, &p.properties, c)
	})
}

// placeProperty reads one property that says where a paragraph stands: its style or its number.
func (s *story) placeProperty(el xml.StartElement, to *properties, _ scope) error {
	switch el.Name.Local {
	case "pStyle":
		to.style = attr(el, "val")
	case "numPr":
		return s.numberProperties(to)
	}
	return s.d.skip()
}

func (s *story) numberProperties(to *properties) error {
	inserted := false
	err := s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "numId":
			to.number = attr(el, "val")
		case "ilvl":
			to.level = min(max(number(attr(el, "val"), 0), 0), 8)
		case "ins":
			inserted = true
		}
		return s.d.skip()
	})
	if inserted && s.para != nil && s.para.was == nil { // the number itself was inserted: none before
		s.para.was = &properties{style: s.para.style, number: "0", level: -1}
	}
	return err
}

// markProperties reads the rPr of a paragraph mark.
func (s *story) markProperties() error {
	return s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "ins", "moveTo":
			s.para.markInserted = true
			s.authors.add(attr(el, "author"))
		case "del", "moveFrom":
			s.para.markDeleted = true
			s.authors.add(attr(el, "author"))
		}
		return s.d.skip()
	})
}

// runProperties reads the format of a run, as far as it is emphasis.
func (s *story) runProperties(r *run) error {
	emphasis, known, changed := false, false, false
	err := s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "i":
			emphasis, known = isOn(el), true
		case "rStyle":
			if !known && s.styles != nil {
				emphasis = s.styles.isItalic(attr(el, "val"))
			}
		case "rPrChange":
			changed = true
			return s.d.children(func(xml.StartElement) error {
				return s.d.children(func(el xml.StartElement) error {
					if el.Name.Local == "i" {
						r.wasEmphasis = isOn(el)
					}
					return s.d.skip()
				})
			})
		}
		return s.d.skip()
	})
	r.emphasis = emphasis
	if !changed {
		r.wasEmphasis = emphasis
	}
	return err
}
