package repo

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// addressDomain is where the addresses in commits pretend to be; nothing is ever sent there.
const addressDomain = "users.invalid"

const coAuthorKey = "Co-authored-by"

// message puts a commit's message together: subject, body, trailers, co-authors last.
func message(subject, body string, trailers []Trailer, coAuthors []Author) string {
	parts := []string{oneLine(subject)}
	if body = clean(body); body != "" {
		parts = append(parts, body)
	}
	var end []string
	for _, t := range trailers {
		end = append(end, oneLine(t.Key)+": "+oneLine(t.Value))
	}
	for _, a := range coAuthors {
		end = append(end, coAuthorKey+": "+a.git())
	}
	if len(end) > 0 {
		parts = append(parts, strings.Join(end, "\n"))
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// clean takes out of a commit's body what reorders or hides words, and quotes lines that would read as trailers:
// those are the server's word.
func clean(body string) string {
	lines := strings.Split(strings.TrimSpace(strings.Map(shown, strings.ReplaceAll(body, "\r\n", "\n"))), "\n")
	for i, line := range lines {
		if trailerLine.MatchString(line) {
			lines[i] = "> " + line
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), " \t\n")
}

// shown drops control characters but newline and tab, and the marks that turn the direction of words around.
func shown(r rune) rune {
	switch {
	case r == '\n', r == '\t':
		return r
	case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF, r == 0xFFFE:
		return -1
	}
	return r
}

// oneLine gives words in one line, cleaned.
func oneLine(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == 0 })
	return strings.Join(strings.Fields(strings.Map(shown, strings.Join(words, " "))), " ")
}

// git writes the author as a commit header does: "Maria Silva (USA) <7@users.invalid>".
func (a Author) git() string { return a.fullName() + " <" + a.address() + ">" }

func (a Author) fullName() string {
	name := cleanName(a.Name)
	if code := cleanName(a.Code); code != "" {
		name = strings.TrimSpace(name + " (" + code + ")")
	}
	if name == "" {
		return "unknown"
	}
	return name
}

func (a Author) address() string {
	id := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>@", r) {
			return -1
		}
		return r
	}, a.ID)
	if id == "" {
		id = "unknown"
	}
	return id + "@" + addressDomain
}

// cleanName takes out what a commit header cannot hold.
func cleanName(s string) string {
	return oneLine(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) || r == '<' || r == '>' {
			return -1
		}
		return r
	}, s))
}

var nameWithCode = regexp.MustCompile(`^(.*\S) \(([^()]*)\)$`)

// readAuthor is the inverse of git for people of the assembly; other people keep their address as ID.
func readAuthor(name, address string) Author {
	a := Author{Name: name, ID: address}
	if id, ok := strings.CutSuffix(address, "@"+addressDomain); ok {
		a.ID = id
		if m := nameWithCode.FindStringSubmatch(name); m != nil {
			a.Name, a.Code = m[1], m[2]
		}
	}
	return a
}

var trailerLine = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*): (.*)$`)

// readCommit turns the git library's commit into ours.
func readCommit(c *object.Commit) Commit {
	out := Commit{
		Hash:   Hash(c.Hash.String()),
		Author: readAuthor(c.Author.Name, c.Author.Email),
		When:   possible(c.Author.When),
	}
	for _, p := range c.ParentHashes {
		out.Parents = append(out.Parents, Hash(p.String()))
	}
	text := strings.TrimSpace(strings.ToValidUTF8(c.Message, "\uFFFD"))
	rest := ""
	out.Subject, rest, _ = strings.Cut(text, "\n")
	rest = strings.TrimSpace(rest)
	before, last := "", rest
	if i := strings.LastIndex(rest, "\n\n"); i >= 0 {
		before, last = rest[:i], rest[i+2:]
	}
	trailers, ok := readTrailers(last)
	if !ok {
		out.Body = rest
		return out
	}
	out.Body = strings.TrimSpace(before)
	for _, t := range trailers {
		if !strings.EqualFold(t.Key, coAuthorKey) {
			out.Trailers = append(out.Trailers, t)
			continue
		}
		name, address, _ := strings.Cut(t.Value, " <")
		out.CoAuthors = append(out.CoAuthors, readAuthor(name, strings.TrimSuffix(address, ">")))
	}
	return out
}

// possible brings a commit's date into what can be shown: git keeps any number of seconds and any zone.
func possible(when time.Time) time.Time {
	earliest, latest := time.Unix(0, 0).UTC(), time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)
	if _, offset := when.Zone(); offset <= -24*3600 || offset >= 24*3600 {
		when = when.UTC()
	}
	switch s := when.Unix(); { // Before and After wrap around far away
	case s < earliest.Unix():
		return earliest
	case s > latest.Unix():
		return latest
	}
	return when
}

// readTrailers reads a paragraph that is nothing but "Key: value" lines.
func readTrailers(paragraph string) ([]Trailer, bool) {
	var trailers []Trailer
	for line := range strings.Lines(paragraph) {
		m := trailerLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			return nil, false
		}
		trailers = append(trailers, Trailer{Key: m[1], Value: m[2]})
	}
	return trailers, len(trailers) > 0
}

// parseCommit reads a commit as git stores it.
func parseCommit(h Hash, raw []byte) (Commit, error) {
	var stored plumbing.MemoryObject
	stored.SetType(plumbing.CommitObject)
	if _, err := stored.Write(raw); err != nil {
		return Commit{}, fmt.Errorf("commit %s: %w", h, err)
	}
	var c object.Commit
	if err := c.Decode(&stored); err != nil {
		return Commit{}, fmt.Errorf("commit %s: %w", h, err)
	}
	out := readCommit(&c)
	out.Hash = h
	return out, nil
}
