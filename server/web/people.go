package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// PeoplePage lists delegations and people, and adds to them.
type PeoplePage struct {
	Circles   []CircleRow
	People    []PersonRow
	Counted   string
	Uninvited string // how many have no password yet; empty: everybody has one
	Links     []LinkBox
	Notice    string
	Problem   string
	Person    PersonForm
	Circle    CircleForm
}

// CircleRow is one delegation or group.
type CircleRow struct {
	Tag    Tag
	Kind   string
	People string
}

// PersonRow is one person in the list.
type PersonRow struct {
	Login, Name, Role string
	Href              string
	Circles           []Tag
	State             string // "", "closed", "no password yet", "link sent"
	StateIs           string // how it is shown
}

// PersonForm is a person about to be added, as written.
type PersonForm struct {
	Login, Name string
	Roles       []Choice
	Circles     []Choice
}

// CircleForm is a delegation about to be added, as written.
type CircleForm struct {
	Label, Name string
	Group       bool
}

// LinkBox is a one-time link just made, shown this once.
type LinkBox struct {
	Name    string
	Login   string
	Address string
	Expires When
}

// roles are what a person may be, in the order of the forms.
var roles = []drafting.Role{drafting.RoleDelegate, drafting.RoleChair, drafting.RoleSecretariat, drafting.RoleObserver}

func roleChoices(chosen drafting.Role) []Choice {
	choices := make([]Choice, len(roles))
	for i, role := range roles {
		choices[i] = Choice{string(role), roleWords(role), role == chosen}
	}
	return choices
}

// People lists everybody.
func (p *Pages) People(c echo.Context) error {
	return p.showPeople(c, http.StatusOK, PeoplePage{}, drafting.RoleDelegate, "")
}

func (p *Pages) showPeople(c echo.Context, status int, page PeoplePage, role drafting.Role, circle repo.Circle) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	people, err := p.service.People(r.ctx(), r.actor)
	if err != nil {
		return err
	}
	circles, err := p.service.Circles(r.ctx())
	if err != nil {
		return err
	}
	members := map[repo.Circle]int{}
	uninvited := 0
	for _, person := range people {
		for _, code := range person.Circles {
			members[code]++
		}
		if !person.HasPassword && !person.Disabled {
			uninvited++
		}
		page.People = append(page.People, personRow(person, r.inks))
	}
	page.Counted = drafting.Counted(len(people), "person", "people")
	if uninvited > 0 {
		page.Uninvited = drafting.Counted(uninvited, "person has no password yet", "people have no password yet")
	}
	page.Person.Roles = roleChoices(role)
	page.Person.Circles = []Choice{{"", "none", circle == ""}}
	for _, c := range circles {
		page.Circles = append(page.Circles, CircleRow{Tag: tagOf(c), Kind: string(c.Kind), People: drafting.Counted(members[c.Code], "person", "people")})
		if c.Kind != drafting.CircleSecretariat {
			page.Person.Circles = append(page.Person.Circles, Choice{string(c.Code), c.Label + ", " + c.Name, c.Code == circle})
		}
	}
	if len(page.Links) > 0 {
		c.Response().Header().Set("Cache-Control", "no-store")
	}
	return show(p, c, status, p.frame(r, "people", "People and delegations", Crumb{"Resolutions", "/"}, Crumb{Words: "People"}), page)
}

func personRow(person drafting.Person, found inks) PersonRow {
	row := PersonRow{Login: person.Login, Name: person.Name, Role: roleWords(person.Role), Href: personAddress(person.ID)}
	for _, code := range person.Circles {
		row.Circles = append(row.Circles, found.tag(code))
	}
	switch {
	case person.Disabled:
		row.State, row.StateIs = "closed", "bad"
	case !person.HasPassword:
		row.State, row.StateIs = "no password yet", "warn"
	}
	return row
}

func personAddress(id drafting.PersonID, parts ...string) string {
	return strings.Join(slices.Concat([]string{"/people", strconv.FormatInt(int64(id), 10)}, parts), "/")
}

// AddPerson adds somebody, and makes the link with which they set a password.
func (p *Pages) AddPerson(c echo.Context) error {
	form := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	page := PeoplePage{Person: PersonForm{Login: form("login"), Name: form("name")}}
	role, circle := drafting.Role(form("role")), repo.Circle(form("circle"))
	person := drafting.Person{Login: page.Person.Login, Name: page.Person.Name, Role: role}
	if circle != "" {
		person.Circles = []repo.Circle{circle}
	}
	ctx, actor := c.Request().Context(), p.sessions.Actor(c)
	id, err := p.service.AddPerson(ctx, actor, person, "")
	if sentence, refused := taken(err, "The login "+page.Person.Login+" is taken: choose another."); refused {
		page.Problem = sentence
		return p.showPeople(c, http.StatusUnprocessableEntity, page, role, circle)
	}
	if err != nil {
		return err
	}
	link, err := p.link(ctx, actor, drafting.Person{ID: id, Name: page.Person.Name, Login: strings.ToLower(page.Person.Login)})
	if err != nil {
		return err
	}
	return p.showPeople(c, http.StatusOK, PeoplePage{Links: []LinkBox{link}}, drafting.RoleDelegate, "")
}

// taken is refusal, with a sentence for a name that somebody has already.
func taken(err error, sentence string) (string, bool) {
	if errors.Is(err, drafting.ErrExists) {
		return sentence, true
	}
	return refusal(err)
}

// link makes a one-time link for somebody.
func (p *Pages) link(ctx context.Context, a drafting.Actor, person drafting.Person) (LinkBox, error) {
	secret, hash := p.door.NewLink()
	made, err := p.service.Invite(ctx, a, person.ID, hash)
	if err != nil {
		return LinkBox{}, err
	}
	return LinkBox{
		Name: person.Name, Login: person.Login, Address: p.public + "/welcome?link=" + secret, Expires: p.when(made.Expires),
	}, nil
}

// LinkAll makes links for everybody who has no password yet, shown once.
func (p *Pages) LinkAll(c echo.Context) error {
	ctx, actor := c.Request().Context(), p.sessions.Actor(c)
	people, err := p.service.People(ctx, actor)
	if err != nil {
		return err
	}
	var page PeoplePage
	for _, person := range people {
		if person.HasPassword || person.Disabled {
			continue
		}
		link, err := p.link(ctx, actor, person)
		if err != nil {
			return err
		}
		page.Links = append(page.Links, link)
	}
	if len(page.Links) == 0 {
		page.Notice = "Everybody has a password already; no link was made."
	}
	return p.showPeople(c, http.StatusOK, page, drafting.RoleDelegate, "")
}

// AddCircle adds a delegation or a group.
func (p *Pages) AddCircle(c echo.Context) error {
	page := PeoplePage{Circle: CircleForm{
		Label: strings.TrimSpace(c.FormValue("label")), Name: strings.TrimSpace(c.FormValue("name")), Group: c.FormValue("kind") == "group",
	}}
	circle := drafting.Circle{Label: page.Circle.Label, Name: page.Circle.Name, Kind: drafting.CircleDelegation}
	if page.Circle.Group {
		circle.Kind = drafting.CircleGroup
	}
	err := p.service.AddCircle(c.Request().Context(), p.sessions.Actor(c), circle)
	if sentence, refused := taken(err, "There is a delegation or group "+page.Circle.Label+" already."); refused {
		page.Problem = sentence
		return p.showPeople(c, http.StatusUnprocessableEntity, page, drafting.RoleDelegate, "")
	}
	if err != nil {
		return err
	}
	return seeOther(c, "/people")
}

// PersonPage is one account, as the secretariat sees it.
type PersonPage struct {
	PersonRow
	Action  string
	Roles   []Choice
	Joined  []Tag
	Others  []Choice // circles to join
	Link    *LinkBox
	Closed  bool
	Here    bool // it is the account of whoever looks
	Has     bool // a password
	Second  bool // a second step
	Gone    bool // the account was removed
	Email   string
	Typed   string
	Problem string
}

func (p *Pages) personOf(c echo.Context) (drafting.Person, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return drafting.Person{}, drafting.ErrNotFound
	}
	people, err := p.service.People(c.Request().Context(), p.sessions.Actor(c))
	if err != nil {
		return drafting.Person{}, err
	}
	i := slices.IndexFunc(people, func(person drafting.Person) bool { return int64(person.ID) == id })
	if i < 0 {
		return drafting.Person{}, fmt.Errorf("person %d: %w", id, drafting.ErrNotFound)
	}
	return people[i], nil
}

// Person shows one account.
func (p *Pages) Person(c echo.Context) error {
	return p.showPerson(c, http.StatusOK, PersonPage{})
}

func (p *Pages) showPerson(c echo.Context, status int, page PersonPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	person, err := p.personOf(c)
	if err != nil {
		return err
	}
	circles, err := p.service.Circles(r.ctx())
	if err != nil {
		return err
	}
	name := page.Name
	page.PersonRow = personRow(person, r.inks)
	page.Name = cmp.Or(name, page.Name)
	page.Gone = person.Removed()
	page.Second, page.Email = person.Second, cmp.Or(page.Email, person.Email)
	page.Action, page.Roles = personAddress(person.ID), roleChoices(person.Role)
	page.Closed, page.Here, page.Has = person.Disabled, person.ID == r.actor.Person, person.HasPassword
	for _, c := range circles {
		switch {
		case c.Kind == drafting.CircleSecretariat:
		case slices.Contains(person.Circles, c.Code):
			page.Joined = append(page.Joined, tagOf(c))
		default:
			page.Others = append(page.Others, Choice{string(c.Code), c.Label + ", " + c.Name, false})
		}
	}
	if page.Link != nil {
		c.Response().Header().Set("Cache-Control", "no-store")
	}
	crumbs := []Crumb{{"Resolutions", "/"}, {"People", "/people"}, {Words: person.Name}}
	return show(p, c, status, p.frame(r, "person", person.Name, crumbs...), page)
}

// doPerson does something to one account and comes back to its page, with the sentence of a refusal.
func (p *Pages) doPerson(c echo.Context, page PersonPage, act func(context.Context, drafting.Actor, drafting.Person) error) error {
	person, err := p.personOf(c)
	if err != nil {
		return err
	}
	err = act(c.Request().Context(), p.sessions.Actor(c), person)
	if sentence, ok := refusal(err); ok {
		page.Problem = sentence
		return p.showPerson(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	return seeOther(c, personAddress(person.ID))
}

// ChangePerson changes name and role.
func (p *Pages) ChangePerson(c echo.Context) error {
	name := c.FormValue("name")
	return p.doPerson(c, PersonPage{PersonRow: PersonRow{Name: name}}, func(ctx context.Context, a drafting.Actor, person drafting.Person) error {
		return p.service.ChangePerson(ctx, a, person.ID, name, drafting.Role(c.FormValue("role")))
	})
}

// JoinCircle adds the person to a delegation.
func (p *Pages) JoinCircle(c echo.Context) error {
	return p.doPerson(c, PersonPage{}, func(ctx context.Context, a drafting.Actor, person drafting.Person) error {
		return p.service.Join(ctx, a, person.ID, repo.Circle(c.FormValue("circle")))
	})
}

// LeaveCircle takes the person out of a delegation.
func (p *Pages) LeaveCircle(c echo.Context) error {
	return p.doPerson(c, PersonPage{}, func(ctx context.Context, a drafting.Actor, person drafting.Person) error {
		return p.service.Leave(ctx, a, person.ID, repo.Circle(c.FormValue("circle")))
	})
}

// CloseAccount closes the account, once its login was typed.
func (p *Pages) CloseAccount(c echo.Context) error {
	typed := strings.TrimSpace(c.FormValue("typed"))
	return p.doPerson(c, PersonPage{Typed: typed}, func(ctx context.Context, a drafting.Actor, person drafting.Person) error {
		if !strings.EqualFold(typed, person.Login) {
			return &drafting.Refusal{Sentence: "Type the login " + person.Login + " to close this account. Nothing was changed."}
		}
		return p.service.Disable(ctx, a, person.ID, true)
	})
}

// OpenAccount opens a closed account again.
func (p *Pages) OpenAccount(c echo.Context) error {
	return p.doPerson(c, PersonPage{}, func(ctx context.Context, a drafting.Actor, person drafting.Person) error {
		return p.service.Disable(ctx, a, person.ID, false)
	})
}

// MakeLink makes a one-time link for the person and shows it, once.
func (p *Pages) MakeLink(c echo.Context) error {
	person, err := p.personOf(c)
	if err != nil {
		return err
	}
	link, err := p.link(c.Request().Context(), p.sessions.Actor(c), person)
	if sentence, ok := refusal(err); ok {
		return p.showPerson(c, http.StatusUnprocessableEntity, PersonPage{Problem: sentence})
	}
	if err != nil {
		return err
	}
	return p.showPerson(c, http.StatusOK, PersonPage{Link: &link})
}

// RegisterPage brings people and delegations in from a file, in two steps: choose, then check line by line.
type RegisterPage struct {
	Check   bool
	Text    string
	Rows    []RegisterLine
	Counted string
	Ready   bool // no line stands in the way
	Problem string
}

// RegisterLine is one line of the file and what would become of it.
type RegisterLine struct {
	Line    int
	Who     string
	Words   string
	Problem string
}

// Register shows the first step.
func (p *Pages) Register(c echo.Context) error {
	return p.showRegister(c, http.StatusOK, RegisterPage{})
}

func (p *Pages) showRegister(c echo.Context, status int, page RegisterPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	crumbs := []Crumb{{"Resolutions", "/"}, {"People", "/people"}, {Words: "Import"}}
	return show(p, c, status, p.frame(r, "register", "Import people", crumbs...), page)
}

// DoRegister takes either step: "check" shows what every line would do, "import" does it.
func (p *Pages) DoRegister(c echo.Context) error {
	ctx, actor := c.Request().Context(), p.sessions.Actor(c)
	page := RegisterPage{Text: c.FormValue("text")}
	keep := c.FormValue("step") == "import"
	if !keep {
		_, file, err := uploaded(c)
		if err != nil {
			return err
		}
		if len(file) > 0 {
			page.Text = string(file)
		}
	}
	if keep {
		_, err := p.service.ImportRegister(ctx, actor, []byte(page.Text))
		if err == nil {
			return seeOther(c, "/people")
		}
		sentence, ok := refusal(err)
		if !ok {
			return err
		}
		page.Problem = sentence
	}
	seen, err := p.service.PreviewRegister(ctx, actor, []byte(page.Text))
	if sentence, ok := refusal(err); ok {
		page.Problem = sentence
		return p.showRegister(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	page.Check, page.Ready = true, seen.Problems == 0
	page.Counted = drafting.Counted(seen.People, "person", "people") + " and " + drafting.Counted(len(seen.Circles), "delegation", "delegations") + " to add"
	for _, row := range seen.Rows {
		page.Rows = append(page.Rows, RegisterLine{Line: row.Line, Who: row.Person.Login, Words: row.Sentence, Problem: row.Problem})
	}
	status := http.StatusOK
	if page.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	return p.showRegister(c, status, page)
}

func (p *Pages) takeSecondStep(ctx context.Context, a drafting.Actor, person drafting.Person) error {
	return p.service.TakeSecondStep(ctx, a, person.ID)
}

func (p *Pages) setEmail(email string) func(context.Context, drafting.Actor, drafting.Person) error {
	return func(ctx context.Context, a drafting.Actor, person drafting.Person) error {
		return p.service.SetEmail(ctx, a, person.ID, email)
	}
}
