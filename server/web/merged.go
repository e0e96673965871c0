package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

// MergedPage is the record of a merge: what was asked, what was decided and by whom, and what became of the rest.
type MergedPage struct {
	Heading   string
	Summary   string
	Sentence  string
	Proposals []MergeProposal
	Decided   []MergedDecision
	Review    []MergeReview
	Carried   []MergedCarried
	Changes   string // address of what it changed
	Read      string
	Bench     string // of the workbench, for those who merge
	Back      *MergedBack
}

// MergedBack says that a merge was taken back: by whom, why, and what stands then.
type MergedBack struct {
	Words, Sentence, Read string
}

// MergedDecision is one question of a merge with its wordings and its answer.
type MergedDecision struct {
	Name     string
	Adopted  []Run
	Variants []MergedVariant
	How      string
	By       string
}

// MergedVariant is one wording that was proposed.
type MergedVariant struct {
	Tags  []Tag
	Runs  []Run
	Taken bool
}

// MergedCarried is what the merge made of a proposal that stays open.
type MergedCarried struct {
	Tag     Tag
	Label   string
	Href    string
	Summary string
	Clauses []string // that need its delegation: "resolves 3: needs decision"
}

// mergedAddress gives the address of the record of a merge.
func mergedAddress(slug repo.Slug, id drafting.MergeID) string {
	return address(slug, "merged", strconv.FormatInt(int64(id), 10))
}

// Merged shows the record of a merge that is done.
func (p *Pages) Merged(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	id, err := mergeID(c)
	if err != nil {
		return err
	}
	slug := slugOf(c)
	v, err := p.service.Merged(r.ctx(), r.actor, slug, id)
	if err != nil {
		return err
	}
	page := MergedPage{
		Sentence: v.Sentence, Read: readAddress(slug, string(v.Commit), ""), Changes: compareAddress(slug, string(v.Target), string(v.Commit), ""),
	}
	if v.Undo {
		page.Bench = mergingAddress(slug, id)
	}
	if v.Back != nil {
		page.Back = &MergedBack{
			Words:    "Taken back by " + nameWords(v.Back.By) + ", " + p.dated(v.Back.At) + ".",
			Sentence: v.Back.Sentence, Read: readAddress(slug, string(v.Back.After.Commit), ""),
		}
	}
	var labels []string
	for _, row := range v.Proposals {
		part := ""
		shown := MergeProposal{Tag: tagOf(row.Circle), Label: row.Label, Href: proposalAddress(slug, row.Draft)}
		if v.Back != nil {
			shown.Status, _ = statusWords(row.Status)
		}
		for _, of := range v.Parts {
			if of.Draft == row.Draft {
				part = " in part"
				shown.Share = fmt.Sprintf("%d of %s left", of.Left, drafting.Counted(len(of.Changes), "change", "changes"))
				shown.Left = leftNames(of)
			}
		}
		page.Proposals, labels = append(page.Proposals, shown), append(labels, row.Label+part)
	}
	page.Heading = "Merged " + drafting.List(labels)
	page.Summary = "By " + nameWords(v.Merger) + ", " + p.dated(v.Done) + ", into " + v.Before.Label + "."
	for _, d := range v.Result.Decisions {
		if !d.Kind.Open() {
			page.Review = append(page.Review, reviewOf(r, v.MergingView, d))
			continue
		}
		page.Decided = append(page.Decided, p.mergedDecision(r, v, d))
	}
	for _, carried := range v.Carried {
		page.Carried = append(page.Carried, carriedWords(slug, carried))
	}
	return show(p, c, http.StatusOK, p.frame(r, "merged", page.Heading, way(v.Of, Crumb{Words: "Merge of " + p.dated(v.Done)})...), page)
}

func (p *Pages) mergedDecision(r request, v drafting.MergedView, d merge.Decision) MergedDecision {
	shown := MergedDecision{Name: spoken(d), Adopted: plainRuns(d.Words)}
	done, decided := v.Decided[d.Key]
	if decided {
		shown.How = settledWords(r, d, done.Settlement)
		if done.Settlement.Choice == merge.Combine {
			shown.How += ": “" + done.Settlement.Words + "”"
		}
		shown.By = nameWords(v.By[done.By]) + ", " + p.dated(done.At)
	}
	for i, variant := range d.Variants {
		tags := variantTags(r, variant)
		slot := anyInk
		if len(tags) > 0 {
			slot = tags[0].Slot
		}
		wording := MergedVariant{Tags: tags, Runs: runs(diff.Words(d.Words, variant.Words), slot)}
		if variant.Deleted {
			wording.Runs = runs([]diff.Op{{Kind: diff.Delete, Text: d.Words}}, slot)
		}
		wording.Taken = decided && done.Settlement.Choice == merge.Take && done.Settlement.Variant == i
		shown.Variants = append(shown.Variants, wording)
	}
	return shown
}

// carriedWords sums up what a merge made of a proposal.
func carriedWords(slug repo.Slug, carried drafting.CarriedProposal) MergedCarried {
	shown := MergedCarried{Tag: tagOf(carried.Circle), Label: carried.Label, Href: proposalAddress(slug, carried.Draft)}
	counts := map[merge.Outcome]int{}
	for _, clause := range carried.Clauses {
		counts[clause.Outcome]++
		if clause.Outcome == merge.NeedsDecision || clause.Outcome == merge.ChangedUnder {
			shown.Clauses = append(shown.Clauses, clause.Clause.Spoken+": "+outcomeWords[clause.Outcome])
		}
	}
	var said []string
	for _, outcome := range []merge.Outcome{merge.Applied, merge.ChangedUnder, merge.NowEmpty, merge.NeedsDecision} {
		if counts[outcome] > 0 {
			said = append(said, fmt.Sprintf("%d %s", counts[outcome], outcomeWords[outcome]))
		}
	}
	shown.Summary = strings.Join(said, ", ")
	if shown.Summary == "" {
		shown.Summary = "nothing of it is left to decide"
	}
	return shown
}

// outcomeWords say what became of a change when the text moved.
var outcomeWords = map[merge.Outcome]string{
	merge.Applied: "stands as it was", merge.ChangedUnder: "changed by others too", merge.NowEmpty: "in the text already",
	merge.NeedsDecision: "clashes with the new text",
}
