package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// CompilationPage is the text in force with, clause by clause, what each proposal makes of it.
type CompilationPage struct {
	Heading   string
	Action    string
	Summary   string // "12 of 35 clauses have proposals · 3 with differing texts"
	Proposals []CompilationProposal
	All       bool // clauses without proposals are shown too
	Sections  []CompilationSection
	Merge     string // where the merge form goes; empty where the person may not
	Map       string
	Word      string                // where it is had as a Word file; empty where there is nothing to compile
	Views     []Tab                 // stacked, in columns, projector
	Columns   []CompilationProposal // in the columns view: the proposals that have one, at most mostColumns
	Stance    string                // where the stance form goes; empty where the person may not
	Query     string                // of this page, to come back to
	Projector *Projector
}

// CompilationProposal is one proposal of the compilation, shown or not.
type CompilationProposal struct {
	Tag   Tag
	Label string
	Href  string
	Value string
	Shown bool
	Named bool // its delegation has several, so its code does not tell which it is
}

// CompilationSection is an opener with the clauses under it.
type CompilationSection struct {
	Opener string
	Idle   bool // nothing under it has proposals
	Rows   []CompilationRow
}

// CompilationRow is one clause of the text in force, or a place where clauses are inserted. Folded rows stand for
// clauses without proposals.
type CompilationRow struct {
	Name     string
	Link     string
	Pill     string
	PillIs   string // ok, warn
	Label    string
	Words    []Run
	Table    []Row
	Variants []CompilationVariant
	Folded   string                // "3 clauses without proposals"
	Cells    []*CompilationVariant // in the columns view: one for each column; nil where a proposal leaves the clause as it is
}

// CompilationVariant is one wording of a clause and who stands for it.
type CompilationVariant struct {
	Slot    int
	Tags    []Tag
	Numbers []CompilationProposal
	Note    string // "inserted", "moved"
	Label   string
	Runs    []Run
	Table   []Row
	Block   string // key of the wording, which stances name
	Stances []StanceBox
	Mine    string // "supports", "objects": what the reader's own delegation says; empty: nothing
	Own     bool   // the reader's own delegation proposes it
	Reason  string // of the reader's own delegation
}

// nameApart gives a name to proposals whose delegation has several.
func nameApart(proposals []CompilationProposal) {
	several := map[string]int{}
	for _, p := range proposals {
		several[p.Tag.Label]++
	}
	for i, p := range proposals {
		proposals[i].Named = several[p.Tag.Label] > 1
	}
}

// Compilation shows the text in force with what every submitted proposal makes of it.
func (p *Pages) Compilation(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	slug := slugOf(c)
	v, err := p.service.Compilation(r.ctx(), r.actor, slug)
	if err != nil {
		return err
	}
	of, err := p.service.Resolution(r.ctx(), r.actor, slug)
	if err != nil {
		return err
	}
	query := c.QueryParams()
	comp := compiler{view: v, variants: make(map[place][]variant), own: r.actor.Circle, inks: r.inks}
	if comp.stances, err = p.service.Stances(r.ctx(), r.actor, slug); err != nil {
		return err
	}
	page := CompilationPage{Action: address(slug, "compilation"), All: query.Get("all") != "", Map: address(slug, "map"), Query: c.Request().URL.RawQuery}
	if r.actor.Role == drafting.RoleDelegate && r.actor.Circle != "" {
		page.Stance = address(slug, "stance")
	}
	for _, row := range v.Proposals {
		value := row.Draft.String()
		shown := !query.Has("filter") || slices.Contains(query["p"], value)
		page.Proposals = append(page.Proposals, CompilationProposal{tagOf(row.Circle), row.Label, proposalAddress(slug, row.Draft), value, shown, false})
	}
	if len(page.Proposals) > 0 {
		page.Word = address(slug, "export") + "?compilation=yes"
	}
	if of.May.StartMerge && len(page.Proposals) > 0 {
		page.Merge = address(slug, "merges")
	}
	nameApart(page.Proposals)
	for n, proposal := range v.Carried {
		i := slices.IndexFunc(page.Proposals, func(shown CompilationProposal) bool { return shown.Value == proposal.Name })
		if i >= 0 && page.Proposals[i].Shown {
			comp.add(v.Changes[n], page.Proposals[i])
		}
	}
	page.Heading = fmt.Sprintf("%s: compilation of %s", resolutionWords(v.Resolution), drafting.Counted(len(v.Carried), "proposal", "proposals"))
	page.Sections, page.Summary = comp.sections(page.All)
	page.arrange(query)
	return show(p, c, http.StatusOK, p.frame(r, "compilation", "Compilation, "+resolutionWords(v.Resolution), way(v.Resolution, Crumb{Words: "Compilation"})...), page)
}

// place is where a variant belongs: at a block of the base, or in the gap after it (-1: before the first).
type place struct {
	block int
	gap   bool
}

// variant is one wording with all who propose exactly it.
type variant struct {
	change diff.Change
	said   string // what makes two variants the same
	block  string // key of the wording
	by     []CompilationProposal
}

// compiler gathers the variants of every place.
type compiler struct {
	view     drafting.CompilationView
	variants map[place][]variant
	stances  map[string][]drafting.Stance
	own      repo.Circle // the reader acts for
	inks     inks
}

// add takes in the changes of one proposal; the same words at the same place fold into one variant.
func (k *compiler) add(changes []diff.Change, by CompilationProposal) {
	last := -1
	for _, change := range changes {
		at, after := place{last, true}, last
		if len(change.Base) > 0 {
			at = place{change.Base[0], false}
			last = max(last, change.Base[len(change.Base)-1])
		}
		if !change.Touched() {
			continue
		}
		said := saidBy(change)
		i := slices.IndexFunc(k.variants[at], func(v variant) bool { return v.said == said })
		if i < 0 {
			block := drafting.BlockKey(k.view.Text, change, after)
			k.variants[at] = append(k.variants[at], variant{change: change, said: said, block: block})
			i = len(k.variants[at]) - 1
		}
		k.variants[at][i].by = append(k.variants[at][i].by, by)
	}
}

// saidBy gives what a change says: two changes of one place are the same if they say the same.
func saidBy(c diff.Change) string {
	said := []string{c.Kind.String(), fmt.Sprint(c.Moved)}
	if c.Kind != diff.Deleted {
		for _, b := range c.Blocks {
			said = append(said, b.Words)
			for _, row := range b.Rows {
				said = append(said, strings.Join(row, "\x00"))
			}
		}
	}
	return strings.Join(said, "\n")
}

// sections lays the compilation out under the openers of the base, and counts what it holds.
func (k *compiler) sections(all bool) ([]CompilationSection, string) {
	sections := []CompilationSection{{}}
	idle, touched, differ := 0, 0, 0
	put := func(row CompilationRow) {
		last := &sections[len(sections)-1]
		last.Rows = append(last.Rows, row)
	}
	fold := func() {
		if idle > 0 {
			put(CompilationRow{Folded: drafting.Counted(idle, "clause", "clauses") + " without proposals"})
			idle = 0
		}
	}
	for i := -1; i < len(k.view.Text.Blocks); i++ {
		if i >= 0 {
			b := k.view.Text.Blocks[i]
			variants := k.variants[place{i, false}]
			if b.Kind == resolution.KindOpener || b.Kind == resolution.KindDivision {
				fold()
				sections = append(sections, CompilationSection{Opener: readable(b.Words)})
			}
			switch {
			case len(variants) > 0:
				fold()
				touched++
				row := k.row(i, variants)
				if row.PillIs == "warn" {
					differ++
				}
				put(row)
			case b.Kind == resolution.KindOpener || b.Kind == resolution.KindDivision:
			case all:
				put(k.row(i, nil))
			default:
				idle++
			}
		}
		if inserted := k.variants[place{i, true}]; len(inserted) > 0 {
			fold()
			touched++
			put(k.gapRow(i, inserted))
		}
	}
	fold()
	for i := range sections {
		rows := sections[i].Rows
		sections[i].Idle = len(rows) == 0 || len(rows) == 1 && rows[0].Folded != ""
	}
	summary := fmt.Sprintf("%d of %s with proposals", touched, drafting.Counted(len(k.view.Text.Blocks), "clause", "clauses"))
	if differ > 0 {
		summary += " · " + fmt.Sprintf("%d where texts differ", differ)
	}
	return sections, summary
}

// row shows one clause of the base with its variants.
func (k *compiler) row(i int, variants []variant) CompilationRow {
	b := k.view.Text.Blocks[i]
	row := CompilationRow{Label: paperLabel(b), Words: plainRuns(b.Words), Table: plainRows(b.Rows)}
	if i < len(k.view.Names) {
		row.Name, row.Link = k.view.Names[i].Spoken, k.view.Names[i].Link
	}
	for _, v := range variants {
		row.Variants = append(row.Variants, k.variant(v))
	}
	row.Pill, row.PillIs = k.pill(i, variants)
	row.stated()
	return row
}

// gapRow shows what is inserted after a clause of the base.
func (k *compiler) gapRow(i int, variants []variant) CompilationRow {
	row := CompilationRow{Name: "at the beginning"}
	if i >= 0 && i < len(k.view.Names) {
		row.Name = "after " + k.view.Names[i].Spoken
	}
	for _, v := range variants {
		shown := k.variant(v)
		shown.Note = "new"
		row.Variants = append(row.Variants, shown)
	}
	row.stated()
	return row
}

// pill says in two or three words how the proposals for a clause stand to each other.
func (k *compiler) pill(i int, variants []variant) (words, look string) {
	switch {
	case len(variants) == 0:
		return "", ""
	case len(variants) == 1 && len(variants[0].by) == 1:
		return "one proposal", ""
	case len(variants) == 1:
		return fmt.Sprintf("%d agree", len(variants[0].by)), "ok"
	}
	clash := slices.ContainsFunc(k.view.Merged.Decisions, func(d merge.Decision) bool { return d.Base == i && d.Kind.Open() })
	if clash {
		return fmt.Sprintf("%d texts differ", len(variants)), "warn"
	}
	return fmt.Sprintf("%d texts combine", len(variants)), "ok"
}

func (k *compiler) variant(v variant) CompilationVariant {
	shown := CompilationVariant{Numbers: v.by}
	for _, by := range v.by {
		if !slices.Contains(shown.Tags, by.Tag) {
			shown.Tags = append(shown.Tags, by.Tag)
		}
	}
	slices.SortFunc(shown.Tags, func(a, b Tag) int { return cmp.Compare(a.Slot, b.Slot) })
	shown.Slot = shown.Tags[0].Slot
	switch {
	case v.change.Kind == diff.Deleted:
		shown.Note = "struck out"
	case v.change.Moved:
		shown.Note = "moved"
	}
	if len(v.change.Blocks) > 0 {
		shown.Label = paperLabel(v.change.Blocks[0])
	}
	for _, line := range dividedOps(v.change.Ops) {
		shown.Runs = append(shown.Runs, runs(line, shown.Slot)...)
	}
	if len(v.change.Rows) > 0 {
		shown.Table = changedRows(v.change.Rows, shown.Slot)
	}
	k.state(&shown, v.block)
	return shown
}
