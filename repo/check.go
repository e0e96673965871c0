package repo

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"plenary/repo/resolution"
)

// translationFile is the text in another official language: "resolution.fr.md", "resolution.zh-hans.md".
var translationFile = regexp.MustCompile(`^resolution\.[a-z]{2,3}(-[a-z0-9]{2,8})?\.md$`)

const layoutSentence = "a resolution's repository holds only resolution.md, resolution.<language>.md and " +
	"contributions/<circle>-<name>.md: take it out of the commit and push again"

// knownPath reports whether a path is one that a resolution's repository holds.
func knownPath(path string) bool {
	if note, ok := strings.CutPrefix(path, "contributions/"); ok {
		name, ok := strings.CutSuffix(note, ".md")
		return ok && validWord(name, 121) && strings.Contains(name, "-")
	}
	return path == TextFile || translationFile.MatchString(path)
}

// checkFiles checks the files one save would write; nil content is a removal.
func checkFiles(files map[string][]byte) error {
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if files[path] == nil && path != TextFile {
			continue
		}
		if err := checkText(path, files[path]); err != nil {
			return err
		}
	}
	return nil
}

// checkText checks one file: a path of the layout and words that can be read. The error is a *CheckError.
func checkText(path string, content []byte) error {
	if !knownPath(path) {
		return &CheckError{File: path, Text: layoutSentence}
	}
	_, _, err := resolution.Parse(content)
	if wrong, is := errors.AsType[*resolution.SyntaxError](err); is {
		return &CheckError{File: path, Line: wrong.Line, Column: wrong.Column, Text: wrong.Text}
	}
	return err
}
