package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// document collects the objects of a file, which are numbered from 1 in the order they are reserved.
type document struct {
	objects [][]byte
}

func (d *document) reserve() int {
	d.objects = append(d.objects, nil)
	return len(d.objects)
}

func (d *document) set(id int, text string, args ...any) {
	d.objects[id-1] = fmt.Appendf(nil, text, args...)
}

// stream adds packed bytes.
func (d *document) stream(dictionary string, content []byte) (int, error) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write(content); err != nil {
		return 0, fmt.Errorf("pack: %w", err)
	}
	if err := z.Close(); err != nil {
		return 0, fmt.Errorf("pack: %w", err)
	}
	id := d.reserve()
	d.objects[id-1] = append(fmt.Appendf(nil, "<< %s /Filter /FlateDecode /Length %d >>\nstream\n", dictionary, packed.Len()), packed.Bytes()...)
	d.objects[id-1] = append(d.objects[id-1], "\nendstream"...)
	return id, nil
}

// bytes writes the file, with root as its catalogue.
func (d *document) bytes(root int) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
	at := make([]int, len(d.objects))
	for i, object := range d.objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(d.objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(d.objects)+1, root, start)
	return b.Bytes()
}

// finish writes heads and feet on the pages, and the file.
func (p *printer) finish() ([]byte, error) {
	if len(p.pages) == 0 {
		p.turn()
	}
	if err := p.furnish(); err != nil {
		return nil, err
	}
	d := &document{}
	root, tree := d.reserve(), d.reserve()
	var fonts strings.Builder
	for i, f := range p.fonts {
		if used := p.used[f.name]; len(used) > 0 {
			id, err := d.font(f, used)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&fonts, "/F%d %d 0 R ", i, id)
		}
	}
	var kids strings.Builder
	for _, page := range p.pages {
		content, err := d.stream("", []byte(page.String()))
		if err != nil {
			return nil, err
		}
		id := d.reserve()
		d.set(id, "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R /Resources << /Font << %s>> >> >>", tree, pageWidth, pageHeight, content, fonts.String())
		fmt.Fprintf(&kids, "%d 0 R ", id)
	}
	d.set(tree, "<< /Type /Pages /Count %d /Kids [%s] >>", len(p.pages), kids.String())
	d.set(root, "<< /Type /Catalog /Pages %d 0 R /ViewerPreferences << /DisplayDocTitle false >> >>", tree)
	return d.bytes(root), nil
}

// furnish writes the heading and the page's number on every page.
func (p *printer) furnish() error {
	all := p.pages
	defer func() { p.pages = all }()
	for i := range all {
		p.pages = all[:i+1]
		for _, one := range []struct {
			words string
			y     float64
		}{{p.heading, 44}, {fmt.Sprintf("%d / %d", i+1, len(all)), pageHeight - 36}} {
			if one.words == "" {
				continue
			}
			lines, err := p.lines([]stretch{{words: one.words}}, 9, textWidth)
			if err != nil {
				return err
			}
			p.draw(lines[0], (pageWidth-lines[0].width)/2, one.y, 9)
		}
	}
	return nil
}

// font adds a font with the shapes that are used.
func (d *document) font(f *file, used map[uint16]glyphUse) (int, error) {
	shapes := slices.Sorted(maps.Keys(used))
	small, err := subset(f.ttf, shapes)
	if err != nil {
		return 0, fmt.Errorf("embed %s: %w", f.name, err)
	}
	content, err := d.stream(fmt.Sprintf("/Length1 %d", len(small)), small)
	if err != nil {
		return 0, err
	}
	said, err := d.stream("", toUnicode(shapes, used))
	if err != nil {
		return 0, err
	}
	scale := 1000 / float64(f.face.Upem())
	var widths strings.Builder
	for _, g := range shapes {
		fmt.Fprintf(&widths, "%d [%.0f] ", g, float64(f.face.HorizontalAdvance(glyphID(g)))*scale)
	}
	extents, _ := f.face.FontHExtents()
	name := tagOf(shapes) + "+" + f.name
	descriptor, descendant, font := d.reserve(), d.reserve(), d.reserve()
	d.set(descriptor, "<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [-1000 -500 2000 1200] /ItalicAngle 0 /Ascent %.0f /Descent %.0f /CapHeight 700 /StemV 80 /FontFile2 %d 0 R >>", name, float64(extents.Ascender)*scale, float64(extents.Descender)*scale, content)
	d.set(descendant, "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /W [%s] >>", name, descriptor, widths.String())
	d.set(font, "<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", name, descendant, said)
	return font, nil
}

// tagOf names a part of a font by six letters, the same for the same part.
func tagOf(shapes []uint16) string {
	sum := uint32(2166136261)
	for _, g := range shapes {
		sum = (sum ^ uint32(g)) * 16777619
	}
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + byte(sum%26)
		sum /= 26
	}
	return string(tag)
}

// toUnicode says what each shape stands for, so that words can be copied and found.
func toUnicode(shapes []uint16, used map[uint16]glyphUse) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Plenary def /CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	for part := range slices.Chunk(shapes, 100) {
		var lines []string
		for _, g := range part {
			if text := used[g].text; text != "" {
				var units []byte
				for _, u := range utf16.Encode([]rune(text)) {
					units = binary.BigEndian.AppendUint16(units, u)
				}
				lines = append(lines, fmt.Sprintf("<%04X> <%X>\n", g, units))
			}
		}
		if len(lines) > 0 {
			fmt.Fprintf(&b, "%d beginbfchar\n%sendbfchar\n", len(lines), strings.Join(lines, ""))
		}
	}
	b.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end\n")
	return b.Bytes()
}
