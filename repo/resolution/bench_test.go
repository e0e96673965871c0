package resolution

import (
	"strings"
	"testing"
)

// benchFile is a canonical file of some 40 kB.
func benchFile() []byte {
	annexes := strings.Split(demoFile, "### ANNEX 1")
	return []byte(annexes[0] + strings.Repeat("### ANNEX 1"+strings.Split(annexes[1], "[^1]")[0], 60))
}

func BenchmarkParse(b *testing.B) {
	file := benchFile()
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, _, err := Parse(file); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParsePaper(b *testing.B) {
	text, _, err := Parse(benchFile())
	if err != nil {
		b.Fatal(err)
	}
	file := FormatPaper(text)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, _, err := ParsePaper(file); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	text, _, err := Parse(benchFile())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Format(text)
	}
}

func BenchmarkNames(b *testing.B) {
	text, _, err := Parse(benchFile())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Names(text)
	}
}
