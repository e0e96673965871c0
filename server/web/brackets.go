package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// BracketsPage is what is still open in a text: the words in square brackets, by clause and by who holds them.
type BracketsPage struct {
	Action   string
	Versions []Choice
	Version  string
	Label    string
	Summary  string
	Holders  []Holder
	Clauses  []BracketClause
}

// Holder is a delegation that stands behind words in brackets.
type Holder struct {
	Tag     Tag
	Count   int
	Href    string
	Current bool
}

// BracketClause is a clause with words that are not agreed.
type BracketClause struct {
	Name  string
	Href  string
	Label string
	Words []Run // the whole clause
	Open  []BracketWords
}

// BracketWords is the words of one pair of brackets.
type BracketWords struct {
	Runs []Run
	Tags []Tag  // who stands behind them; empty: nobody is named
	Note string // where a bracket is opened or closed in another clause
}

// Brackets lists what is still open in a text.
func (p *Pages) Brackets(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	slug, version, holder := slugOf(c), cmp.Or(c.QueryParam("version"), repo.Main), c.QueryParam("holder")
	reading, err := p.service.Read(r.ctx(), r.actor, slug, version, "")
	if err != nil {
		return err
	}
	versions, err := p.service.Versions(r.ctx(), r.actor, slug)
	if err != nil {
		return err
	}
	page := BracketsPage{
		Action: address(slug, "open"), Versions: choices(versions, reading.Version), Version: version, Label: reading.Version.Label,
	}
	page.fill(r.inks, reading, readAddress(slug, version, "none"), holder)
	return show(p, c, http.StatusOK, p.frame(r, "brackets", "Still open in "+page.Label, way(reading.Resolution, Crumb{Words: "Still open"})...), page)
}

// fill lists the outermost brackets of every clause, of one holder where one is asked for.
func (page *BracketsPage) fill(known inks, reading drafting.Reading, read, holder string) {
	counts := map[Tag]int{}
	total := 0
	for i, b := range reading.Text.Blocks {
		clause := BracketClause{Name: reading.Names[i].Spoken, Href: read + "#" + reading.Names[i].Link, Label: paperLabel(b)}
		for _, words := range wordsOf(b) {
			clause.Words = append(clause.Words, plainRuns(words)...)
			for _, bracket := range resolution.Brackets(words) {
				if bracket.Depth > 0 {
					continue
				}
				open := bracketWords(known, words, bracket)
				total++
				for _, tag := range open.Tags {
					counts[tag]++
				}
				if holder == "" || slices.ContainsFunc(open.Tags, func(t Tag) bool { return t.Label == holder }) {
					clause.Open = append(clause.Open, open)
				}
			}
		}
		if len(clause.Open) > 0 {
			page.Clauses = append(page.Clauses, clause)
		}
	}
	page.Summary = count(total, "pair of brackets is open", "pairs of brackets are open")
	for tag, n := range counts {
		q := url.Values{"version": {page.Version}}
		if tag.Label != holder {
			q.Set("holder", tag.Label)
		}
		page.Holders = append(page.Holders, Holder{tag, n, page.Action + "?" + q.Encode(), tag.Label == holder})
	}
	slices.SortFunc(page.Holders, func(x, y Holder) int { return strings.Compare(x.Tag.Label, y.Tag.Label) })
}

// wordsOf gives the words of a clause, those of a table cell by cell.
func wordsOf(b resolution.Block) []string {
	if b.Kind != resolution.KindTable {
		return []string{b.Words}
	}
	return slices.Concat(b.Rows...)
}

func bracketWords(known inks, words string, b resolution.Bracket) BracketWords {
	start, end := b.Start+1, b.End-1
	var open BracketWords
	if b.Start < 0 {
		start, open.Note = 0, "opened in a clause before"
	}
	if b.End < 0 {
		end, open.Note = len(words), "closed in a clause after"
	}
	open.Runs = plainRuns(words[start:max(start, end)])
	for _, source := range b.Sources {
		open.Tags = append(open.Tags, known.labelled(source))
	}
	return open
}

// labelled finds a circle's tag by its label as printed.
func (i inks) labelled(label string) Tag {
	for _, tag := range i {
		if strings.EqualFold(tag.Label, label) {
			return tag
		}
	}
	return Tag{Label: label}
}
