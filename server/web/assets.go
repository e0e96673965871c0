package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// ErrNotBuilt is returned where the pages' styles and scripts have not been built.
var ErrNotBuilt = errors.New("the pages have not been built: run `make frontend` (or `make run`) and start again")

// Assets finds the built file of a source file. Names of built files carry a hash of their content, so browsers may
// keep them for good.
type Assets struct {
	files    fs.FS
	manifest map[string]built
}

// built is one entry of Vite's manifest.
type built struct {
	File    string   `json:"file"`
	CSS     []string `json:"css"`
	Imports []string `json:"imports"`
}

// NewAssets reads the manifest that Vite wrote into dist.
func NewAssets(dist fs.FS) (*Assets, error) {
	file, err := fs.ReadFile(dist, ".vite/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("read the manifest of built files: %w", err)
	}
	manifest := make(map[string]built)
	if err := json.Unmarshal(file, &manifest); err != nil {
		return nil, fmt.Errorf("read the manifest of built files: %w", err)
	}
	return &Assets{files: dist, manifest: manifest}, nil
}

// Page gives the addresses of the styles and scripts of a page folder: the shared ones, then its own.
func (a *Assets) Page(folder string) (styles, scripts []string) {
	sources := []string{"shared/base.css", "shared/layout.ts"}
	for _, name := range []string{"page.css", folder + ".css", "page.ts", folder + ".ts"} {
		sources = append(sources, folder+"/"+name)
	}
	for _, source := range sources {
		entry, ok := a.manifest[source]
		if !ok {
			continue
		}
		styles = append(styles, a.styles(source, nil)...)
		if strings.HasSuffix(entry.File, ".css") {
			styles = append(styles, "/static/"+entry.File)
		} else {
			scripts = append(scripts, "/static/"+entry.File)
		}
	}
	slices.Sort(styles[min(1, len(styles)):])
	return slices.Compact(styles), scripts
}

// styles gives the style sheets that a script and what it imports bring along.
func (a *Assets) styles(source string, seen []string) []string {
	if slices.Contains(seen, source) {
		return nil
	}
	entry := a.manifest[source]
	var found []string
	for _, file := range entry.CSS {
		found = append(found, "/static/"+file)
	}
	for _, part := range entry.Imports {
		found = append(found, a.styles(part, append(seen, source))...)
	}
	return found
}

// Handler serves the built files, to be kept by browsers for good.
func (a *Assets) Handler() http.Handler {
	files := http.FileServerFS(a.files)
	return http.StripPrefix("/static/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "assets/") || strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		files.ServeHTTP(w, r)
	}))
}
