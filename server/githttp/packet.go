package githttp

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"plenary/repo"
)

// Git's wire format. A packet line is four hexadecimal digits, the length with those four in it, and the payload;
// "0000" is a flush packet, which ends a section. A push is: one line a ref, "<old> <new> <ref>" (the first with
// the client's capabilities after a NUL), a flush, push options and another flush if they were agreed on, the pack.
// The answer is a report: "unpack ok", then "ok <ref>" or "ng <ref> <reason>" a ref, a flush, and all of that inside
// side band 1 if the client knows side bands.

const flush = "0000"

const (
	mostPacket   = 65520 // bytes of one packet line
	mostCommands = 200   // refs of one push
)

func packet(payload string) string { return fmt.Sprintf("%04x%s", len(payload)+4, payload) }

// commands is what a push asks for.
type commands struct {
	updates   []repo.RefUpdate
	abilities map[string]bool // what the client can do: "report-status", "side-band-64k"
	pack      []byte          // what follows: push options and pack
}

var (
	errNoCommands = errors.New("the list of refs is broken")
	errTooMany    = errors.New("too many refs")
)

// parseCommands reads the list of refs of a push. A body that is a flush packet alone asks for nothing. Of a list that
// is too long the first refs are given, with errTooMany.
func parseCommands(body []byte) (commands, error) {
	c := commands{abilities: map[string]bool{}, pack: body}
	for {
		line, rest, err := nextPacket(c.pack)
		if err != nil {
			return c, err
		}
		if c.pack = rest; line == nil {
			break
		}
		if err := c.add(line); err != nil {
			return c, err
		}
	}
	var err error
	if c.abilities["push-options"] && len(c.updates) > 0 {
		_, c.pack, err = section(c.pack)
	}
	return c, err
}

// add reads one line of the list.
func (c *commands) add(line []byte) error {
	line, abilities, first := bytes.Cut(line, []byte{0})
	if first {
		for a := range strings.FieldsSeq(string(abilities)) {
			c.abilities[a] = true
		}
	}
	text := strings.TrimSuffix(string(line), "\n")
	if strings.HasPrefix(text, "shallow ") {
		return nil // the client's own edge of history; receive-pack reads it again
	}
	u, ok := parseCommand(text)
	if !ok {
		return errNoCommands
	}
	if len(c.updates) == mostCommands {
		return errTooMany
	}
	c.updates = append(c.updates, u)
	return nil
}

// section gives the packets up to the next flush, and what follows it.
func section(b []byte) (lines [][]byte, rest []byte, err error) {
	for {
		line, rest, err := nextPacket(b)
		if err != nil || line == nil {
			return lines, rest, err
		}
		lines, b = append(lines, line), rest
	}
}

// nextPacket gives the payload of the first packet, nil for a flush, and what follows it.
func nextPacket(b []byte) (payload, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errNoCommands
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 16)
	switch {
	case err != nil || n > mostPacket || n > 0 && n < 4 || int(n) > len(b):
		return nil, nil, errNoCommands
	case n == 0:
		return nil, b[4:], nil
	}
	return b[4:n], b[n:], nil
}

func parseCommand(line string) (repo.RefUpdate, bool) {
	old, rest, ok1 := strings.Cut(line, " ")
	next, ref, ok2 := strings.Cut(rest, " ")
	u := repo.RefUpdate{Ref: ref, Old: repo.Hash(old), New: repo.Hash(next)}
	if !ok1 || !ok2 || !u.Old.Valid() || !u.New.Valid() || ref == "" || len(ref) > 1000 {
		return u, false
	}
	u.Old, u.New = noZero(u.Old), noZero(u.New)
	return u, true
}

// noZero turns git's forty zeros, which stand for no commit, into the empty hash.
func noZero(h repo.Hash) repo.Hash {
	if strings.Trim(string(h), "0") == "" {
		return ""
	}
	return h
}

// report answers a push that git was not asked to do. unpack is "ok" or what was wrong with the push as a whole;
// reasons has a sentence for each ref.
func (c *commands) report(unpack string, reasons []string) []byte {
	var status strings.Builder
	status.WriteString(packet("unpack " + unpack + "\n"))
	for i, u := range c.updates {
		status.WriteString(packet("ng " + u.Ref + " " + reasons[i] + "\n"))
	}
	status.WriteString(flush)
	switch {
	case !c.abilities["report-status"] && !c.abilities["report-status-v2"]:
		return []byte(c.tell(strings.Join(reasons, "\n")) + flush)
	case !c.sideBand():
		return []byte(status.String())
	}
	return []byte(band(1, status.String()) + flush)
}

func (c *commands) sideBand() bool { return c.abilities["side-band-64k"] }

// tell says something to the person who pushes, if the client can show it: git prints it after "remote: ".
func (c *commands) tell(sentence string) string {
	if !c.sideBand() || sentence == "" {
		return ""
	}
	return band(2, sentence+"\n")
}

// band puts text into packets of one side band.
func band(n byte, text string) string {
	var b strings.Builder
	for len(text) > 0 {
		part := text[:min(len(text), mostPacket-5)]
		b.WriteString(packet(string(n) + part))
		text = text[len(part):]
	}
	return b.String()
}
