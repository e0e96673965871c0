package drafting

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"plenary/repo"
)

// Register is a list of people and delegations as a file brings it, read but not kept.
type Register struct {
	Rows     []RegisterRow
	Circles  []Circle // that would be added
	People   int      // that would be added
	Problems int      // lines that cannot be taken
}

// RegisterRow is one line of a register and what would become of it.
type RegisterRow struct {
	Line     int
	Person   Person        // zero ID and login where the line is about a delegation only
	Joins    []repo.Circle // for somebody who is here already
	Sentence string        // what importing would do
	Problem  string        // why the line cannot be taken, and what to do; empty when it can
}

// mostRows bounds a register.
const mostRows = 5000

// registerColumns are the columns a register may have, in any order. A login or a delegation there must be.
var registerColumns = []string{"login", "name", "role", "delegation", "delegation name"}

// PreviewRegister reads a file of people and delegations (CSV with a line of headings) and says for every line what
// importing would do. Nothing is kept.
func (s *Service) PreviewRegister(ctx context.Context, a Actor, file []byte) (Register, error) {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return Register{}, err
	}
	return readRegister(ctx, s.records, file)
}

// ImportRegister keeps what PreviewRegister has shown, all of it or, when any line cannot be taken, nothing. New
// people sign in by a link first.
func (s *Service) ImportRegister(ctx context.Context, a Actor, file []byte) (Register, error) {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return Register{}, err
	}
	seen, err := readRegister(ctx, s.records, file)
	if err != nil {
		return Register{}, err
	}
	e := s.entry(a, AuditRegister, "", fmt.Sprintf("%d people, %d delegations", seen.People, len(seen.Circles)))
	var kept Register
	err = s.recorded(ctx, e, func(r Records) error {
		if kept, err = readRegister(ctx, r, file); err != nil {
			return err
		}
		if kept.Problems > 0 {
			return refuse("%d of the lines cannot be taken, so nothing was imported. Mend them in the file and choose it again.", kept.Problems)
		}
		for _, c := range kept.Circles {
			if err := addCircle(ctx, r, c); err != nil {
				return err
			}
		}
		for _, row := range kept.Rows {
			if err := s.keepRow(ctx, r, a, row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Register{}, fmt.Errorf("import people: %w", err)
	}
	return kept, nil
}

func (s *Service) keepRow(ctx context.Context, r Records, a Actor, row RegisterRow) error {
	switch {
	case row.Person.Login == "":
		return nil
	case row.Person.ID == 0:
		if _, err := addPerson(ctx, r, row.Person, ""); err != nil {
			return err
		}
		return r.AddAudit(ctx, s.entry(a, AuditAddedPerson, row.Person.Login, described(row.Person)))
	}
	for _, c := range row.Joins {
		if err := r.Join(ctx, row.Person.ID, c); err != nil {
			return err
		}
		if err := r.AddAudit(ctx, s.entry(a, AuditJoined, row.Person.Login, string(c))); err != nil {
			return err
		}
	}
	return nil
}

// registerReader follows a register line by line, knowing who is there and what earlier lines bring.
type registerReader struct {
	circles map[repo.Circle]Circle
	people  map[string]Person
	lines   map[string]int // by login: the line that brings it
	columns map[string]int
	Register
}

func readRegister(ctx context.Context, r Records, file []byte) (Register, error) {
	records, lines, err := csvRecords(file)
	if err != nil {
		return Register{}, err
	}
	in := registerReader{circles: map[repo.Circle]Circle{}, people: map[string]Person{}, lines: map[string]int{}}
	if in.columns, err = headings(records[0]); err != nil {
		return Register{}, err
	}
	circles, err := r.Circles(ctx)
	if err != nil {
		return Register{}, fmt.Errorf("circles: %w", err)
	}
	for _, c := range circles {
		in.circles[c.Code] = c
	}
	people, err := r.People(ctx)
	if err != nil {
		return Register{}, fmt.Errorf("people: %w", err)
	}
	for _, p := range people {
		in.people[p.Login] = p
	}
	for i, record := range records[1:] {
		row, err := in.row(record, lines[i+1])
		row.Line = lines[i+1]
		if refusal, ok := errors.AsType[*Refusal](err); ok {
			row.Problem = refusal.Sentence
			in.Problems++
		} else if err != nil {
			return Register{}, err
		}
		in.Rows = append(in.Rows, row)
	}
	return in.Register, nil
}

// csvRecords reads the lines of a CSV file, whatever of comma, semicolon and tab it is written with.
func csvRecords(file []byte) (records [][]string, lines []int, err error) {
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(file) {
		return nil, nil, refuse("The file is not UTF-8 text. Save it as “CSV UTF-8” and choose it again.")
	}
	first, _, _ := bytes.Cut(file, []byte("\n"))
	in := csv.NewReader(bytes.NewReader(file))
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	for _, comma := range ";\t" {
		if bytes.ContainsRune(first, comma) && !bytes.ContainsRune(first, ',') {
			in.Comma = comma
		}
	}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, nil, refuse("Line %d cannot be read: %v. Mend it and choose the file again.", wrong.Line, wrong.Err)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read people: %w", err)
		}
		line, _ := in.FieldPos(0)
		records, lines = append(records, record), append(lines, line)
		if len(records) > mostRows+1 {
			return nil, nil, refuse("The file has more than %d lines. Divide it.", mostRows)
		}
	}
	if len(records) < 2 {
		return nil, nil, refuse("The file holds no line below its headings. The first line names the columns: %s.", strings.Join(registerColumns, ", "))
	}
	return records, lines, nil
}

func headings(record []string) (map[string]int, error) {
	columns := map[string]int{}
	for i, heading := range record {
		name := strings.ReplaceAll(strings.ToLower(strings.Join(strings.Fields(heading), " ")), "-", " ")
		if !slices.Contains(registerColumns, name) {
			return nil, refuse("%q is no column: the first line names the columns %s.", oneLine(heading), strings.Join(registerColumns, ", "))
		}
		if _, twice := columns[name]; twice {
			return nil, refuse("The column %q is there twice.", name)
		}
		columns[name] = i
	}
	_, login := columns["login"]
	_, delegation := columns["delegation"]
	if !login && !delegation {
		return nil, refuse("There is neither a column login nor a column delegation. The first line names the columns: %s.", strings.Join(registerColumns, ", "))
	}
	return columns, nil
}

// row reads one line. A line without a login brings a delegation only.
func (in *registerReader) row(record []string, line int) (RegisterRow, error) {
	cell := func(column string) string {
		if i, ok := in.columns[column]; ok && i < len(record) {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	login, role := strings.ToLower(cell("login")), strings.ToLower(cell("role"))
	row := RegisterRow{Person: Person{Login: login, Name: cell("name"), Role: Role(role)}}
	circles, added, err := in.delegations(cell("delegation"), cell("delegation name"))
	if err != nil {
		return row, err
	}
	var did []string
	for _, c := range added {
		did = append(did, fmt.Sprintf("adds the delegation %s, %s", c.Label, c.Name))
	}
	if login == "" {
		if cell("name") != "" || role != "" {
			return row, refuse("There is a person without a login: give one.")
		}
		if len(circles) == 0 {
			return row, refuse("The line says nothing: give a login or a delegation.")
		}
		if len(added) == 0 {
			did = append(did, "changes nothing: the delegation is here already")
		}
	} else {
		if role == "" {
			row.Person.Role = RoleDelegate
		}
		row.Person.Circles = circles
		what, err := in.person(&row, line)
		if err != nil {
			return row, err
		}
		did = append(did, what)
	}
	for _, c := range added {
		in.circles[c.Code] = c
		in.Circles = append(in.Circles, c)
	}
	row.Sentence = strings.Join(did, "; ")
	return row, nil
}

// delegations reads the codes of a line, several divided by slashes, and what must be added for them.
func (in *registerReader) delegations(labels, name string) (codes []repo.Circle, added []Circle, err error) {
	for label := range strings.SplitSeq(labels, "/") {
		label = strings.TrimSpace(label)
		if label == "" {
			continue
		}
		code := repo.Circle(words(label))
		if _, ok := in.circles[code]; !ok {
			if name == "" || strings.Contains(labels, "/") {
				return nil, nil, refuse("There is no delegation %q: add it first, or give its name in the column “delegation name” of a line of its own.", oneLine(label))
			}
			c, err := tidyCircle(Circle{Label: label, Name: name, Kind: CircleDelegation})
			if err != nil {
				return nil, nil, err
			}
			added = append(added, c)
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes, added, nil
}

// person says what a line would do about its person.
func (in *registerReader) person(row *RegisterRow, line int) (string, error) {
	login := row.Person.Login
	if earlier, twice := in.lines[login]; twice {
		return "", refuse("The login %s is in line %d already.", oneLine(login), earlier)
	}
	in.lines[login] = line
	here, known := in.people[login]
	if !known {
		p, err := tidy(row.Person)
		if err != nil {
			return "", err
		}
		if p.Role == RoleDelegate && len(p.Circles) == 0 {
			return "", refuse("A delegate needs a delegation: give its code.")
		}
		row.Person = p
		in.People++
		return fmt.Sprintf("adds %s, %s", p.Name, p.Role), nil
	}
	for _, c := range row.Person.Circles {
		if !slices.Contains(here.Circles, c) {
			row.Joins = append(row.Joins, c)
		}
	}
	row.Person = here
	if len(row.Joins) == 0 {
		return here.Name + " is here already and stays as they are", nil
	}
	return fmt.Sprintf("%s is here already and joins %s", here.Name, joined(row.Joins)), nil
}

func joined(codes []repo.Circle) string {
	labels := make([]string, len(codes))
	for i, c := range codes {
		labels[i] = string(c)
	}
	return strings.Join(labels, ", ")
}
