package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// ResolutionPage is the page of one resolution.
type ResolutionPage struct {
	Heading   string // "Resolution 7"
	Title     string
	Edition   string
	Stands    string // what the text as it stands is called: its edition, or the revised text
	Revised   string // when it was revised last since its adoption; empty where it was not
	Read      string // addresses
	Compare   string
	History   string
	Compiled  string
	Map       string
	Words     string
	Comments  string
	Open      string // what is still open in the text
	Clone     string
	Propose   string // empty where the person may not
	Bring     string // a Word contribution; likewise
	Adopt     string
	Merge     string // where the merge form goes; empty where the person may not
	Why       string
	Deadline  string
	Clauses   []Group
	Proposals []ProposalRow
	Mergeable int
	Mergings  []MergingRow
	Merged    []MergingRow // done, newest first
	Adopted   []VersionLink
	Activity  []ActivityLine
	Problem   string
}

// ProposalRow is one proposal in a list.
type ProposalRow struct {
	Circle    Tag
	Label     string
	Name      string // of the delegation
	Href      string
	Value     string // "usa/48a5-1", as forms send it
	Clauses   string
	Status    string
	StatusIs  string // "", ok, warn, bad
	Reason    string
	Editing   int
	Mine      bool
	Mergeable bool
}

// MergingRow is one merge in a list.
type MergingRow struct {
	Href  string
	Begun When
	Words string
	Back  bool // it was taken back
}

// VersionLink is a version one can open.
type VersionLink struct {
	Label string
	Href  string
	At    When
}

// ActivityLine is one line of what happened.
type ActivityLine struct {
	At    When
	Words string
	Tag   Tag
	Href  string
}

// slugOf gives the resolution a request is about.
func slugOf(c echo.Context) repo.Slug { return repo.Slug(c.Param("slug")) }

// Resolution shows one resolution: the text, its proposals, what happened.
func (p *Pages) Resolution(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	return p.showResolution(r, http.StatusOK, "")
}

func (p *Pages) showResolution(r request, status int, problem string) error {
	v, err := p.service.Resolution(r.ctx(), r.actor, slugOf(r))
	if err != nil {
		return err
	}
	reading, err := p.service.Read(r.ctx(), r.actor, v.Slug, "main", "")
	if err != nil {
		return err
	}
	page := ResolutionPage{
		Heading: resolutionWords(v.Resolution), Title: v.Title, Edition: v.Edition, Why: v.May.Why, Problem: problem,
		Read: address(v.Slug, "read"), Compare: address(v.Slug, "compare"), History: address(v.Slug, "history"),
		Map: address(v.Slug, "map"), Words: address(v.Slug, "words"), Comments: address(v.Slug, "comments"), Open: address(v.Slug, "open"),
		Compiled: address(v.Slug, "compilation"), Clone: address(v.Slug, "clone"), Deadline: p.deadline(v.Deadline),
		Clauses: plainText(reading.Text, reading.Names),
	}
	page.Stands = reading.Version.Label
	if reading.Version.Label != v.Edition {
		page.Revised = p.dated(reading.Version.At)
	}
	if v.May.Propose {
		page.Propose, page.Bring = address(v.Slug, "propose"), address(v.Slug, "bring")
	}
	if v.May.Adopt {
		page.Adopt = address(v.Slug, "adopt")
	}
	if v.May.StartMerge {
		page.Merge = address(v.Slug, "merges")
	}
	for _, row := range v.Proposals {
		shown := p.proposalRow(row)
		if shown.Mergeable {
			page.Mergeable++
		}
		page.Proposals = append(page.Proposals, shown)
	}
	for _, m := range v.Mergings {
		if m.Done.IsZero() && m.Abandoned.IsZero() && v.May.StartMerge {
			page.Mergings = append(page.Mergings, MergingRow{
				Href: mergingAddress(v.Slug, m.ID), Begun: p.when(m.Begun), Words: drafting.Counted(len(m.Proposals), "proposal", "proposals"),
			})
		}
		if !m.Done.IsZero() {
			done := MergingRow{Href: mergedAddress(v.Slug, m.ID), Begun: p.when(m.Done), Words: drafting.Counted(len(m.Proposals), "proposal", "proposals")}
			done.Back = !m.TakenBack.IsZero()
			page.Merged = append([]MergingRow{done}, page.Merged...)
		}
	}
	for _, version := range v.Adopted {
		page.Adopted = append(page.Adopted, VersionLink{version.Label, readAddress(v.Slug, version.Key, ""), p.when(version.At)})
	}
	for _, row := range v.Activity {
		page.Activity = append(page.Activity, p.activityLine(r, row))
	}
	return show(p, r, status, p.frame(r, "resolution", page.Heading, way(v.Resolution)[:1:1][0], Crumb{Words: page.Heading}), page)
}

func (p *Pages) activityLine(r request, row drafting.ActivityRow) ActivityLine {
	line := ActivityLine{At: p.when(row.At), Words: activityWords(row, true)}
	if row.Draft.Valid() {
		line.Href = proposalAddress(row.Resolution, row.Draft)
	}
	if row.Circle != "" {
		line.Tag = r.inks.tag(row.Circle)
	}
	return line
}

func (p *Pages) proposalRow(row drafting.ProposalRow) ProposalRow {
	shown := ProposalRow{
		Circle: tagOf(row.Circle), Label: row.Label, Name: row.Circle.Name, Value: row.Draft.String(),
		Href: proposalAddress(row.Resolution, row.Draft), Clauses: drafting.Counted(row.Clauses, "clause", "clauses"),
		Reason: row.Reason, Editing: row.Editing, Mine: row.Mine,
		Mergeable: row.Status == drafting.StatusSubmitted || row.Status == drafting.StatusInPart,
	}
	shown.Status, shown.StatusIs = statusWords(row.Status)
	return shown
}

// statusWords names where a proposal stands, and in which of the pill's looks.
func statusWords(status drafting.Status) (words, look string) {
	switch status {
	case drafting.StatusDraft:
		return "Draft", ""
	case drafting.StatusSubmitted:
		return "Submitted", "ok"
	case drafting.StatusWithdrawn:
		return "Withdrawn", "bad"
	case drafting.StatusMerged:
		return "Merged", "ok"
	case drafting.StatusInPart:
		return "Merged in part", "warn"
	case drafting.StatusAdopted:
		return "Adopted", "ok"
	case drafting.StatusNot:
		return "Not adopted", "bad"
	}
	return string(status), ""
}

// proposalAddress gives the address of a proposal's page, or of a form or page below it.
func proposalAddress(slug repo.Slug, d repo.DraftName, rest ...string) string {
	return address(slug, slices.Concat([]string{"proposals", string(d.Circle), d.Name}, rest)...)
}

// readAddress gives the address of the reading view of a version, compared with another one or its own base.
func readAddress(slug repo.Slug, version, against string) string {
	query := url.Values{"version": {version}}
	if against != "" {
		query.Set("against", against)
	}
	return address(slug, "read") + "?" + query.Encode()
}
