package drafting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/repo"
	"plenary/repo/resolution"
)

// Agreement is what a circle agrees to where words stand in square brackets.
type Agreement struct {
	Resolution repo.Slug
	Question   string // key of the question, see [BracketQuestion]
	Circle     repo.Circle
	Answer     int // which of the wordings; past the last: none of them
	By         PersonID
	At         time.Time
}

// AgreementRecords keeps what circles agree to, one answer a circle and question.
type AgreementRecords interface {
	Agree(ctx context.Context, a Agreement) error
	Disagree(ctx context.Context, slug repo.Slug, question string, circle repo.Circle) error // ErrNotFound
	Agreements(ctx context.Context, slug repo.Slug) ([]Agreement, error)
}

// VerbSettled is the verb of settling square brackets in the activity.
const VerbSettled = "settled"

// BracketQuestion is words of the revised text that are not agreed: wordings in square brackets side by side.
type BracketQuestion struct {
	Key     string // the same as long as the words in brackets and their holders are
	Block   int
	Clause  resolution.Name
	Answers []BracketAnswer
	start   int // bytes of the block's words that the brackets and their holders take
	end     int
}

// BracketAnswer is one way to settle a question.
type BracketAnswer struct {
	Words   string
	None    bool     // the words of a single pair of brackets leave the text
	Holders []Circle // who hold these words
	Agreed  []Circle // who hold other words, or none, and agree to these
	Waits   []Circle // holders of other words who have not agreed
	Settled bool     // nobody is waited for
}

// OpenBrackets is what is still open in the revised text.
type OpenBrackets struct {
	Questions []BracketQuestion
	Agree     bool // the actor may agree for the circle they act for
	Settle    bool // the actor may settle what is agreed
}

// OpenBrackets gives the square brackets of the revised text that can be settled, with who holds and who agrees.
func (s *Service) OpenBrackets(ctx context.Context, a Actor, slug repo.Slug) (OpenBrackets, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return OpenBrackets{}, err
	}
	open := OpenBrackets{Agree: r.rights.May(a, ActSupport, a.Circle) == nil, Settle: r.rights.May(a, ActMerge, "") == nil}
	_, _, open.Questions, err = r.questions(ctx)
	return open, err
}

// questions reads the revised text and what is open in it.
func (r *reader) questions(ctx context.Context) (located, resolution.Text, []BracketQuestion, error) {
	main, err := r.main(ctx)
	if err != nil {
		return main, resolution.Text{}, nil, fmt.Errorf("text of %s: %w", r.about.Slug, missing(err))
	}
	text, err := main.text(ctx)
	if err != nil {
		return main, text, nil, err
	}
	said, err := r.records.Agreements(ctx, r.about.Slug)
	if err != nil {
		return main, text, nil, fmt.Errorf("agreements on %s: %w", r.about.Slug, err)
	}
	questions := questionsOf(text)
	for i := range questions {
		r.answer(&questions[i], said)
	}
	return main, text, questions, nil
}

// questionsOf finds the outermost brackets of a text that open and close within a clause.
func questionsOf(text resolution.Text) []BracketQuestion {
	names := resolution.Names(text)
	var all []BracketQuestion
	seen := map[string]int{}
	for i, b := range text.Blocks {
		if b.Kind == resolution.KindTable {
			continue
		}
		for _, group := range resolution.Alternatives(resolution.Brackets(b.Words)) {
			first, last := group[0], group[len(group)-1]
			if first.Depth > 0 || first.Start < 0 || last.End < 0 {
				continue
			}
			q := BracketQuestion{Block: i, Clause: names[i], start: first.Start, end: last.SourceEnd}
			sum := sha256.Sum256([]byte(b.Words[q.start:q.end]))
			q.Key = hex.EncodeToString(sum[:])[:16]
			if seen[q.Key]++; seen[q.Key] > 1 {
				q.Key = fmt.Sprintf("%s-%d", q.Key, seen[q.Key])
			}
			for _, bracket := range group {
				answer := BracketAnswer{Words: b.Words[bracket.Start+1 : bracket.End-1]}
				for _, label := range bracket.Sources {
					answer.Holders = append(answer.Holders, Circle{Label: label})
				}
				q.Answers = append(q.Answers, answer)
			}
			if len(group) == 1 {
				q.Answers = append(q.Answers, BracketAnswer{None: true})
			}
			all = append(all, q)
		}
	}
	return all
}

// answer fills in who holds what and who has agreed to it.
func (r *reader) answer(q *BracketQuestion, said []Agreement) {
	var holders []Circle
	for i := range q.Answers {
		for k, h := range q.Answers[i].Holders {
			h = r.labelled(h.Label)
			q.Answers[i].Holders[k] = h
			if !holds(holders, h) {
				holders = append(holders, h)
			}
		}
	}
	to := map[repo.Circle]int{}
	for _, a := range said {
		if a.Question == q.Key {
			to[a.Circle] = a.Answer
		}
	}
	for i := range q.Answers {
		q.Answers[i].count(i, r.dir.order, holders, to)
	}
}

// count tells who agrees to the i-th answer and who is waited for, from what everybody has agreed to. Who holds it agrees
// unless they have let it go; who holds other words must agree; nobody else may want another answer.
func (a *BracketAnswer) count(i int, everybody, holders []Circle, to map[repo.Circle]int) {
	for _, c := range everybody {
		if at, ok := to[c.Code]; ok && at == i && !holds(a.Holders, c) {
			a.Agreed = append(a.Agreed, c)
		}
	}
	for _, h := range holders {
		if at, ok := to[h.Code]; ok && at != i || !ok && !holds(a.Holders, h) {
			a.Waits = append(a.Waits, h)
		}
	}
	against := slices.ContainsFunc(everybody, func(c Circle) bool {
		at, ok := to[c.Code]
		return ok && at != i && !holds(holders, c)
	})
	a.Settled = len(a.Waits) == 0 && !against && len(a.Agreed) > 0
}

// labelled finds a circle by its label as printed; one of no circle has the label alone.
func (r *reader) labelled(label string) Circle {
	for _, c := range r.dir.order {
		if strings.EqualFold(c.Label, label) {
			return c
		}
	}
	return Circle{Label: label}
}

func holds(circles []Circle, c Circle) bool {
	return slices.ContainsFunc(circles, func(h Circle) bool { return strings.EqualFold(h.Label, c.Label) })
}

// question finds what is asked, in the revised text as it stands.
func (r *reader) question(ctx context.Context, key string, answer int) (main located, text resolution.Text, q BracketQuestion, err error) {
	main, text, all, err := r.questions(ctx)
	if err != nil {
		return main, text, q, err
	}
	for _, q := range all {
		if q.Key != key {
			continue
		}
		if answer < 0 || answer >= len(q.Answers) {
			break
		}
		return main, text, q, nil
	}
	return main, text, q, refuse("These words do not stand in brackets any more: they were settled or changed. Load the page again.")
}

// Agree says for the circle the actor acts for which words it agrees to. It may be changed until the chair has settled
// the question.
func (s *Service) Agree(ctx context.Context, a Actor, slug repo.Slug, key string, answer int) error {
	r, err := s.stancing(ctx, a, slug)
	if err != nil {
		return err
	}
	if _, _, _, err := r.question(ctx, key, answer); err != nil {
		return err
	}
	err = s.records.Agree(ctx, Agreement{Resolution: slug, Question: key, Circle: a.Circle, Answer: answer, By: a.Person, At: s.now()})
	if err != nil {
		return fmt.Errorf("agree on %s: %w", slug, err)
	}
	s.stir(Stir{Resolution: slug, Kind: StirStance})
	return nil
}

// Disagree takes back what the circle has agreed to. One that has said nothing is left so.
func (s *Service) Disagree(ctx context.Context, a Actor, slug repo.Slug, key string) error {
	if _, err := s.stancing(ctx, a, slug); err != nil {
		return err
	}
	if err := s.records.Disagree(ctx, slug, key, a.Circle); err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("take an agreement back on %s: %w", slug, err)
	}
	s.stir(Stir{Resolution: slug, Kind: StirStance})
	return nil
}

// SettleBrackets writes agreed words into the revised text without their brackets. It is refused while somebody who
// holds other words has not agreed.
func (s *Service) SettleBrackets(ctx context.Context, a Actor, slug repo.Slug, key string, answer int) (repo.Hash, error) {
	r, err := s.merging(ctx, a, slug)
	if err != nil {
		return "", err
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return "", err
	}
	defer release()
	main, text, q, err := r.question(ctx, key, answer)
	if err != nil {
		return "", err
	}
	chosen := q.Answers[answer]
	if !chosen.Settled {
		return "", refuse("This is not agreed yet%s. Decide it in a merge, or wait.", waitsFor(chosen))
	}
	file, err := settled(text, q, chosen)
	if err != nil {
		return "", err
	}
	how := chosen.how()
	request := repo.MergeRequest{
		Expect: main.Commit, File: file, Subject: "Settle " + q.Clause.Spoken + ": " + how,
		Signature: repo.Signature{Author: r.dir.author(a.Person, a.Circle), When: s.now()},
		Trailers:  []repo.Trailer{{Key: DecisionTrailer, Value: q.Clause.Spoken + ": " + how}},
	}
	for _, c := range chosen.Agreed {
		request.Trailers = append(request.Trailers, repo.Trailer{Key: "Agreed", Value: c.Label})
	}
	commit, err := s.revise(ctx, slug, request)
	if err != nil {
		return "", err
	}
	line := Activity{Resolution: slug, Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbSettled, Detail: q.Clause.Spoken + ", " + how}
	return commit, s.revised(ctx, line, nil, q.Clause.Spoken+" was settled", commit)
}

// how says how a question was settled.
func (a BracketAnswer) how() string {
	if a.None {
		return "the words in brackets are out"
	}
	if len(a.Holders) == 0 {
		return "the words in brackets stand"
	}
	return "as " + List(labelsOf(a.Holders)) + " has it"
}

func waitsFor(a BracketAnswer) string {
	if len(a.Waits) == 0 {
		return ""
	}
	return ": " + List(labelsOf(a.Waits)) + " has not agreed"
}

func labelsOf(circles []Circle) []string {
	labels := make([]string, len(circles))
	for i, c := range circles {
		labels[i] = c.Label
	}
	return labels
}

// settled gives the text with one answer in place of the brackets of a question. A clause of which nothing is left
// leaves the text.
func settled(text resolution.Text, q BracketQuestion, chosen BracketAnswer) ([]byte, error) {
	blocks := slices.Clone(text.Blocks)
	b := &blocks[q.Block]
	b.Words = spliced(b.Words[:q.start], chosen.Words, b.Words[q.end:])
	if strings.Trim(b.Words, " ;,.") == "" {
		blocks = slices.Delete(blocks, q.Block, q.Block+1)
	}
	text.Blocks = blocks
	file, _, err := resolution.Canonical(resolution.Format(text))
	if err != nil {
		return nil, fmt.Errorf("settle %s: %w", q.Clause.Spoken, err)
	}
	return file, nil
}

// spliced puts words together with one blank where there were two, and none before a mark that ends a phrase.
func spliced(before, words, after string) string {
	whole := before
	for _, next := range []string{words, after} {
		if strings.HasSuffix(whole, " ") || whole == "" {
			next = strings.TrimLeft(next, " ")
		}
		if next != "" && strings.ContainsRune(";,.:)", rune(next[0])) {
			whole = strings.TrimRight(whole, " ")
		}
		whole += next
	}
	return whole
}
