package page

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/resolution"
)

const (
	base    = "# RESOLUTION 12\n\n## Harbour lights\n\n*considering*\n\na) that lights[^1] & lamps < wear out;\n\n| A | B |\n| --- | --- |\n| one | two |\n\n[^1]: All *kinds*.\n"
	revised = "# RESOLUTION 12\n\n## Harbour lights\n\n*considering*\n\na) that lights[^1] & wicks < wear out;\n\nb) <script>alert(1)</script>\n\n| A | B |\n| --- | --- |\n| one | three |\n\n[^1]: All *kinds*.\n"
)

func parse(t testing.TB, file string) resolution.Text {
	t.Helper()
	text, _, err := resolution.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var tagPattern = regexp.MustCompile(`<[^>]*>`)

func body(page []byte) []string {
	_, after, _ := strings.Cut(string(page), "<main>")
	return strings.Fields(html.UnescapeString(tagPattern.ReplaceAllString(strings.ReplaceAll(after, "</td><td>", "</td> <td>"), "")))
}

func TestTextHasEveryWordInOrder(t *testing.T) {
	page, err := Text(parse(t, base))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields("RESOLUTION 12 Harbour lights considering a) that lights1 & lamps < wear out; A B one two 1 All kinds.")
	if diff := cmp.Diff(want, body(page)); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
}

func TestPagesFetchAndRunNothing(t *testing.T) {
	text, err := Text(parse(t, revised))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := Changes(parse(t, base), parse(t, revised))
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string][]byte{"text": text, "changes": changes} {
		for _, no := range []string{"<script", "<link", "src=", "http://", "https://", "url("} {
			if strings.Contains(string(page), no) {
				t.Errorf("%s has %q:\n%s", name, no, page)
			}
		}
	}
	for _, part := range []string{"<del>", "lamps", "<ins>", "wicks", `class="item inserted l0"`} {
		if !strings.Contains(string(changes), part) {
			t.Errorf("the changes lack %q:\n%s", part, changes)
		}
	}
}

func TestRightToLeft(t *testing.T) {
	page, err := Text(parse(t, "# القرار 12\n\nأضواء الميناء\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), `<html dir="rtl">`) {
		t.Errorf("no direction:\n%s", page)
	}
}
