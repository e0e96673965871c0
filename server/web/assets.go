package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
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

// Handler serves the built files, to be kept by browsers for good. What compresses well is compressed once, at start.
func (a *Assets) Handler() (http.Handler, error) {
	small, err := compress(a.files)
	if err != nil {
		return nil, err
	}
	files := http.FileServerFS(a.files)
	return http.StripPrefix("/static/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "assets/") || strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		if body, ok := small[r.URL.Path]; ok {
			w.Header().Set("Vary", "Accept-Encoding")
			if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				w.Header().Set("Cache-Control", forGood)
				w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(r.URL.Path)))
				w.Header().Set("Content-Encoding", "gzip")
				http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
				return
			}
		}
		if _, err := fs.Stat(a.files, r.URL.Path); err == nil {
			w.Header().Set("Cache-Control", forGood)
		}
		files.ServeHTTP(w, r)
	})), nil
}

// forGood lets browsers keep a file that will never change under its name.
const forGood = "public, max-age=31536000, immutable"

// compress gives the built scripts and styles as gzip, by path.
func compress(files fs.FS) (map[string][]byte, error) {
	small := make(map[string][]byte)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains([]string{".js", ".css"}, path.Ext(name)) {
			return err
		}
		file, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := z.Write(file); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		small[name] = out.Bytes()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("compress the built files: %w", err)
	}
	return small, nil
}
