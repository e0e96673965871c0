package drafting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/repo"
)

// Assembly tells of the assembly and its meeting. ErrNotFound before the server is set up.
func (s *Service) Assembly(ctx context.Context) (Assembly, error) {
	a, err := s.records.Assembly(ctx)
	if err != nil {
		return Assembly{}, fmt.Errorf("assembly: %w", err)
	}
	return a, nil
}

// SetAssembly records what the assembly and its meeting are, who may read, and the deadline of Submit.
func (s *Service) SetAssembly(ctx context.Context, a Actor, as Assembly) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	if words(as.Code) == "" {
		return refuse("Give the assembly a short code in Latin letters, for example WTSA.")
	}
	if as.Zone != "" {
		if _, err := time.LoadLocation(as.Zone); err != nil || as.Zone == "Local" {
			return refuse("%q is no time zone: write it as Europe/Zurich or UTC.", as.Zone)
		}
	}
	detail := "no deadline"
	if !as.Deadline.IsZero() {
		detail = "deadline " + said(as.Deadline)
	}
	if as.Open {
		detail += ", anybody may read"
	}
	err := s.recorded(ctx, s.entry(a, AuditMeeting, as.Code, detail), func(r Records) error { return r.SetAssembly(ctx, as) })
	if err != nil {
		return fmt.Errorf("set assembly: %w", err)
	}
	return nil
}

// Circles lists the circles of the assembly in order of joining. Who takes part is no secret.
func (s *Service) Circles(ctx context.Context) ([]Circle, error) {
	all, err := s.records.Circles(ctx)
	if err != nil {
		return nil, fmt.Errorf("circles: %w", err)
	}
	return all, nil
}

// People lists everybody who may sign in.
func (s *Service) People(ctx context.Context, a Actor) ([]Person, error) {
	if err := s.may(ctx, a, ActSeePeople, ""); err != nil {
		return nil, err
	}
	all, err := s.records.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	return all, nil
}

// AddPerson makes an account and joins the person to the circles named; a secretariat joins its own circle. The
// hash is of the password, made by the caller; without one the person signs in by a link first (see [Service.Invite]).
func (s *Service) AddPerson(ctx context.Context, a Actor, p Person, passwordHash string) (PersonID, error) {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return 0, err
	}
	p, err := tidy(p)
	if err != nil {
		return 0, err
	}
	var id PersonID
	err = s.recorded(ctx, s.entry(a, AuditAddedPerson, p.Login, described(p)), func(r Records) error {
		id, err = addPerson(ctx, r, p, passwordHash)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("add %s: %w", p.Login, err)
	}
	return id, nil
}

// described says what a person is, for the audit log.
func described(p Person) string {
	words := []string{p.Name, string(p.Role)}
	for _, c := range p.Circles {
		words = append(words, string(c))
	}
	return strings.Join(words, ", ")
}

// addPerson keeps a tidy person. The circle of a secretariat is made when it is not there yet.
func addPerson(ctx context.Context, r Records, p Person, passwordHash string) (PersonID, error) {
	all, err := r.Circles(ctx)
	if err != nil {
		return 0, err
	}
	has := func(code repo.Circle) bool {
		return slices.ContainsFunc(all, func(c Circle) bool { return c.Code == code })
	}
	circles := p.Circles
	if p.Role == RoleSecretariat {
		circles = append([]repo.Circle{SecretariatCircle}, circles...)
		if !has(SecretariatCircle) {
			c := secretariatCircle(all)
			if err := r.AddCircle(ctx, c); err != nil {
				return 0, err
			}
			all = append(all, c)
		}
	}
	p.Circles = nil
	for _, c := range circles {
		if !has(c) {
			return 0, refuse("There is no delegation or group %q: add it first.", c)
		}
		if !slices.Contains(p.Circles, c) {
			p.Circles = append(p.Circles, c)
		}
	}
	return r.AddPerson(ctx, p, passwordHash)
}

func secretariatCircle(all []Circle) Circle {
	return Circle{Code: SecretariatCircle, Label: "SEC", Name: "Secretariat", Kind: CircleSecretariat, Slot: nextSlot(all)}
}

// ensureSecretariat makes the one circle every assembly has.
func (s *Service) ensureSecretariat(ctx context.Context) error {
	return s.records.Together(ctx, func(r Records) error {
		all, err := r.Circles(ctx)
		if err != nil || slices.ContainsFunc(all, func(c Circle) bool { return c.Code == SecretariatCircle }) {
			return err
		}
		return r.AddCircle(ctx, secretariatCircle(all))
	})
}

// nextSlot is the first slot after those taken.
func nextSlot(all []Circle) int {
	next := 0
	for _, c := range all {
		next = max(next, c.Slot+1)
	}
	return next
}

// AddCircle adds a delegation or a group. Without a slot it takes the next one.
func (s *Service) AddCircle(ctx context.Context, a Actor, c Circle) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	c, err := tidyCircle(c)
	if err != nil {
		return err
	}
	err = s.recorded(ctx, s.entry(a, AuditAddedCircle, c.Label, c.Name), func(r Records) error { return addCircle(ctx, r, c) })
	if err != nil {
		return fmt.Errorf("add %s: %w", c.Code, err)
	}
	return nil
}

func addCircle(ctx context.Context, r Records, c Circle) error {
	if c.Slot == 0 {
		all, err := r.Circles(ctx)
		if err != nil {
			return err
		}
		c.Slot = nextSlot(all)
	}
	return r.AddCircle(ctx, c)
}

// tidyCircle brings what a circle is called into its one form, or says what is wrong with it.
func tidyCircle(c Circle) (Circle, error) {
	c.Label, c.Name = strings.TrimSpace(c.Label), strings.TrimSpace(c.Name)
	if c.Code == "" {
		c.Code = repo.Circle(words(c.Label))
	}
	switch {
	case !c.Code.Valid():
		return c, refuse("%q cannot be a code: use lower-case letters, digits and single hyphens, for example usa.", c.Code)
	case words(c.Label) != string(c.Code) && c.Code != SecretariatCircle:
		return c, refuse("The label must spell the code %s, as USA spells usa.", c.Code)
	case c.Name == "" || strings.ContainsAny(c.Label+c.Name, "<>") || c.Label != oneLine(c.Label) || c.Name != oneLine(c.Name):
		return c, refuse("Give the circle a name of one line, without < and >.")
	case c.Kind != CircleDelegation && c.Kind != CircleGroup && c.Kind != CircleSecretariat:
		return c, refuse("%q is no kind of circle: give delegation or group.", c.Kind)
	}
	return c, nil
}

// ChangePerson changes how a person is called and what they are in the meeting. Live editing of the person ends, so
// that what they may do now is asked anew. The meeting keeps one open secretariat account.
func (s *Service) ChangePerson(ctx context.Context, a Actor, person PersonID, name string, role Role) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	was, err := s.records.Person(ctx, person)
	if err != nil {
		return fmt.Errorf("change %d: %w", person, err)
	}
	is, err := tidy(Person{Login: was.Login, Name: name, Role: role})
	if err != nil {
		return err
	}
	e := s.entry(a, AuditChangedPerson, was.Login, fmt.Sprintf("%s, %s; before: %s, %s", is.Name, is.Role, was.Name, was.Role))
	err = s.recorded(ctx, e, func(r Records) error {
		if was.Role == RoleSecretariat && is.Role != RoleSecretariat {
			if err := othersRemain(ctx, r, person); err != nil {
				return err
			}
			if err := r.Leave(ctx, person, SecretariatCircle); err != nil && !isMissing(err) {
				return err
			}
		}
		if is.Role == RoleSecretariat {
			if err := r.Join(ctx, person, SecretariatCircle); err != nil {
				return err
			}
		}
		return r.UpdatePerson(ctx, person, is.Name, is.Role)
	})
	if err != nil {
		return fmt.Errorf("change %s: %w", was.Login, err)
	}
	if was.Role == is.Role {
		return nil
	}
	return s.endLive(ctx, person)
}

// othersRemain refuses to take the last secretariat account away.
func othersRemain(ctx context.Context, r Records, without PersonID) error {
	people, err := r.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.ID != without && p.Role == RoleSecretariat && !p.Disabled {
			return nil
		}
	}
	return refuse("This is the last open secretariat account: make another one first, or nobody could administer the meeting.")
}

// Join makes a person one of a circle.
func (s *Service) Join(ctx context.Context, a Actor, person PersonID, circle repo.Circle) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	p, err := s.records.Person(ctx, person)
	if err != nil {
		return fmt.Errorf("join %d to %s: %w", person, circle, err)
	}
	err = s.recorded(ctx, s.entry(a, AuditJoined, p.Login, string(circle)), func(r Records) error {
		return r.Join(ctx, person, circle)
	})
	if err != nil {
		return fmt.Errorf("join %s to %s: %w", p.Login, circle, err)
	}
	return nil
}

// Leave takes a person out of a circle, and out of its open drafts at once. The secretariat's people stay in its
// circle as long as they have its role.
func (s *Service) Leave(ctx context.Context, a Actor, person PersonID, circle repo.Circle) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	p, err := s.records.Person(ctx, person)
	if err != nil {
		return fmt.Errorf("take %d out of %s: %w", person, circle, err)
	}
	if p.Role == RoleSecretariat && circle == SecretariatCircle {
		return refuse("Whoever is of the secretariat writes at its desk: give %s another role instead.", p.Name)
	}
	err = s.recorded(ctx, s.entry(a, AuditLeft, p.Login, string(circle)), func(r Records) error {
		return r.Leave(ctx, person, circle)
	})
	if err != nil {
		return fmt.Errorf("take %s out of %s: %w", p.Login, circle, err)
	}
	return s.endLive(ctx, person)
}

// Disable closes an account or opens it again. Closing ends the person's sessions, links, access tokens and live
// editing at once; what they wrote stays. The meeting keeps one open secretariat account.
func (s *Service) Disable(ctx context.Context, a Actor, person PersonID, disabled bool) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	p, err := s.records.Person(ctx, person)
	if err != nil {
		return fmt.Errorf("close or open the account of %d: %w", person, err)
	}
	if p.Removed() {
		return refuse("This account was removed; it cannot be opened again. Add the person anew.")
	}
	act := AuditOpened
	if disabled {
		act = AuditClosed
	}
	err = s.recorded(ctx, s.entry(a, act, p.Login, ""), func(r Records) error {
		if !disabled {
			return r.SetDisabled(ctx, person, false)
		}
		if err := othersRemain(ctx, r, person); p.Role == RoleSecretariat && a.Person != operator && err != nil {
			return err
		}
		if err := r.WithdrawTokens(ctx, person, s.now()); err != nil {
			return err
		}
		return r.SetDisabled(ctx, person, true)
	})
	if err != nil {
		return fmt.Errorf("close or open the account of %s: %w", p.Login, err)
	}
	if !disabled {
		return nil
	}
	return s.endLive(ctx, person)
}
