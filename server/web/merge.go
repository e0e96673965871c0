package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

// MergePage is the workbench of one merge: what is to be decided, one decision open, and the way to the end.
type MergePage struct {
	Heading        string // "Merge USA/48A5/1 and EUR/38A9/1 into the revised text"
	Rapporteur     string
	Proposals      []MergeProposal
	Total          int
	Done           int
	Left           int
	Items          []MergeItem
	Current        *MergeDecision
	Review         []MergeReview
	Finish         string // addresses; empty where the person may not
	Abandon        string
	Resolution     string
	Ready          bool   // all is decided
	Over           string // a sentence, when the merge has ended
	Adopt          string // the next step after a merge that is done; empty where the person may not
	Back           string // the last decision, once all are made
	Record         string // of a merge that is done: what was decided, and what became of the others
	Undo           string // where a merge that is done is taken back; empty where there is nothing to take back
	Moved          string // a sentence, when the text has moved since
	Why            string
	Sentence       string
	Preview        []Group
	PreviewChanges string
	References     []string
	Problem        string
}

// MergeProposal is one of the proposals being merged.
type MergeProposal struct {
	Tag   Tag
	Label string
	Href  string
	Part  string // where it is said what is taken of it
	Share string // "3 of 16 changes left"; empty: all is taken
	Left  []string

	Status string // where it stands since the merge was taken back
}

// MergeItem is one decision in the list.
type MergeItem struct {
	Key     string
	Name    string
	State   string // open, decided
	Current bool
	Sub     string // "2 texts differ", "taken: USA"
	Href    string
	Take    string // where the decision is taken back; empty where it cannot be
}

// MergeDecision is the decision that is open on the page.
type MergeDecision struct {
	Key      string
	Seen     int64 // when it was decided, as the page shows it, in microseconds; 0: not decided
	Name     string
	Kind     string // what makes it a decision, in a sentence
	Decide   string
	TakeBack string // empty while it is not decided
	Back     string // the one before; empty for the first
	Before   []Run  // words around those in question
	After    []Run
	Options  []MergeOption
	Combine  string // what stands in the small editor
	By       string // who decided, when
}

// MergeOption is one of the choices.
type MergeOption struct {
	Value    string
	Heading  string
	Tags     []Tag
	Runs     []Run
	Context  bool // show the words around
	Note     string
	Textarea bool
	Key      int // the digit that chooses it; 0 for none
	Chosen   bool
}

// MergeReview is something that was taken without asking, to look at.
type MergeReview struct {
	Name string
	Kind string
	Tags []Tag
	Runs []Run
}

func mergingAddress(slug repo.Slug, id drafting.MergeID, rest ...string) string {
	return address(slug, slices.Concat([]string{"merges", strconv.FormatInt(int64(id), 10)}, rest)...)
}

// mergeID gives the merge a request is about.
func mergeID(c echo.Context) (drafting.MergeID, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return 0, drafting.ErrNotFound
	}
	return drafting.MergeID(id), nil
}

// mergeHere gives the merge that a form is about, if it is one of the resolution in the address.
func (p *Pages) mergeHere(c echo.Context) (drafting.MergeID, error) {
	id, err := mergeID(c)
	if err != nil {
		return 0, err
	}
	return id, p.service.MergingOn(c.Request().Context(), p.sessions.Actor(c), slugOf(c), id)
}

// StartMerging begins a merge of the proposals that were ticked.
func (p *Pages) StartMerging(c echo.Context) error {
	var chosen []repo.DraftName
	for _, value := range c.Request().Form["proposal"] {
		d, ok := repo.ParseDraftName("proposals/" + value)
		if !ok {
			return echo.NewHTTPError(http.StatusBadRequest)
		}
		chosen = append(chosen, d)
	}
	m, err := p.service.StartMerging(c.Request().Context(), p.sessions.Actor(c), slugOf(c), chosen)
	if sentence, ok := refusal(err); ok {
		p, r, err := p.open(c)
		if err != nil {
			return err
		}
		return p.showResolution(r, http.StatusUnprocessableEntity, sentence)
	}
	if err != nil {
		return err
	}
	return seeOther(c, mergingAddress(slugOf(c), m.ID))
}

// mergeForm is what came back from a form of the workbench that could not be done.
type mergeForm struct {
	problem, choice, words, sentence, clause string
}

// Merging shows the workbench.
func (p *Pages) Merging(c echo.Context) error {
	return p.showMerging(c, http.StatusOK, mergeForm{clause: c.QueryParam("clause")})
}

func (p *Pages) showMerging(c echo.Context, status int, form mergeForm) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	id, err := mergeID(c)
	if err != nil {
		return err
	}
	v, err := p.service.MergingView(r.ctx(), r.actor, id)
	if err != nil {
		return err
	}
	if v.Resolution != slugOf(c) {
		return drafting.ErrNotFound
	}
	page := p.mergePage(r, v, form)
	c.Response().Header().Set("Cache-Control", "no-store") // going back never shows a button that no longer works
	return show(p, c, status, p.frame(r, "merge", page.Heading, way(v.Of, Crumb{Words: page.Heading})...), page)
}

func (p *Pages) mergePage(r request, v drafting.MergingView, form mergeForm) MergePage {
	page := MergePage{
		Left: v.Left, Sentence: form.sentence, Problem: form.problem, Ready: v.Left == 0,
		Resolution: address(v.Resolution), Rapporteur: v.By[v.BegunBy].Name,
	}
	var labels []string
	for _, row := range v.Proposals {
		proposal := MergeProposal{Tag: tagOf(row.Circle), Label: row.Label, Href: proposalAddress(v.Resolution, row.Draft), Part: partAddress(v.Merging, row.Draft)}
		for _, part := range v.Parts {
			if part.Draft == row.Draft {
				proposal.Share = fmt.Sprintf("%d of %s left", part.Left, drafting.Counted(len(part.Changes), "change", "changes"))
				proposal.Left = leftNames(part)
			}
		}
		page.Proposals = append(page.Proposals, proposal)
		labels = append(labels, row.Label)
	}
	page.Heading = "Merge " + drafting.List(labels) + " into the revised text"
	if v.Moved {
		page.Moved = "The text has moved since this merge was begun. What was decided stands; clauses that changed will be asked again."
	}
	switch {
	case !v.Done.IsZero():
		page.Over = "Merged " + drafting.List(labels) + " into the revised text on " + p.dated(v.Done) + "."
		page.Record = mergedAddress(v.Resolution, v.ID)
		if !v.TakenBack.IsZero() {
			page.Over += " Taken back on " + p.dated(v.TakenBack) + "."
			break
		}
		if v.May.Adopt {
			page.Adopt = address(v.Resolution, "adopt")
		}
		page.Undo = mergingAddress(v.Resolution, v.ID, "undo")
	case !v.Abandoned.IsZero():
		page.Over = "This merge was abandoned. Nothing of it is in the text."
	}
	if page.Rapporteur == "" && v.BegunBy == r.actor.Person {
		page.Rapporteur = r.actor.Name
	}
	if !v.May.Decide && page.Over == "" {
		page.Why = v.May.Why
	}
	if page.Over == "" && v.May.Decide {
		page.Finish, page.Abandon = mergingAddress(v.Resolution, v.ID, "finish"), mergingAddress(v.Resolution, v.ID, "abandon")
	}
	p.mergeItems(r, v, form, &page)
	changes := diff.Compare(v.BaseText, v.Result.Text)
	page.Preview, page.PreviewChanges = inkedText(changes, authors(r, v), inkOf(r, v)), changesWords(changes)
	for _, ref := range v.Result.References {
		page.References = append(page.References, referenceWords(ref))
	}
	return page
}

// leftNames names the clauses in which a merge leaves something.
func leftNames(part drafting.MergePart) []string {
	var names []string
	for _, c := range part.Changes {
		if c.Left != nil || len(c.Phrases) > 0 {
			names = append(names, c.Name.Spoken)
		}
	}
	return names
}

// authors tells of each change of the merged text who brought it: one author's ink, or nobody's where several did.
func authors(r request, v drafting.MergingView) func(diff.Change) (int, []Tag) {
	byBlock := make(map[int][]Tag)
	for _, a := range v.Result.Attributions {
		for _, tag := range circleTags(r, a.Proposals) {
			if !slices.Contains(byBlock[a.Block], tag) {
				byBlock[a.Block] = append(byBlock[a.Block], tag)
			}
		}
	}
	return func(c diff.Change) (int, []Tag) {
		var tags []Tag
		for _, block := range c.Revised {
			for _, tag := range byBlock[block] {
				if !slices.Contains(tags, tag) {
					tags = append(tags, tag)
				}
			}
		}
		if len(tags) == 1 {
			return tags[0].Slot, tags
		}
		return anyInk, tags
	}
}

// mergeItems lists the decisions and opens the one asked for, else the first that is not decided.
func (p *Pages) mergeItems(r request, v drafting.MergingView, form mergeForm, page *MergePage) {
	var open []merge.Decision
	for _, d := range v.Result.Decisions {
		if !d.Kind.Open() {
			page.Review = append(page.Review, reviewOf(r, v, d))
			continue
		}
		open = append(open, d)
	}
	page.Total = len(open)
	current := slices.IndexFunc(open, func(d merge.Decision) bool { return d.Key == form.clause })
	if current < 0 {
		current = slices.IndexFunc(open, func(d merge.Decision) bool { _, done := v.Decided[d.Key]; return !done })
	}
	for i, d := range open {
		item := MergeItem{
			Key: d.Key, Name: spoken(d), State: "open", Current: i == current, Href: decisionAddress(v.Merging, d.Key),
			Sub: drafting.Counted(len(d.Variants), "text differs", "texts differ"),
		}
		if done, ok := v.Decided[d.Key]; ok {
			page.Done++
			item.State, item.Sub = "decided", settledWords(r, d, done.Settlement)
			if page.Finish != "" {
				item.Take = mergingAddress(v.Resolution, v.ID, "take-back")
			}
		}
		page.Items = append(page.Items, item)
	}
	if page.Over != "" {
		return
	}
	if current < 0 {
		if len(open) > 0 {
			page.Back = decisionAddress(v.Merging, open[len(open)-1].Key)
		}
		return
	}
	page.Current = p.openDecision(r, v, open[current], form)
	if current > 0 {
		page.Current.Back = decisionAddress(v.Merging, open[current-1].Key)
	}
}

func decisionAddress(m drafting.Merging, key string) string {
	return mergingAddress(m.Resolution, m.ID) + "?" + url.Values{"clause": {key}}.Encode()
}

// spoken names the clause of a decision.
func spoken(d merge.Decision) string {
	if d.Clause.Spoken == "" {
		return "the beginning of the text"
	}
	return d.Clause.Spoken
}

// kindSentences say what makes each kind of decision one.
var kindSentences = map[merge.Kind]string{
	merge.Agreement:  "The same change was proposed by several.",
	merge.Combined:   "Different words of this clause were changed; all changes are taken.",
	merge.SamePlace:  "Several clauses were inserted here; all are kept, in order of document number.",
	merge.Conflict:   "The same words were changed in different ways.",
	merge.DeleteEdit: "One proposal strikes out what another changes.",
	merge.NearlySame: "Nearly the same clause was inserted here by several.",
	merge.TwoPlaces:  "The clause was moved to different places.",
	merge.Structure:  "The clause was given different levels.",
}

// choiceValue writes a settlement as the form sends it.
func choiceValue(s merge.Settlement) string {
	switch s.Choice {
	case merge.Take:
		return fmt.Sprintf("take-%d", s.Variant)
	case merge.Combine:
		return "combine"
	case merge.Brackets:
		return "brackets"
	default:
		return "keep"
	}
}

// settledWords says in short how a decision was settled.
func settledWords(r request, d merge.Decision, s merge.Settlement) string {
	switch s.Choice {
	case merge.Take:
		if s.Variant < 0 || s.Variant >= len(d.Variants) {
			return "taken"
		}
		var labels []string
		for _, tag := range variantTags(r, d.Variants[s.Variant]) {
			labels = append(labels, tag.Label)
		}
		return "taken: " + strings.Join(labels, ", ")
	case merge.Combine:
		return "combined"
	case merge.Brackets:
		return "in square brackets"
	default:
		return "adopted words kept"
	}
}

// oneLine puts words typed on several lines on one. Only blanks and line ends are blanks: no-break spaces stay as typed.
func oneLine(words string) string {
	return strings.Join(strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }), " ")
}

// referenceWords says which reference in the merged text no longer fits, and what it should be.
func referenceWords(ref merge.Reference) string {
	where := ref.Clause + " says “" + ref.Words + "”"
	if ref.Suggestion == "" {
		return where + ", a clause that is gone."
	}
	return where + ", which is now " + ref.Suggestion + "."
}
