package pdf

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"plenary/repo/resolution"
)

func parse(t testing.TB, file string) resolution.Text {
	t.Helper()
	text, _, err := resolution.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const base = "# RESOLUTION 12 (Rev. Lisbon, 2020)\n\n## Keeping harbour lights in good repair\n\n(Oslo, 2012; Lisbon, 2020)\n\nThe Conference of Harbour Masters (Lisbon, 2020),\n\n*considering*\n\na) that lights guide vessels[^1] at night;\n\nb) that lamps wear out,\n\n*resolves*\n\n1. to inspect every light once a year;\n\n2. to keep the following hours, *as far as possible*:\n\n   | Season | Lit |\n   | --- | --- |\n   | summer | 21:00 |\n\n[^1]: Boats and ships.\n"

const revised = "# RESOLUTION 12 (Rev. Bergen, 2024)\n\n## Keeping harbour lights in good repair\n\n(Oslo, 2012; Lisbon, 2020)\n\nThe Conference of Harbour Masters (Bergen, 2024),\n\n*considering*\n\na) that lights guide vessels[^1] at night and in fog;\n\nb) that lamps wear out;\n\nc) that oil is *very* dear,\n\n*resolves*\n\n1. to inspect every light twice a year;\n\n2. to keep the following hours, *as far as possible*:\n\n   | Season | Lit |\n   | --- | --- |\n   | summer | 20:30 |\n   | winter | 16:00 |\n\n[^1]: Boats, ships and rafts.\n"

const arabic = "# القرار 12\n\n## صيانة أنوار الموانئ\n\nإن مؤتمر رؤساء الموانئ (لشبونة، 2020)،\n\n*إذ يضع في اعتباره*\n\na) أن الأنوار ترشد السفن ليلاً؛\n\nb) أن المصابيح (lamps) تبلى،\n"

// read gives the words of a PDF as poppler reads them.
func read(t *testing.T, file []byte, more ...string) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: apt-get install poppler-utils")
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tool, append(more, path, "-")...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("pdftotext: %v %s", err, complaints.String())
	}
	return string(out)
}

func TestTheWordsOfAPage(t *testing.T) {
	t.Parallel()
	file, err := Changes(parse(t, base), parse(t, revised), Options{Heading: "USA/48A5/1"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Changes(parse(t, base), parse(t, revised), Options{Heading: "USA/48A5/1"})
	if err != nil || !bytes.Equal(file, again) {
		t.Error("the same text gives other bytes")
	}
	words := strings.Join(strings.Fields(read(t, file, "-layout")), " ")
	for _, want := range []string{"USA/48A5/1", "Keeping harbour lights in good repair", "once", "twice", "very dear", "20:30", "Boats, ships and shipsrafts.", "vessels¹", "1/1"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not in\n%s", want, words)
		}
	}
}

func TestEveryLineHasItsNumber(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	long.WriteString("# RESOLUTION 1\n\n")
	for range 90 {
		long.WriteString("Lights guide vessels at night, when lamps are lit, oil is dear and keepers are tired of trimming wicks in the wind.\n\n")
	}
	file, err := Text(parse(t, long.String()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(read(t, file, "-layout"), "\n")
	next := 1
	for _, l := range lines {
		if first, _, _ := strings.Cut(strings.TrimSpace(l), " "); first == strconv.Itoa(next) {
			next++
		}
	}
	if next < 170 {
		t.Errorf("%d lines have numbers in their order", next-1)
	}
}

func TestArabicIsJoinedAndRunsFromTheRight(t *testing.T) {
	t.Parallel()
	text := parse(t, arabic)
	file, err := Text(text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	words := read(t, file)
	for _, want := range []string{"الموانئ", "السفن", "lamps"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not in\n%s", want, words)
		}
	}
	fonts, err := loadFonts()
	if err != nil {
		t.Fatal(err)
	}
	p := &printer{fonts: fonts, rtl: true}
	joined, err := p.lines([]stretch{{words: "سفن"}}, 11, 400)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range joined[0].runs[0].out.Glyphs {
		for _, r := range "سفن" {
			if alone, _ := fonts[4].face.NominalGlyph(r); alone == g.GlyphID && r != 'ن' {
				t.Errorf("%c stands alone in the middle of a word", r)
			}
		}
	}
}

func TestCharactersThatNoFontHas(t *testing.T) {
	t.Parallel()
	_, err := Text(parse(t, "# RESOLUTION 1\n\n决议\n"), Options{})
	var missing *UnprintableError
	if !errors.As(err, &missing) || missing.Character != '决' || !strings.Contains(err.Error(), "export it as Word or HTML") {
		t.Errorf("Chinese: %v", err)
	}
	for _, file := range []string{"", "# RESOLUTION 1 — Ελλάδα, Россия, Đà Nẵng, ITU\u2011T, a\u00a0b, “c”\n", "# RESOLUTION 1\n\n" + strings.Repeat("unbroken", 200) + "\n"} {
		if out, err := Text(parse(t, file), Options{}); err != nil || !bytes.HasPrefix(out, []byte("%PDF-")) {
			t.Errorf("%.40q: %v", file, err)
		}
	}
}

// TestRealTexts prints every shared resolution that the fonts can.
func TestRealTexts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "resolutions", "*", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Skip("the shared test data is not here")
	}
	printed, refused := 0, 0
	for i := 0; i < len(files); i += 6 {
		content, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := resolution.ParsePaper(content)
		if err != nil {
			continue
		}
		_, err = Text(text, Options{})
		var missing *UnprintableError
		switch {
		case errors.As(err, &missing):
			refused++
		case err != nil:
			t.Errorf("%s: %v", files[i], err)
		default:
			printed++
		}
	}
	t.Logf("%d texts are printed, %d are refused", printed, refused)
	if printed < refused {
		t.Errorf("%d texts are printed, %d are refused", printed, refused)
	}
}
