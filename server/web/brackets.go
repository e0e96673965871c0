package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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
	Agree    string // where a delegation's agreement goes; empty where the person may not
	Settle   string // where what is agreed is settled; likewise
	Problem  string
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
	Asked []BracketAsked // in the text as it stands: what can be settled
}

// BracketAsked is one question of the text as it stands, with its answers.
type BracketAsked struct {
	Key     string
	Answers []BracketAnswer
}

// BracketAnswer is one way to settle a question.
type BracketAnswer struct {
	N       int
	None    bool
	Runs    []Run
	Holders []Tag
	Agreed  []Tag
	Waits   []Tag
	Settled bool
	Mine    bool // the reader's own delegation holds or has agreed to it
	Took    bool // it has agreed, which can be taken back
}

// BracketWords is the words of one pair of brackets.
type BracketWords struct {
	Runs []Run
	Tags []Tag  // who stands behind them; empty: nobody is named
	Note string // where a bracket is opened or closed in another clause
}

// Brackets lists what is still open in a text.
func (p *Pages) Brackets(c echo.Context) error { return p.showBrackets(c, http.StatusOK, "") }

// AnswerBracket says that a delegation agrees to words in brackets, takes that back, or settles what is agreed.
func (p *Pages) AnswerBracket(c echo.Context) error {
	ctx, actor, slug, key := c.Request().Context(), p.sessions.Actor(c), slugOf(c), c.FormValue("question")
	answer, err := strconv.Atoi(cmp.Or(c.FormValue("answer"), "0"))
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	switch c.FormValue("do") {
	case "agree":
		err = p.service.Agree(ctx, actor, slug, key, answer)
	case "disagree":
		err = p.service.Disagree(ctx, actor, slug, key)
	case "settle":
		_, err = p.service.SettleBrackets(ctx, actor, slug, key, answer)
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if sentence, ok := refusal(err); ok {
		return p.showBrackets(c, http.StatusUnprocessableEntity, sentence)
	}
	if err != nil {
		return err
	}
	return seeOther(c, address(slug, "open"))
}

func (p *Pages) showBrackets(c echo.Context, status int, problem string) error {
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
	page.Problem = problem
	page.fill(r.inks, reading, readAddress(slug, version, "none"), holder)
	if version == repo.Main {
		open, err := p.service.OpenBrackets(r.ctx(), r.actor, slug)
		if err != nil {
			return err
		}
		page.ask(r, open, reading, address(slug, "open"))
	}
	return show(p, c, status, p.frame(r, "brackets", "Still open in "+page.Label, way(reading.Resolution, Crumb{Words: "Still open"})...), page)
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
	page.Summary = bracketCount(total)
	for tag, n := range counts {
		q := url.Values{"version": {page.Version}}
		if tag.Label != holder {
			q.Set("holder", tag.Label)
		}
		page.Holders = append(page.Holders, Holder{tag, n, page.Action + "?" + q.Encode(), tag.Label == holder})
	}
	slices.SortFunc(page.Holders, func(x, y Holder) int { return strings.Compare(x.Tag.Label, y.Tag.Label) })
}

// ask puts the questions beside the clauses they are about.
func (page *BracketsPage) ask(r request, open drafting.OpenBrackets, reading drafting.Reading, action string) {
	if open.Agree {
		page.Agree = action
	}
	if open.Settle {
		page.Settle = action
	}
	for _, q := range open.Questions {
		at := slices.IndexFunc(page.Clauses, func(c BracketClause) bool { return strings.HasSuffix(c.Href, "#"+reading.Names[q.Block].Link) })
		if at < 0 {
			continue
		}
		asked := BracketAsked{Key: q.Key}
		for n, a := range q.Answers {
			shown := BracketAnswer{
				N: n, None: a.None, Runs: plainRuns(a.Words), Settled: a.Settled,
				Holders: tagsOf(a.Holders), Agreed: tagsOf(a.Agreed), Waits: tagsOf(a.Waits),
			}
			own := func(t Tag) bool { return r.actor.Circle != "" && t.Code == string(r.actor.Circle) }
			shown.Took = slices.ContainsFunc(shown.Agreed, own)
			shown.Mine = shown.Took || slices.ContainsFunc(shown.Holders, own) && !slices.ContainsFunc(shown.Waits, own)
			asked.Answers = append(asked.Answers, shown)
		}
		page.Clauses[at].Asked = append(page.Clauses[at].Asked, asked)
	}
}

func tagsOf(circles []drafting.Circle) []Tag {
	tags := make([]Tag, len(circles))
	for i, c := range circles {
		tags[i] = tagOf(c)
	}
	return tags
}

// openBrackets counts the outermost pairs of brackets of a text.
func openBrackets(t resolution.Text) int {
	n := 0
	for _, b := range t.Blocks {
		for _, words := range wordsOf(b) {
			for _, bracket := range resolution.Brackets(words) {
				if bracket.Depth == 0 {
					n++
				}
			}
		}
	}
	return n
}

func bracketCount(n int) string {
	return drafting.Counted(n, "pair of brackets is open", "pairs of brackets are open")
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
