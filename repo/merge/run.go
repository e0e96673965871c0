package merge

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// merger carries one merge from base and views to a result.
type merger struct {
	base       resolution.Text
	baseLists  outline
	parents    []int // by base block: the item or opener it stands under
	views      []*view
	groups     []group
	settled    map[string]Settlement
	met        map[string]int // how often each key came up
	mode       Mode
	names      []resolution.Name
	dependants map[int][]int // base block -> views that inserted something under it
	goes       map[int]int   // base block -> gap it moves to
	kept       map[int]bool  // base blocks whose deletion is in question
	laid       []piece       // by block of the result
	decisions  []*Decision
	read       int           // tokens read a second or third time
	losses     []Attribution // whole clauses struck out; Block is the base block until the text is laid out
}

func combine(base resolution.Text, views []*view, settled map[string]Settlement, mode Mode) Result {
	m := newMerger(base, views, nil)
	m.mode = mode
	arrivals, clauses := m.arrivals(), m.clauses()
	again := func(views []*view, runs [][2]int, settled map[string]Settlement) {
		m = newMerger(base, views, runs)
		m.mode, m.settled = mode, settled
		arrivals, clauses = m.arrivals(), m.clauses()
	}
	runs := m.across()
	if len(runs) > 0 {
		again(views, runs, nil)
	}
	if slices.ContainsFunc(m.decisions, wordsClash) && !partial(views) {
		read, more := m.regions()
		if len(more) > 0 {
			views, runs = read, append(runs, more...)
			again(views, runs, nil)
		}
	}
	if len(runs) == 0 && !partial(views) && m.borrows() {
		if read, clean := m.readRegion(region{0, len(base.Blocks) - 1}, views); clean {
			views, runs = read, [][2]int{{0, len(base.Blocks) - 1}}
			again(views, runs, nil)
		}
	}
	if len(settled) > 0 {
		again(views, runs, settled)
	}
	pieces := m.layOut(clauses, arrivals)
	return m.result(pieces)
}

// newMerger begins a merge in which the given runs of base blocks, first and last, are merged as one.
func newMerger(base resolution.Text, views []*view, runs [][2]int) *merger {
	return &merger{
		base: base, baseLists: outlineOf(base), parents: parentsOf(base), views: views, groups: groups(len(base.Blocks), views, runs),
		met: make(map[string]int), names: resolution.Names(base),
		dependants: make(map[int][]int), goes: make(map[int]int), kept: make(map[int]bool),
	}
}

func (m *merger) clauses() [][]piece {
	clauses := make([][]piece, len(m.groups))
	for k := range m.groups {
		clauses[k] = m.clause(k)
	}
	return clauses
}

// layOut puts the merged clauses and what was inserted between them in order.
func (m *merger) layOut(clauses [][]piece, arrivals [][]arrival) []piece {
	m.settleMoves(clauses, arrivals)
	pieces := m.inserted(-1, arrivals[0], clauses)
	for k, g := range m.groups {
		if !m.left(g) {
			if m.mode == ClauseOfBase && slices.ContainsFunc(clauses[k], func(p piece) bool { return p.open }) {
				clauses[k] = m.wholeBase(k, clauses[k])
			}
			pieces = append(pieces, clauses[k]...)
		}
		for i := g.first; i <= g.last; i++ {
			pieces = append(pieces, m.inserted(i, arrivals[i+1], clauses)...)
		}
	}
	return pieces
}

// wholeBase gives a group's base blocks, to stand label and all while a conflict is open. Until labels are written
// they bear those of the merged pieces, so that the list around them counts as if it were merged.
func (m *merger) wholeBase(index int, merged []piece) []piece {
	g := m.groups[index]
	var base []int
	for i := g.first; i <= g.last; i++ {
		base = append(base, i)
	}
	out := m.untouched(index, base)
	for k := range out {
		out[k].open = true
		if at := slices.IndexFunc(merged, func(p piece) bool { return p.base == out[k].base }); at >= 0 {
			out[k].label = merged[at].label
		}
	}
	return out
}

// decide records a decision and applies a remembered settlement to it.
func (m *merger) decide(d *Decision) *Decision {
	key := d.fingerprint(m.base)
	m.met[key]++
	if n := m.met[key]; n > 1 {
		key = fmt.Sprintf("%s-%d", key, n)
	}
	d.Key = key
	if s, ok := m.settled[key]; ok && d.Kind.Open() && s.fits(d) {
		d.Settled = &s
	}
	m.decisions = append(m.decisions, d)
	return d
}

// fingerprint is the same for the same clause, base words and variants.
func (d *Decision) fingerprint(base resolution.Text) string {
	h := sha256.New()
	clause := ""
	if d.Base >= 0 {
		clause = diff.Key(base.Blocks[d.Base])
	}
	_, _ = fmt.Fprintf(h, "%s\x00%s\x00%s", d.Kind, clause, diff.Fold(d.Words))
	for _, v := range d.Variants {
		_, _ = fmt.Fprintf(h, "\x00%t%s", v.Deleted, diff.Fold(v.Words))
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func (m *merger) name(base int) resolution.Name {
	if base >= 0 && base < len(m.names) {
		return m.names[base]
	}
	return resolution.Name{}
}

func (m *merger) nameAll(views []int) []string {
	out := make([]string, len(views))
	for k, v := range views {
		out[k] = m.views[v].Name
	}
	return out
}

// dispute records a conflict over words.
func (m *merger) dispute(t *tangle, base int, h hunk) *Decision {
	d := &Decision{Kind: Conflict, Clause: m.name(base), Base: base, Block: -1, Words: strings.Trim(typed(t.braid.base[h.from:h.to]), blanks)}
	for _, v := range h.variants {
		words := strings.Trim(typed(v.with), blanks)
		d.Variants = append(d.Variants, Variant{Words: words, Deleted: words == "", Proposals: m.nameAll(v.proposals)})
	}
	return m.decide(d)
}

// noteReview lists what merged cleanly but wants a look: changes several made, and clauses several changed.
func (m *merger) noteReview(t *tangle, hunks []hunk) {
	var combined []Variant
	var together [][]hunk
	for _, h := range hunks {
		if h.variants != nil {
			continue
		}
		combined = append(combined, m.clean(t, h))
		if len(h.proposals) < 2 {
			continue
		}
		k := slices.IndexFunc(together, func(hs []hunk) bool { return slices.Equal(hs[0].proposals, h.proposals) })
		if k < 0 {
			k = len(together)
			together = append(together, nil)
		}
		together[k] = append(together[k], h)
	}
	for _, hs := range together {
		var was, is []string
		for _, h := range hs {
			was = append(was, strings.Trim(typed(t.braid.base[h.from:h.to]), blanks))
			is = append(is, strings.Trim(typed(h.with), blanks))
		}
		v := Variant{Words: strings.Join(is, " … "), Proposals: m.nameAll(hs[0].proposals)}
		v.Deleted = strings.Trim(v.Words, "… ") == ""
		m.note(Agreement, t.base[0], strings.Join(was, " … "), v)
	}
	for _, v := range combined {
		if !slices.Equal(v.Proposals, combined[0].Proposals) {
			m.note(Combined, t.base[0], m.words(t.base), combined...)
			return
		}
	}
}

func (m *merger) clean(t *tangle, h hunk) Variant {
	words := strings.Trim(typed(h.with), blanks)
	v := Variant{Words: words, Deleted: words == "", Proposals: m.nameAll(h.proposals)}
	if v.Deleted {
		v.Words = strings.Trim(typed(t.braid.base[h.from:h.to]), blanks)
	}
	return v
}

func (m *merger) note(kind Kind, base int, words string, variants ...Variant) *Decision {
	return m.decide(&Decision{Kind: kind, Clause: m.name(base), Base: base, Block: -1, Words: words, Variants: variants})
}

// words gives the words of base blocks in one line.
func (m *merger) words(base []int) string {
	var out []string
	for _, i := range base {
		out = append(out, wordsIn(m.base.Blocks[i]))
	}
	return strings.Join(out, " ")
}

// wordsIn gives a block's words, a table's cells parted by strokes.
func wordsIn(b resolution.Block) string {
	if b.Kind != resolution.KindTable {
		return b.Words
	}
	rows := make([]string, len(b.Rows))
	for k, row := range b.Rows {
		rows[k] = strings.Join(row, " | ")
	}
	return strings.Join(rows, " / ")
}

// struck takes a group out that some deleted and nobody else touched.
func (m *merger) struck(t *tangle, deleted []int) []piece {
	if len(deleted) > 1 {
		m.note(Agreement, t.base[0], m.words(t.base), Variant{Deleted: true, Proposals: m.nameAll(deleted)})
	}
	for _, i := range t.base {
		m.losses = append(m.losses, Attribution{Block: i, Deleted: wordsIn(m.base.Blocks[i]), Proposals: m.nameAll(deleted)})
	}
	return nil
}

// structure decides about a clause that was given more than one kind.
func (m *merger) structure(base int, v *vote[resolution.Kind]) resolution.Kind {
	words := kindName
	d := &Decision{Kind: Structure, Clause: m.name(base), Base: base, Block: -1, Words: words(v.base)}
	order := make([]int, len(v.changed))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(words(v.changed[x]), words(v.changed[y])) })
	for _, k := range order {
		d.Variants = append(d.Variants, Variant{Words: words(v.changed[k]), Proposals: m.nameAll(v.voters[k])})
	}
	m.decide(d)
	if d.Settled != nil && d.Settled.Choice == Take {
		return v.changed[order[d.Settled.Variant]]
	}
	return v.base
}

// noteLevels lists for review that a clause was given more than one level.
func (m *merger) noteLevels(base int, v *vote[int]) {
	var variants []Variant
	for k, level := range v.changed {
		variants = append(variants, Variant{Words: fmt.Sprintf("level %d", level+1), Proposals: m.nameAll(v.voters[k])})
	}
	slices.SortFunc(variants, func(x, y Variant) int { return cmp.Compare(x.Words, y.Words) })
	m.note(Combined, base, fmt.Sprintf("level %d", v.base+1), variants...)
}

func kindName(k resolution.Kind) string {
	names := map[resolution.Kind]string{
		resolution.KindParagraph: "paragraph", resolution.KindNumber: "number line", resolution.KindTitle: "title",
		resolution.KindDivision: "division", resolution.KindDivisionTitle: "title of a division",
		resolution.KindHeading: "heading", resolution.KindHistory: "history", resolution.KindOpener: "opener",
		resolution.KindItem: "item", resolution.KindBullet: "bullet", resolution.KindTable: "table",
		resolution.KindFootnote: "footnote",
	}
	return names[k]
}
