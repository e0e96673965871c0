package docx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const (
	minimalTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	minimalRels  = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + relationOffice + `officeDocument" Target="word/document.xml"/></Relationships>`
)

// packFiles makes a package of names and contents in turn; a reader as content is copied.
func packFiles(t testing.TB, parts ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i].(string))
		if err != nil {
			t.Fatal(err)
		}
		switch content := parts[i+1].(type) {
		case string:
			_, err = io.WriteString(w, content)
		case io.Reader:
			_, err = io.Copy(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wordFile makes a Word file of a body and further parts.
func wordFile(t testing.TB, body string, more ...any) []byte {
	t.Helper()
	document := `<w:document ` + wordSpaces + ` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>` + body + `</w:body></w:document>`
	return packFiles(t, append([]any{"[Content_Types].xml", minimalTypes, "_rels/.rels", minimalRels, "word/document.xml", document}, more...)...)
}

// repeated gives the same text again and again, without holding it.
func repeated(s string, times int) io.Reader {
	readers := make([]io.Reader, times)
	for i := range readers {
		readers[i] = strings.NewReader(s)
	}
	return io.MultiReader(readers...)
}

func TestHostileFilesAreRefused(t *testing.T) {
	ole := append(bytes.Clone(oleHeader), make([]byte, 512)...)
	good := wordFile(t, `<w:p><w:r><w:t>words</w:t></w:r></w:p>`)
	megabyte := strings.Repeat("a", 1<<20)
	start := `<w:document ` + wordSpaces + `><w:body><w:p><w:r><w:t>`
	many := []any{"[Content_Types].xml", minimalTypes, "_rels/.rels", minimalRels, "word/document.xml", start}
	for i := range maxEntries {
		many = append(many, fmt.Sprintf("x%d", i), "")
	}
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "the file is empty"},
		{"not a zip", []byte("words"), "not a Word file"},
		{"too large", make([]byte, MaxFile+1), "the largest Word file that is read"},
		{"an old Word file", ole, "of the old kind (.doc)"},
		{"a password", append(bytes.Clone(ole), encryptedPackage...), "protected by a password"},
		{"rich text", []byte(`{\rtf1 words}`), "Rich Text"},
		{"cut short", good[:len(good)/2], "damaged or cut short"},
		{"cut at the end", good[:len(good)-3], "damaged or cut short"},
		{"a zip without a text", packFiles(t, "a.txt", "a"), "no Word file"},
		{"too many parts", packFiles(t, many...), "more than 4096 parts"},
		{"macros", wordFile(t, "", "word/vbaProject.bin", "x"), "macros"},
		{"a type for macros", packFiles(t, "[Content_Types].xml", strings.ReplaceAll(minimalTypes, "vnd.openxmlformats-officedocument.wordprocessingml.document.main", "vnd.ms-word.document.macroEnabled.main"), "_rels/.rels", minimalRels, "word/document.xml", start), "made for macros"},
		{"a table of numbers", packFiles(t, "[Content_Types].xml", strings.ReplaceAll(minimalTypes, "wordprocessingml.document", "spreadsheetml.sheet"), "_rels/.rels", minimalRels, "word/document.xml", start), "no Word document"},
		{"a document type", packFiles(t, "[Content_Types].xml", minimalTypes, "_rels/.rels", minimalRels, "word/document.xml", `<!DOCTYPE a [<!ENTITY b "c">]>`+start), "DOCTYPE"},
		{"an entity", wordFile(t, `<w:p><w:r><w:t>&b;</w:t></w:r></w:p>`), "not well-formed"},
		{"not well-formed", wordFile(t, `<w:p></w:q>`), "word/document.xml, line 1: it is not well-formed"},
		{"deep", wordFile(t, strings.Repeat(`<w:sdt>`, 100_000)), "deep"},
		{"a paragraph of 100 MB", packFiles(t, "[Content_Types].xml", minimalTypes, "_rels/.rels", minimalRels, "word/document.xml", io.MultiReader(strings.NewReader(start), repeated(megabyte, 100))), "unpacks to more"},
		{"a bomb of small pieces", packFiles(t, "[Content_Types].xml", minimalTypes, "_rels/.rels", minimalRels, "word/document.xml", io.MultiReader(strings.NewReader(strings.TrimSuffix(start, "<w:t>")), repeated(strings.Repeat("<w:t>aaaaaaaaaaaaaaaaaaaa</w:t>", 10_000), 100))), "longer than"},
		{"a bomb of attributes", wordFile(t, `<w:p w:a="`+strings.Repeat("a", 9<<20)+`"/>`), "unpacks to more"},
		{"a bomb of relationships", packFiles(t, "[Content_Types].xml", minimalTypes, "_rels/.rels", repeated(strings.Repeat("<a>", 100_000), 200), "word/document.xml", start), "deep"},
		{"a part twice", packFiles(t, "[Content_Types].xml", minimalTypes, "_rels/.rels", minimalRels, "word/document.xml", start, "word/document.xml", start), "twice"},
		{"a path out of the package", packFiles(t, "[Content_Types].xml", minimalTypes, "_rels/.rels", strings.ReplaceAll(minimalRels, "word/", "../../etc/"), "word/document.xml", start), "no Word file"},
		{"a text from outside", packFiles(t, "[Content_Types].xml", minimalTypes, "_rels/.rels", strings.ReplaceAll(minimalRels, `Target="`, `TargetMode="External" Target="https://example.org/`), "word/document.xml", start), "no Word file"},
		{"another character set", packFiles(t, "[Content_Types].xml", minimalTypes, "_rels/.rels", minimalRels, "word/document.xml", `<?xml version="1.0" encoding="Shift_JIS"?>`+start), "UTF-8"},
		{"another root", packFiles(t, "[Content_Types].xml", minimalTypes, "_rels/.rels", minimalRels, "word/document.xml", `<html><body>words</body></html>`), "no Word document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			_, err := Import(tt.file)
			runtime.GC()
			runtime.ReadMemStats(&after)
			var refused *RefusedError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Import: %v, want a refusal with %q", err, tt.want)
			}
			if out, _, err := Text(tt.file, TextOptions{}); err == nil {
				t.Errorf("Text gives %d bytes", len(out))
			}
			if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 400<<20 {
				t.Errorf("took %d MB to refuse", grown>>20)
			}
			if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 8<<20 {
				t.Errorf("holds %d MB after", held>>20)
			}
		})
	}
}

// Names that lead out of the package are no parts, and nothing outside is read.
func TestPathTricksAreIgnored(t *testing.T) {
	file := wordFile(t, `<w:p><w:r><w:t>words</w:t></w:r></w:p>`, "../../evil", "x", "/abs", "x", `word\..\evil`, "x")
	got, _, err := Text(file, TextOptions{})
	if err != nil || string(got) != "words\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte("PK"))
	f.Add(wordFile(f, `<w:p><w:pPr><w:pStyle w:val="Call"/></w:pPr><w:ins w:author="a"><w:r><w:t>words</w:t></w:r></w:ins></w:p>`))
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := Import(file); err != nil {
			if _, refused := errors.AsType[*RefusedError](err); !refused {
				t.Errorf("not a refusal: %v", err)
			}
		}
	})
}

// FuzzDocument fuzzes what is inside the zip, which the fuzzer cannot get through by itself.
func FuzzDocument(f *testing.F) {
	f.Add(`<w:p><w:pPr><w:pStyle w:val="Call"/><w:rPr><w:del w:author="a"/></w:rPr></w:pPr><w:ins w:author="a"><w:r><w:t>words</w:t></w:r></w:ins></w:p>`, `<w:num w:numId="1"/>`)
	f.Add(`<w:tbl><w:tr><w:trPr><w:ins/></w:trPr><w:tc><w:p><w:r><w:fldChar w:fldCharType="begin"/><w:t>a</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:tab/><w:footnoteReference w:id="1"/></w:r></w:p>`, `<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>`)
	f.Fuzz(func(t *testing.T, body, numbering string) {
		rels := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + relationOffice + `numbering" Target="numbering.xml"/></Relationships>`
		file := wordFile(t, body, "word/_rels/document.xml.rels", rels, "word/numbering.xml", `<w:numbering `+wordSpaces+`>`+numbering+`</w:numbering>`)
		got, err := Import(file)
		if err != nil {
			if _, refused := errors.AsType[*RefusedError](err); !refused {
				t.Errorf("not a refusal: %v", err)
			}
			return
		}
		for _, p := range got.Proposals {
			if _, err := Export(p.Base, p.Proposal, Options{Author: "A"}); err != nil {
				t.Errorf("what was imported cannot be exported: %v", err)
			}
		}
	})
}

func TestRealFilesCutShort(t *testing.T) {
	file := readFile(t, filepath.Join(shared(t, "docx"), "usa-48a5-1.docx"))
	for n := 0; n < len(file)-1; n += 97 {
		var refused *RefusedError
		if _, err := Import(file[:n]); !errors.As(err, &refused) {
			t.Fatalf("the first %d bytes: %v, want a refusal", n, err)
		}
	}
}
