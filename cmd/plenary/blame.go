package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"plenary/repo"
)

// BlameCommand tells who brought each word of a text.
type BlameCommand struct {
	Repository string `arg:"" type:"path" help:"A git repository that holds resolution.md, bare or not."`
	Revision   string `arg:"" default:"HEAD" help:"Branch, tag or commit."`
	JSON       bool   `help:"Print JSON."`
}

// blamedJSON is what --json prints.
type blamedJSON struct {
	Revision repo.Hash          `json:"revision"`
	Clauses  []blamedClauseJSON `json:"clauses"`
	Commits  []blamedCommitJSON `json:"commits"` // every commit that is named, in order of time
}

type blamedClauseJSON struct {
	Clause string          `json:"clause"`
	Runs   []blamedRunJSON `json:"runs"`
}

type blamedRunJSON struct {
	Words    string    `json:"words"`
	Commit   repo.Hash `json:"commit"`
	Author   string    `json:"author"`
	Proposal string    `json:"proposal,omitempty"`
	Merge    repo.Hash `json:"merge,omitempty"`
}

type blamedCommitJSON struct {
	Commit  repo.Hash `json:"commit"`
	Author  string    `json:"author"`
	When    time.Time `json:"when"`
	Subject string    `json:"subject"`
}

// Run prints, clause by clause, each stretch of words with the commit, author and proposal it came from.
func (c BlameCommand) Run(ctx context.Context, s Streams) error {
	blamed, err := repo.Blame(ctx, c.Repository, c.Revision)
	if err != nil {
		return err
	}
	if c.JSON {
		return printBlamedJSON(s, blamed)
	}
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	for _, clause := range blamed.Clauses {
		for _, run := range clause.Runs {
			commit := blamed.Commits[run.Commit]
			if _, err := fmt.Fprintf(w, "%.10s\t%s\t%s\t%s\t%q\n", run.Commit, authorName(commit), run.Proposal, clause.Name.Spoken, run.Words); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

func printBlamedJSON(s Streams, blamed repo.Blamed) error {
	out := blamedJSON{Revision: blamed.Revision, Clauses: []blamedClauseJSON{}, Commits: []blamedCommitJSON{}}
	for _, clause := range blamed.Clauses {
		told := blamedClauseJSON{Clause: clause.Name.Spoken, Runs: []blamedRunJSON{}}
		for _, run := range clause.Runs {
			told.Runs = append(told.Runs, blamedRunJSON{
				Words: run.Words, Commit: run.Commit, Author: authorName(blamed.Commits[run.Commit]), Proposal: run.Proposal, Merge: run.Merge,
			})
		}
		out.Clauses = append(out.Clauses, told)
	}
	for _, commit := range blamed.InOrder() {
		out.Commits = append(out.Commits, blamedCommitJSON{commit.Hash, authorName(commit), commit.When, commit.Subject})
	}
	encoder := json.NewEncoder(s.Out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

// authorName gives an author as git log shows them: "Ms Carter (USA)".
func authorName(c repo.Commit) string {
	if c.Author.Code == "" {
		return c.Author.Name
	}
	return c.Author.Name + " (" + c.Author.Code + ")"
}
