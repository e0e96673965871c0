package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"plenary/repo/docx"
	"plenary/repo/resolution"
)

// ConvertCommand turns a text from one form into another.
type ConvertCommand struct {
	In      string `arg:"" help:"The text to read: .md, .txt or .docx."`
	Out     string `arg:"" help:"The file to write: .md, .txt, .docx, .pdf, .html or .xml (Akoma Ntoso)."`
	Changes string `default:"accept" enum:"accept,reject" help:"Of a Word file with tracked changes: accept them (the proposal) or reject them (the base)."`
	Numbers bool   `help:"From .docx to .txt: write the automatic numbers that Word would show."`
}

// Run converts In to Out by their extensions. From a Word file to .txt it gives the whole main story of any file; to the
// other forms the resolution in it.
func (c ConvertCommand) Run(s Streams) error {
	var text resolution.Text
	var err error
	switch {
	case isWord(c.In) && strings.EqualFold(filepath.Ext(c.Out), ".txt"):
		view := docx.Accept
		if c.Changes == docx.Reject.String() {
			view = docx.Reject
		}
		return wordToPlain(c.In, c.Out, docx.TextOptions{View: view, Numbers: c.Numbers}, s)
	case isWord(c.In):
		text, err = wordText(c.In, c.Changes, s)
	default:
		text, err = readText(c.In, s)
	}
	if err != nil {
		return err
	}
	content, err := encodeText(c.Out, text)
	if err != nil {
		return err
	}
	return writeFile(c.Out, content)
}

// FmtCommand rewrites Markdown files in the canonical form.
type FmtCommand struct {
	Check bool     `help:"Change nothing; list the files that are not canonical and end with status 1."`
	Files []string `arg:"" help:"Markdown files of resolutions (.md)."`
}

// Run rewrites each file that is not canonical and lists it.
func (c FmtCommand) Run(s Streams) error {
	stale := false
	for _, path := range c.Files {
		was, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text, err := readText(path, s)
		if err != nil {
			return err
		}
		canonical := resolution.Format(text)
		if bytes.Equal(was, canonical) {
			continue
		}
		stale = true
		if _, err := fmt.Fprintln(s.Out, path); err != nil {
			return err
		}
		if c.Check {
			continue
		}
		if err := writeFile(path, canonical); err != nil {
			return err
		}
	}
	if c.Check && stale {
		return errPerson
	}
	return nil
}

// RenumberCommand writes all labels of a text anew.
type RenumberCommand struct {
	File string `arg:"" help:"The text: .md or .txt."`
	Out  string `short:"o" help:"Where to write; FILE itself when not given."`
}

// Run renumbers the text.
func (c RenumberCommand) Run(s Streams) error {
	text, err := readText(c.File, s)
	if err != nil {
		return err
	}
	out := c.Out
	if out == "" {
		out = c.File
	}
	return writeText(out, resolution.RenumberLists(text), s)
}
