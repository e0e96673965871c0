package store

import (
	"context"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// Person gives the person, or ErrNotFound.
func (r *Records) Person(ctx context.Context, id drafting.PersonID) (drafting.Person, error) {
	p, _, err := r.findPerson(ctx, func(q *sqlgen.Queries) (sqlgen.Person, error) { return q.Person(ctx, int64(id)) })
	return p, wrap(err, "person", id)
}

// PersonByLogin gives the person with that login and their password hash, or ErrNotFound.
func (r *Records) PersonByLogin(ctx context.Context, login string) (drafting.Person, string, error) {
	p, hash, err := r.findPerson(ctx, func(q *sqlgen.Queries) (sqlgen.Person, error) { return q.PersonByLogin(ctx, login) })
	return p, hash, wrap(err, "person by login", login)
}

func (r *Records) findPerson(ctx context.Context, find func(*sqlgen.Queries) (sqlgen.Person, error)) (drafting.Person, string, error) {
	var p drafting.Person
	var hash string
	err := r.atOnce(ctx, func(q *sqlgen.Queries) error {
		row, err := find(q)
		if err != nil {
			return err
		}
		codes, err := q.CirclesOf(ctx, row.ID)
		p, hash = person(row), row.PasswordHash
		p.Circles = each(codes, func(code string) repo.Circle { return repo.Circle(code) })
		return err
	})
	if err != nil {
		return drafting.Person{}, "", err
	}
	return p, hash, nil
}

func person(row sqlgen.Person) drafting.Person {
	return drafting.Person{
		ID:       drafting.PersonID(row.ID),
		Login:    row.Login,
		Name:     row.Name,
		Role:     drafting.Role(row.Role),
		Disabled: row.Disabled,

		HasPassword: row.PasswordHash != "",
		Email:       row.Email,
		Second:      row.SecondSince != 0,
	}
}

// People gives everybody, in order of joining.
func (r *Records) People(ctx context.Context) ([]drafting.Person, error) {
	var rows []sqlgen.Person
	var memberships []sqlgen.MembershipsRow
	err := r.atOnce(ctx, func(q *sqlgen.Queries) error {
		var err error
		if rows, err = q.People(ctx); err == nil {
			memberships, err = q.Memberships(ctx)
		}
		return err
	})
	if err != nil {
		return nil, wrap(err, "people of", "the assembly")
	}
	people := each(rows, person)
	at := make(map[int64]int, len(rows))
	for i, row := range rows {
		at[row.ID] = i
	}
	for _, m := range memberships {
		p := &people[at[m.Person]]
		p.Circles = append(p.Circles, repo.Circle(m.Circle))
	}
	return people, nil
}

// AddPerson keeps a new person and the circles they belong to, all or nothing; ErrExists for a taken login,
// ErrNotFound for an unknown circle.
func (r *Records) AddPerson(ctx context.Context, p drafting.Person, passwordHash string) (drafting.PersonID, error) {
	var id int64
	err := r.together(ctx, func(q *sqlgen.Queries) error {
		var err error
		id, err = q.AddPerson(ctx, sqlgen.AddPersonParams{
			Login: p.Login, Name: p.Name, Role: string(p.Role), PasswordHash: passwordHash, Disabled: p.Disabled,
		})
		if err != nil {
			return err
		}
		for _, code := range p.Circles {
			if err := q.Join(ctx, sqlgen.JoinParams{Person: id, Circle: string(code)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, wrap(err, "add person", p.Login)
	}
	return drafting.PersonID(id), nil
}

// SetPassword replaces the person's password hash and ends the person's sessions.
func (r *Records) SetPassword(ctx context.Context, id drafting.PersonID, passwordHash string) error {
	return r.together(ctx, func(q *sqlgen.Queries) error {
		rows, err := q.SetPassword(ctx, sqlgen.SetPasswordParams{PasswordHash: passwordHash, ID: int64(id)})
		if err == nil {
			err = q.RemoveSessions(ctx, int64(id))
		}
		return changed(rows, err, "set password of person", id)
	})
}

// SetDisabled closes the door to a person, whose sessions and links end with it, or opens it again.
func (r *Records) SetDisabled(ctx context.Context, id drafting.PersonID, disabled bool) error {
	return r.together(ctx, func(q *sqlgen.Queries) error {
		rows, err := q.SetDisabled(ctx, sqlgen.SetDisabledParams{Disabled: disabled, ID: int64(id)})
		if err == nil && disabled {
			err = q.RemoveSessions(ctx, int64(id))
		}
		if err == nil && disabled {
			err = q.RemoveInvitationsOf(ctx, new(int64(id)))
		}
		return changed(rows, err, "disable person", id)
	})
}

// UpdatePerson changes how a person is called and their role; ErrNotFound for nobody.
func (r *Records) UpdatePerson(ctx context.Context, id drafting.PersonID, name string, role drafting.Role) error {
	rows, err := r.write.UpdatePerson(ctx, sqlgen.UpdatePersonParams{Name: name, Role: string(role), ID: int64(id)})
	return changed(rows, err, "update person", id)
}

// Circles gives the circles in order of joining.
func (r *Records) Circles(ctx context.Context) ([]drafting.Circle, error) {
	rows, err := r.read.Circles(ctx)
	return each(rows, func(row sqlgen.Circle) drafting.Circle {
		return drafting.Circle{
			Code:  repo.Circle(row.Code),
			Label: row.Label,
			Name:  row.Name,
			Kind:  drafting.CircleKind(row.Kind),
			Slot:  int(row.Slot),
		}
	}), wrap(err, "circles of", "the assembly")
}

// AddCircle keeps a new circle; ErrExists for a taken code or slot.
func (r *Records) AddCircle(ctx context.Context, c drafting.Circle) error {
	err := r.write.AddCircle(ctx, sqlgen.AddCircleParams{
		Code: string(c.Code), Label: c.Label, Name: c.Name, Kind: string(c.Kind), Slot: int64(c.Slot),
	})
	return wrap(err, "add circle", c.Code)
}

// Join makes the person a member of circle; a member stays one. ErrNotFound when either is unknown.
func (r *Records) Join(ctx context.Context, person drafting.PersonID, circle repo.Circle) error {
	err := r.write.Join(ctx, sqlgen.JoinParams{Person: int64(person), Circle: string(circle)})
	return wrap(err, "join circle", circle)
}

// Leave ends the membership, and with it acting for circle in every session. ErrNotFound when there was none.
func (r *Records) Leave(ctx context.Context, person drafting.PersonID, circle repo.Circle) error {
	return r.together(ctx, func(q *sqlgen.Queries) error {
		rows, err := q.Leave(ctx, sqlgen.LeaveParams{Person: int64(person), Circle: string(circle)})
		if err == nil {
			err = q.LeaveSessions(ctx, sqlgen.LeaveSessionsParams{Person: int64(person), Circle: string(circle)})
		}
		return changed(rows, err, "leave circle", circle)
	})
}
