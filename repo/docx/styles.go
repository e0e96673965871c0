package docx

import (
	"encoding/xml"
	"strings"
)

// role is what a paragraph style says of a paragraph of a contribution.
type role uint8

const (
	roleNone role = iota
	roleNumber
	roleTitle
	roleHistory
	roleOpening
	roleOpener
	roleLevel1 // enumlev1: an item inside an item
	roleLevel2
	roleLevel3
	roleDivision
	roleDivisionTitle
	roleHeading
	roleProposal
	roleReasons
	roleSource
	roleContributionTitle
)

// roles by the name of a style, in lower case, letters and digits only. Ids are translated in a localised Word, names
// less often; both are looked up.
var roles = map[string]role{
	"resno": roleNumber, "recno": roleNumber, "decno": roleNumber, "decisionno": roleNumber, "opinionno": roleNumber, "questionno": roleNumber, "repno": roleNumber, "volno": roleNumber,
	"restitle": roleTitle, "restitel": roleTitle, "rectitle": roleTitle, "dectitle": roleTitle, "decisiontitle": roleTitle, "opiniontitle": roleTitle, "questiontitle": roleTitle,
	"resref": roleHistory, "recref": roleHistory, "decref": roleHistory, "questionref": roleHistory,
	"normalaftertitle": roleOpening, "normalaftertitle0": roleOpening, "normalaftertitel": roleOpening,
	"call":     roleOpener,
	"enumlev1": roleLevel1, "enumlev2": roleLevel2, "enumlev3": roleLevel3,
	"annexno": roleDivision, "appendixno": roleDivision, "artno": roleDivision, "sectionno": roleDivision, "partno": roleDivision, "chapno": roleDivision, "attachmentno": roleDivision, "annex": roleDivision,
	"annextitle": roleDivisionTitle, "appendixtitle": roleDivisionTitle, "arttitle": roleDivisionTitle, "sectiontitle": roleDivisionTitle, "parttitle": roleDivisionTitle, "chaptitle": roleDivisionTitle, "annextitel": roleDivisionTitle,
	"headingb": roleHeading, "headingi": roleHeading, "heading1": roleHeading, "heading2": roleHeading, "heading3": roleHeading, "heading4": roleHeading, "heading5": roleHeading, "heading6": roleHeading,
	"proposal": roleProposal, "reasons": roleReasons, "source": roleSource,
	"title1": roleContributionTitle, "title2": roleContributionTitle, "title3": roleContributionTitle,
}

// style is one entry of styles.xml.
type style struct {
	name, basedOn string
	character     bool
	italic        bool
	number        string
	level         int
}

// styles are the styles of a file, by id.
type styles struct {
	byID      map[string]*style
	paragraph string // id of the style a paragraph has that names none
}

// readStyles reads the styles part; a file without one has none.
func (c *container) readStyles() (*styles, error) {
	out := &styles{byID: map[string]*style{}}
	name := c.related["styles"]
	if c.part(name) == nil {
		return out, nil
	}
	d, err := c.open(name)
	if err != nil {
		return nil, err
	}
	var now *style
	changed := 0 // depth of a tracked change of format, whose properties are of the past
	err = d.each(func(el xml.StartElement) error {
		if changed > 0 && d.depth <= changed {
			changed = 0
		}
		if el.Name.Space != spaceWord || changed > 0 {
			return nil
		}
		switch el.Name.Local {
		case "style":
			now = &style{character: attr(el, "type") == "character", level: -1}
			id := attr(el, "styleId")
			if len(out.byID) < maxEntries {
				out.byID[id] = now
			}
			if attr(el, "type") == "paragraph" && attr(el, "default") == "1" {
				out.paragraph = id
			}
			return nil
		case "rPrChange", "pPrChange":
			changed = d.depth
			return nil
		}
		if now != nil {
			now.set(el)
		}
		return nil
	})
	return out, err
}

func (st *style) set(el xml.StartElement) {
	switch el.Name.Local {
	case "name":
		st.name = attr(el, "val")
	case "basedOn":
		st.basedOn = attr(el, "val")
	case "i":
		st.italic = isOn(el)
	case "numId":
		st.number = attr(el, "val")
	case "ilvl":
		st.level = min(max(number(attr(el, "val"), 0), 0), 8)
	}
}

// isItalic tells whether a character style is emphasis.
func (s *styles) isItalic(id string) bool {
	for range 10 {
		st := s.byID[id]
		if st == nil || !st.character {
			return false
		}
		if st.italic {
			return true
		}
		id = st.basedOn
	}
	return false
}

// role gives what a paragraph style says, from its name, its id, or those it is based on where that says enough.
func (s *styles) role(id string) role {
	for depth := range 6 {
		name := id
		st := s.byID[id]
		if st != nil && st.name != "" {
			name = st.name
		}
		for _, key := range []string{styleKey(name), styleKey(id)} {
			if r, known := roles[key]; known && (depth == 0 || r != roleHeading) {
				return r
			}
		}
		if st == nil || st.basedOn == "" {
			break
		}
		id = st.basedOn
	}
	return roleNone
}

func styleKey(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// numbering gives the list and level that a paragraph stands in, its own or its style's.
func (s *styles) numbering(p properties) (numID string, level int, fromStyle string) {
	numID, level = p.number, p.level
	if numID != "" {
		return numID, max(level, 0), ""
	}
	id := p.style
	if id == "" {
		id = s.paragraph
	}
	for range 10 {
		st := s.byID[id]
		if st == nil {
			break
		}
		if level < 0 {
			level = st.level
		}
		if st.number != "" {
			return st.number, level, id
		}
		id = st.basedOn
	}
	return "", 0, ""
}
