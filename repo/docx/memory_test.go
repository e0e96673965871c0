//go:build !race

package docx

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// largeFile is a Word file of many paragraphs with tracked changes, and with a picture that makes it 5 MB, as packed.
func largeFile(t testing.TB) []byte {
	t.Helper()
	var body strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&body, `<w:p><w:r><w:t xml:space="preserve">Paragraph %d says that lights guide vessels </w:t></w:r><w:del w:author="A"><w:r><w:delText>at night</w:delText></w:r></w:del><w:ins w:author="A"><w:r><w:t>in fog %d</w:t></w:r></w:ins></w:p>`, i, i*7919)
	}
	picture := make([]byte, 5<<20)
	seed := uint32(1)
	for i := range picture {
		seed = seed*1664525 + 1013904223
		picture[i] = byte(seed >> 24)
	}
	return wordFile(t, body.String(), "word/media/image1.png", io.Reader(bytes.NewReader(picture)))
}

// TestMemoryOfALargeFile runs the reader in a process of its own and asks the system what it took at most.
func TestMemoryOfALargeFile(t *testing.T) {
	const variable = "PLENARY_DOCX_MEMORY"
	if path := os.Getenv(variable); path != "" {
		file := readFile(t, path)
		if _, err := Import(file); err != nil {
			t.Fatal(err)
		}
		status := string(readFile(t, "/proc/self/status"))
		_, rest, _ := strings.Cut(status, "VmHWM:")
		_, _ = fmt.Fprintln(os.Stdout, "peak", strings.Fields(rest)[0])
		return
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("the system does not tell what a process takes")
	}
	path := t.TempDir() + "/large.docx"
	file := largeFile(t)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemoryOfALargeFile$")
	again.Env = append(os.Environ(), variable+"="+path)
	out, err := again.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	_, rest, _ := strings.Cut(string(out), "peak ")
	kilobytes, err := strconv.Atoi(strings.Fields(rest + " ?")[0])
	if err != nil {
		t.Fatalf("no measure in %s", out)
	}
	t.Logf("a file of %.1f MB takes %d MB at most", float64(len(file))/(1<<20), kilobytes>>10)
	if kilobytes > 64<<10 {
		t.Errorf("a file of %d bytes takes %d KB", len(file), kilobytes)
	}
}
