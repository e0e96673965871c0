package pdf

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/go-text/typesetting/font"
)

// file is one font with its bytes, of which the used part is embedded.
type file struct {
	name string
	ttf  []byte
	face *font.Face
}

// fontFiles are the fonts, by what they are for: the serif of the text in four cuts, and the font that has what it
// lacks, Arabic above all, in two.
var fontFiles = []struct {
	name string
	ttf  []byte
}{
	{"LiberationSerif", liberationserifregular.TTF},
	{"LiberationSerif-Italic", liberationserifitalic.TTF},
	{"LiberationSerif-Bold", liberationserifbold.TTF},
	{"LiberationSerif-BoldItalic", liberationserifbolditalic.TTF},
	{"DejaVuSans", dejavusans.TTF},
	{"DejaVuSans-Bold", dejavusansbold.TTF},
}

// parsed are the fonts, read once: a font is never changed, the faces on it are made for each file.
var parsed = sync.OnceValues(func() ([]*font.Font, error) {
	fonts := make([]*font.Font, len(fontFiles))
	for i, f := range fontFiles {
		face, err := font.ParseTTF(bytes.NewReader(f.ttf))
		if err != nil {
			return nil, fmt.Errorf("read font %s: %w", f.name, err)
		}
		fonts[i] = face.Font
	}
	return fonts, nil
})

func loadFonts() ([]*file, error) {
	fonts, err := parsed()
	if err != nil {
		return nil, err
	}
	files := make([]*file, len(fonts))
	for i, f := range fonts {
		files[i] = &file{fontFiles[i].name, fontFiles[i].ttf, font.NewFace(f)}
	}
	return files, nil
}

// chooser picks the font of each character for one look.
type chooser struct {
	fonts   []*file
	look    look
	missing *rune
}

// ResolveFace gives the font that has a character; the shaper asks for it.
func (c chooser) ResolveFace(r rune) *font.Face {
	first := 0
	if c.look.italic {
		first++
	}
	other := 4
	if c.look.bold {
		first, other = first+2, 5
	}
	for _, i := range []int{first, other, 4} {
		if _, ok := c.fonts[i].face.NominalGlyph(r); ok {
			return c.fonts[i].face
		}
	}
	if !ignorable(r) && *c.missing == 0 {
		*c.missing = r
	}
	return c.fonts[first].face
}

// ignorable tells whether a character is not seen, so that no font needs to have it.
func ignorable(r rune) bool {
	return r < ' ' || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r >= 0xfe00 && r <= 0xfe0f || r == 0xfeff || r == 0xad
}
