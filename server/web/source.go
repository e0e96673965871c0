package web

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// WordsPage is a text of which every word tells who brought it.
type WordsPage struct {
	Action   string
	Versions []Choice
	Version  string
	Label    string
	At       When
	Timeline string
	Shade    bool
	ShadeTo  string // address with the age shading switched
	Clauses  []Group
	Origins  []OriginBox
	Inks     []Tag  // the circles whose words stand in the text
	Chosen   bool   // a word was asked for
	Making   string // how far the origins of the words are worked out, while they are; else empty
	Again    string // address of the page as it is asked for now
	Part     string // address at which one origin is told by itself, where the page does not tell of all; else empty
	AgeWords []string
}

// WordSource is where a run of words comes from.
type WordSource struct {
	ID      string
	Class   string
	Query   string // of the address at which the page tells of the words
	Origin  int
	Current bool
}

// Open writes the opening tag of the words' link. There are thousands on a page, so it is written in one piece.
func (s WordSource) Open() template.HTML {
	id, current := "", ""
	if s.ID != "" {
		id = ` id="` + template.HTMLEscapeString(s.ID) + `"`
	}
	if s.Current {
		current = ` aria-current="true"`
	}
	return template.HTML(`<a class="` + template.HTMLEscapeString(s.Class) + `"` + id + //nolint:gosec // all that goes in is escaped
		` href="?` + template.HTMLEscapeString(s.Query) + `#told" data-origin="` + strconv.Itoa(s.Origin) + `"` + current + `>`)
}

// OriginBox tells of one origin: who, when, in which proposal, and how it got in.
type OriginBox struct {
	ID       int
	Shown    bool
	Words    string // those asked for, cut short
	Tag      Tag    // empty Label: of nobody in particular
	Imported string // "Rev. Dubai, 2012"; empty for words written here
	Who      string
	With     string
	At       When
	Subject  string
	Proposal *StepProposal
	Taken    *Step
	Read     string
	Compare  string
	Link     string
}

// ages is how many shades of age there are.
const ages = 5

// Words shows a text of which every word tells who brought it, when, in which proposal and by which merge.
func (p *Pages) Words(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	slug, version := slugOf(c), cmp.Or(c.QueryParam("version"), repo.Main)
	v, err := p.service.Words(r.ctx(), r.actor, slug, version)
	if err != nil {
		return err
	}
	versions, err := p.service.Versions(r.ctx(), r.actor, slug)
	if err != nil {
		return err
	}
	chosen, err := strconv.Atoi(c.QueryParam("word"))
	if err != nil {
		chosen = -1
	}
	if c.QueryParams().Has("origin") {
		return p.origin(r, v)
	}
	shade := c.QueryParam("shade") != ""
	w := sourcer{view: v, inks: r.inks, version: version, shade: shade, chosen: chosen, age: agesOf(v.Origins)}
	page := WordsPage{
		Action: address(slug, "words"), Versions: choices(versions, v.Version), Version: version, Label: v.Version.Label,
		At: p.when(v.Version.At), Timeline: address(slug, "history") + "?" + url.Values{"version": {version}}.Encode(),
		Shade: shade, Clauses: w.text(), Inks: w.used,
	}
	page.Chosen = w.chosenOrigin >= 0
	if shade {
		page.AgeWords = []string{"newest", "newer", "older", "old", "oldest"}
	}
	page.ShadeTo = page.Action + "?" + w.query(-1, !shade)
	if len(v.Origins) > boxesAtOnce {
		page.Part = page.Action + "?" + url.Values{"version": {string(v.Version.Commit)}, "origin": {""}}.Encode()
	}
	for i := range v.Origins {
		if page.Part != "" && i != w.chosenOrigin {
			continue
		}
		box, err := p.originBox(r, v, i)
		if err != nil {
			return err
		}
		if box.Shown = i == w.chosenOrigin; box.Shown {
			box.Words, box.Link = w.chosenWords, page.Action+"?"+w.query(chosen, shade)+"#w"+strconv.Itoa(chosen)
		}
		page.Origins = append(page.Origins, box)
	}
	if v.Making != nil {
		page.Making, page.Again = makingWords(*v.Making), page.Action+"?"+w.query(chosen, shade)
		c.Response().Header().Set("Refresh", "3")
	}
	title := "Who brought each word, " + page.Label
	return show(p, c, http.StatusOK, p.frame(r, "words", title, way(v.Resolution, Crumb{Words: "Who brought each word"})...), page)
}

// boxesAtOnce is of how many origins a page tells before somebody asks for one.
const boxesAtOnce = 60

// makingWords tell how far the origins of the words are worked out.
func makingWords(m drafting.WordsProgress) string {
	if m.Total == 0 {
		return "Who brought each word is being worked out."
	}
	return fmt.Sprintf("Who brought each word is being worked out: %d of %d versions are read.", m.Done, m.Total)
}

// origin tells of one origin alone, for a page that holds too many to tell of all.
func (p *Pages) origin(r request, v drafting.WordsView) error {
	origin, err := strconv.Atoi(r.QueryParam("origin"))
	if err != nil || origin < 0 || origin >= len(v.Origins) {
		return fmt.Errorf("origin %q of %d: %w", r.QueryParam("origin"), len(v.Origins), drafting.ErrNotFound)
	}
	box, err := p.originBox(r, v, origin)
	if err != nil {
		return err
	}
	box.Shown = true
	return p.part(r, "words", "origin", box)
}

// agesOf gives each origin its shade: 0 for the newest words, the highest for the oldest.
func agesOf(origins []drafting.WordsFrom) []int {
	order := make([]int, len(origins))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return origins[b].At.Compare(origins[a].At) })
	shades := make([]int, len(origins))
	for rank, i := range order {
		shades[i] = rank * ages / max(len(origins), 1)
	}
	return shades
}

// sourcer shows a text whose words are links to their origins.
type sourcer struct {
	view         drafting.WordsView
	inks         inks
	version      string
	shade        bool
	before       string // with what the address of every word begins
	chosen       int    // the run whose origin is told; -1: none
	age          []int
	n            int // runs so far
	used         []Tag
	chosenOrigin int
	chosenWords  string
}

func (w *sourcer) query(word int, shade bool) string {
	q := url.Values{"version": {w.version}}
	if word >= 0 {
		q.Set("word", strconv.Itoa(word))
	}
	if shade {
		q.Set("shade", "age")
	}
	return q.Encode()
}

func (w *sourcer) text() []Group {
	w.chosenOrigin = -1
	w.before = w.query(-1, w.shade) + "&word="
	blocks := make([]block, len(w.view.Text.Blocks))
	for i, b := range w.view.Text.Blocks {
		blocks[i] = block{Block: b, slot: anyInk, name: w.view.Names[i]}
		if b.Kind == resolution.KindTable {
			blocks[i].rows = w.rows(b, w.view.Runs[i])
			continue
		}
		var words reader
		for _, run := range w.view.Runs[i] {
			blocks[i].runs = append(blocks[i].runs, w.run(&words, b.Words[run.Start:run.End], run.Origin)...)
		}
	}
	return arrange(blocks)
}

// rows cuts the runs of a table's words, its cells joined by tabs and its rows by line ends, into those of its cells.
func (w *sourcer) rows(b resolution.Block, runs []drafting.WordRun) []Row {
	var rows []Row
	at := 0
	for i, cells := range b.Rows {
		row := Row{Head: i == 0 && len(b.Rows) > 1}
		for _, cell := range cells {
			var words reader
			var shown []Run
			for _, run := range runs {
				from, to := max(run.Start, at), min(run.End, at+len(cell))
				if from < to {
					shown = append(shown, w.run(&words, cell[from-at:to-at], run.Origin)...)
				}
			}
			row.Cells = append(row.Cells, shown)
			at += len(cell) + 1
		}
		rows = append(rows, row)
	}
	return rows
}

func (w *sourcer) run(words *reader, text string, origin int) []Run {
	pieces := words.read(text)
	if len(pieces) == 0 {
		return nil
	}
	o := w.view.Origins[origin]
	source := &WordSource{ID: "w" + strconv.Itoa(w.n), Class: "sourced", Origin: origin, Current: w.n == w.chosen}
	source.Query = w.before + strconv.Itoa(w.n)
	if circle := circleOf(o); circle != "" {
		tag := w.inks.tag(circle)
		source.Class += " slot-" + strconv.Itoa(tag.Slot)
		if !slices.Contains(w.used, tag) {
			w.used = append(w.used, tag)
		}
	}
	if w.shade {
		source.Class += fmt.Sprintf(" age-%d", w.age[origin])
	}
	if source.Current {
		w.chosenOrigin, w.chosenWords = origin, readable(text)
	}
	w.n++
	return sourced(pieces, source)
}

// sourced puts pieces into runs with one source. A link cannot hold a link, so a note's mark stands between two.
func sourced(pieces []Piece, source *WordSource) []Run {
	var out []Run
	for _, piece := range pieces {
		if piece.Note != "" {
			out = append(out, Run{Slot: anyInk, Pieces: []Piece{piece}})
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].Source != nil {
			out[last].Pieces = append(out[last].Pieces, piece)
			continue
		}
		of := *source
		if len(out) > 0 {
			of.ID = "" // the first stretch has it
		}
		out = append(out, Run{Slot: anyInk, Pieces: []Piece{piece}, Source: &of})
	}
	return out
}

// circleOf gives the circle whose words these are; empty for words of the text as imported.
func circleOf(o drafting.WordsFrom) repo.Circle { return o.Proposal.Draft.Circle }

func (p *Pages) originBox(r request, v drafting.WordsView, origin int) (OriginBox, error) {
	o, err := v.Tell(r.ctx(), origin)
	if err != nil {
		return OriginBox{}, err
	}
	slug := v.Resolution.Slug
	step := p.step(slug, o.HistoryEntry)
	box := OriginBox{
		ID:  origin,
		Who: step.Who, With: step.With, At: p.when(o.At), Subject: step.Subject, Read: step.Read, Compare: step.Compare,
	}
	if o.Kind == drafting.EntryImported {
		box.Imported = "the text as imported"
		if len(o.Marks) > 0 {
			box.Imported += " (" + o.Marks[0].Label + ")"
		}
	}
	if o.Proposal.Label != "" {
		box.Tag = r.inks.tag(o.Proposal.Draft.Circle)
		box.Proposal = &StepProposal{Tag: box.Tag, Label: o.Proposal.Label, Href: proposalAddress(slug, o.Proposal.Draft)}
	}
	if o.Taken != nil {
		taken := p.step(slug, *o.Taken)
		taken.At = p.when(o.Taken.At)
		box.Taken = &taken
	}
	return box, nil
}
