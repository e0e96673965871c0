package drafting

import (
	"context"
	"fmt"
	"strings"

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
	if err := s.records.SetAssembly(ctx, as); err != nil {
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
// hash is of the password, made by the caller.
func (s *Service) AddPerson(ctx context.Context, a Actor, p Person, passwordHash string) (PersonID, error) {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return 0, err
	}
	p.Login = strings.ToLower(strings.TrimSpace(p.Login))
	p.Name = strings.Join(strings.Fields(p.Name), " ")
	switch {
	case p.Login == "" || len(p.Login) > 100 || strings.ContainsAny(p.Login, " \t\r\n:"):
		return 0, refuse("A login is one word of at most 100 characters without a colon.")
	case p.Name == "" || len(p.Name) > 200 || strings.ContainsAny(p.Name, "<>"):
		return 0, refuse("Give the person's name as it is to be printed, without < and >.")
	case !p.Role.covers(ActRead):
		return 0, refuse("%q is no role: give delegate, chair, secretariat or observer.", p.Role)
	}
	circles := p.Circles
	if p.Role == RoleSecretariat {
		if err := s.ensureSecretariat(ctx); err != nil {
			return 0, err
		}
		circles = append([]repo.Circle{SecretariatCircle}, circles...)
	}
	if err := s.knownCircles(ctx, circles); err != nil {
		return 0, err
	}
	p.Circles = nil
	id, err := s.records.AddPerson(ctx, p, passwordHash)
	if err != nil {
		return 0, fmt.Errorf("add %s: %w", p.Login, err)
	}
	for _, circle := range circles {
		if err := s.records.Join(ctx, id, circle); err != nil {
			return 0, fmt.Errorf("join %s to %s: %w", p.Login, circle, err)
		}
	}
	return id, nil
}

// ensureSecretariat makes the one circle every assembly has.
func (s *Service) ensureSecretariat(ctx context.Context) error {
	dir, err := s.directory(ctx)
	if err != nil {
		return err
	}
	if _, ok := dir.circles[SecretariatCircle]; ok {
		return nil
	}
	c := Circle{
		Code: SecretariatCircle, Label: "SEC", Name: "Secretariat", Kind: CircleSecretariat, Slot: len(dir.order),
	}
	if err := s.records.AddCircle(ctx, c); err != nil {
		return fmt.Errorf("add the secretariat: %w", err)
	}
	return nil
}

func (s *Service) knownCircles(ctx context.Context, circles []repo.Circle) error {
	dir, err := s.directory(ctx)
	if err != nil {
		return err
	}
	for _, c := range circles {
		if _, ok := dir.circles[c]; !ok {
			return refuse("There is no delegation or group %q: add it first.", c)
		}
	}
	return nil
}

// AddCircle adds a delegation or a group. Without a slot it takes the next one.
func (s *Service) AddCircle(ctx context.Context, a Actor, c Circle) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	c.Label, c.Name = strings.TrimSpace(c.Label), strings.TrimSpace(c.Name)
	if c.Code == "" {
		c.Code = repo.Circle(words(c.Label))
	}
	switch {
	case !c.Code.Valid():
		return refuse("%q cannot be a code: use lower-case letters, digits and single hyphens, for example usa.", c.Code)
	case words(c.Label) != string(c.Code) && c.Code != SecretariatCircle:
		return refuse("The label must spell the code %s, as USA spells usa.", c.Code)
	case c.Name == "" || strings.ContainsAny(c.Label+c.Name, "<>\r\n"):
		return refuse("Give the circle a name, without < and >.")
	case c.Kind != CircleDelegation && c.Kind != CircleGroup && c.Kind != CircleSecretariat:
		return refuse("%q is no kind of circle: give delegation or group.", c.Kind)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return err
	}
	if c.Slot == 0 {
		c.Slot = len(dir.order)
	}
	if err := s.records.AddCircle(ctx, c); err != nil {
		return fmt.Errorf("add %s: %w", c.Code, err)
	}
	return nil
}

// Join makes a person one of a circle.
func (s *Service) Join(ctx context.Context, a Actor, person PersonID, circle repo.Circle) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	if err := s.records.Join(ctx, person, circle); err != nil {
		return fmt.Errorf("join %d to %s: %w", person, circle, err)
	}
	return nil
}

// Leave takes a person out of a circle, and out of its open drafts at once.
func (s *Service) Leave(ctx context.Context, a Actor, person PersonID, circle repo.Circle) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	if err := s.records.Leave(ctx, person, circle); err != nil {
		return fmt.Errorf("take %d out of %s: %w", person, circle, err)
	}
	return s.endLive(ctx, person)
}

// Disable closes an account or opens it again. Closing ends the person's sessions and live editing at once; tokens
// of a closed account open nothing.
func (s *Service) Disable(ctx context.Context, a Actor, person PersonID, disabled bool) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	if err := s.records.SetDisabled(ctx, person, disabled); err != nil {
		return fmt.Errorf("close or open the account of %d: %w", person, err)
	}
	if !disabled {
		return nil
	}
	if err := s.records.RemoveSessions(ctx, person); err != nil {
		return fmt.Errorf("end the sessions of %d: %w", person, err)
	}
	return s.endLive(ctx, person)
}
