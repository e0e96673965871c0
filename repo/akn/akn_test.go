package akn

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/resolution"
)

const example = "# RESOLUTION 12 (Rev. Lisbon, 2020)\n\n## Keeping harbour lights in good repair\n\n(Oslo, 2012; Lisbon, 2020)\n\n" +
	"The Conference of Harbour Masters (Lisbon, 2020),\n\n*considering*\n\na) that lights guide vessels[^1] at night:\n\n   - boats;\n\n   - ships & rafts < 5 m;\n\nb) that *lamps* wear out,\n\n" +
	"*noting*\n\nthat oil is dear,\n\n*resolves*\n\n1. to inspect every light once a year;\n\n2. to replace worn lamps:\n\n   - within a week in busy harbours:\n\n      a) large ones;\n\n   - within a month elsewhere;\n\n" +
	"3. to keep these hours:\n\n   | Season | Lit |\n   | --- | --- |\n   | summer | 21:00 |\n\n### ANNEX 1 (to Resolution 12)\n\n#### Oil and lamps\n\n##### Oil\n\nOil is bought in spring.\n\n[^1]: Of *all* kinds.\n"

func parse(t testing.TB, file string) resolution.Text {
	t.Helper()
	text, _, err := resolution.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// characters gives all text of a document.
func characters(t testing.TB, doc []byte) string {
	t.Helper()
	var b strings.Builder
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, doc)
		}
		switch token := token.(type) {
		case xml.CharData:
			b.Write(token)
		case xml.StartElement:
			if token.Name.Local == "authorialNote" {
				b.WriteByte(' ')
			}
		case xml.EndElement:
			switch token.Name.Local {
			case "p", "num", "heading":
				b.WriteByte(' ')
			}
		}
	}
}

func bag(words string) map[string]int {
	out := map[string]int{}
	for _, w := range regexp.MustCompile(`[\pL\pN]+`).FindAllString(words, -1) {
		out[w]++
	}
	return out
}

func TestEveryWordIsInTheDocument(t *testing.T) {
	text := parse(t, example)
	doc, err := Document(text, Naming{Note: "Lights matter."})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(strings.ReplaceAll(string(resolution.FormatPaper(text)), "[^1]:", ""), "[^1]", "") + " Lights matter."
	if diff := cmp.Diff(bag(want), bag(characters(t, doc))); diff != "" {
		t.Errorf("words (-text +document):\n%s", diff)
	}
	for _, part := range []string{`<recital eId=`, `<num>b)</num><p>that <i>lamps</i> wear out,</p>`, `/akn/un/statement/deliberation/assembly/2020/res-12/eng@2020-01-01`, `<authorialNote`, `<hcontainer name="annex"`, `<hcontainer name="operative"`} {
		if !bytes.Contains(doc, []byte(part)) {
			t.Errorf("the document lacks %s:\n%s", part, doc)
		}
	}
}

func TestLanguages(t *testing.T) {
	for want, words := range map[string]string{
		"eng": "the light of the harbour", "fra": "les feux du port et le quai", "spa": "los faros del puerto y el muelle",
		"rus": "огни гавани", "zho": "港口灯光", "ara": "أضواء الميناء",
	} {
		if got := language(parse(t, words+"\n")); got != want {
			t.Errorf("%q is %s, want %s", words, got, want)
		}
	}
}

// sharedTexts gives the real texts of the shared data, and the folder of the schema.
func sharedTexts(t testing.TB) (schema string, texts map[string]resolution.Text) {
	t.Helper()
	dir, err := filepath.Abs("../../../shared/data")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the shared test data is not here: %v", err)
	}
	texts = map[string]resolution.Text{"example": parse(t, example), "empty": {}}
	files, err := filepath.Glob(filepath.Join(dir, "resolutions", "*", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := resolution.ParsePaper(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimPrefix(path, dir)] = text
	}
	return filepath.Join(dir, "akn", "akomantoso30.xsd"), texts
}

func TestRealTextsAreValid(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed: apt-get install libxml2-utils")
	}
	schema, texts := sharedTexts(t)
	dir := t.TempDir()
	args := []string{"--noout", "--nonet", "--schema", schema}
	for name, text := range texts {
		doc, err := Document(text, Naming{Author: "A & B", Note: "Reasons: <none>"})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, strings.NewReplacer("/", "_", ".txt", "").Replace(name)+".xml")
		if err := os.WriteFile(path, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.CommandContext(t.Context(), xmllint, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out[:min(len(out), 3000)])
	}
	t.Logf("%d texts", len(texts))
}
