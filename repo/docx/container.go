package docx

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// container is the zip package of a Word file, opened but not yet read.
type container struct {
	parts    map[string]*zip.File
	doubled  map[string]bool   // names that stand twice: two readers would read two different texts
	folded   map[string]string // names in lower case: capitals do not tell parts apart
	inflated int64             // bytes that came out so far
	main     string            // the part that holds the text
	related  map[string]string
}

var (
	oleHeader        = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}
	encryptedPackage = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	directoryEntry   = []byte("PK\x01\x02")
)

// openContainer checks the outside of a file and finds its main part through the relationships.
func openContainer(file []byte) (*container, error) {
	if err := checkOutside(file); err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, refuse("this Word file is damaged or cut short (its directory cannot be read): send it again, or save it again in Word")
	}
	archive.RegisterDecompressor(zip.Deflate, flate.NewReader)
	c := &container{parts: make(map[string]*zip.File, len(archive.File)), doubled: map[string]bool{}, folded: map[string]string{}}
	for _, f := range archive.File {
		name, ok := partName(f.Name)
		if !ok {
			continue
		}
		if strings.HasSuffix(strings.ToLower(name), "vbaproject.bin") {
			return nil, refuse("this Word file holds macros: save it as a plain Word document (.docx) and send that")
		}
		if c.folded[strings.ToLower(name)] != "" {
			c.doubled[strings.ToLower(name)] = true
			continue
		}
		c.parts[name] = f
		c.folded[strings.ToLower(name)] = name
	}
	if err := c.findMain(); err != nil {
		return nil, err
	}
	return c, nil
}

// checkOutside refuses what is not a zip package by its first bytes and its size.
func checkOutside(file []byte) error {
	switch {
	case len(file) == 0:
		return refuse("the file is empty: send the Word file again")
	case len(file) > MaxFile:
		return refuse("the file has %d bytes; the largest Word file that is read has %d: remove its pictures or split it", len(file), MaxFile)
	case bytes.HasPrefix(file, oleHeader) && bytes.Contains(file, encryptedPackage):
		return refuse("this Word file is protected by a password: open it in Word, take the password off, save it and send that")
	case bytes.HasPrefix(file, oleHeader):
		return refuse("this is a Word file of the old kind (.doc): open it in Word, save it as .docx and send that")
	case bytes.HasPrefix(file, []byte(`{\rtf`)):
		return refuse("this is a Rich Text file: open it in Word, save it as .docx and send that")
	case !bytes.HasPrefix(file, []byte("PK")):
		return refuse("this is not a Word file (.docx): send a .docx file, or paste the text")
	case bytes.Count(file, directoryEntry) > maxEntries:
		return refuse("the file holds more than %d parts, which no Word file needs: save it again in Word", maxEntries)
	}
	return nil
}

// part finds a part; capitals in its name do not matter, as some programs change them.
func (c *container) part(name string) *zip.File {
	if f := c.parts[name]; f != nil {
		return f
	}
	return c.parts[c.folded[strings.ToLower(name)]]
}

// partName gives the name of a part without its leading slash, which some programs write as a backslash; names that lead out of the package are no parts.
func partName(name string) (string, bool) {
	name = strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/")
	if name == "" || strings.HasSuffix(name, "/") || strings.Contains(name, "\x00") || strings.HasPrefix(name, "/") {
		return "", false
	}
	if slices.Contains(strings.Split(name, "/"), "..") {
		return "", false
	}
	return path.Clean(name), true
}

const (
	relationOffice    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	relationStrict    = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
	relationMicrosoft = "http://schemas.microsoft.com/office/2011/relationships/"
)

// relation gives the last word of a relationship's type: "officeDocument", "styles", "footnotes".
func relation(kind string) string {
	for _, prefix := range []string{relationOffice, relationStrict, relationMicrosoft} {
		if rest, ok := strings.CutPrefix(kind, prefix); ok {
			return rest
		}
	}
	return ""
}

func (c *container) findMain() error {
	root, err := c.relations("_rels/.rels", "")
	if err != nil {
		return err
	}
	c.main = root["officeDocument"]
	if c.main == "" || c.part(c.main) == nil {
		return refuse("this is a zip file, but no Word file: it names no text (officeDocument); send a .docx file")
	}
	if err := c.checkType(); err != nil {
		return err
	}
	dir, base := path.Split(c.main)
	c.related, err = c.relations(dir+"_rels/"+base+".rels", strings.TrimSuffix(dir, "/"))
	return err
}

// relations reads a relationship part: the target of each internal relationship by the last word of its type. An
// absent part has none.
func (c *container) relations(name, dir string) (map[string]string, error) {
	out := map[string]string{}
	if c.part(name) == nil {
		return out, nil
	}
	d, err := c.open(name)
	if err != nil {
		return nil, err
	}
	return out, d.each(func(el xml.StartElement) error {
		if el.Name.Local != "Relationship" || plainAttr(el, "TargetMode") == "External" {
			return nil
		}
		target := plainAttr(el, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		kind := relation(plainAttr(el, "Type"))
		if clean, ok := partName(target); ok && kind != "" && out[kind] == "" {
			out[kind] = clean
		}
		return nil
	})
}

// checkType refuses what calls itself something else than a Word document.
func (c *container) checkType() error {
	if c.part("[Content_Types].xml") == nil {
		return refuse("this is a zip file, but no Word file: it does not say what its parts are ([Content_Types].xml); send a .docx file")
	}
	d, err := c.open("[Content_Types].xml")
	if err != nil {
		return err
	}
	kind := ""
	err = d.each(func(el xml.StartElement) error {
		if el.Name.Local == "Override" && strings.EqualFold(strings.TrimPrefix(plainAttr(el, "PartName"), "/"), c.main) {
			kind = plainAttr(el, "ContentType")
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case strings.Contains(kind, "macroEnabled"):
		return refuse("this Word file is made for macros: save it as a plain Word document (.docx) and send that")
	case kind != "" && !strings.Contains(kind, "wordprocessingml") && !strings.HasSuffix(kind, "/xml"):
		return refuse("this is no Word document but %q: send a .docx file", kind)
	}
	return nil
}

// open begins reading a part, with all its limits.
func (c *container) open(name string) (*decoder, error) {
	f := c.part(name)
	switch {
	case f == nil:
		return nil, refuse("the part %q is missing: save the file again in Word", name)
	case c.doubled[strings.ToLower(name)]:
		return nil, &RefusedError{Part: name, Text: "this part is in the file twice, so two programs would read two different texts: save it again in Word"}
	case f.Flags&1 != 0:
		return nil, refuse("this Word file is encrypted: open it in Word, take the password off, save it and send that")
	}
	r, err := f.Open()
	if err != nil {
		return nil, &RefusedError{Part: name, Text: "this part cannot be unpacked: save the file again in Word"}
	}
	return newDecoder(name, &counted{in: r, of: c, packed: int64(f.CompressedSize64)}), nil
}

// errTooLarge ends the reading of a part that unpacks to too much.
var errTooLarge = errors.New("too large")

// counted counts what comes out of a part, in the part, in the file and since the last token.
type counted struct {
	in     io.Reader
	of     *container
	packed int64
	out    int64
	token  int64
}

// Read gives unpacked bytes until a limit is reached.
func (r *counted) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.out += int64(n)
	r.token += int64(n)
	r.of.inflated += int64(n)
	if r.out > maxPart || r.of.inflated > maxInflated || r.token > maxToken || r.out > maxRatioFrom && r.out > maxRatio*r.packed {
		return 0, errTooLarge
	}
	return n, err //nolint:wrapcheck // io.EOF must reach the reader as it is
}
