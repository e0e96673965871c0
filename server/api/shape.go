package api

import (
	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// each turns every value into its shape. Nothing becomes an empty array, not null.
func each[In, Out any](values []In, turn func(In) Out) []Out {
	out := make([]Out, len(values))
	for i, v := range values {
		out[i] = turn(v)
	}
	return out
}

func codes(circles []repo.Circle) []string {
	return each(circles, func(c repo.Circle) string { return string(c) })
}

func resolutionOf(r drafting.Resolution) Resolution {
	return Resolution{
		Slug: string(r.Slug), Number: r.Number, Title: r.Title, Edition: r.Edition, Created: r.Created, Changed: r.Changed,
	}
}

// versionOf leaves a version that does not exist zero, which JSON leaves out.
func versionOf(v drafting.Version) Version {
	if !v.Exists() {
		return Version{}
	}
	out := Version{Key: v.Key, Label: v.Label, Kind: VersionKind(v.Kind), Commit: string(v.Commit), At: v.At.UTC()}
	if v.Draft != (repo.DraftName{}) {
		out.Proposal = v.Draft.String()
	}
	return out
}

func proposalOf(row drafting.ProposalRow) Proposal {
	p := row.Proposal
	return Proposal{
		Circle: string(p.Draft.Circle), Name: p.Draft.Name, Number: string(p.Number), Label: row.Label,
		Status: ProposalStatus(p.Status), Base: string(p.Base), Clauses: row.Clauses, Submissions: p.Submissions,
		SubmittedAt: p.SubmittedAt, Reason: p.Reason, Mine: row.Mine,
	}
}

func submissionOf(s drafting.Submission) Submission {
	return Submission{N: s.N, Commit: string(s.Commit), Base: string(s.Base), At: s.At.UTC(), By: int64(s.By)}
}

func mergingOf(m drafting.Merging) Merging {
	return Merging{
		Id: int64(m.ID), Resolution: string(m.Resolution), Target: string(m.Target), Begun: m.Begun.UTC(), By: int64(m.BegunBy),
		Done: m.Done, Abandoned: m.Abandoned, Commit: string(m.Commit), Sentence: m.Sentence,
		Proposals: each(m.Proposals, func(s drafting.Submission) string { return string(s.Commit) }),
	}
}

// blockKinds names the kinds of block in the order of resolution.Kind.
var blockKinds = [...]BlockKind{
	resolution.KindParagraph:     BlockKindParagraph,
	resolution.KindNumber:        BlockKindNumber,
	resolution.KindTitle:         BlockKindTitle,
	resolution.KindDivision:      BlockKindDivision,
	resolution.KindDivisionTitle: BlockKindDivisionTitle,
	resolution.KindHeading:       BlockKindHeading,
	resolution.KindHistory:       BlockKindHistory,
	resolution.KindOpener:        BlockKindOpener,
	resolution.KindItem:          BlockKindItem,
	resolution.KindBullet:        BlockKindBullet,
	resolution.KindTable:         BlockKindTable,
	resolution.KindFootnote:      BlockKindFootnote,
}

func blocksOf(text resolution.Text, names []resolution.Name) []Block {
	out := make([]Block, len(text.Blocks))
	for i, b := range text.Blocks {
		out[i] = Block{Kind: blockKinds[b.Kind], Level: b.Level, Label: string(b.Label), Words: b.Words, Rows: b.Rows}
		if i < len(names) {
			out[i].Name, out[i].Link = names[i].Spoken, names[i].Link
		}
	}
	return out
}

func changeOf(c diff.Change) Change {
	out := Change{
		Kind: ChangeKind(c.Kind.String()), Moved: c.Moved, Name: c.Name.Spoken, Link: c.Name.Link,
		Base: each(c.Base, func(i int) int { return i }), Revised: each(c.Revised, func(i int) int { return i }),
		LabelBase: string(c.LabelBase), LabelRevised: string(c.LabelRevised),
	}
	if c.Rows == nil {
		out.Ops = each(c.Ops, opOf)
		return out
	}
	out.Rows = each(c.Rows, func(row [][]diff.Op) [][]Op {
		return each(row, func(cell []diff.Op) []Op { return each(cell, opOf) })
	})
	return out
}

// opKinds names the operations in the order of diff.OpKind.
var opKinds = [...]OpOp{diff.Equal: OpOpEqual, diff.Delete: OpOpDelete, diff.Insert: OpOpInsert}

func opOf(o diff.Op) Op { return Op{Op: opKinds[o.Kind], Text: o.Text} }
