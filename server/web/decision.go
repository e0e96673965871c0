package web

import (
	"fmt"
	"slices"
	"strings"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

// openDecision lays out one decision with its choices.
func (p *Pages) openDecision(r request, v drafting.MergingView, d merge.Decision, form mergeForm) *MergeDecision {
	open := &MergeDecision{
		Key: d.Key, Name: spoken(d), Kind: kindSentences[d.Kind], Decide: mergingAddress(v.Resolution, v.ID, "decide"),
	}
	chosen, words := form.choice, form.words
	if done, ok := v.Decided[d.Key]; ok {
		open.Seen = done.At.UnixMicro()
		open.TakeBack = mergingAddress(v.Resolution, v.ID, "take-back")
		open.By = "Decided by " + nameWords(v.By[done.By]) + ", " + p.when(done.At).Words
		if chosen == "" {
			chosen, words = choiceValue(done.Settlement), done.Settlement.Words
		}
	}
	before, after, around := surroundings(v, d)
	open.Before, open.After = before, after
	open.Options = options(r, d, around)
	for i := range open.Options {
		o := &open.Options[i]
		o.Key = i + 1
		if o.Key > 9 {
			o.Key = 0
		}
		o.Chosen = o.Value == chosen
	}
	if chosen != "combine" {
		words = seed(d)
	}
	open.Combine = words
	return open
}

// seed gives the small editor something to begin with: the first wording that somebody proposes.
func seed(d merge.Decision) string {
	for _, variant := range d.Variants {
		if !variant.Deleted {
			return variant.Words
		}
	}
	return d.Words
}

// options gives the choices of a decision: keep, take each variant, combine, brackets.
func options(r request, d merge.Decision, around bool) []MergeOption {
	keep := MergeOption{Value: "keep", Heading: "Keep the adopted words", Runs: plainRuns(d.Words), Context: around}
	if d.Words == "" {
		keep.Heading, keep.Note = "Keep the adopted text", "Nothing is inserted here."
		keep.Context = false
	}
	list := []MergeOption{keep}
	brackets := MergeOption{Value: "brackets", Heading: "Not agreed: keep all in square brackets", Context: around, Note: "Only the words that differ go into brackets; the code behind them says who wants them."}
	for i, variant := range d.Variants {
		tags := variantTags(r, variant)
		slot := anyInk
		if len(tags) > 0 {
			slot = tags[0].Slot
		}
		take := MergeOption{Value: fmt.Sprintf("take-%d", i), Heading: "Take", Tags: tags, Context: around, Runs: runs(diff.Words(d.Words, variant.Words), slot)}
		if variant.Deleted {
			take.Note, take.Runs = "Struck out.", runs([]diff.Op{{Kind: diff.Delete, Text: d.Words}}, slot)
		}
		list = append(list, take)
		brackets.Runs = append(brackets.Runs, bracketed(variant, tags, slot)...)
	}
	combine := MergeOption{Value: "combine", Heading: "Combine: write the agreed words", Textarea: true, Note: "What you write here stands in the text instead of the words in question, as a change by the rapporteur."}
	return append(list, combine, brackets)
}

// bracketed shows a variant as it will stand when it is not agreed.
func bracketed(variant merge.Variant, tags []Tag, slot int) []Run {
	var labels []string
	for _, tag := range tags {
		labels = append(labels, tag.Label)
	}
	shown := []Run{{Slot: slot, Pieces: []Piece{{Text: "["}}}}
	for _, run := range plainRuns(variant.Words) {
		run.Kind, run.Slot = "ins", slot
		shown = append(shown, run)
	}
	return append(shown, Run{Slot: slot, Pieces: []Piece{{Text: "]"}, {Source: strings.Join(labels, ", ")}}})
}

// variantTags gives the codes of those who stand for a variant.
func variantTags(r request, variant merge.Variant) []Tag { return circleTags(r, variant.Proposals) }

// circleTags gives the codes of those who made proposals, named "usa/48a5-1".
func circleTags(r request, proposals []string) []Tag {
	var tags []Tag
	for _, name := range proposals {
		circle, _, _ := strings.Cut(name, "/")
		tag := r.inks.tag(repo.Circle(circle))
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// nearby is how much of the words around those in question is shown, in characters.
const nearby = 160

// surroundings gives the words before and after those in question; false where they cannot be told apart.
// Once a decision is made, the merged text holds other words there; the clause as adopted then shows the sentence.
func surroundings(v drafting.MergingView, d merge.Decision) (before, after []Run, ok bool) {
	result := v.Result
	if d.Settled != nil {
		if d.Base < 0 || d.Base >= len(v.BaseText.Blocks) || d.Words == "" {
			return nil, nil, false
		}
		head, tail, found := strings.Cut(v.BaseText.Blocks[d.Base].Words, d.Words)
		if !found || strings.Contains(tail, d.Words) {
			return nil, nil, false
		}
		return plainRuns(lastWords(head)), plainRuns(firstWords(tail)), head != "" || tail != ""
	}
	if d.Block < 0 || d.Block >= len(result.Text.Blocks) {
		return nil, nil, false
	}
	words := result.Text.Blocks[d.Block].Words
	if d.Start < 0 || d.End > len(words) || d.Start > d.End || words[d.Start:d.End] != d.Words {
		return nil, nil, false
	}
	return plainRuns(lastWords(words[:d.Start])), plainRuns(firstWords(words[d.End:])), d.Start > 0 || d.End < len(words)
}

func firstWords(s string) string {
	if len(s) <= nearby {
		return s
	}
	if i := strings.LastIndexByte(s[:nearby], ' '); i > 0 {
		return s[:i] + " …"
	}
	return s
}

func lastWords(s string) string {
	if len(s) <= nearby {
		return s
	}
	if i := strings.IndexByte(s[len(s)-nearby:], ' '); i >= 0 {
		return "… " + s[len(s)-nearby+i+1:]
	}
	return s
}

func reviewOf(r request, v drafting.MergingView, d merge.Decision) MergeReview {
	review := MergeReview{Name: spoken(d), Kind: kindSentences[d.Kind]}
	for _, variant := range d.Variants {
		tags := variantTags(r, variant)
		for _, tag := range tags {
			if !slices.Contains(review.Tags, tag) {
				review.Tags = append(review.Tags, tag)
			}
		}
	}
	if d.Base >= 0 && d.Base < len(v.BaseText.Blocks) && d.Block >= 0 && d.Block < len(v.Result.Text.Blocks) && d.Kind != merge.SamePlace {
		ink := inkOf(r, v)
		ops := diff.Words(v.BaseText.Blocks[d.Base].Words, v.Result.Text.Blocks[d.Block].Words)
		review.Runs = inkedRuns(ops, func(at int) (int, int) { return ink(d.Block, at) })
	}
	return review
}
