package store

import (
	"context"
	"strings"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// AddAudit writes one line of the audit log; nothing can change or remove it.
func (r *Records) AddAudit(ctx context.Context, e drafting.AuditEntry) error {
	return wrap(addAudit(ctx, r.write, e), "audit", e.Act)
}

func addAudit(ctx context.Context, q *sqlgen.Queries, e drafting.AuditEntry) error {
	return q.AddAudit(ctx, sqlgen.AddAuditParams{
		At: micros(e.At), Person: int64(e.Person), Name: e.Name, Circle: string(e.Circle), Act: e.Act,
		Subject: e.Subject, Detail: e.Detail, Address: e.Address,
	})
}

// auditActivity writes the line of what happened to a text into the audit log. Private lines stay out of it: they
// tell of drafts that nobody but their circle knows of.
func auditActivity(ctx context.Context, q *sqlgen.Queries, a drafting.Activity) error {
	if a.Private {
		return nil
	}
	name := ""
	if a.Person != 0 {
		p, err := q.Person(ctx, int64(a.Person))
		if err != nil {
			return err
		}
		name = p.Name
	}
	subject := []string{string(a.Resolution)}
	if a.Draft.Name != "" {
		subject = append(subject, string(a.Draft.Circle)+"/"+a.Draft.Name)
	}
	return addAudit(ctx, q, drafting.AuditEntry{
		At: a.At, Person: a.Person, Name: name, Circle: a.Circle, Act: a.Verb, Subject: strings.Join(subject, " "),
		Detail: a.Detail, Address: a.From,
	})
}

// Audit gives the lines that the query chooses, the newest first.
func (r *Records) Audit(ctx context.Context, q drafting.AuditQuery) ([]drafting.AuditEntry, error) {
	rows, err := r.read.Audit(ctx, sqlgen.AuditParams{
		BeforeID: q.Before, Act: q.Act, Since: micros(q.Since), Until: micros(q.Until), Words: q.Words, Most: int64(q.Most),
	})
	return each(rows, func(row sqlgen.Audit) drafting.AuditEntry {
		return drafting.AuditEntry{
			ID: row.ID, At: timeOf(row.At), Person: drafting.PersonID(row.Person), Name: row.Name, Circle: repo.Circle(row.Circle),
			Act: row.Act, Subject: row.Subject, Detail: row.Detail, Address: row.Address,
		}
	}), wrap(err, "read", "the audit log")
}

// AuditActs gives every act there is a line of, by name.
func (r *Records) AuditActs(ctx context.Context) ([]string, error) {
	acts, err := r.read.AuditActs(ctx)
	return acts, wrap(err, "acts of", "the audit log")
}
