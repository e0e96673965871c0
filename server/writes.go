package server

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/server/attempts"
)

// perWriter is the measure of what one person sends by forms and calls: wide for people and their programs, too narrow
// to fill the records. Words written live and pushes have measures of their own.
var perWriter = attempts.Measure{Burst: 600, Every: 250 * time.Millisecond}

var errWritesTooMuch = echo.NewHTTPError(http.StatusTooManyRequests, "Too much was sent in your name in a short time, so this was not done. Wait a minute, then send it again.")

// measured lets through what somebody signed in sends, at the measure of one person.
func (s *Server) measured(writes *attempts.Table) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r, a := c.Request(), s.sessions.Actor(c)
			reads := r.Method == http.MethodGet || r.Method == http.MethodHead || strings.HasPrefix(r.URL.Path, "/git/")
			if !reads && !a.Anonymous() && !writes.Allow(fmt.Sprint(a.Person), s.now()) {
				c.Response().Header().Set("Connection", "close") // the answer does not wait for a body nobody reads
				return errWritesTooMuch
			}
			return next(c)
		}
	}
}
