package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"

	"plenary/frontend"
)

// parseTemplates gives one template set a page, by folder: the shared layout and parts, then the page's own.
func parseTemplates() (map[string]*template.Template, error) {
	shared, err := template.New("shared").ParseFS(frontend.Templates, "shared/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse shared templates: %w", err)
	}
	pages, err := fs.Glob(frontend.Templates, "*/page.html")
	if err != nil {
		return nil, fmt.Errorf("find templates: %w", err)
	}
	sets := make(map[string]*template.Template, len(pages))
	for _, file := range pages {
		set, err := shared.Clone()
		if err != nil {
			return nil, fmt.Errorf("clone shared templates: %w", err)
		}
		if _, err := set.ParseFS(frontend.Templates, file); err != nil {
			return nil, fmt.Errorf("parse template %s: %w", file, err)
		}
		sets[path.Dir(file)] = set
	}
	return sets, nil
}
