package docx

import (
	"fmt"
	"strings"
)

const (
	packageRelations = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + relationOffice + `officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
		`<Relationship Id="rId3" Type="` + relationOffice + `extended-properties" Target="docProps/app.xml"/></Relationships>`

	appPart = xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>` + application + `</Application></Properties>`
)

func contentTypes(comments, notes, header, threads bool) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`)
	part := func(name, kind string) {
		fmt.Fprintf(&b, `<Override PartName="/%s" ContentType="application/vnd.openxmlformats-%s+xml"/>`, name, kind)
	}
	const word = "officedocument.wordprocessingml."
	part("word/document.xml", word+"document.main")
	part("word/styles.xml", word+"styles")
	part("word/settings.xml", word+"settings")
	if header {
		part("word/header1.xml", word+"header")
	}
	if comments {
		part("word/comments.xml", word+"comments")
	}
	if comments && threads {
		part("word/commentsExtended.xml", word+"commentsExtended")
	}
	if notes {
		part("word/footnotes.xml", word+"footnotes")
	}
	part("docProps/core.xml", "package.core-properties")
	part("docProps/app.xml", "officedocument.extended-properties")
	b.WriteString(`</Types>`)
	return b.String()
}

func documentRelations(comments, notes, header, threads bool) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	relate := func(id int, kind, target string) {
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s" Target="%s"/>`, id, kind, target)
	}
	relate(1, relationOffice+"styles", "styles.xml")
	relate(2, relationOffice+"settings", "settings.xml")
	if header {
		relate(3, relationOffice+"header", "header1.xml")
	}
	if comments {
		relate(4, relationOffice+"comments", "comments.xml")
	}
	if notes {
		relate(5, relationOffice+"footnotes", "footnotes.xml")
	}
	if comments && threads {
		relate(6, relationMicrosoft+"commentsExtended", "commentsExtended.xml")
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

func settingsPart(tracked, notes bool) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:settings ` + wordSpaces + `>`)
	if tracked {
		b.WriteString(`<w:trackRevisions/>`)
	}
	b.WriteString(`<w:defaultTabStop w:val="567"/>`)
	if notes {
		b.WriteString(`<w:footnotePr><w:footnote w:id="0"/><w:footnote w:id="1"/></w:footnotePr>`)
	}
	b.WriteString(`<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`)
	return b.String()
}

// paragraphStyle is one style of the exported file, named as in ITU's own files.
type paragraphStyle struct{ id, name, properties, format string }

var paragraphStyles = []paragraphStyle{
	{"ResNo", "Res_No", `<w:keepNext/><w:spacing w:before="480"/><w:jc w:val="center"/>`, `<w:sz w:val="28"/><w:szCs w:val="28"/>`},
	{"Restitle", "Res_title", `<w:keepNext/><w:spacing w:before="240"/><w:jc w:val="center"/>`, `<w:b/><w:bCs/><w:sz w:val="28"/><w:szCs w:val="28"/>`},
	{"Resref", "Res_ref", `<w:keepNext/><w:spacing w:before="120"/><w:jc w:val="center"/>`, `<w:i/><w:iCs/>`},
	{"Normalaftertitle", "Normal after title", `<w:spacing w:before="280"/>`, ``},
	{"Call", "Call", `<w:keepNext/><w:spacing w:before="160"/><w:ind w:left="1134"/>`, `<w:i/><w:iCs/>`},
	{"enumlev1", "enumlev1", `<w:tabs><w:tab w:val="left" w:pos="1134"/></w:tabs><w:spacing w:before="80"/><w:ind w:left="1134" w:hanging="567"/>`, ``},
	{"enumlev2", "enumlev2", `<w:tabs><w:tab w:val="left" w:pos="1701"/></w:tabs><w:spacing w:before="80"/><w:ind w:left="1701" w:hanging="567"/>`, ``},
	{"enumlev3", "enumlev3", `<w:tabs><w:tab w:val="left" w:pos="2268"/></w:tabs><w:spacing w:before="80"/><w:ind w:left="2268" w:hanging="567"/>`, ``},
	{"AnnexNo", "Annex_No", `<w:keepNext/><w:spacing w:before="480" w:after="80"/><w:jc w:val="center"/>`, `<w:sz w:val="28"/><w:szCs w:val="28"/>`},
	{"Annextitle", "Annex_title", `<w:keepNext/><w:spacing w:before="240" w:after="280"/><w:jc w:val="center"/>`, `<w:b/><w:bCs/><w:sz w:val="28"/><w:szCs w:val="28"/>`},
	{"Headingb", "Heading_b", `<w:keepNext/><w:spacing w:before="160"/>`, `<w:b/><w:bCs/>`},
	{"Proposal", "Proposal", `<w:keepNext/><w:tabs><w:tab w:val="left" w:pos="1134"/></w:tabs><w:spacing w:before="240"/>`, `<w:b/><w:bCs/>`},
	{"Reasons", "Reasons", `<w:spacing w:before="120"/>`, ``},
	{"Source", "Source", `<w:spacing w:before="840"/><w:jc w:val="center"/>`, `<w:b/><w:bCs/><w:sz w:val="28"/><w:szCs w:val="28"/>`},
	{"Title1", "Title 1", `<w:spacing w:before="240"/><w:jc w:val="center"/>`, `<w:caps/><w:sz w:val="28"/><w:szCs w:val="28"/>`},
	{"Tabletext", "Table_text", `<w:spacing w:before="40" w:after="40"/>`, `<w:sz w:val="20"/><w:szCs w:val="20"/>`},
	{"Header", "header", `<w:spacing w:before="0"/><w:jc w:val="center"/>`, `<w:sz w:val="18"/><w:szCs w:val="18"/>`},
	{"FootnoteText", "footnote text", `<w:spacing w:before="0"/>`, `<w:sz w:val="20"/><w:szCs w:val="20"/>`},
	{"CommentText", "annotation text", `<w:spacing w:before="0"/>`, `<w:sz w:val="20"/><w:szCs w:val="20"/>`},
}

func stylesPart(rtl bool) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:styles ` + wordSpaces + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="SimSun" w:cs="Times New Roman"/><w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr></w:rPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:tabs><w:tab w:val="left" w:pos="567"/><w:tab w:val="left" w:pos="1134"/></w:tabs>`)
	if rtl {
		b.WriteString(`<w:bidi/>`)
	}
	b.WriteString(`<w:spacing w:before="120"/></w:pPr></w:style>`)
	for _, s := range paragraphStyles {
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:customStyle="1" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>%s</w:pPr>`, s.id, s.name, s.properties)
		if s.format != "" {
			b.WriteString(`<w:rPr>` + s.format + `</w:rPr>`)
		}
		b.WriteString(`</w:style>`)
	}
	b.WriteString(`<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>` +
		`<w:style w:type="character" w:styleId="CommentReference"><w:name w:val="annotation reference"/><w:rPr><w:sz w:val="16"/><w:szCs w:val="16"/></w:rPr></w:style>` +
		`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` +
		`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>`)
	for _, edge := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&b, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="auto"/>`, edge)
	}
	b.WriteString(`</w:tblBorders></w:tblPr></w:style></w:styles>`)
	return b.String()
}
