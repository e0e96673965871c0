package docx

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/resolution"
)

// tool finds a program of another reader, or skips the test.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed: apt-get install %s", name, map[string]string{"pandoc": "pandoc", "soffice": "libreoffice-writer"}[name])
	}
	return path
}

// pandocWords reads a Word file with pandoc; notes stand at the end.
func pandocWords(t testing.TB, pandoc, path string, v View) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), pandoc, "--from=docx", "--to=json", "--track-changes="+v.String(), path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Blocks any }
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	var text, notes strings.Builder
	var walk func(v any, to *strings.Builder)
	walk = func(v any, to *strings.Builder) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x, to)
			}
		case map[string]any:
			switch v["t"] {
			case "Str":
				to.WriteString(v["c"].(string))
			case "Note":
				to.WriteString("\uE000")
				walk(v["c"], &notes)
			case "Space", "SoftBreak", "LineBreak":
				to.WriteByte(' ')
			case "Header":
				walk(v["c"].([]any)[2], to)
				to.WriteByte(' ')
			case "Para", "Plain":
				walk(v["c"], to)
				to.WriteByte(' ')
			default:
				walk(v["c"], to)
			}
		}
	}
	walk(doc.Blocks, &text)
	return append(strings.Fields(text.String()), strings.Fields(notes.String())...)
}

var noteRef = regexp.MustCompile(`\[\^([^\]]+)\]`)

// paperWords gives the words of a text as another reader sees them: labels as printed, notes at the end, their
// references as one sign.
func paperWords(t resolution.Text) []string {
	ls := labels(t)
	footnotes := map[string]bool{}
	for _, b := range t.Blocks {
		if b.Kind == resolution.KindFootnote {
			footnotes[string(b.Label)] = true
		}
	}
	sign := func(s string) string {
		return noteRef.ReplaceAllStringFunc(s, func(m string) string {
			if footnotes[m[2:len(m)-1]] {
				return "\uE000"
			}
			return m
		})
	}
	var out, notes []string
	for i, b := range t.Blocks {
		if b.Kind == resolution.KindFootnote {
			notes = append(notes, strings.Fields(resolution.Plain(b.Words))...)
			continue
		}
		out = append(out, strings.Fields(ls[i]+" "+sign(resolution.Plain(b.Words)))...)
		for _, row := range b.Rows {
			for _, cell := range row {
				out = append(out, strings.Fields(sign(resolution.Plain(cell)))...)
			}
		}
	}
	return append(out, notes...)
}

// sample gives every nth pair, or all of them when there is time.
func sample(pairs []realPair, n int) []realPair {
	if os.Getenv("PLENARY_LONG") != "" {
		return pairs
	}
	var out []realPair
	for i := 0; i < len(pairs); i += n {
		out = append(out, pairs[i])
	}
	return out
}

// exampleOfEverything has what the real pairs have little of: a table that changes, notes, an annex, emphasis.
func exampleOfEverything(t testing.TB) realPair {
	t.Helper()
	parse := func(file string) resolution.Text {
		text, _, err := resolution.Parse([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	return realPair{"example of everything", parse(exampleBase), parse(exampleRevised)}
}

const exampleBase = "# RESOLUTION 12 (Rev. Lisbon, 2020)\n\n## Keeping harbour lights in good repair\n\n(Oslo, 2012; Lisbon, 2020)\n\n" +
	"The Conference of Harbour Masters (Lisbon, 2020),\n\n*considering*\n\na) that lights guide vessels[^1] at night;\n\nb) that lamps wear out and oil is dear,\n\n" +
	"*resolves*\n\n1. to inspect every light once a year;\n\n2. to replace worn lamps:\n\n   - within a week in busy harbours;\n\n   - within a month elsewhere;\n\n" +
	"3. to keep the following hours, *as far as possible*:\n\n   | Season | Lit | Out |\n   | --- | --- | --- |\n   | summer | 21:00 | 04:00 |\n   | winter | 16:00 | 08:00 |\n\n" +
	"### ANNEX 1 (to Resolution 12)\n\n#### Oil and lamps\n\n##### Oil\n\nOil is bought[^2] in spring & stored < 5 km away.\n\n[^1]: Boats and ships.\n\n[^2]: By the harbour master.\n"

const exampleRevised = "# RESOLUTION 12 (Rev. Bergen, 2024)\n\n## Keeping harbour lights in good repair\n\n(Oslo, 2012; Lisbon, 2020; Bergen, 2024)\n\n" +
	"The Conference of Harbour Masters (Bergen, 2024),\n\n*considering*\n\na) that lights guide vessels[^1] at night and in fog[^2];\n\nb) that lamps wear out;\n\nc) that oil is *very* dear,\n\n" +
	"*resolves*\n\n1. to inspect every light twice a year;\n\n2. to replace worn lamps:\n\n   - within a month elsewhere;\n\n   - within a week in busy harbours and on reefs;\n\n" +
	"3. to keep the following hours, as far as possible:\n\n   | Season | Lit | Out |\n   | --- | --- | --- |\n   | summer | 20:30 | 04:00 |\n   | autumn | 18:00 | 06:00 |\n   | winter | 16:00 | 08:00 |\n\n" +
	"### ANNEX 1 (to Resolution 12)\n\n#### Oil, lamps and wicks\n\n##### Oil\n\nOil is bought in spring & stored < 4 km away.\n\nWicks are bought in autumn.\n\n[^1]: Boats, ships and rafts.\n\n[^2]: Also in snow.\n"

func TestExampleOfEverything(t *testing.T) {
	p := exampleOfEverything(t)
	if !checkLaw(t, p.base, p.revised) {
		t.Error("not the same block for block")
	}
	if !checkLaw(t, p.revised, p.base) {
		t.Error("not the same block for block, the other way")
	}
	checkLaw(t, resolution.Text{}, p.revised)
	checkLaw(t, p.base, resolution.Text{})
}

func TestPandocReadsWhatWeWrite(t *testing.T) {
	pandoc := tool(t, "pandoc")
	pairs := append(sample(realPairs(t), 8), exampleOfEverything(t))
	dir := t.TempDir()
	for i, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(dir, strconv.Itoa(i)+".docx")
			writeExport(t, path, p)
			if diff := cmp.Diff(paperWords(p.base), pandocWords(t, pandoc, path, Reject)); diff != "" {
				t.Errorf("reject (-base +pandoc):\n%s", diff)
			}
			if diff := cmp.Diff(paperWords(p.revised), pandocWords(t, pandoc, path, Accept)); diff != "" {
				t.Errorf("accept (-proposal +pandoc):\n%s", diff)
			}
		})
	}
}

func writeExport(t testing.TB, path string, p realPair) {
	t.Helper()
	file, err := Export(p.base, p.revised, Options{Author: "Exampleland", Date: "2026-01-02T03:04:05Z"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
}

// officeApart are the pairs that LibreOffice 7.4 reads otherwise than our own importer and pandoc do: rejecting, it takes
// a paragraph mark that was there before along with an insertion beside deleted paragraphs.
var officeApart = map[string]bool{
	"cgpm-arrears-fr/rev-03-2011-cgpm-24-res-7/RejectAllTrackedChanges": true,
	"paris-preamble/rev-2015-12-04/RejectAllTrackedChanges":             true,
}

// officeMacro is a LibreOffice Basic macro that accepts or rejects all changes of every file and saves it as text.
const officeMacro = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Settle(folder As String, command As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  Dim plain(1) As New com.sun.star.beans.PropertyValue
  plain(0).Name = "FilterName"
  plain(0).Value = "Text (encoded)"
  plain(1).Name = "FilterOptions"
  plain(1).Value = "UTF8,LF"
  dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
  file = Dir(folder &amp; "/*.docx")
  Do While file &lt;&gt; ""
    doc = StarDesktop.loadComponentFromURL(ConvertToURL(folder &amp; "/" &amp; file), "_blank", 0, hidden())
    dispatcher.executeDispatch(doc.CurrentController.Frame, ".uno:" &amp; command, "", 0, Array())
    doc.storeToURL(ConvertToURL(folder &amp; "/" &amp; file &amp; "." &amp; command &amp; ".txt"), plain())
    doc.close(True)
    file = Dir()
  Loop
End Sub
</script:module>`

// officeProfile makes a profile with the macro in it. LibreOffice fills a new profile at its first start.
func officeProfile(t *testing.T, office, dir string) string {
	t.Helper()
	profile := filepath.Join(dir, "profile")
	first := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+profile, "--headless", "--norestore", "--terminate_after_init")
	if out, err := first.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	basic := filepath.Join(profile, "user", "basic")
	const library = `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">` +
		`<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">`
	const libraries = `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">` +
		`<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink"><library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/NAME.xlb/" xlink:type="simple" library:link="false"/></library:libraries>`
	for name, content := range map[string]string{
		"Standard/Module1.xba": officeMacro,
		"Standard/script.xlb":  library + `<library:element library:name="Module1"/></library:library>`,
		"Standard/dialog.xlb":  library + `</library:library>`,
		"script.xlc":           strings.ReplaceAll(libraries, "NAME", "script"),
		"dialog.xlc":           strings.ReplaceAll(libraries, "NAME", "dialog"),
	} {
		path := filepath.Join(basic, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return profile
}

func TestLibreOfficeReadsWhatWeWrite(t *testing.T) {
	office := tool(t, "soffice")
	pairs := append(sample(realPairs(t), 25), exampleOfEverything(t))
	dir := t.TempDir()
	for i, p := range pairs {
		writeExport(t, filepath.Join(dir, strconv.Itoa(i)+".docx"), p)
	}
	profile := officeProfile(t, office, dir)
	commands := map[string]func(realPair) resolution.Text{
		"AcceptAllTrackedChanges": func(p realPair) resolution.Text { return p.revised },
		"RejectAllTrackedChanges": func(p realPair) resolution.Text { return p.base },
	}
	for command, want := range commands {
		run := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+profile, "--headless", "--norestore",
			"macro:///Standard.Module1.Settle("+dir+","+command+")")
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for i, p := range pairs {
			got, err := os.ReadFile(filepath.Join(dir, strconv.Itoa(i)+".docx."+command+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			if _, known := officeApart[p.name+"/"+command]; known {
				continue
			}
			if diff := cmp.Diff(officeWords(want(p)), strings.Fields(strings.ReplaceAll(string(got), "\ufeff", ""))); diff != "" {
				t.Errorf("%s, %s (-want +LibreOffice):\n%s", p.name, command, diff)
			}
		}
	}
}

// officeWords gives the words as LibreOffice's text export has them: a note is a number in the text.
func officeWords(t resolution.Text) []string {
	text := resolution.Text{}
	n := 0
	for _, b := range t.Blocks {
		if b.Kind != resolution.KindFootnote {
			b.Words = noteRef.ReplaceAllStringFunc(b.Words, func(string) string {
				n++
				return strconv.Itoa(n)
			})
			text.Blocks = append(text.Blocks, b)
		}
	}
	return paperWords(text)
}
