package docx

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The benchmarks with pandoc run the program once for each turn: its time is that of a person or server calling it. Ours
// are in one process; the time to start plenary is a few milliseconds more.

func benchFile(b *testing.B) []byte {
	b.Helper()
	return readFile(b, filepath.Join(shared(b, "docx"), "oxpt--RP051-Arabic.docx"))
}

func BenchmarkImport(b *testing.B) {
	file := benchFile(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Import(file); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkText(b *testing.B) {
	file := benchFile(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Text(file, TextOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExport(b *testing.B) {
	c, err := Import(benchFile(b))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Export(c.Proposals[0].Base, c.Proposals[0].Proposal, Options{Author: "Exampleland"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPandocImport(b *testing.B) {
	pandoc := tool(b, "pandoc")
	path := filepath.Join(shared(b, "docx"), "oxpt--RP051-Arabic.docx")
	for b.Loop() {
		if out, err := exec.CommandContext(b.Context(), pandoc, "--from=docx", "--to=markdown", "--track-changes=accept", "--output="+os.DevNull, path).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
}

func BenchmarkPandocExport(b *testing.B) {
	pandoc := tool(b, "pandoc")
	dir := b.TempDir()
	out, err := exec.CommandContext(b.Context(), pandoc, "--from=docx", "--to=markdown", "--track-changes=accept", "--output="+filepath.Join(dir, "in.md"), filepath.Join(shared(b, "docx"), "oxpt--RP051-Arabic.docx")).CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for b.Loop() {
		if out, err := exec.CommandContext(b.Context(), pandoc, "--from=markdown", "--output="+filepath.Join(dir, "out.docx"), filepath.Join(dir, "in.md")).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
}
