package repo

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Blamed is a text with, for every word, the commit that brought it.
type Blamed struct {
	Revision Hash
	Text     resolution.Text
	Clauses  []BlamedClause // one for each block of the text
	Commits  map[Hash]Commit
}

// BlamedClause is one clause and where its words come from.
type BlamedClause struct {
	Name resolution.Name
	Runs []BlamedRun
}

// BlamedRun is a stretch of words of one origin. The runs of a clause follow each other without gaps.
type BlamedRun struct {
	Words    string
	Commit   Hash
	Merge    Hash   // the merge that took the words in; empty when they came otherwise
	Proposal string // "usa/48a5-1": in which they were written; empty when they came otherwise or nothing tells
}

// Blame tells of every word of a text where it comes from, in any git repository that holds resolution.md, bare or
// not. Words are followed through merges, moves, splits and renumbering. A proposal is known by the trailers of the
// merge commit ("Proposal: usa/48a5-1", in the order of the parents), by git's own words in its subject ("Merge branch
// 'proposals/usa/48a5-1'"), or by the branches and tags that lead to the commit.
func Blame(ctx context.Context, dir, rev string) (Blamed, error) {
	f, err := openForeign(ctx, dir)
	if err != nil {
		return Blamed{}, err
	}
	tip, err := f.commit(ctx, rev)
	if err != nil {
		return Blamed{}, err
	}
	all, err := f.family(ctx, tip)
	if err != nil {
		return Blamed{}, err
	}
	before := all.ancestors(tip)
	commits := slices.DeleteFunc(slices.Clone(all.order), func(h Hash) bool { return !before[h] })
	blobs, err := f.textsOf(ctx, commits)
	if err != nil {
		return Blamed{}, err
	}
	if blobs[tip] == "" {
		return Blamed{}, fmt.Errorf("%s holds no %s at %s: name a revision of a resolution", dir, TextFile, rev)
	}
	numbered := places{}
	for n, h := range commits {
		numbered[h] = n
	}
	made, err := history{commits, all.parents, blobs, f.contents, numbered}.annotate(ctx)
	if err != nil {
		return Blamed{}, fmt.Errorf("blame %s at %s: %w", dir, rev, err)
	}
	return blamer{f, all}.tell(ctx, tip, commits, made)
}

// places numbers commits by their place in a history that is annotated whole, so that nothing need be kept.
type places map[Hash]int

// Known is of [Annotations].
func (places) Known(context.Context, Hash) (diff.Annotated, bool, error) {
	return diff.Annotated{}, false, nil
}

// Number is of [Annotations].
func (p places) Number(h Hash) int { return p[h] }

// Keep is of [Annotations].
func (places) Keep(context.Context, Hash, Hash, diff.Annotated, diff.Annotated) error { return nil }

// blamer tells where words come from.
type blamer struct {
	*foreign
	family
}

// tell turns numbers into commits and finds the proposals.
func (b blamer) tell(ctx context.Context, tip Hash, history []Hash, made diff.Annotated) (Blamed, error) {
	told := Blamed{Revision: tip, Text: made.Text}
	named := map[Hash]bool{}
	names := resolution.Names(made.Text)
	for i, block := range made.Text.Blocks {
		words := diff.WordsOf(block)
		clause := BlamedClause{Name: names[i]}
		for _, run := range made.Runs[i] {
			r := BlamedRun{Words: words[run.Start:run.End], Commit: history[run.Version]}
			if run.Merge >= 0 {
				r.Merge = history[run.Merge]
				named[r.Merge] = true
			}
			named[r.Commit] = true
			clause.Runs = append(clause.Runs, r)
		}
		told.Clauses = append(told.Clauses, clause)
	}
	var err error
	if told.Commits, err = b.commits(ctx, sortedHashes(named)); err != nil {
		return Blamed{}, err
	}
	refs, err := b.refs(ctx)
	if err != nil {
		return Blamed{}, err
	}
	t := proposalTeller{family: b.family, commits: told.Commits, reach: map[Hash]map[Hash]bool{}}
	t.main, t.branches = b.mainAndProposals(refs)
	for _, clause := range told.Clauses {
		for k := range clause.Runs {
			clause.Runs[k].Proposal = t.proposal(clause.Runs[k])
		}
	}
	return told, nil
}

func sortedHashes(set map[Hash]bool) []Hash {
	var all []Hash
	for h := range set {
		all = append(all, h)
	}
	slices.Sort(all)
	return all
}

// mainAndProposals gives the line of main and the tips of proposals, by name.
func (b blamer) mainAndProposals(refs []Ref) (main map[Hash]bool, proposals []Ref) {
	main = map[Hash]bool{}
	for _, ref := range refs {
		if ref.Name == Main {
			main = b.line(ref.Hash)
			break
		}
	}
	for _, ref := range refs {
		if name := proposalName(ref.Name); name != "" && !main[ref.Hash] {
			proposals = append(proposals, Ref{Name: name, Hash: ref.Hash})
		}
	}
	return main, proposals
}

// proposalName gives "usa/48a5-1" for a branch or tag of a proposal; empty for any other.
func proposalName(ref string) string {
	for _, prefix := range []string{"refs/heads/", "refs/remotes/origin/", "origin/"} {
		ref = strings.TrimPrefix(ref, prefix)
	}
	if d, ok := ParseDraftName(ref); ok {
		return d.String()
	}
	if tag, ok := strings.CutPrefix(ref, "submitted/"); ok {
		if words := strings.Split(tag, "/"); len(words) == 3 {
			return words[0] + "/" + words[1]
		}
	}
	return ""
}

// proposalTeller finds the proposal in which words were written.
type proposalTeller struct {
	family
	commits  map[Hash]Commit
	main     map[Hash]bool
	branches []Ref
	reach    map[Hash]map[Hash]bool // ancestors, of the commits asked for
}

func (t *proposalTeller) leadsTo(from, h Hash) bool {
	if t.reach[from] == nil {
		t.reach[from] = t.ancestors(from)
	}
	return t.reach[from][h]
}

func (t *proposalTeller) proposal(r BlamedRun) string {
	if r.Merge != "" {
		named := mergedProposals(t.commits[r.Merge])
		for k, p := range t.parents[r.Merge] {
			if k > 0 && k <= len(named) && t.leadsTo(p, r.Commit) {
				return named[k-1]
			}
		}
	}
	if t.main[r.Commit] {
		return ""
	}
	// The nearest branch: one that goes on from another's words holds more that is not on main.
	name, size := "", 0
	for _, ref := range t.branches {
		if !t.leadsTo(ref.Hash, r.Commit) {
			continue
		}
		if n := len(t.reach[ref.Hash]); name == "" || n < size || n == size && cmp.Less(ref.Name, name) {
			name, size = ref.Name, n
		}
	}
	return name
}

var quotedBranch = regexp.MustCompile(`'([^']+)'`)

// mergedProposals gives the proposals that a merge took in whole, one for each parent after the first, in order; none
// when the commit does not say so.
func mergedProposals(c Commit) []string {
	var named []string
	for _, trailer := range c.Trailers {
		if trailer.Key == "Proposal" && !strings.HasSuffix(trailer.Value, "(in part)") {
			named = append(named, trailer.Value)
		}
	}
	if len(named) != len(c.Parents)-1 {
		named = nil
	}
	if named == nil && strings.HasPrefix(c.Subject, "Merge ") {
		for _, m := range quotedBranch.FindAllStringSubmatch(c.Subject, -1) {
			named = append(named, proposalName(m[1]))
		}
		if len(named) != len(c.Parents)-1 || slices.Contains(named, "") {
			return nil
		}
	}
	return named
}

// InOrder gives the commits that are named, in order of time.
func (b Blamed) InOrder() []Commit {
	return slices.SortedFunc(maps.Values(b.Commits), func(x, y Commit) int {
		return cmp.Or(x.When.Compare(y.When), cmp.Compare(x.Hash, y.Hash))
	})
}
