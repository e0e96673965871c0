package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// CommentsPage is what is said about a text, clause by clause.
type CommentsPage struct {
	Action   string
	Versions []Choice
	Text     string
	Label    string
	Read     string
	Filters  []Tab
	Show     string
	Clauses  []ClauseComments
	Audience []Choice // to whom the person may speak; empty: the person may not comment
	Choices  []Choice // the clauses of the text
	Words    string   // what the person wrote, when it could not be done
	Quote    string
	Problem  string
	Why      string
	MarkRead string // where all is marked read; empty where it is
}

// Tab is one way to see a page.
type Tab struct {
	Words, Href string
	Current     bool
}

// ClauseComments is the threads of one clause.
type ClauseComments struct {
	Name    string
	Href    string // of the clause in the reading view; empty where it is gone
	Threads []CommentThread
}

// CommentThread is a comment with its answers.
type CommentThread struct {
	CommentBox
	ID       int64
	Quote    string
	Gone     bool
	Audience string
	Resolved string // "Resolved by Ms Carter, 10:42"; empty while it is open
	New      string // "2 new"; empty where all is read
	Answers  []CommentBox
	Answer   string // where an answer goes; empty where the person may not
	Resolve  string
}

// CommentBox is one comment.
type CommentBox struct {
	Tag   Tag
	Who   string
	At    When
	Words []string // by paragraph
}

// audienceWords name the audiences as people read them.
var audienceWords = map[drafting.Audience]string{
	drafting.AudienceOwn: "own delegation", drafting.AudienceGroup: "drafting group", drafting.AudienceAll: "all",
}

func commentsAddress(slug repo.Slug, text string) string {
	return address(slug, "comments") + "?" + url.Values{"text": {text}}.Encode()
}

// Comments lists what is said about a text.
func (p *Pages) Comments(c echo.Context) error {
	return p.showComments(c, http.StatusOK, cmp.Or(c.QueryParam("text"), repo.Main), CommentsPage{Quote: c.QueryParam("quote")}, c.QueryParam("clause"))
}

// showComments shows the list; filled holds what came back from a form that could not be done.
func (p *Pages) showComments(c echo.Context, status int, text string, filled CommentsPage, clause string) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	slug := slugOf(c)
	v, err := p.service.Comments(r.ctx(), r.actor, slug, text)
	if err != nil {
		return err
	}
	versions, err := p.service.Versions(r.ctx(), r.actor, slug)
	if err != nil {
		return err
	}
	page := filled
	page.Action, page.Text, page.Label = address(slug, "comments"), v.Version.Key, v.Version.Label
	page.Versions, page.Read = choices(commentable(versions), v.Version), readAddress(slug, v.Version.Key, "")
	page.Show = cmp.Or(c.QueryParam("show"), "open")
	for _, audience := range v.Audiences {
		page.Audience = append(page.Audience, Choice{Value: string(audience), Words: audienceWords[audience], Chosen: len(page.Audience) == 0})
	}
	for i, name := range v.Names {
		if name.Link != "" {
			page.Choices = append(page.Choices, Choice{Value: name.Link, Words: name.Spoken + ": " + cut(readable(v.Text.Blocks[i].Words), 50), Chosen: name.Link == clause})
		}
	}
	if len(v.Audiences) == 0 && r.actor.Anonymous() {
		page.Why = "Sign in to comment."
	}
	page.list(p, slug, v)
	return show(p, c, status, p.frame(r, "comments", "Comments on "+page.Label, way(v.Resolution, Crumb{Words: "Comments"})...), page)
}

// commentable leaves the versions that comments may be about.
func commentable(versions []drafting.Version) []drafting.Version {
	var out []drafting.Version
	for _, v := range versions {
		if v.Kind != drafting.VersionSubmission && v.Kind != drafting.VersionCommit {
			out = append(out, v)
		}
	}
	return out
}

// list gathers the threads that are shown, by clause.
func (page *CommentsPage) list(p *Pages, slug repo.Slug, v drafting.CommentsView) {
	counts := map[string]int{}
	for _, t := range v.Threads {
		state := "open"
		if !t.Resolved.IsZero() {
			state = "resolved"
		}
		counts[state]++
		if t.Mine {
			counts["mine"]++
		}
		if t.New > 0 {
			counts["new"]++
			page.MarkRead = address(slug, "comments", "read")
		}
		if page.Show != "all" && page.Show != state && (page.Show != "mine" || !t.Mine) && (page.Show != "new" || t.New == 0) {
			continue
		}
		name, href := clauseOf(slug, v, t)
		if n := len(page.Clauses); n == 0 || page.Clauses[n-1].Name != name {
			page.Clauses = append(page.Clauses, ClauseComments{Name: name, Href: href})
		}
		last := &page.Clauses[len(page.Clauses)-1]
		last.Threads = append(last.Threads, p.thread(slug, v, t))
	}
	counts["all"] = len(v.Threads)
	for _, show := range []string{"open", "new", "mine", "resolved", "all"} {
		page.Filters = append(page.Filters, Tab{
			Words: strings.ToUpper(show[:1]) + show[1:] + " " + strconv.Itoa(counts[show]),
			Href:  commentsAddress(slug, page.Text) + "&show=" + show, Current: show == page.Show,
		})
	}
}

func clauseOf(slug repo.Slug, v drafting.CommentsView, t drafting.Thread) (name, href string) {
	if t.Place < 0 || t.Place >= len(v.Names) {
		return t.ClauseName + " (gone)", ""
	}
	at := v.Names[t.Place]
	return at.Spoken, readAddress(slug, v.Version.Key, "") + "#" + at.Link
}

func (p *Pages) thread(slug repo.Slug, v drafting.CommentsView, t drafting.Thread) CommentThread {
	shown := CommentThread{
		CommentBox: p.commentBox(t.CommentRow), ID: int64(t.ID), Quote: t.Quote, Gone: t.Gone && t.Quote != "", Audience: audienceWords[t.Audience],
	}
	if t.New > 0 {
		shown.New = drafting.Counted(t.New, "new", "new")
	}
	if !t.Resolved.IsZero() {
		shown.Resolved = "Resolved by " + nameWords(t.Closer) + ", " + p.when(t.Resolved).Words
	}
	for _, answer := range t.Answers {
		shown.Answers = append(shown.Answers, p.commentBox(answer))
	}
	if len(v.Audiences) > 0 {
		shown.Answer, shown.Resolve = address(slug, "comments"), address(slug, "comments", strconv.FormatInt(int64(t.ID), 10), "resolve")
	}
	return shown
}

func (p *Pages) commentBox(c drafting.CommentRow) CommentBox {
	box := CommentBox{Who: c.Who.Name, At: p.when(c.At)}
	if c.Circle != "" {
		box.Tag = tagOf(c.Ink)
	}
	for line := range strings.SplitSeq(c.Words, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			box.Words = append(box.Words, line)
		}
	}
	return box
}

// cut shortens words to about so many characters.
func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return strings.TrimSpace(string(runes[:most])) + "…"
}

// AddComment takes a comment, or an answer.
func (p *Pages) AddComment(c echo.Context) error {
	thread, err := strconv.ParseInt(cmp.Or(c.FormValue("thread"), "0"), 10, 64)
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	text := cmp.Or(c.FormValue("text"), repo.Main)
	n := drafting.NewComment{
		Text: text, Thread: drafting.CommentID(thread), Clause: c.FormValue("clause"), Quote: c.FormValue("quote"),
		Audience: drafting.Audience(c.FormValue("audience")), Words: c.FormValue("words"),
	}
	if n.Quote != "" {
		n.Quote = resolution.Plain(resolution.FromPlain(oneLine(n.Quote)))
	}
	_, err = p.service.AddComment(c.Request().Context(), p.sessions.Actor(c), slugOf(c), n)
	if sentence, ok := refusal(err); ok {
		return p.showComments(c, http.StatusUnprocessableEntity, text, CommentsPage{Words: n.Words, Quote: n.Quote, Problem: sentence}, n.Clause)
	}
	if err != nil {
		return err
	}
	return seeOther(c, commentsAddress(slugOf(c), text))
}

// ReadComments notes that the person has read what is said about a text.
func (p *Pages) ReadComments(c echo.Context) error {
	text := cmp.Or(c.FormValue("text"), repo.Main)
	if err := p.service.ReadComments(c.Request().Context(), p.sessions.Actor(c), slugOf(c), text, 0); err != nil {
		return err
	}
	return seeOther(c, commentsAddress(slugOf(c), text))
}

// ResolveComment closes a thread, or opens it again.
func (p *Pages) ResolveComment(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return drafting.ErrNotFound
	}
	err = p.service.ResolveComment(c.Request().Context(), p.sessions.Actor(c), slugOf(c), drafting.CommentID(id), c.FormValue("resolved") != "")
	if err != nil {
		return err
	}
	return seeOther(c, commentsAddress(slugOf(c), cmp.Or(c.FormValue("text"), repo.Main)))
}
