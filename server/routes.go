package server

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"

	"plenary/server/api"
	"plenary/server/attempts"
	"plenary/server/drafting"
)

// route is one address of the house: who may use it, and what answers.
type route struct {
	method, path string
	rule         rule
	handler      echo.HandlerFunc
}

// key names a route as the router lists it.
func (r route) key() string { return r.method + " " + r.path }

// routes is the table of every page, form and door.
func (s *Server) routes() ([]route, error) {
	get := func(path string, r rule, h echo.HandlerFunc) route { return route{http.MethodGet, path, r, h} }
	post := func(path string, r rule, h echo.HandlerFunc) route { return route{http.MethodPost, path, r, h} }
	const resolution = "/resolutions/:slug"
	p := s.pages
	table := []route{
		get("/healthz", everyone, s.health),
		get("/readyz", everyone, s.ready),
		get("/metrics", everyone, s.metricsPage), // asks for itself
		get("/static/*", everyone, echo.WrapHandler(s.assets)),
		get("/signin", everyone, p.SignIn),
		post("/signin", everyone, s.slowly(p.DoSignIn)),
		post("/signout", everyone, p.SignOut),
		post("/act-for", members, p.ActFor),

		get("/", readers, p.List),
		get("/search", readers, p.Search),
		get(resolution, readers, p.Resolution),
		get(resolution+"/read", readers, p.Read),
		get(resolution+"/compare", readers, p.Compare),
		get(resolution+"/history", readers, p.History),
		post(resolution+"/restore", writers, p.Restore),
		get(resolution+"/words", readers, p.Words),
		get(resolution+"/map", readers, p.ConflictMap),
		get(resolution+"/open", readers, p.Brackets),
		post(resolution+"/open", members, p.AnswerBracket),
		get(resolution+"/comments", readers, p.Comments),
		post(resolution+"/comments", members, p.AddComment),
		post(resolution+"/comments/:id/resolve", members, p.ResolveComment),
		post(resolution+"/comments/read", members, p.ReadComments),
		post(resolution+"/stance", writers, p.TakeStance),
		get(resolution+"/compilation", readers, p.Compilation),
		get(resolution+"/clone", readers, p.Clone),
		get(resolution+"/export", readers, s.queued(newQueue(atOnce()), p.Export)),

		get(resolution+"/adopt", chairs, p.Adopt),
		post(resolution+"/adopt", chairs, p.DoAdopt),
		get(importPath, secretariat, p.Import),
		post(importPath, secretariat, p.DoImport),
		get(importPath+"/:id", secretariat, p.ImportFile),
		post(importPath+"/:id", secretariat, p.DoImportFile),
		get(importPath+"/:id/original", secretariat, p.ImportOriginal),

		get("/tokens", members, p.Tokens),
		post("/tokens", members, p.CreateToken),
		post("/tokens/:id/withdraw", members, p.WithdrawToken),

		get("/api/v1/resolutions/:slug/live", writers, s.live),
		get("/live", readers, s.follow),
		get(resolution+"/live", readers, s.follow),
	}
	table = append(table, s.proposings()...)
	table = append(table, s.mergings()...)
	table = append(table, s.administration()...)
	if s.git != nil {
		// The git door asks for an access token itself and answers in git's own words.
		git := addressed(echo.WrapHandler(s.git))
		table = append(table, get("/git/*", everyone, git), post("/git/*", everyone, git), route{http.MethodHead, "/git/*", everyone, git})
	}
	operations, err := api.Routes(s.service, s.sessions.Actor)
	if err != nil {
		return nil, fmt.Errorf("make the API: %w", err)
	}
	rules := map[api.Rule]rule{api.Readers: readers, api.Members: members, api.Writers: writers, api.Chairs: chairs}
	for _, o := range operations {
		table = append(table, route{o.Method, o.Path, rules[o.Rule], o.Handler})
	}
	return table, nil
}

// proposings is the part of the table about one's own words: files that are brought, drafts and proposals.
func (s *Server) proposings() []route {
	get := func(path string, r rule, h echo.HandlerFunc) route { return route{http.MethodGet, path, r, h} }
	post := func(path string, r rule, h echo.HandlerFunc) route { return route{http.MethodPost, path, r, h} }
	const resolution, proposal = "/resolutions/:slug", "/resolutions/:slug/proposals/:circle/:name"
	p := s.pages
	return []route{
		get(resolution+"/propose", writers, p.Propose),
		post(resolution+"/propose", writers, p.DoPropose),
		get(bringPath, writers, p.Bring),
		post(bringPath, writers, p.DoBring),
		get(bringPath+"/:id", writers, p.BringFile),
		post(bringPath+"/:id", writers, p.DoBringFile),
		get(bringPath+"/:id/original", writers, p.BringOriginal),
		get(proposal, readers, p.Proposal),
		get(proposal+"/edit", writers, p.Edit),
		post(proposal+"/submit", writers, p.Submit),
		post(proposal+"/withdraw", writers, p.Withdraw),
		post(proposal+"/number", secretariat, p.SetNumber),
		post(proposal+"/action", writers, p.Declare),
		post(proposal+"/sponsors", writers, p.Cosponsor),
		post(proposal+"/refer", chairs, p.Refer),
		post(proposal+"/name", writers, p.SetWorkingName),
	}
}

// mergings is the part of the table about merges: the workbench, and the record of each.
func (s *Server) mergings() []route {
	get := func(path string, r rule, h echo.HandlerFunc) route { return route{http.MethodGet, path, r, h} }
	post := func(path string, r rule, h echo.HandlerFunc) route { return route{http.MethodPost, path, r, h} }
	const resolution, merging = "/resolutions/:slug", "/merges/:id"
	p := s.pages
	return []route{
		post(resolution+"/merges", chairs, p.StartMerging),
		get(resolution+merging, chairs, p.Merging),
		get(resolution+"/merged/:id", readers, p.Merged),
		get(resolution+merging+"/part", chairs, p.Part),
		post(resolution+merging+"/part", chairs, p.ChoosePart),
		post(resolution+merging+"/decide", chairs, p.Decide),
		post(resolution+merging+"/take-back", chairs, p.TakeBack),
		post(resolution+merging+"/finish", chairs, p.Finish),
		post(resolution+merging+"/abandon", chairs, p.Abandon),
		post(resolution+merging+"/undo", chairs, p.UndoMerge),
	}
}

// administration is the part of the table about accounts, people and the meeting.
func (s *Server) administration() []route {
	get := func(path string, r rule, h echo.HandlerFunc) route { return route{http.MethodGet, path, r, h} }
	post := func(path string, r rule, h echo.HandlerFunc) route { return route{http.MethodPost, path, r, h} }
	p := s.pages
	return []route{
		get("/welcome", everyone, p.Welcome),
		post("/welcome", everyone, s.slowly(p.DoWelcome)),
		post("/signin/code", everyone, s.slowly(p.DoSignInCode)),
		get("/signin/elsewhere", everyone, p.SignInElsewhere),
		get("/signin/back", everyone, s.slowly(p.BackFromElsewhere)),
		get("/account", members, p.Account),
		get(secondPath, members, p.Second),
		post(secondPath, members, p.ConfirmSecond),
		post(secondPath+"/end", members, p.EndSecond),
		get("/account/connect", members, p.ConnectElsewhere),
		post("/account/disconnect", members, p.DisconnectElsewhere),
		post("/account/password", members, p.ChangePassword),
		post("/account/digests", members, p.SetDigests),
		post("/account/sessions/end-others", members, p.EndOtherSessions),
		post("/account/sessions/:id/end", members, p.EndSession),
		get("/people", secretariat, p.People),
		post("/people", secretariat, p.AddPerson),
		post("/people/links", secretariat, p.LinkAll),
		get("/people/import", secretariat, p.Register),
		post("/people/import", secretariat, p.DoRegister),
		post("/circles", secretariat, p.AddCircle),
		get("/people/:id", secretariat, p.Person),
		post("/people/:id", secretariat, p.ChangePerson),
		post("/people/:id/join", secretariat, p.JoinCircle),
		post("/people/:id/leave", secretariat, p.LeaveCircle),
		post("/people/:id/close", secretariat, p.CloseAccount),
		post("/people/:id/open", secretariat, p.OpenAccount),
		post("/people/:id/link", secretariat, p.MakeLink),
		post("/people/:id/email", secretariat, p.SetEmail),
		post("/people/:id/remove", secretariat, p.RemovePerson),
		get("/account/export", members, p.ExportAccount),
		post("/people/:id/second", secretariat, p.TakeSecondStep),
		get("/meeting", secretariat, p.Meeting),
		post("/meeting", secretariat, p.SetMeeting),
		post("/meeting/extensions", secretariat, p.Extend),
		post("/meeting/extensions/:id/end", secretariat, p.EndExtension),
		get("/audit", secretariat, p.Audit),
		get("/audit.csv", secretariat, p.AuditFile),
	}
}

// whence tells where a request came from: the address that opened the connection, or, where that is one of the proxies
// named, the last address on the way that is none of them. Nobody else's word is taken for it.
func whence(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trusted := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trusted = append(trusted, echo.TrustIPRange(&net.IPNet{
			IP: p.Masked().Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(trusted...)
}

// router puts the table behind the checks that every request passes.
func (s *Server) router(proxies []netip.Prefix) (*echo.Echo, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = whence(proxies)
	e.HTTPErrorHandler = s.fail
	e.Use(number, s.record, survive, s.secure, compressed(), s.bound, s.sameSite, s.identify, s.measured(attempts.New(perWriter, triesKept)), s.endConnections)
	table, err := s.routes()
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	s.known = seen
	for _, r := range table {
		if seen[r.key()] || r.rule.allows == nil {
			return nil, fmt.Errorf("route %s: needs one rule", r.key())
		}
		seen[r.key()] = true
		e.Add(r.method, r.path, s.guard(r.rule, r.handler))
	}
	return e, nil
}

// health answers whether the server can do its work: its records can be read.
func (s *Server) health(c echo.Context) error {
	if _, err := s.service.Assembly(c.Request().Context()); err != nil && !errors.Is(err, drafting.ErrNotFound) {
		return c.String(http.StatusServiceUnavailable, "The records cannot be read.\n")
	}
	return c.String(http.StatusOK, "ok\n")
}
