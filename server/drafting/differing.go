package drafting

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"plenary/repo"
)

// countsWait is how long a list waits for counts that are not known yet; past it they are left out.
const countsWait = 150 * time.Millisecond

// differences counts, one resolution after the other, the clauses on which submitted proposals disagree. Counting
// compiles all texts, which no page may wait for; what was counted is kept by the commits it was counted from.
type differences struct {
	*worker
	known   map[repo.Slug]differing     // guarded by mu
	waiting map[repo.Slug]differenceJob // guarded by mu; at most one for each resolution
}

// differing is a count with the commits it was counted from.
type differing struct {
	key   string
	count int
}

type differenceJob struct {
	key       string
	r         *reader
	main      located
	proposals []Proposal
}

func newDifferences() *differences {
	return &differences{worker: newWorker(), known: map[repo.Slug]differing{}, waiting: map[repo.Slug]differenceJob{}}
}

// ask puts a count on the worker's list unless it is known.
func (d *differences) ask(job differenceJob) {
	d.mu.Lock()
	defer d.mu.Unlock()
	slug := job.r.about.Slug
	if d.known[slug].key == job.key || d.closed {
		return
	}
	d.waiting[slug] = job
	d.begin(d.work)
}

// of gives the count of a resolution, if it is known as the texts are now.
func (d *differences) of(slug repo.Slug, key string) (int, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := d.known[slug]
	return k.count, k.key == key
}

// settle waits until nothing is left to count, at most for a time.
func (d *differences) settle(ctx context.Context, most time.Duration) {
	done := d.running()
	if done == nil {
		return
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// work counts until nothing is left to count or the service ends.
func (d *differences) work() {
	for {
		job, ok := d.next()
		if !ok {
			return
		}
		slug := job.r.about.Slug
		n, err := job.r.differ(d.ctx, job.main, job.proposals)
		if err != nil {
			if d.ctx.Err() == nil {
				job.r.log.LogAttrs(d.ctx, slog.LevelError, "count what differs", slog.String("resolution", string(slug)), slog.Any("error", err))
			}
			continue
		}
		d.mu.Lock()
		d.known[slug] = differing{job.key, n}
		d.mu.Unlock()
	}
}

// next takes a job off the list; where there is none, the worker has ended.
func (d *differences) next() (differenceJob, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		for slug, job := range d.waiting {
			delete(d.waiting, slug)
			return job, true
		}
	}
	d.done = nil
	return differenceJob{}, false
}

// askDiffer has the clauses counted on which submitted proposals disagree, and gives what the count goes by.
func (r *reader) askDiffer(ctx context.Context) (key string, err error) {
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return "", err
	}
	proposals, err := r.submittedProposals(ctx)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(string(main.Commit))
	for _, s := range r.sources(main, proposals) {
		b.WriteString(" " + s.from)
	}
	key = b.String()
	r.differences.ask(differenceJob{key, r, main, proposals})
	return key, nil
}

// differ counts the clauses on which submitted proposals disagree.
func (r *reader) differ(ctx context.Context, main located, proposals []Proposal) (int, error) {
	c, err := r.compile(ctx, main, proposals)
	if err != nil {
		return 0, err
	}
	clauses := map[int]bool{}
	for _, d := range c.result.Decisions {
		if d.Kind.Open() {
			clauses[d.Base] = true
		}
	}
	return len(clauses), nil
}
