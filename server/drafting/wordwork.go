package drafting

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"plenary/repo"
)

// wordsWait is how long somebody who asks for the origins of words waits for what is not in the index yet. Past it the
// page says how far the work is.
const wordsWait = 150 * time.Millisecond

// WordsProgress tells how far the origins of a text's words have been worked out.
type WordsProgress struct{ Done, Total int } // versions of the text; Total is 0 until they are counted

// wordWork brings the word index up to texts that have moved or that somebody has asked for, one after the other, off
// the path of requests.
type wordWork struct {
	*worker
	jobs     []wordJob                  // guarded by mu; the next first
	progress map[wordText]WordsProgress // guarded by mu; of what waits or is in hand
	finished chan struct{}              // guarded by mu; closed, and made anew, whenever a job ends
}

// wordText names a text; without a commit, all texts that lie in the public repository, or all drafts of a circle.
type wordText struct {
	slug   repo.Slug
	circle repo.Circle
	commit repo.Hash
}

type wordJob struct {
	wordText
	s *Service
}

func newWordWork() *wordWork {
	return &wordWork{worker: newWorker(), progress: map[wordText]WordsProgress{}, finished: make(chan struct{})}
}

// ask puts a text on the list, before all others if somebody waits for it.
func (w *wordWork) ask(job wordJob, waiting bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	_, listed := w.progress[job.wordText]
	switch {
	case !listed && waiting:
		w.jobs = append([]wordJob{job}, w.jobs...)
	case !listed:
		w.jobs = append(w.jobs, job)
	case waiting:
		for i, other := range w.jobs {
			if other.wordText == job.wordText {
				copy(w.jobs[1:i+1], w.jobs[:i])
				w.jobs[0] = job
			}
		}
	}
	if !listed {
		w.progress[job.wordText] = WordsProgress{}
	}
	w.begin(w.work)
}

// work goes through the list until nothing is left or the service ends.
func (w *wordWork) work() {
	for {
		job, ok := w.next()
		if !ok {
			return
		}
		err := job.run(w.ctx, func(done, total int) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.progress[job.wordText] = WordsProgress{done, total}
		})
		if err != nil && w.ctx.Err() == nil {
			job.s.log.LogAttrs(w.ctx, slog.LevelError, "work out the origins of words",
				slog.String("resolution", string(job.slug)), slog.String("circle", string(job.circle)), slog.Any("error", err))
		}
		w.mu.Lock()
		delete(w.progress, job.wordText)
		close(w.finished)
		w.finished = make(chan struct{})
		w.mu.Unlock()
	}
}

// next takes a job off the list; where there is none, the worker has ended.
func (w *wordWork) next() (wordJob, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || len(w.jobs) == 0 {
		w.done = nil
		return wordJob{}, false
	}
	job := w.jobs[0]
	w.jobs = w.jobs[1:]
	return job, true
}

// settle waits until a text is done, at most for a time, and tells how far it is.
func (w *wordWork) settle(ctx context.Context, text wordText, most time.Duration) (now WordsProgress, done bool) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		w.mu.Lock()
		now, listed := w.progress[text]
		finished := w.finished
		w.mu.Unlock()
		if !listed {
			return now, true
		}
		select {
		case <-finished:
		case <-timer.C:
			return now, false
		case <-ctx.Done():
			return now, false
		}
	}
}

// run brings the index up to what the job names.
func (j wordJob) run(ctx context.Context, report func(done, total int)) error {
	in, prefix, err := j.repository(ctx)
	if err != nil {
		return missing(err)
	}
	if j.commit != "" {
		return j.s.annotate(ctx, in, j.commit, report)
	}
	refs, err := in.Refs(ctx, prefix)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if err := j.s.annotate(ctx, in, ref.Hash, report); err != nil {
			return fmt.Errorf("%s: %w", ref.Name, err)
		}
		// The history itself is asked for by other pages too; from here on it is in memory.
		if _, err := in.Dates(ctx, ref.Hash, nil); err != nil {
			return fmt.Errorf("%s: %w", ref.Name, err)
		}
	}
	return nil
}

// repository gives where the job's texts lie, and with what their refs begin.
func (j wordJob) repository(ctx context.Context) (in *repo.Repository, prefix string, err error) {
	if j.circle == "" {
		in, err = j.s.archive.Public(j.slug)
		return in, "", err
	}
	in, err = j.s.archive.Desk(ctx, j.slug, j.circle)
	return in, "drafts/" + string(j.circle) + "/", err
}

// reword has the index brought up to the texts of a resolution that everybody may read, or to the drafts of a circle.
func (s *Service) reword(slug repo.Slug, circle repo.Circle) {
	s.wordWork.ask(wordJob{wordText{slug: slug, circle: circle}, s}, false)
}
