package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// AuditPage shows who did what, when, from where.
type AuditPage struct {
	Lines  []AuditLine
	Words  string
	Acts   []Choice
	Since  string
	Until  string
	Older  string
	Export string
	Zone   string

	Problem string
}

// AuditLine is one line of the audit log.
type AuditLine struct {
	At      When
	Who     string
	Circle  Tag
	Act     string
	Subject string
	Detail  string
	Address string
}

// auditLines is how many lines stand on one page; exportedLines how many one file takes.
const (
	auditLines    = 100
	exportedLines = 100_000
)

// auditQuery reads which lines are asked for.
func (p *Pages) auditQuery(c echo.Context) (q drafting.AuditQuery, asked url.Values, problem string) {
	q = drafting.AuditQuery{Words: c.QueryParam("words"), Act: c.QueryParam("act")}
	asked = url.Values{}
	for _, name := range []string{"words", "act", "since", "until"} {
		if v := c.QueryParam(name); v != "" {
			asked.Set(name, v)
		}
	}
	day := func(name string, add int) time.Time {
		written := c.QueryParam(name)
		if written == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(time.DateOnly, written, p.zone)
		if err != nil {
			problem = "Write days as 2026-03-12; this one was left out."
			return time.Time{}
		}
		return t.AddDate(0, 0, add)
	}
	q.Since, q.Until = day("since", 0), day("until", 1)
	if before, err := strconv.ParseInt(c.QueryParam("before"), 10, 64); err == nil {
		q.Before = max(before, 0)
	}
	return q, asked, problem
}

// Audit shows the audit log, the newest lines first.
func (p *Pages) Audit(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	q, asked, problem := p.auditQuery(c)
	q.Most = auditLines + 1
	lines, acts, err := p.service.Audit(r.ctx(), r.actor, q)
	if err != nil {
		return err
	}
	page := AuditPage{
		Words: q.Words, Since: c.QueryParam("since"), Until: c.QueryParam("until"), Problem: problem,
		Export: "/audit.csv?" + asked.Encode(), Zone: p.now().In(p.zone).Format("MST"),
	}
	if len(lines) > auditLines {
		lines = lines[:auditLines]
		asked.Set("before", strconv.FormatInt(lines[auditLines-1].ID, 10))
		page.Older = "/audit?" + asked.Encode()
	}
	page.Acts = []Choice{{"", "everything", q.Act == ""}}
	for _, act := range acts {
		page.Acts = append(page.Acts, Choice{act, act, act == q.Act})
	}
	for _, l := range lines {
		line := AuditLine{At: p.exactly(l.At), Who: auditName(l), Act: l.Act, Subject: l.Subject, Detail: l.Detail, Address: l.Address}
		if l.Circle != "" {
			line.Circle = r.inks.tag(l.Circle)
		}
		page.Lines = append(page.Lines, line)
	}
	return show(p, c, http.StatusOK, p.frame(r, "audit", "Audit log", Crumb{"Resolutions", "/"}, Crumb{Words: "Audit log"}), page)
}

// exactly writes a moment to the second.
func (p *Pages) exactly(t time.Time) When {
	return When{ISO: t.Format(time.RFC3339), Words: t.In(p.zone).Format("2006-01-02 15:04:05")}
}

func auditName(l drafting.AuditEntry) string {
	switch {
	case l.Name != "":
		return l.Name
	case l.Person == 0:
		return "nobody signed in"
	}
	return "person " + strconv.FormatInt(int64(l.Person), 10)
}

// AuditFile gives the audit log as a file for spreadsheets, and puts on record that it was exported.
func (p *Pages) AuditFile(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	ctx, actor := r.ctx(), r.actor
	q, asked, _ := p.auditQuery(c)
	q.Most = exportedLines
	lines, _, err := p.service.Audit(ctx, actor, q)
	if err != nil {
		return err
	}
	if err := p.service.Note(ctx, actor, drafting.AuditExported, asked.Encode()); err != nil {
		return err
	}
	var file bytes.Buffer
	out := csv.NewWriter(&file)
	rows := [][]string{{"time", "person", "name", "delegation", "act", "subject", "detail", "address"}}
	for _, l := range lines {
		rows = append(rows, []string{
			l.At.UTC().Format(time.RFC3339), strconv.FormatInt(int64(l.Person), 10), inert(l.Name), inert(string(l.Circle)),
			inert(l.Act), inert(l.Subject), inert(l.Detail), inert(l.Address),
		})
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="audit-`+p.now().UTC().Format(time.DateOnly)+`.csv"`)
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
}

// inert keeps a spreadsheet from taking what somebody wrote for a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
