package drafting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"plenary/repo"
	"plenary/repo/akn"
	"plenary/repo/docx"
	"plenary/repo/page"
	"plenary/repo/pdf"
	"plenary/repo/resolution"
)

// ExportForm is what a text leaves the house as.
type ExportForm string

// The forms of an export.
const (
	ExportWord       ExportForm = "docx"
	ExportPage       ExportForm = "html"
	ExportAkomaNtoso ExportForm = "xml"
	ExportMarkdown   ExportForm = "md"
	ExportPaper      ExportForm = "txt"
	ExportPDF        ExportForm = "pdf"
)

// ExportRequest says what is exported: one version, clean, or with its changes against another.
type ExportRequest struct {
	Version string // an empty key is the revised text
	Against string // empty: the clean text
	Form    ExportForm
	// Comments takes along what is said about the version and is not resolved, as far as the actor may hear it. Word only.
	Comments bool
	// Compilation is the revised text with what every submitted proposal makes of it. Word only; the version is main.
	Compilation bool
}

// ExportFile is a text as a file.
type ExportFile struct {
	Name    string // of letters, digits, hyphens and one dot
	Content []byte
}

// Export writes a version as a file. Word files and pages show the changes against another version: in a Word file
// they are tracked changes by the delegation whose text it is, and those in a revised text are by the delegations
// whose merged proposals made the same change. Who may read a version may export it.
func (s *Service) Export(ctx context.Context, a Actor, slug repo.Slug, q ExportRequest) (ExportFile, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return ExportFile{}, err
	}
	if q.Compilation {
		return r.compilationFile(ctx, q.Form)
	}
	v, err := r.version(ctx, q.Version)
	if err != nil {
		return ExportFile{}, err
	}
	var base located
	if q.Against != "" {
		if base, err = r.version(ctx, q.Against); err != nil {
			return ExportFile{}, err
		}
	}
	content, err := r.encode(ctx, v, base, q)
	if err != nil {
		return ExportFile{}, err
	}
	name := string(slug) + "-" + fileWords(v.Version)
	if base.Exists() {
		name += "-against-" + fileWords(base.Version)
	}
	return ExportFile{Name: name + "." + string(q.Form), Content: content}, nil
}

// fileWords names a version in the name of a file: "usa-48a5-1", "dubai-2012", "revised-text".
func fileWords(v Version) string {
	switch v.Kind {
	case VersionMain:
		return "revised-text"
	case VersionCommit:
		return string(v.Commit[:10])
	default:
		kind, rest, _ := strings.Cut(v.Key, "/")
		name := strings.ReplaceAll(rest, "/", "-")
		if kind == "drafts" {
			name += "-draft"
		}
		return name
	}
}

// encode writes a version in a form, against base if there is one.
func (r *reader) encode(ctx context.Context, v, base located, q ExportRequest) ([]byte, error) {
	text, err := v.text(ctx)
	if err != nil {
		return nil, err
	}
	var was resolution.Text
	if base.Exists() {
		if was, err = base.text(ctx); err != nil {
			return nil, err
		}
		switch q.Form {
		case ExportAkomaNtoso, ExportMarkdown, ExportPaper:
			return nil, refuse("This form holds one text and no changes: export it clean, or choose Word, PDF or HTML.")
		default:
		}
	}
	var content []byte
	switch q.Form {
	case ExportWord:
		content, err = r.wordFile(ctx, v, base, was, text, q.Comments)
	case ExportPage:
		if base.Exists() {
			content, err = page.Changes(was, text)
		} else {
			content, err = page.Text(text)
		}
	case ExportPDF:
		content, err = r.pages(v, base, was, text)
	case ExportAkomaNtoso:
		content, err = r.exchangeFile(ctx, v, text)
	case ExportMarkdown:
		content = resolution.Format(text)
	case ExportPaper:
		content = resolution.FormatPaper(text)
	default:
		return nil, refuse("%q is not a form of file that is written here: choose docx, pdf, html, xml, md or txt.", string(q.Form))
	}
	if err != nil {
		return nil, fmt.Errorf("export %s of %s: %w", v.Key, r.about.Slug, err)
	}
	return content, nil
}

// wordFile writes a text as a Word file: what stands before a proposal's text is its number, who brings it, and its
// covering note.
func (r *reader) wordFile(ctx context.Context, v, base located, was, text resolution.Text, comments bool) ([]byte, error) {
	o, err := r.wordOptions(ctx, v)
	if err != nil {
		return nil, err
	}
	if comments {
		if o.Comments, err = r.wordComments(ctx, v, text); err != nil {
			return nil, err
		}
	}
	if v.Draft.Valid() {
		o.Author = r.dir.label(v.Draft.Circle)
		p, err := r.known(ctx, v.Draft)
		if err != nil {
			return nil, err
		}
		if o.Note, err = v.note(ctx); err != nil {
			return nil, err
		}
		o.Number = string(p.Number)
		if o.Number != "" {
			o.Instruction, o.Source = "MOD", r.dir.circle(v.Draft.Circle).Name
		}
	}
	if !base.Exists() {
		return docx.Write(text, o)
	}
	if !v.Draft.Valid() {
		if o.Sources, err = r.merged(ctx, v); err != nil {
			return nil, err
		}
	}
	return docx.Export(was, text, o)
}

// wordOptions are what every Word file has: its date and, for changes that are nobody else's, the assembly.
func (r *reader) wordOptions(ctx context.Context, v located) (docx.Options, error) {
	as, err := r.records.Assembly(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return docx.Options{}, fmt.Errorf("assembly: %w", err)
	}
	return docx.Options{Date: v.At.UTC().Format(time.RFC3339), Author: cmp.Or(as.Code, as.Name, "Plenary")}, nil
}

// compilationFile writes the revised text with what every submitted proposal makes of it, each change by its delegation.
func (r *reader) compilationFile(ctx context.Context, form ExportForm) (ExportFile, error) {
	if form != ExportWord {
		return ExportFile{}, refuse("A compilation is written as a Word file: choose docx.")
	}
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return ExportFile{}, err
	}
	proposals, err := r.submittedProposals(ctx)
	if err != nil {
		return ExportFile{}, err
	}
	if len(proposals) == 0 {
		return ExportFile{}, refuse("No proposal is submitted yet, so there is nothing to compile: export the text itself.")
	}
	c, err := r.compile(ctx, main, proposals)
	if err != nil {
		return ExportFile{}, err
	}
	from := make([]docx.Attributed, len(c.texts))
	for i, text := range c.texts {
		from[i] = docx.Attributed{Author: text.Source, Text: text.Text}
	}
	o, err := r.wordOptions(ctx, main)
	if err != nil {
		return ExportFile{}, err
	}
	content, err := docx.ExportCompilation(c.base, from, o)
	if err != nil {
		return ExportFile{}, fmt.Errorf("export the compilation of %s: %w", r.about.Slug, err)
	}
	return ExportFile{Name: string(r.about.Slug) + "-compilation.docx", Content: content}, nil
}

// wordComments gives the open threads on a version, where their clauses still stand.
func (r *reader) wordComments(ctx context.Context, v located, text resolution.Text) ([]docx.ExportComment, error) {
	threads, err := r.threads(ctx, v.Key)
	if err != nil {
		return nil, err
	}
	names := resolution.Names(text)
	var out []docx.ExportComment
	for _, t := range threads {
		if t.place(text, names); t.Place < 0 || !t.Resolved.IsZero() {
			continue
		}
		one := docx.ExportComment{Block: t.Place}
		one.Author, one.Initials, one.Date = commentedBy(t.CommentRow)
		one.Text = t.Words
		if words := resolution.Plain(text.Blocks[t.Place].Words); t.Quote != "" {
			if before, _, found := strings.Cut(words, t.Quote); found {
				one.From = utf8.RuneCountInString(before)
				one.To = one.From + utf8.RuneCountInString(t.Quote)
			}
		}
		for _, answer := range t.Answers {
			reply := docx.ExportReply{Text: answer.Words}
			reply.Author, reply.Initials, reply.Date = commentedBy(answer)
			one.Replies = append(one.Replies, reply)
		}
		out = append(out, one)
	}
	return out, nil
}

// commentedBy says in a Word file whose a comment is, and when it was written.
func commentedBy(c CommentRow) (author, initials, date string) {
	author = c.Who.Name
	if c.Who.Circle != "" {
		author += " (" + c.Who.Circle + ")"
	}
	for word := range strings.FieldsSeq(c.Who.Name) {
		first, _ := utf8.DecodeRuneInString(word)
		initials += string(first)
	}
	return author, initials, c.At.UTC().Format(time.RFC3339)
}

// note is the covering note that lies beside a proposal's text; empty for none.
func (l located) note(ctx context.Context) ([]byte, error) {
	note, err := l.in.File(ctx, l.Commit, l.Draft.Note())
	if errors.Is(err, repo.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("covering note of %s: %w", l.Key, err)
	}
	return note, nil
}

// merged gives the proposals that were merged into a text, in order of their labels.
func (r *reader) merged(ctx context.Context, v located) ([]docx.Attributed, error) {
	all, err := r.records.Proposals(ctx, r.about.Slug)
	if err != nil {
		return nil, fmt.Errorf("proposals on %s: %w", r.about.Slug, err)
	}
	slices.SortStableFunc(all, func(p, q Proposal) int { return natural(r.dir.proposal(p), r.dir.proposal(q)) })
	var from []docx.Attributed
	for _, p := range all {
		if p.Submitted == "" {
			continue
		}
		merged, err := r.public.IsAncestor(ctx, p.Submitted, v.Commit)
		if err != nil {
			return nil, fmt.Errorf("merged proposal %s: %w", p.Draft, err)
		}
		if !merged && p.Status != StatusInPart {
			continue
		}
		text, err := r.public.Text(ctx, p.Submitted)
		if err != nil {
			return nil, fmt.Errorf("merged proposal %s: %w", p.Draft, missing(err))
		}
		from = append(from, docx.Attributed{Author: r.dir.label(p.Draft.Circle), Text: text})
	}
	return from, nil
}

// pages writes a text for paper, with a number at every line and the version at the top of every page.
func (r *reader) pages(v, base located, was, text resolution.Text) ([]byte, error) {
	o := pdf.Options{Heading: v.Label}
	if r.about.Number != "" {
		o.Heading = "Resolution " + r.about.Number + " · " + v.Label
	}
	var content []byte
	var err error
	if base.Exists() {
		o.Heading += " compared with " + base.Label
		content, err = pdf.Changes(was, text, o)
	} else {
		content, err = pdf.Text(text, o)
	}
	if missing, ok := errors.AsType[*pdf.UnprintableError](err); ok {
		sentence := missing.Error()
		return nil, refuse("%s.", strings.ToUpper(sentence[:1])+sentence[1:])
	}
	return content, err
}

// exchangeFile writes a text as Akoma Ntoso.
func (r *reader) exchangeFile(ctx context.Context, v located, text resolution.Text) ([]byte, error) {
	n := akn.Naming{Number: r.about.Number, Date: v.At.UTC().Format(time.DateOnly), Language: "eng"}
	as, err := r.records.Assembly(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("assembly: %w", err)
	}
	n.Body = words(as.Code)
	if v.Draft.Valid() {
		n.Author = r.dir.label(v.Draft.Circle)
		note, err := v.note(ctx)
		if err != nil {
			return nil, err
		}
		n.Note = string(note)
	}
	return akn.Document(text, n)
}
