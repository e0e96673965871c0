package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// ReceivedFile is a file that was sent, in a list of them.
type ReceivedFile struct {
	Name     string
	Open     string // where it is decided; empty where nothing is left to decide
	Original string
	Size     string
	Who      string
	At       When
	Became   []ExportLink // what it became
	Long     int          // after so many days it is one to decide about or discard; 0: it has not waited so long
}

// sent is one file of a form.
type sent struct {
	name    string
	content []byte
}

// pasted names a text that came without a file.
const pasted = "pasted.txt"

// sentFiles gives the files that a form brought along, and the text that was pasted as one more.
func sentFiles(c echo.Context) ([]sent, error) {
	var files []sent
	form, err := c.MultipartForm()
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, fmt.Errorf("read the form: %w", err)
	}
	if form != nil {
		for _, header := range form.File["file"] {
			content, err := readSent(header)
			if err != nil {
				return nil, err
			}
			if len(content) > 0 || header.Filename != "" {
				files = append(files, sent{header.Filename, content})
			}
		}
	}
	if text := c.FormValue("text"); strings.TrimSpace(text) != "" {
		name := pasted
		if c.FormValue("file-name") != "" {
			name = c.FormValue("file-name")
		}
		files = append(files, sent{name, []byte(strings.ReplaceAll(text, "\r\n", "\n"))})
	}
	return files, nil
}

// uploaded gives the one file that a form brought along; nothing where none was chosen.
func uploaded(c echo.Context) (name string, file []byte, err error) {
	header, err := c.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("read the file: %w", err)
	}
	file, err = readSent(header)
	return header.Filename, file, err
}

func readSent(header *multipart.FileHeader) (content []byte, err error) {
	opened, err := header.Open()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", header.Filename, err)
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	if content, err = io.ReadAll(opened); err != nil {
		return nil, fmt.Errorf("read %s: %w", header.Filename, err)
	}
	return content, nil
}

// receive keeps the files of a form. The sentences say which could not be read; the others are kept all the same.
func (p *Pages) receive(c echo.Context, slug repo.Slug) (kept []drafting.ReceivedID, problems []string, err error) {
	files, err := sentFiles(c)
	if err != nil {
		return nil, nil, err
	}
	if len(files) == 0 {
		return nil, []string{"Choose a file or paste a text; there was neither."}, nil
	}
	for _, f := range files {
		id, err := p.service.Receive(c.Request().Context(), p.sessions.Actor(c), slug, f.name, f.content)
		if sentence, ok := refusal(err); ok {
			problems = append(problems, sentence)
			continue
		}
		if err != nil {
			return kept, problems, err
		}
		kept = append(kept, id)
	}
	return kept, problems, nil
}

// afterReceiving leads to the file that was sent, or to the list where there are several.
func afterReceiving(c echo.Context, list string, kept []drafting.ReceivedID) error {
	if len(kept) == 1 {
		return seeOther(c, receivedAddress(list, kept[0]))
	}
	return seeOther(c, list+"#sent")
}

func receivedAddress(list string, id drafting.ReceivedID) string {
	return list + "/" + strconv.FormatInt(int64(id), 10)
}

func receivedID(c echo.Context) (drafting.ReceivedID, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("file %q: %w", c.Param("id"), drafting.ErrNotFound)
	}
	return drafting.ReceivedID(id), nil
}

// receivedFiles gives the files that were sent, for a list.
func (p *Pages) receivedFiles(c echo.Context, slug repo.Slug, list string) ([]ReceivedFile, error) {
	rows, err := p.service.ReceivedList(c.Request().Context(), p.sessions.Actor(c), slug)
	if err != nil {
		return nil, err
	}
	var files []ReceivedFile
	for _, row := range rows {
		at := receivedAddress(list, row.ID)
		f := ReceivedFile{
			Name: row.Name, Open: at, Original: at + "/original", Size: sizeWords(row.Size), Who: nameWords(row.Who),
			At: When{row.At.Format(time.RFC3339), p.dated(row.At)},
		}
		if row.Long {
			f.Long = p.service.Waiting().Days
		}
		for part := range len(row.Became) + 1 {
			if became := row.Became[part]; became != "" {
				f.Became = append(f.Became, becameLink(slug, became))
			}
		}
		if slug == "" && len(f.Became) > 0 {
			f.Open = ""
		}
		files = append(files, f)
	}
	return files, nil
}

// becameLink leads to what a file became: the draft begun with it, or the resolution opened.
func becameLink(slug repo.Slug, became string) ExportLink {
	if d, ok := repo.ParseDraftName(became); ok {
		return ExportLink{proposalAddress(slug, d), d.String()}
	}
	return ExportLink{address(repo.Slug(became)), became}
}

func sizeWords(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", (n+512)>>10)
	}
	return drafting.Counted(n, "byte", "bytes")
}

// original sends a file as it came.
func (p *Pages) original(c echo.Context, slug repo.Slug) error {
	id, err := receivedID(c)
	if err != nil {
		return err
	}
	name, content, err := p.service.Original(c.Request().Context(), p.sessions.Actor(c), slug, id)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set("Content-Disposition", "attachment; filename*=UTF-8''"+escapedName(name))
	header.Set("Cache-Control", "private, no-store")
	return c.Blob(http.StatusOK, "application/octet-stream", content)
}

// escapedName writes a file's name as a header may hold it: letters, digits and hyphens stand, all else by its bytes.
func escapedName(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}
