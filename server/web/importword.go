package web

import (
	"path/filepath"
	"strings"

	"github.com/labstack/echo/v4"
)

// fill puts an uploaded file into the page. A Word file becomes the text on one side of its tracked changes; a
// sentence says why one could not be read.
func (p *Pages) fill(c echo.Context, page *ImportPage, name string, file []byte) (sentence string, err error) {
	if len(file) == 0 {
		return "", nil
	}
	if ext := strings.ToLower(filepath.Ext(name)); ext != ".docx" && ext != ".doc" && ext != ".docm" {
		page.FileName, page.Text = name, string(file)
		return "", nil
	}
	page.Take = c.FormValue("changes") == "accept"
	read, err := p.service.ReadWord(c.Request().Context(), p.sessions.Actor(c), name, file, page.Take)
	if sentence, ok := refusal(err); ok {
		return sentence, nil
	}
	if err != nil {
		return "", err
	}
	page.FileName, page.Text = strings.TrimSuffix(name, filepath.Ext(name))+".md", string(read.File)
	side := "It holds no tracked changes."
	switch {
	case read.Tracked && page.Take:
		side = "Its tracked changes are taken."
	case read.Tracked:
		side = "Its tracked changes are left out."
	}
	page.Word = append([]string{"Read from " + name + ". " + side}, read.Warnings...)
	return "", nil
}
