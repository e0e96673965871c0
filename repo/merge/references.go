package merge

import (
	"slices"
	"strings"

	"plenary/repo/resolution"
)

// Reference is a mention of a clause by its label, in a merged text, that no longer names the clause it named. It is
// rewritten only on a person's word.
type Reference struct {
	Block      int    `json:"block"`      // index in Result.Text
	Clause     string `json:"clause"`     // that holds the mention, as people say it
	Start      int    `json:"start"`      // byte range of the label in the words
	End        int    `json:"end"`        //
	Words      string `json:"words"`      // the mention: "considering f)"
	Suggestion string `json:"suggestion"` // what it should say now: "considering g)"; empty if the clause is gone
}

// references finds the mentions whose labels moved or went.
func (m *merger) references(r Result, position map[int]int) []Reference {
	if m.oneVoice() || !m.renumbered(r) {
		return nil
	}
	var out []Reference
	var names []resolution.Name
	for x := range r.Text.Blocks {
		words := r.Text.Blocks[x].Words
		if !strings.ContainsAny(words, "0123456789)") {
			continue
		}
		for _, now := range resolution.Targets(r.Text, x) {
			meant, known := m.meant(x, now, position)
			if !known || meant == now.Block {
				continue
			}
			if names == nil {
				names = resolution.Names(r.Text)
			}
			part := now.Reference.Parts[now.Part]
			ref := Reference{
				Block: x, Clause: names[x].Spoken, Start: part.Start, End: part.End,
				Words: words[now.Reference.Start:now.Reference.End],
			}
			if meant >= 0 {
				label := string(r.Text.Blocks[meant].Label)
				if !strings.HasSuffix(words[part.Start:part.End], ".") {
					label = strings.TrimSuffix(label, ".")
				}
				ref.Suggestion = words[now.Reference.Start:part.Start] + label + words[part.End:now.Reference.End]
			}
			out = append(out, ref)
		}
	}
	return out
}

// renumbered tells whether any clause of the base went or has another label now.
func (m *merger) renumbered(r Result) bool {
	kept := 0
	for x, p := range m.laid {
		if p.base < 0 {
			continue
		}
		kept++
		if m.base.Blocks[p.base].Label != r.Text.Blocks[x].Label {
			return true
		}
	}
	return kept < len(m.base.Blocks)
}

// meant finds the merged clause that a mention named in the text it was written in, -1 if that clause is gone. It is
// not known if no text that went in has the mention, or if it named nothing there.
func (m *merger) meant(x int, now resolution.Target, position map[int]int) (block int, known bool) {
	p := m.laid[x]
	if p.base >= 0 {
		if then, ok := mention(m.base, p.base, now); ok {
			if at, here := position[then]; here {
				return at, true
			}
			return -1, true
		}
	}
	for k, j := range p.in {
		v := m.views[k]
		then, ok := mention(v.Text, j, now)
		if !ok {
			continue
		}
		if i := v.owner[then]; i >= 0 {
			if at, here := position[i]; here {
				return at, true
			}
			return -1, true
		}
		at := slices.IndexFunc(m.laid, func(q piece) bool { other, in := q.in[k]; return in && other == then })
		return at, true
	}
	return 0, false
}

// mention finds a reference in a block of a text and gives the clause it names there.
func mention(t resolution.Text, block int, like resolution.Target) (int, bool) {
	for _, then := range resolution.Targets(t, block) {
		if then.Reference.Opener == like.Reference.Opener && then.Reference.Division == like.Reference.Division &&
			then.Reference.Parts[then.Part].Label == like.Reference.Parts[like.Part].Label && then.Block >= 0 {
			return then.Block, true
		}
	}
	return 0, false
}
