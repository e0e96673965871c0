package drafting_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"plenary/server/drafting"
)

func TestParseSearch(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][]drafting.SearchTerm{
		"":                     nil,
		`-- "" * ( ^`:          nil,
		"small harbours":       {{Words: "small", Prefix: true}, {Words: "harbours", Prefix: true}},
		"a)":                   {{Words: "a)"}},
		`"one  ferry" in`:      {{Words: "one ferry"}, {Words: "in", Prefix: true}},
		"“one ferry”":          {{Words: "one ferry"}},
		`"never ended`:         {{Words: "never ended"}},
		"words:x NEAR(a b,2)":  {{Words: "words:x", Prefix: true}, {Words: "NEAR(a", Prefix: true}, {Words: "b,2)", Prefix: true}},
		"bad\xffbytes\x00here": {{Words: "bad", Prefix: true}, {Words: "bytes", Prefix: true}, {Words: "here", Prefix: true}},
	} {
		got, cut := drafting.ParseSearch(s)
		if d := cmp.Diff(want, got); d != "" || cut {
			t.Errorf("%q (-want +got, cut %v)\n%s", s, cut, d)
		}
	}
	if got, cut := drafting.ParseSearch(strings.Repeat("word ", 40)); !cut || len(got) != 12 {
		t.Errorf("forty words are %d terms, cut %v", len(got), cut)
	}
}

// FuzzSearch seeks whatever anybody may type: it is never an error, and nobody finds another's draft by it.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{
		"fog", `"`, `""`, `"" ""`, `*`, `fog*`, `-fog`, `fog NOT ferry`, `words:fog`, `{words name}:fog`, `NEAR("a" "b")`, `^fog`,
		"fog) OR (1", `'; DROP TABLE clause; --`, "\x00", "\xff\xfe", "a\x02b\x03", "港口 天气", "港口fog", "\u200b", "%", "(((((", `\"`, "∑ ½ ²", "🜁",
	} {
		f.Add(s)
	}
	h := newHouse(f)
	p := h.propose(h.carter, "USA/1")
	h.write(h.carter, p.Draft, "fog delays", "zephyrs delay")
	h.sought(h.carter, "zephyrs")
	f.Fuzz(func(t *testing.T, s string) {
		view, err := h.Search(t.Context(), h.weber, s, 0)
		if err != nil {
			t.Fatalf("search for %q: %v", s, err)
		}
		for _, hit := range view.Hits {
			if hit.Version.Kind == drafting.VersionDraft || !utf8.ValidString(hit.Name.Link) {
				t.Fatalf("search for %q finds %v", s, hit)
			}
		}
	})
}
