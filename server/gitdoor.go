package server

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/githttp"
)

// gitAccess lets git in by the rules of drafting.
type gitAccess struct {
	service *drafting.Service
	door    Door
}

// GitAccess says who may clone, fetch and push: drafting's rules, behind personal access tokens.
func GitAccess(service *drafting.Service, door Door) githttp.Access {
	return gitAccess{service: service, door: door}
}

// Authenticate tells who a login and a token belong to; both empty for somebody not signed in.
func (g gitAccess) Authenticate(ctx context.Context, login, token string) (githttp.Caller, error) {
	if login == "" && token == "" {
		return drafting.Actor{}, nil
	}
	actor, err := g.door.TokenActor(ctx, login, token)
	actor.From = addressOf(ctx)
	if _, ok := errors.AsType[*drafting.Refusal](err); ok {
		return nil, githttp.ErrSignedOut
	}
	return actor, gitError(err)
}

type addressKey struct{}

// addressed tells the git door where a request came from, for the audit log: a push is answered by a package that
// knows its caller only as what Authenticate made.
func addressed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), addressKey{}, c.RealIP())))
		return next(c)
	}
}

func addressOf(ctx context.Context) string {
	address, _ := ctx.Value(addressKey{}).(string)
	return address
}

// MayRead answers whether the address exists for the caller.
func (g gitAccess) MayRead(ctx context.Context, c githttp.Caller, at githttp.Address) error {
	return gitError(g.service.MayFetch(ctx, actorOf(c), repository(at)))
}

// CheckPush gives the sentence for each ref that may not be moved now.
func (g gitAccess) CheckPush(ctx context.Context, c githttp.Caller, at githttp.Address, updates []repo.RefUpdate) ([]string, error) {
	verdicts, err := g.service.CheckPush(ctx, actorOf(c), repository(at), updates)
	if err != nil {
		return nil, gitError(err)
	}
	reasons := make([]string, len(verdicts))
	for i, v := range verdicts {
		reasons[i] = v.Reason
	}
	return reasons, nil
}

// Admit gives the sentence that refuses what is pushed, if there is something against submitting it.
func (g gitAccess) Admit(ctx context.Context, c githttp.Caller, at githttp.Address, pushed []repo.PushedRef) (string, error) {
	sentence, err := g.service.AdmitPush(ctx, actorOf(c), repository(at), pushed)
	return sentence, gitError(err)
}

// Authors gives the people of the desk's circle as commits name them.
func (g gitAccess) Authors(ctx context.Context, c githttp.Caller, at githttp.Address) ([]repo.Author, error) {
	authors, err := g.service.Authors(ctx, actorOf(c), repository(at))
	return authors, gitError(err)
}

// BeforeFetch saves what has waited too long in live rooms. Whether the caller may read was asked before.
func (g gitAccess) BeforeFetch(ctx context.Context, at githttp.Address) error {
	return gitError(g.service.BeforeFetch(ctx, repository(at)))
}

// Pushed publishes submissions and hands differences to live rooms.
func (g gitAccess) Pushed(ctx context.Context, c githttp.Caller, at githttp.Address, updates []repo.RefUpdate) error {
	return gitError(g.service.Pushed(ctx, actorOf(c), repository(at), updates))
}

// Desk names the circle the caller would push for.
func (g gitAccess) Desk(c githttp.Caller) repo.Circle { return actorOf(c).Circle }

// actorOf gives the actor that Authenticate made; nobody, if another hand made the caller.
func actorOf(c githttp.Caller) drafting.Actor {
	actor, _ := c.(drafting.Actor)
	return actor
}

func repository(at githttp.Address) drafting.GitRepository {
	return drafting.GitRepository{Slug: at.Slug, Circle: at.Circle}
}

// gitError says an error of drafting in the words of githttp.
func gitError(err error) error {
	var refusal *drafting.Refusal
	switch {
	case err == nil:
		return nil
	case errors.Is(err, drafting.ErrSignedOut):
		return githttp.ErrSignedOut
	case errors.Is(err, drafting.ErrNotFound), errors.Is(err, drafting.ErrForbidden):
		return githttp.ErrNotFound
	case errors.As(err, &refusal):
		return &githttp.Refusal{Sentence: refusal.Sentence}
	}
	return err
}
