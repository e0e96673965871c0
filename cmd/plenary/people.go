package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"plenary/repo"
	"plenary/server/auth"
	"plenary/server/drafting"
)

// DataFlag names the directory a command works on.
type DataFlag struct {
	Data string `env:"PLENARY_DATA" type:"path" required:"" help:"Directory of the assembly."`
}

// with opens the house, runs act and closes the house again.
func (d DataFlag) with(ctx context.Context, create bool, act func(*house) error) (err error) {
	h, err := openHouse(ctx, d.Data, create, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close(context.WithoutCancel(ctx))) }()
	return act(h)
}

// InitCommand makes a data directory.
type InitCommand struct {
	DataFlag
	Code         string `required:"" help:"Short name of the assembly, such as WTSA."`
	Name         string `required:"" help:"Full name of the assembly."`
	Meeting      string `help:"The meeting in hand, such as WTSA-28; the short name when not given."`
	Open         bool   `help:"Anybody may read adopted texts and submitted proposals, signed in or not."`
	Login        string `default:"secretariat" help:"Login of the first secretariat account."`
	Person       string `default:"Secretariat" help:"Name of its person, as printed."`
	PasswordFile string `type:"existingfile" help:"File that holds its password; asked for on standard input when not given. Without any, plenary serve prints a link that makes the account."`
}

// Run makes the directory, the assembly's record and its secretariat, and the first account unless no password is
// given: then plenary serve prints a link that makes it.
func (c InitCommand) Run(ctx context.Context, s Streams) error {
	if _, err := os.Stat(c.Data + "/" + recordsFile); err == nil {
		return fmt.Errorf("%s holds an assembly already: nothing was changed", c.Data)
	}
	hash := ""
	switch password, err := readPassword(c.PasswordFile, s); {
	case errors.Is(err, errNoPassword):
	case err != nil:
		return err
	default:
		if hash, err = auth.HashPassword(password); err != nil {
			return err
		}
	}
	meeting := c.Meeting
	if meeting == "" {
		meeting = c.Code
	}
	return c.with(ctx, true, func(h *house) error {
		op := drafting.Operator()
		if err := h.drafting.SetAssembly(ctx, op, drafting.Assembly{Code: c.Code, Name: c.Name, Meeting: meeting, Open: c.Open}); err != nil {
			return err
		}
		if err := addCircle(ctx, h, drafting.Circle{Code: drafting.SecretariatCircle, Label: "Secretariat", Name: "Secretariat", Kind: drafting.CircleSecretariat}); err != nil {
			return err
		}
		next := "It prints a link that makes the first account."
		if hash != "" {
			next = "Sign in as " + c.Login + "."
			person := drafting.Person{Login: c.Login, Name: c.Person, Role: drafting.RoleSecretariat, Circles: []repo.Circle{drafting.SecretariatCircle}}
			if err := addPerson(ctx, h, person, hash); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintf(s.Out, "%s is ready in %s. Start it with: plenary serve --data %s\n%s\n", c.Code, c.Data, c.Data, next)
		return err
	})
}

// addCircle adds a circle unless it is there.
func addCircle(ctx context.Context, h *house, c drafting.Circle) error {
	if err := h.drafting.AddCircle(ctx, drafting.Operator(), c); err != nil && !errors.Is(err, drafting.ErrExists) {
		return err
	}
	return nil
}

// addPerson adds somebody who belongs to the circles named in p.
func addPerson(ctx context.Context, h *house, p drafting.Person, hash string) error {
	op := drafting.Operator()
	id, err := h.drafting.AddPerson(ctx, op, p, hash)
	if errors.Is(err, drafting.ErrExists) {
		return fmt.Errorf("the login %q is taken: choose another", p.Login)
	}
	if err != nil {
		return err
	}
	for _, circle := range p.Circles {
		if err := h.drafting.Join(ctx, op, id, circle); err != nil {
			return fmt.Errorf("%s joins %s: %w", p.Login, circle, err)
		}
	}
	return nil
}

// errNoPassword is returned by readPassword where standard input ends, or its line is empty.
var errNoPassword = errors.New("no password was given")

// readPassword reads a password from a file, or one line of standard input.
func readPassword(file string, s Streams) (string, error) {
	var password string
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		password, _, _ = strings.Cut(string(raw), "\n")
	} else {
		if _, err := fmt.Fprint(s.Err, "Password (one line): "); err != nil {
			return "", err
		}
		line := bufio.NewScanner(s.In)
		line.Scan()
		if err := line.Err(); err != nil {
			return "", err
		}
		password = line.Text()
	}
	password = strings.TrimRight(password, "\r\n")
	if password == "" && file == "" {
		return "", errNoPassword
	}
	if len(password) < 10 {
		return "", errors.New("the password has fewer than 10 characters: choose a longer one")
	}
	return password, nil
}

// readPasswordHash reads a password as readPassword does and gives what is kept of it.
func readPasswordHash(file string, s Streams) (string, error) {
	password, err := readPassword(file, s)
	if err != nil {
		return "", err
	}
	return auth.HashPassword(password)
}

// UserCommand manages people.
type UserCommand struct {
	List       UserList       `cmd:"" help:"List people with their roles and delegations."`
	Add        UserAdd        `cmd:"" help:"Add a person."`
	Password   UserPassword   `cmd:"" help:"Set a person's password; ends their sessions."`
	Disable    UserDisable    `cmd:"" help:"Keep a person out; drafts and history stay."`
	Delegation UserDelegation `cmd:"" help:"Add a delegation."`
}

// UserList lists people.
type UserList struct{ DataFlag }

// Run lists everybody, one line each.
func (c UserList) Run(ctx context.Context, s Streams) error {
	return c.with(ctx, false, func(h *house) error {
		people, err := h.drafting.People(ctx, drafting.Operator())
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
		for _, p := range people {
			state := ""
			if p.Disabled {
				state = "disabled"
			}
			circles := make([]string, len(p.Circles))
			for i, circle := range p.Circles {
				circles[i] = string(circle)
			}
			if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Login, p.Name, p.Role, strings.Join(circles, ","), state); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}

// UserAdd adds a person.
type UserAdd struct {
	DataFlag
	Login        string   `arg:"" help:"Login, lower case."`
	Name         string   `required:"" help:"Name as printed, such as 'Ms Carter'."`
	Role         string   `default:"delegate" enum:"delegate,chair,secretariat,observer" help:"delegate, chair, secretariat or observer."`
	Circle       []string `help:"Code of the delegation, such as usa; may be repeated."`
	PasswordFile string   `type:"existingfile" help:"File that holds the password; asked for on standard input when not given."`
}

// Run adds the person.
func (c UserAdd) Run(ctx context.Context, s Streams) error {
	hash, err := readPasswordHash(c.PasswordFile, s)
	if err != nil {
		return err
	}
	return c.with(ctx, false, func(h *house) error {
		p := drafting.Person{Login: c.Login, Name: c.Name, Role: drafting.Role(c.Role)}
		for _, circle := range c.Circle {
			p.Circles = append(p.Circles, repo.Circle(strings.ToLower(circle)))
		}
		if err := addPerson(ctx, h, p, hash); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.Out, "%s, %s, can sign in as %s.\n", c.Name, c.Role, strings.ToLower(c.Login))
		if err == nil && p.Role == drafting.RoleDelegate && len(p.Circles) == 0 {
			_, err = fmt.Fprintln(s.Err, "A delegate without a delegation can read but not propose: the secretariat adds the delegation on the page People.")
		}
		return err
	})
}

// UserPassword sets a password.
type UserPassword struct {
	DataFlag
	Login        string `arg:"" help:"Whose."`
	PasswordFile string `type:"existingfile" help:"File that holds the password; asked for on standard input when not given."`
}

// Run sets the password and ends the person's sessions.
func (c UserPassword) Run(ctx context.Context, s Streams) error {
	hash, err := readPasswordHash(c.PasswordFile, s)
	if err != nil {
		return err
	}
	return c.with(ctx, false, func(h *house) error {
		p, err := h.person(ctx, c.Login)
		if err != nil {
			return err
		}
		return h.drafting.SetPassword(ctx, drafting.Operator(), p.ID, hash)
	})
}

// UserDisable keeps a person out.
type UserDisable struct {
	DataFlag
	Login string `arg:"" help:"Who."`
	Undo  bool   `help:"Let the person in again."`
}

// Run disables the person, or lets them in again.
func (c UserDisable) Run(ctx context.Context) error {
	return c.with(ctx, false, func(h *house) error {
		p, err := h.person(ctx, c.Login)
		if err != nil {
			return err
		}
		return h.drafting.Disable(ctx, drafting.Operator(), p.ID, !c.Undo)
	})
}

// UserDelegation adds a delegation.
type UserDelegation struct {
	DataFlag
	Label string `arg:"" help:"Code as printed, such as USA."`
	Name  string `required:"" help:"Name in full."`
}

// Run adds the delegation.
func (c UserDelegation) Run(ctx context.Context, s Streams) error {
	return c.with(ctx, false, func(h *house) error {
		err := h.drafting.AddCircle(ctx, drafting.Operator(), drafting.Circle{
			Code: repo.Circle(strings.ToLower(c.Label)), Label: c.Label, Name: c.Name, Kind: drafting.CircleDelegation,
		})
		if errors.Is(err, drafting.ErrExists) {
			return fmt.Errorf("%s is a delegation already", c.Label)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.Out, "%s, %s, is a delegation.\n", c.Label, c.Name)
		return err
	})
}

// person finds somebody by login.
func (h *house) person(ctx context.Context, login string) (drafting.Person, error) {
	p, _, err := h.records.PersonByLogin(ctx, login)
	if errors.Is(err, drafting.ErrNotFound) {
		return p, fmt.Errorf("nobody has the login %q: plenary user list shows who has one", login)
	}
	return p, err
}

// TokenCommand manages access tokens.
type TokenCommand struct {
	Create   TokenCreate   `cmd:"" help:"Create a token; it is printed once."`
	List     TokenList     `cmd:"" help:"List a person's tokens."`
	Withdraw TokenWithdraw `cmd:"" help:"Withdraw a token at once."`
}

// TokenCreate creates a token.
type TokenCreate struct {
	DataFlag
	Login string        `arg:"" help:"Whose."`
	Name  string        `default:"command line" help:"What it is for."`
	Scope string        `default:"write" enum:"read,write" help:"read, or write: read and push own proposals."`
	Life  time.Duration `default:"720h" help:"How long it holds."`
}

// Run creates the token and prints its secret.
func (c TokenCreate) Run(ctx context.Context, s Streams) error {
	return c.with(ctx, false, func(h *house) error {
		p, err := h.person(ctx, c.Login)
		if err != nil {
			return err
		}
		actor := drafting.Actor{Person: p.ID, Login: p.Login, Name: p.Name, Role: p.Role, Circles: p.Circles, Scope: drafting.ScopeFull}
		secret, made, err := h.doorkeeper.CreateToken(ctx, actor, c.Name, drafting.Scope(c.Scope), c.Life)
		if err != nil {
			return err
		}
		if err := h.drafting.Note(ctx, drafting.Operator(), drafting.AuditTokenMade, p.Login+": "+made.Name); err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.Out, secret)
		return err
	})
}

// TokenList lists tokens.
type TokenList struct {
	DataFlag
	Login string `arg:"" help:"Whose."`
}

// Run lists the tokens, newest first.
func (c TokenList) Run(ctx context.Context, s Streams) error {
	return c.with(ctx, false, func(h *house) error {
		p, err := h.person(ctx, c.Login)
		if err != nil {
			return err
		}
		tokens, err := h.records.Tokens(ctx, p.ID)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
		for _, t := range tokens {
			state := "ends " + t.Expires.Format(time.DateOnly)
			if !t.Withdrawn.IsZero() {
				state = "withdrawn " + t.Withdrawn.Format(time.DateOnly)
			}
			if _, err := fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", t.ID, t.Name, t.Scope, state); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}

// TokenWithdraw withdraws a token.
type TokenWithdraw struct {
	DataFlag
	Login string `arg:"" help:"Whose."`
	ID    int64  `arg:"" help:"Its number in plenary token list."`
}

// Run withdraws the token.
func (c TokenWithdraw) Run(ctx context.Context) error {
	return c.with(ctx, false, func(h *house) error {
		p, err := h.person(ctx, c.Login)
		if err != nil {
			return err
		}
		if err := h.records.WithdrawToken(ctx, p.ID, c.ID, time.Now()); err != nil {
			return err
		}
		return h.drafting.Note(ctx, drafting.Operator(), drafting.AuditTokenEnded, fmt.Sprintf("%s: %d", p.Login, c.ID))
	})
}
