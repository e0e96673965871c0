package web

// CompilationPage is the text in force with, clause by clause, what each proposal makes of it.
type CompilationPage struct {
	Heading   string
	Action    string
	Summary   string // "12 of 35 clauses have proposals · 3 with differing texts"
	Proposals []CompilationProposal
	All       bool // clauses without proposals are shown too
	Sections  []CompilationSection
	Merge     string // where the merge form goes; empty where the person may not
}

// CompilationProposal is one proposal of the compilation, shown or not.
type CompilationProposal struct {
	Tag   Tag
	Label string
	Href  string
	Value string
	Shown bool
}

// CompilationSection is an opener with the clauses under it.
type CompilationSection struct {
	Opener string
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
	Folded   string // "3 clauses without proposals"
}

// CompilationVariant is one wording of a clause and who stands for it.
type CompilationVariant struct {
	Slot    int
	Tags    []Tag
	Numbers []CompilationProposal
	Deleted bool
	Note    string // "inserted", "moved"
	Label   string
	Runs    []Run
	Table   []Row
}
