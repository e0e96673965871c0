package web

import (
	"bytes"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"plenary/frontend"
)

// manifest is what a build might leave, small.
const manifest = `{"shared/base.css":{"file":"assets/base-1.css"},"merge/merge.ts":{"file":"assets/merge-1.js","css":["assets/merge-2.css"]},"list/page.css":{"file":"assets/list-1.css"}}`

func testAssets(t *testing.T) *Assets {
	t.Helper()
	assets, err := NewAssets(fstest.MapFS{".vite/manifest.json": {Data: []byte(manifest)}, "assets/base-1.css": {Data: []byte("body{}")}})
	if err != nil {
		t.Fatal(err)
	}
	return assets
}

// pagesByFolder holds a page value for every template; a folder without one fails the test.
var pagesByFolder = map[string]any{
	"list": ListPage{}, "signin": SignInPage{}, "error": ErrorPage{}, "resolution": ResolutionPage{}, "read": ReadPage{},
	"compare": ComparePage{}, "history": HistoryPage{}, "compilation": CompilationPage{}, "propose": ProposePage{},
	"proposal": ProposalPage{}, "editor": EditorPage{}, "merge": MergePage{}, "part": PartPage{}, "merged": MergedPage{}, "import": ImportPage{}, "adopt": AdoptPage{},
	"clone": ClonePage{}, "tokens": TokensPage{}, "second": SecondPage{},
	"people": PeoplePage{}, "person": PersonPage{}, "register": RegisterPage{}, "account": AccountPage{}, "welcome": WelcomePage{},
	"meeting": MeetingPage{}, "audit": AuditPage{}, "words": WordsPage{}, "map": MapPage{}, "comments": CommentsPage{}, "brackets": BracketsPage{}, "search": SearchPage{}, "bring": BringPage{},
}

// hostile is what every string of a page holds in the test: if any of it became markup, the page would show it.
const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{.}}javascript:alert(3)`

// fill puts hostile words, true and 3 into every field, and two elements into every list, to a bounded depth.
func fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		if v.String() == "" {
			v.SetString(hostile)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(3)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth)
	case reflect.Slice:
		if depth == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), depth-1)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field, depth)
		}
	default:
	}
}

func render(t *testing.T, folder string, page any) string {
	t.Helper()
	templates, err := parseTemplates()
	if err != nil {
		t.Fatal(err)
	}
	frame := Frame{Title: hostile, Lang: "en", Dir: "ltr", Folder: folder, Crumbs: []Crumb{{hostile, "/"}, {hostile, ""}}, Here: "/a?b=c"}
	frame.Person = PersonBox{Name: hostile, Role: "Delegate", Circle: Tag{"usa", hostile, hostile, 1}, Others: []Tag{{"eur", hostile, hostile, 2}}}
	frame.Styles, frame.Scripts = testAssets(t).Page(folder)
	var out bytes.Buffer
	if err := templates[folder].ExecuteTemplate(&out, "layout", struct {
		Frame Frame
		Page  any
	}{frame, page}); err != nil {
		t.Fatalf("page %s: %v", folder, err)
	}
	return out.String()
}

func TestEveryPageShowsEmptyAndFullData(t *testing.T) {
	t.Parallel()
	folders, err := fs.Glob(frontend.Templates, "*/page.html")
	if err != nil || len(folders) == 0 {
		t.Fatalf("found %d templates: %v", len(folders), err)
	}
	for _, file := range folders {
		folder := strings.TrimSuffix(file, "/page.html")
		page, ok := pagesByFolder[folder]
		if !ok {
			t.Errorf("%s has no page value in this test", file)
			continue
		}
		for _, variant := range []string{"empty", "full"} {
			t.Run(folder+" "+variant, func(t *testing.T) {
				t.Parallel()
				value := reflect.New(reflect.TypeOf(page)).Elem()
				if variant == "full" {
					fill(value, 4)
				}
				checkMarkup(t, render(t, folder, value.Interface()))
			})
		}
	}
}

// checkMarkup fails where words became markup, where script or style stands in the page, or where a blank was lost.
func checkMarkup(t *testing.T, html string) {
	t.Helper()
	for _, bad := range []string{"<script>alert", "<img src=x", "onerror=alert(2)>", `href="javascript:`, " style=", "<style", "ZgotmplZ", "<no value>", " onclick="} {
		if strings.Contains(html, bad) {
			i := strings.Index(html, bad)
			t.Errorf("page holds %q: …%s…", bad, html[max(0, i-120):min(len(html), i+120)])
		}
	}
	for _, wanted := range []string{"<!doctype html>", `<main id="main"`, "</html>", "<h1"} {
		if strings.Count(html, wanted) < 1 {
			t.Errorf("page lacks %q", wanted)
		}
	}
}

func TestAssetsOfAPage(t *testing.T) {
	t.Parallel()
	styles, scripts := testAssets(t).Page("merge")
	if got := strings.Join(append(styles, scripts...), " "); got != "/static/assets/base-1.css /static/assets/merge-2.css /static/assets/merge-1.js" {
		t.Errorf("merge page links %s", got)
	}
	if _, err := NewAssets(fstest.MapFS{"README": {}}); err == nil || !strings.Contains(err.Error(), "have not been built") {
		t.Errorf("an empty dist gives %v", err)
	}
}
