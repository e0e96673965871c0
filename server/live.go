package server

import (
	"log/slog"

	"github.com/labstack/echo/v4"

	"plenary/realtime/ws"
	"plenary/repo"
)

// live opens a draft for writing together: ?ref=drafts/usa/48a5-1. Who may, and what they may do in it, drafting says.
func (s *Server) live(c echo.Context) error {
	r := c.Request()
	room, who, err := s.service.Room(r.Context(), s.sessions.Actor(c), repo.Slug(c.Param("slug")), c.QueryParam("ref"))
	if err != nil {
		return err
	}
	signedIn, done := s.signIns.open(s.sessions.Actor(c).Person, s.credential(c))
	defer done()
	// A sign-in that ended before the connection was on the list has not ended it.
	if err := s.door.Stands(r.Context(), s.credential(c)); err != nil {
		return err
	}
	s.metrics.live.Inc()
	defer s.metrics.live.Dec()
	options := ws.Options{
		SignedIn: signedIn, AllowOrigin: func(origin string) bool { return s.public != "" && origin == s.public },
	}
	if err := ws.Serve(c.Response(), r, s.service.Hub(), room, who, options); err != nil {
		// The client has been told, in a frame or a status; the connection is not ours to answer on any more.
		s.log.LogAttrs(r.Context(), slog.LevelWarn, "live connection ended", slog.String("request", requestID(c)),
			slog.Any("error", err))
	}
	return nil
}
