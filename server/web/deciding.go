package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/repo/merge"
	"plenary/server/drafting"
)

// settlementOf reads the choice of the form.
func settlementOf(choice, words string) (merge.Settlement, bool) {
	switch choice {
	case "keep":
		return merge.Settlement{Choice: merge.KeepBase}, true
	case "combine":
		return merge.Settlement{Choice: merge.Combine, Words: oneLine(words)}, true
	case "brackets":
		return merge.Settlement{Choice: merge.Brackets}, true
	}
	number, ok := strings.CutPrefix(choice, "take-")
	variant, err := strconv.Atoi(number)
	return merge.Settlement{Choice: merge.Take, Variant: variant}, ok && err == nil && variant >= 0
}

// Decide settles one decision and goes on to the next that is open.
func (p *Pages) Decide(c echo.Context) error {
	id, err := p.mergeHere(c)
	if err != nil {
		return err
	}
	form := mergeForm{clause: c.FormValue("key"), choice: c.FormValue("choice"), words: c.FormValue("words")}
	settlement, ok := settlementOf(form.choice, form.words)
	if !ok {
		form.problem = "Choose what becomes of these words, then decide."
		return p.showMerging(c, http.StatusUnprocessableEntity, form)
	}
	seen, err := strconv.ParseInt(cmp.Or(c.FormValue("seen"), "0"), 10, 64)
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	var at time.Time
	if seen != 0 {
		at = time.UnixMicro(seen)
	}
	err = p.service.DecideAfter(c.Request().Context(), p.sessions.Actor(c), id, form.clause, settlement, at)
	return p.mergeDone(c, err, form)
}

// TakeBack opens a decision again.
func (p *Pages) TakeBack(c echo.Context) error {
	id, err := p.mergeHere(c)
	if err != nil {
		return err
	}
	key := c.FormValue("key")
	err = p.service.TakeBack(c.Request().Context(), p.sessions.Actor(c), id, key)
	if err == nil {
		return seeOther(c, decisionAddress(drafting.Merging{Resolution: slugOf(c), ID: id}, key))
	}
	return p.mergeDone(c, err, mergeForm{clause: key})
}

// Finish writes the merged text as the revised text; the page of the merge then says so and shows what changed.
func (p *Pages) Finish(c echo.Context) error {
	id, err := p.mergeHere(c)
	if err != nil {
		return err
	}
	form := mergeForm{sentence: strings.TrimSpace(c.FormValue("sentence"))}
	_, err = p.service.Finish(c.Request().Context(), p.sessions.Actor(c), id, form.sentence)
	return p.mergeDone(c, err, form)
}

// UndoMerge takes a merge that is done out of the revised text again.
func (p *Pages) UndoMerge(c echo.Context) error {
	id, err := p.mergeHere(c)
	if err != nil {
		return err
	}
	form := mergeForm{sentence: strings.TrimSpace(c.FormValue("sentence"))}
	_, err = p.service.TakeBackMerge(c.Request().Context(), p.sessions.Actor(c), id, form.sentence)
	if err == nil {
		return seeOther(c, readAddress(slugOf(c), "main", ""))
	}
	return p.mergeDone(c, err, form)
}

// Abandon ends a merge without a result.
func (p *Pages) Abandon(c echo.Context) error {
	id, err := p.mergeHere(c)
	if err != nil {
		return err
	}
	err = p.service.Abandon(c.Request().Context(), p.sessions.Actor(c), id)
	if err == nil {
		return seeOther(c, address(slugOf(c)))
	}
	return p.mergeDone(c, err, mergeForm{})
}

// mergeDone leads back to the workbench, with the sentence of a refusal and what the person had chosen.
func (p *Pages) mergeDone(c echo.Context, err error, form mergeForm) error {
	if sentence, ok := refusal(err); ok {
		form.problem = sentence
		return p.showMerging(c, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	id, err := mergeID(c)
	if err != nil {
		return err
	}
	return seeOther(c, mergingAddress(slugOf(c), id))
}
