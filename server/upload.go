package server

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo/docx"
)

// maxFileBody bounds a form that brings a Word file: the file, and what stands around it.
const maxFileBody = docx.MaxFile + 1<<20

// takesFiles tells whether a request is a form that may bring a Word file. It is read only once the route's rule
// has let the person in.
func takesFiles(c echo.Context) bool {
	return c.Request().Method == http.MethodPost && (c.Path() == importPath || c.Path() == bringPath) &&
		strings.HasPrefix(c.Request().Header.Get("Content-Type"), "multipart/form-data")
}

// The routes whose forms bring Word files.
const (
	importPath = "/import"
	bringPath  = "/resolutions/:slug/bring"
)

// bodyLimit is how many bytes a request may send.
func bodyLimit(c echo.Context) int64 {
	if takesFiles(c) {
		return maxFileBody
	}
	return maxBody
}
