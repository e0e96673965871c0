package web

import (
	"github.com/labstack/echo/v4"
)

// digests tells whether the person is mailed what is new to them, in a sentence; an empty one where no address is
// noted, or where this server sends no mail.
func (p *Pages) digests(r request) (on bool, sentence string, err error) {
	if !p.mail {
		return false, "", nil
	}
	on, address, err := p.service.WantsDigests(r.ctx(), r.actor)
	if err != nil || !address {
		return false, "", err
	}
	if on {
		return true, "New comments that call on you, or answer you, are mailed to the address the secretariat has noted.", nil
	}
	return false, "You are mailed nothing.", nil
}

// SetDigests lets the person have such mail, or none.
func (p *Pages) SetDigests(c echo.Context) error {
	if err := p.service.SetDigests(c.Request().Context(), p.sessions.Actor(c), c.FormValue("wanted") != ""); err != nil {
		return err
	}
	return seeOther(c, "/account#mail")
}
