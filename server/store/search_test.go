package store

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/server/drafting"
)

func openSearch(t *testing.T) *SearchIndex {
	t.Helper()
	index, err := OpenSearch(t.Context(), filepath.Join(t.TempDir(), "search.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := index.Close(); err != nil {
			t.Error(err)
		}
	})
	return index
}

func indexedText(slug string, words ...string) drafting.IndexedText {
	t := drafting.IndexedText{Stamp: "1"}
	t.Resolution, t.Version = "harbour-12", slug
	for _, w := range words {
		t.Clauses = append(t.Clauses, clauseOf(w))
	}
	return t
}

func clauseOf(words string) (c drafting.IndexedClause) {
	c.Name.Spoken, c.Name.Link, c.Words = "a", "a", words
	return c
}

func TestSearchInManyScripts(t *testing.T) {
	t.Parallel()
	index := openSearch(t)
	main := indexedText("main",
		"the Café of the harbour", "港口天气预报服务", "每小时 publish 数据", "محطات الطقس في الموانئ", "метеостанции в портах", "it's 50% \"quoted\"", "hidden\x02mark\x03s")
	if err := index.Put(t.Context(), []drafting.IndexedText{main}); err != nil {
		t.Fatal(err)
	}
	for sought, want := range map[string]string{
		"cafe": "the [Café] of the harbour", "CAFÉ harb": "the [Café] of the [harbour]", "天气": "港口[天气]预报服务",
		"气天": "", "小时 publ": "每[小时] [publish] 数据", "الطقس": "محطات [الطقس] في الموانئ", "МЕТЕО": "[метеостанции] в портах",
		"50%": `it's [50]% "quoted"`, "it's": `[it's] 50% "quoted"`, "hiddenm": "[hiddenmarks]",
	} {
		terms, _ := drafting.ParseSearch(sought)
		found, err := index.Clauses(t.Context(), terms, main.IndexKey, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range found {
			for _, part := range c.Words {
				if part.Found {
					part.Words = "[" + part.Words + "]"
				}
				got += part.Words
			}
		}
		counts, err := index.Count(t.Context(), terms)
		if err != nil || counts[main.IndexKey] != len(found) {
			t.Errorf("search for %q counts %d, finds %d: %v", sought, counts[main.IndexKey], len(found), err)
		}
		if got != want {
			t.Errorf("search for %q finds %q, want %q", sought, got, want)
		}
	}
}

func TestPutTakesThePlaceOfWhatWas(t *testing.T) {
	t.Parallel()
	index := openSearch(t)
	before, other := indexedText("main", "fog", "fog and ice", "light"), indexedText("adopted/lisbon-2019", "fog")
	if err := index.Put(t.Context(), []drafting.IndexedText{before, other}); err != nil {
		t.Fatal(err)
	}
	after := indexedText("main", "fog")
	after.Stamp = "2"
	if err := index.Put(t.Context(), []drafting.IndexedText{after}); err != nil {
		t.Fatal(err)
	}
	counts, err := index.Count(t.Context(), []drafting.SearchTerm{{Words: "fog"}})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[drafting.IndexKey]int{before.IndexKey: 1, other.IndexKey: 1}, counts); d != "" {
		t.Errorf("counts (-want +got)\n%s", d)
	}
	stamps, err := index.Stamps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[drafting.IndexKey]string{before.IndexKey: "2", other.IndexKey: "1"}, stamps); d != "" {
		t.Errorf("stamps (-want +got)\n%s", d)
	}
}
