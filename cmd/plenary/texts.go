package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"plenary/repo/resolution"
)

// readText reads a text, by extension: .md is the file that git stores, .txt is paper text, .docx a Word file
// with its changes accepted.
// Warnings go to standard error, one line each, and do not stop the command.
func readText(path string, s Streams) (resolution.Text, error) {
	return readTextAs(path, resolution.ParsePaper, s)
}

// readTextAs is readText with a reader of paper text.
func readTextAs(path string, paper func([]byte) (resolution.Text, []resolution.Warning, error), s Streams) (resolution.Text, error) {
	if isWord(path) {
		return wordText(path, "accept", s)
	}
	parse := resolution.Parse
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".md":
	case ".txt":
		parse = paper
	default:
		return resolution.Text{}, fmt.Errorf("%s: cannot read %q files; give .md (the file git stores), .txt (paper text) or .docx (Word)", path, ext)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return resolution.Text{}, err
	}
	text, warnings, err := parse(file)
	if wrong, ok := errors.AsType[*resolution.SyntaxError](err); ok && wrong.Line > 0 {
		return resolution.Text{}, fmt.Errorf("%s:%d:%d: %s", path, wrong.Line, wrong.Column, wrong.Text)
	}
	if err != nil {
		return resolution.Text{}, fmt.Errorf("%s: %w", path, err)
	}
	for _, w := range warnings {
		if _, err := fmt.Fprintf(s.Err, "%s:%d:%d: %s\n", path, w.Line, w.Column, w.Text); err != nil {
			return resolution.Text{}, err
		}
	}
	return text, nil
}

// readTexts reads several texts in the order given.
func readTexts(paths []string, s Streams) ([]resolution.Text, error) {
	return readTextsAs(paths, resolution.ParsePaper, s)
}

// readTextsAs is readTexts with a reader of paper text.
func readTextsAs(paths []string, paper func([]byte) (resolution.Text, []resolution.Warning, error), s Streams) ([]resolution.Text, error) {
	texts := make([]resolution.Text, len(paths))
	for i, path := range paths {
		var err error
		if texts[i], err = readTextAs(path, paper, s); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// encodeText gives the bytes of a file by its extension.
func encodeText(path string, t resolution.Text) ([]byte, error) {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".md":
		return resolution.Format(t), nil
	case ".txt":
		return resolution.FormatPaper(t), nil
	default:
		content, known, err := encodeForm(ext, t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if !known {
			return nil, fmt.Errorf("%s: cannot write %q files; give .md (the file git stores), .txt (paper text), .docx (Word), .html or .xml (Akoma Ntoso)", path, ext)
		}
		return content, nil
	}
}

// writeFile replaces a file whole: written beside it, synced, renamed over it, so that a crash leaves the old or the new.
func writeFile(path string, content []byte) error {
	return replaceFile(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// modeOf gives the mode a replaced file keeps, or that of a new one.
func modeOf(path string) os.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}

// writeText writes a text to path, or to standard output as Markdown when path is empty or "-".
func writeText(path string, t resolution.Text, s Streams) error {
	if path == "" || path == "-" {
		_, err := s.Out.Write(resolution.Format(t))
		return err
	}
	content, err := encodeText(path, t)
	if err != nil {
		return err
	}
	return writeFile(path, content)
}
