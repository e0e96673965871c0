package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"plenary/repo/diff"
	"plenary/server/drafting"
)

// ReadPage is the reading view of one version, with its changes against another where there is one.
type ReadPage struct {
	Action   string
	Versions []Choice
	Bases    []Choice
	Label    string // "USA/48A5/1, as submitted"
	Base     string // "Rev. Dubai, 2012"; empty when the text is read for itself
	When     string // what happened to it when: "submitted 9 March 2026, 18:02"
	Tag      Tag
	Changes  string // "16 clauses changed"
	Clean    string // address of the same text without marks; empty when there are none
	Marked   string // address with marks, when they are off
	History  string
	Words    string // who brought each word
	Comments string
	Exports  []ExportLink // of exactly this view
	Clauses  []Group
}

// Choice is one option of a select.
type Choice struct {
	Value, Words string
	Chosen       bool
}

// noBase in an address asks for a text without marks.
const noBase = "none"

// Read shows one version of a text to read and print.
func (p *Pages) Read(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	slug, version, against := slugOf(c), c.QueryParam("version"), c.QueryParam("against")
	if version == "" {
		version = "main"
	}
	marked := against != noBase
	if !marked {
		against = ""
	}
	reading, err := p.service.Read(r.ctx(), r.actor, slug, version, against)
	if err != nil {
		return err
	}
	versions, err := p.service.Versions(r.ctx(), r.actor, slug)
	if err != nil {
		return err
	}
	page := ReadPage{
		Action: address(slug, "read"), Label: reading.Version.Label, When: p.since(reading), Versions: choices(versions, reading.Version),
		History: address(slug, "history") + "?" + url.Values{"version": {version}}.Encode(),
	}
	page.Words = address(slug, "words") + "?" + url.Values{"version": {version}}.Encode()
	if k := reading.Version.Kind; k != drafting.VersionSubmission && k != drafting.VersionCommit {
		page.Comments = commentsAddress(slug, reading.Version.Key)
	}
	slot := anyInk
	if reading.Version.Draft.Valid() {
		page.Tag = r.inks.tag(reading.Version.Draft.Circle)
		slot = page.Tag.Slot
	}
	page.Bases = append([]Choice{{noBase, "nothing (clean text)", !marked}}, choices(versions, reading.Base)...)
	switch {
	case reading.Base.Exists() && marked:
		page.Base = reading.Base.Label
		page.Exports = exportLinks(slug, reading.Version, reading.Base)
		page.Changes = changesWords(reading.Changes)
		page.Clean = readAddress(slug, version, noBase)
		page.Clauses = changedText(reading.Changes, slot)
	default:
		page.Exports = exportLinks(slug, reading.Version, drafting.Version{})
		page.Clauses = plainText(reading.Text, reading.Names)
		if reading.Base.Exists() {
			page.Marked = readAddress(slug, version, "")
		}
	}
	title := page.Label + ", " + resolutionWords(reading.Resolution)
	return show(p, c, http.StatusOK, p.frame(r, "read", title, way(reading.Resolution, Crumb{Words: page.Label})...), page)
}

// since says what became of a text when, with the day, as it may be printed: an edition's own name says when it was
// adopted, and when it came here besides.
func (p *Pages) since(reading drafting.Reading) string {
	v := reading.Version
	at := p.dated(v.At)
	switch v.Kind {
	case drafting.VersionProposal, drafting.VersionSubmission:
		return "submitted " + at
	case drafting.VersionDraft:
		return "saved " + at
	case drafting.VersionCommit:
		return at
	case drafting.VersionMain:
		if v.Label != reading.Resolution.Edition {
			return "of " + at + ", since " + reading.Resolution.Edition
		}
	case drafting.VersionAdopted:
	}
	return "on record here since " + at
}

// choices lists versions for a select; the chosen one is added where the list lacks it.
func choices(versions []drafting.Version, chosen drafting.Version) []Choice {
	var list []Choice
	found := false
	for _, v := range versions {
		is := chosen.Exists() && v.Key == chosen.Key
		found = found || is
		list = append(list, Choice{v.Key, choiceWords(v), is})
	}
	if !found && chosen.Exists() {
		list = append(list, Choice{chosen.Key, choiceWords(chosen), true})
	}
	return list
}

// choiceWords names a version in a list, where an adopted text may be the text as it stands too.
func choiceWords(v drafting.Version) string {
	if v.Kind == drafting.VersionMain {
		return "As it stands: " + v.Label
	}
	return v.Label
}

// changesWords counts the clauses that are not the same.
func changesWords(changes []diff.Change) string {
	n := 0
	for _, c := range changes {
		if c.Touched() {
			n++
		}
	}
	if n == 0 {
		return "no changes"
	}
	return drafting.Counted(n, "clause changed", "clauses changed")
}
