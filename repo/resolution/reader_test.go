package resolution

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// checkReader checks that a Reader gives of a file what Parse gives, whatever it has read before.
func checkReader(t reporter, r *Reader, file []byte) {
	t.Helper()
	want, _, wantErr := Parse(file)
	got, err := r.Parse(file)
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Fatalf("a reader says %v, Parse %v\nfile %q", err, wantErr, file)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("a reader gives something else (-Parse +Reader):\n%s\nfile %q", diff, file)
	}
}

func TestAReaderReadsAsParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Reader
		passages := rapid.SliceOfN(rapid.Custom(nastyFile), 1, 6).Draw(t, "passages")
		for range rapid.IntRange(1, 6).Draw(t, "versions") {
			order := rapid.SliceOfN(rapid.SampledFrom(passages), 0, 8).Draw(t, "order")
			checkReader(t, &r, bytes.Join(order, []byte("\n\n")))
		}
	})
}

func TestAReaderReadsChangedTexts(t *testing.T) {
	var r Reader
	for n := range 40 {
		file := strings.Replace(longFile(60), "clause 7 ", fmt.Sprintf("clause 7 (%d)\n\n   - so\n\n", n), 1)
		checkReader(t, &r, []byte(file))
		checkReader(t, &r, []byte(strings.Replace(file, "*resolves*", "words\n\n*decides*", n%2)))
	}
	checkReader(t, &r, []byte("a\n\n\x01"))
	checkReader(t, &r, bytes.Repeat([]byte("a\n\n"), MaxFile/3+1))
	checkReader(t, &r, bytes.Repeat([]byte("a\n\n"), MaxFile/3-1))
}

// longFile is a canonical text of n clauses.
func longFile(n int) string {
	var b strings.Builder
	b.WriteString("# RESOLUTION 7\n\n*resolves*\n")
	for i := range n {
		fmt.Fprintf(&b, "\n%d. that clause %d of the %d gardens is read by all who care for trees, herbs and bees;\n", i+1, i+1, i%7)
	}
	return b.String()
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(longFile(3)), []byte("# R\n\n## T\n\n(A, 2012)\n\na) b:\n\n   i) c"))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		var r Reader
		for _, file := range [][]byte{one, two, one, append(append(bytes.Clone(one), "\n\n"...), two...), append(append(bytes.Clone(two), "\n\n"...), one...)} {
			checkReader(t, &r, file)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	file := longFile(400)
	files := make([][]byte, 100)
	for n := range files {
		files[n] = []byte(strings.Replace(file, fmt.Sprintf("clause %d ", n*3+1), fmt.Sprintf("clause %d (%d) ", n*3+1, n), 1))
	}
	var r Reader
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if _, err := r.Parse(files[n%len(files)]); err != nil {
			b.Fatal(err)
		}
	}
}
