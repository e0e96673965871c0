package docx

import "encoding/xml"

// table reads a w:tbl and tells the sink its rows and cells.
func (s *story) table(c scope) error {
	if s.para != nil {
		return s.d.skip()
	}
	if err := s.to.table(tableStart, c.inserted, c.deleted); err != nil {
		return err
	}
	if err := s.rows(c); err != nil {
		return err
	}
	return s.to.table(tableEnd, c.inserted, c.deleted)
}

// rows reads what stands between a table and its rows.
func (s *story) rows(c scope) error {
	return s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "tr":
			return s.row(c)
		case "sdt", "sdtContent", "customXml", "ins", "del", "moveFrom", "moveTo":
			return s.rows(c)
		}
		return s.d.skip()
	})
}

func (s *story) row(c scope) error {
	begun := false
	var read func() error
	read = func() error {
		return s.d.children(func(el xml.StartElement) error {
			switch el.Name.Local {
			case "trPr":
				return s.changeProperty(&c, "ins", "del")
			case "sdt", "sdtContent", "customXml":
				return read()
			case "tc":
				if !begun {
					begun = true
					if err := s.to.table(rowStart, c.inserted, c.deleted); err != nil {
						return err
					}
				}
				return s.cell(c)
			}
			return s.d.skip()
		})
	}
	if err := read(); err != nil || !begun {
		return err
	}
	return s.to.table(rowEnd, c.inserted, c.deleted)
}

// changeProperty reads properties that say a row or cell was inserted or deleted.
func (s *story) changeProperty(c *scope, inserted, deleted string) error {
	return s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case inserted:
			c.inserted = true
			s.authors.add(attr(el, "author"))
		case deleted:
			c.deleted = true
			s.authors.add(attr(el, "author"))
		}
		return s.d.skip()
	})
}

func (s *story) cell(c scope) error {
	begun := false
	begin := func() error {
		if begun {
			return nil
		}
		begun = true
		return s.to.table(cellStart, c.inserted, c.deleted)
	}
	err := s.d.children(func(el xml.StartElement) error {
		if el.Name.Space == spaceWord && el.Name.Local == "tcPr" {
			return s.changeProperty(&c, "cellIns", "cellDel")
		}
		if err := begin(); err != nil {
			return err
		}
		return s.element(el, c)
	})
	if err != nil {
		return err
	}
	if err := begin(); err != nil {
		return err
	}
	return s.to.table(cellEnd, c.inserted, c.deleted)
}
