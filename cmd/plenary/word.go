package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"plenary/repo/akn"
	"plenary/repo/docx"
	htmlpage "plenary/repo/page"
	"plenary/repo/pdf"
	"plenary/repo/resolution"
)

// isWord tells by its extension whether a path is a Word file.
func isWord(path string) bool { return strings.EqualFold(filepath.Ext(path), ".docx") }

// readWord reads a Word file, refusing those too large before they are in memory.
func readWord(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > docx.MaxFile {
		return nil, fmt.Errorf("%s: the file has %d bytes; the largest Word file that is read has %d: remove its pictures or split it", path, info.Size(), docx.MaxFile)
	}
	return os.ReadFile(path)
}

// importWord reads a Word file as a contribution; its warnings go to standard error.
func importWord(path string, s Streams) (docx.Contribution, error) {
	file, err := readWord(path)
	if err != nil {
		return docx.Contribution{}, err
	}
	c, err := docx.Import(file)
	if err != nil {
		return docx.Contribution{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, warn(s, path, c.Warnings)
}

func warn(s Streams, path string, warnings []string) error {
	for _, w := range warnings {
		if _, err := fmt.Fprintf(s.Err, "%s: %s\n", path, w); err != nil {
			return err
		}
	}
	return nil
}

// wordText gives the one text of a Word file in the view asked for.
func wordText(path, changes string, s Streams) (resolution.Text, error) {
	c, err := importWord(path, s)
	if err != nil {
		return resolution.Text{}, err
	}
	if len(c.Proposals) != 1 {
		return resolution.Text{}, fmt.Errorf("%s: holds %d proposals; use plenary import, which writes each into a file of its own", path, len(c.Proposals))
	}
	if changes == docx.Reject.String() {
		return c.Proposals[0].Base, nil
	}
	return c.Proposals[0].Proposal, nil
}

// wordToPlain writes the main story of any Word file as plain text.
func wordToPlain(in, out string, o docx.TextOptions, s Streams) error {
	file, err := readWord(in)
	if err != nil {
		return err
	}
	var warnings []string
	err = replaceFile(out, func(w io.Writer) error {
		var err error
		warnings, err = docx.WriteText(w, file, o)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	return warn(s, in, warnings)
}

// encodeForm gives a text in the forms that leave the house: Word, a page, paper, Akoma Ntoso.
func encodeForm(ext string, t resolution.Text) (content []byte, known bool, err error) {
	switch ext {
	case ".docx":
		content, err = docx.Write(t, docx.Options{})
	case ".html":
		content, err = htmlpage.Text(t)
	case ".xml":
		content, err = akn.Document(t, akn.Naming{})
	case ".pdf":
		content, err = pdf.Text(t, pdf.Options{})
	default:
		return nil, false, nil
	}
	return content, true, err
}

// ImportCommand reads a contribution in Word form into a directory.
type ImportCommand struct {
	In  string `arg:"" help:"The Word file (.docx)."`
	Dir string `arg:"" help:"The directory to write base.md, proposal.md, cover.md and report.json into; made if absent."`
}

// importReport is report.json.
type importReport struct {
	Source    string           `json:"source,omitempty"`
	Title     string           `json:"title,omitempty"`
	Proposals []importProposal `json:"proposals"`
	Authors   []docx.Author    `json:"authors"`
	Comments  []docx.Comment   `json:"comments"`
	Warnings  []string         `json:"warnings"`
}

type importProposal struct {
	Instruction string   `json:"instruction,omitempty"`
	Number      string   `json:"number,omitempty"`
	Base        string   `json:"base"`
	Proposal    string   `json:"proposal"`
	Changed     bool     `json:"tracked_changes"`
	Fused       []string `json:"run_together,omitempty"`
}

// Run writes the parts of the contribution. All is read before anything is written. Further proposals of the same file
// go to base-2.md, proposal-2.md and so on.
func (c ImportCommand) Run(s Streams) error {
	got, err := importWord(c.In, s)
	if err != nil {
		return err
	}
	files := map[string][]byte{"cover.md": got.Cover}
	report := importReport{Source: got.Source, Title: got.Title, Authors: got.Authors, Comments: got.Comments, Warnings: got.Warnings}
	for i, p := range got.Proposals {
		suffix := ".md"
		if i > 0 {
			suffix = "-" + strconv.Itoa(i+1) + ".md"
		}
		files["base"+suffix] = resolution.Format(p.Base)
		files["proposal"+suffix] = resolution.Format(p.Proposal)
		report.Proposals = append(report.Proposals, importProposal{
			Instruction: p.Instruction, Number: p.Number,
			Base: "base" + suffix, Proposal: "proposal" + suffix, Changed: p.Changed, Fused: p.Fused,
		})
	}
	raw, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	files["report.json"] = append(raw, '\n')
	if err := os.MkdirAll(c.Dir, 0o755); err != nil { //nolint:gosec // texts are public to the people of the machine
		return err
	}
	for name, content := range files {
		if err := writeFile(filepath.Join(c.Dir, name), content); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile replaces a file whole by what write gives; when write fails, the old file stays.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".plenary-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	if err := tmp.Chmod(modeOf(path)); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := write(tmp); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := tmp.Sync(); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// writeChanges writes the changes from one text to another as a file with the changes in it.
func writeChanges(out, author, date string, base, revised resolution.Text) error {
	if date == "" {
		date = time.Now().UTC().Format("2006-01-02T15:04:05Z")
	} else if _, err := time.Parse("2006-01-02T15:04:05Z", date); err != nil {
		return fmt.Errorf("--date %s: write it like 2026-03-01T09:00:00Z", date)
	}
	var content []byte
	var err error
	switch ext := strings.ToLower(filepath.Ext(out)); ext {
	case ".docx":
		if strings.TrimSpace(author) == "" {
			return fmt.Errorf("%s: give --author NAME, the delegation whose changes these are", out)
		}
		content, err = docx.Export(base, revised, docx.Options{Author: author, Date: date})
	case ".html":
		content, err = htmlpage.Changes(base, revised)
	case ".pdf":
		content, err = pdf.Changes(base, revised, pdf.Options{Heading: author})
	default:
		return fmt.Errorf("%s: cannot write changes as %q; give .docx, .pdf or .html", out, ext)
	}
	if err != nil {
		return err
	}
	return writeFile(out, content)
}
