package store

import (
	"context"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// AddReceived keeps a file as it came.
func (r *Records) AddReceived(ctx context.Context, f drafting.Received, content []byte) (drafting.ReceivedID, error) {
	var id int64
	err := r.together(ctx, func(q *sqlgen.Queries) error {
		var err error
		id, err = q.AddReceived(ctx, sqlgen.AddReceivedParams{
			Resolution: string(f.Resolution), Circle: string(f.Circle), Person: int64(f.By), Name: f.Name,
			Size: int64(len(content)), At: micros(f.At),
		})
		if err != nil {
			return err
		}
		return q.AddReceivedFile(ctx, sqlgen.AddReceivedFileParams{Received: id, Content: content})
	})
	return drafting.ReceivedID(id), wrap(err, "keep file", f.Name)
}

// Received gives one file without its content, or ErrNotFound.
func (r *Records) Received(ctx context.Context, id drafting.ReceivedID) (drafting.Received, error) {
	var f drafting.Received
	err := r.atOnce(ctx, func(q *sqlgen.Queries) error {
		row, err := q.Received(ctx, int64(id))
		if err == nil {
			f, err = received(ctx, q, row)
		}
		return err
	})
	return f, wrap(err, "file", id)
}

// ReceivedFile gives the content of a file, or ErrNotFound.
func (r *Records) ReceivedFile(ctx context.Context, id drafting.ReceivedID) ([]byte, error) {
	content, err := r.read.ReceivedFile(ctx, int64(id))
	return content, wrap(err, "content of file", id)
}

// ReceivedFor gives the files that a circle sent for a resolution, in the order they came.
func (r *Records) ReceivedFor(ctx context.Context, resolution repo.Slug, circle repo.Circle) ([]drafting.Received, error) {
	var files []drafting.Received
	err := r.atOnce(ctx, func(q *sqlgen.Queries) error {
		rows, err := q.ReceivedFor(ctx, sqlgen.ReceivedForParams{Resolution: string(resolution), Circle: string(circle)})
		if err != nil {
			return err
		}
		for _, row := range rows {
			f, err := received(ctx, q, row)
			if err != nil {
				return err
			}
			files = append(files, f)
		}
		return nil
	})
	return files, wrap(err, "files for", resolution)
}

// ReceivedWaiting gives the size of what a circle sent and nobody has decided about, for all resolutions together.
func (r *Records) ReceivedWaiting(ctx context.Context, circle repo.Circle) (int, error) {
	size, err := r.read.ReceivedWaiting(ctx, string(circle))
	return int(size), wrap(err, "files of", circle)
}

// ReceivedThatBecame finds the file that a circle's draft was begun with, or ErrNotFound.
func (r *Records) ReceivedThatBecame(ctx context.Context, resolution repo.Slug, circle repo.Circle, became string) (drafting.Received, error) {
	var f drafting.Received
	err := r.atOnce(ctx, func(q *sqlgen.Queries) error {
		row, err := q.ReceivedThatBecame(ctx, sqlgen.ReceivedThatBecameParams{Resolution: string(resolution), Circle: string(circle), Became: became})
		if err == nil {
			f, err = received(ctx, q, row)
		}
		return err
	})
	return f, wrap(err, "file of", became)
}

func received(ctx context.Context, q *sqlgen.Queries, row sqlgen.Received) (drafting.Received, error) {
	outcomes, err := q.ReceivedOutcomes(ctx, row.ID)
	f := drafting.Received{
		ID: drafting.ReceivedID(row.ID), Resolution: repo.Slug(row.Resolution), Circle: repo.Circle(row.Circle),
		By: drafting.PersonID(row.Person), Name: row.Name, Size: int(row.Size), At: timeOf(row.At), Became: map[int]string{},
	}
	for _, o := range outcomes {
		f.Became[int(o.Part)] = o.Became
	}
	return f, err
}

// AddReceivedOutcome notes what a part of a file became; ErrExists when it became something before.
func (r *Records) AddReceivedOutcome(ctx context.Context, id drafting.ReceivedID, part int, became string) error {
	err := r.write.AddReceivedOutcome(ctx, sqlgen.AddReceivedOutcomeParams{Received: int64(id), Part: int64(part), Became: became})
	return wrap(err, "outcome of file", id)
}

// RemoveReceived forgets a file; ErrNotFound for one that became something, and stays as its original.
func (r *Records) RemoveReceived(ctx context.Context, id drafting.ReceivedID) error {
	rows, err := r.write.RemoveReceived(ctx, int64(id))
	return changed(rows, err, "remove file", id)
}
