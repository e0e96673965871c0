package githttp

import (
	"bytes"
	"fmt"
	"strings"
)

// What git says when it will not take a push in is for those who know git from inside. Here it is said again, with
// what to do.

const (
	lacksObjects = "the push leaves out commits or files that its commits name and the server does not have, " +
		"or they are something else: run git fetch and git fsck, and push again"
	fromShallow = "the push comes from a clone without its whole history: run git fetch --unshallow, and push again"
	movedOn     = "others have written there meanwhile: fetch, merge, and push again"
)

// mostQuoted is how many bytes of git's own words are passed on.
const mostQuoted = 200

// trouble gives the sentence for a push that git has not taken in, as its answer and its complaint tell; empty when it
// has taken in all.
func trouble(answer []byte, complaint string) string {
	report, told := bands(answer)
	told += complaint
	unpack, reason := "", ""
	lines, _, _ := section(report) // a report that is cut off is judged by what there is of it
	for _, line := range lines {
		text := strings.TrimSuffix(string(line), "\n")
		if rest, ok := strings.CutPrefix(text, "unpack "); ok && rest != "ok" {
			unpack = rest
		}
		if rest, ok := strings.CutPrefix(text, "ng "); ok && reason == "" {
			_, reason, _ = strings.Cut(rest, " ")
		}
	}
	said := unpack + "\n" + reason + "\n" + told
	holds := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(said, w) {
				return true
			}
		}
		return false
	}
	switch {
	case unpack == "" && reason == "":
		return ""
	case holds("fsck error", "bogus commit object"):
		return fmt.Sprintf("git finds a fault in what is pushed (%s): run git fsck, make the commits anew without it, and push again", faultIn(told))
	case holds("unresolved delta", "missing necessary objects", "object of unexpected type", "invalid commit",
		"did not receive expected object", "unable to find"):
		return lacksObjects
	case holds("exceeds maximum allowed size"):
		return tooLong
	case holds("shallow"):
		return fromShallow
	case holds("failed to update ref", "fetch first", "non-fast-forward", "cannot lock ref"):
		return movedOn
	case unpack != "":
		return brokenPack
	}
	return fmt.Sprintf("git does not take the push in (%.*s): run git fsck, and push again", mostQuoted, oneLine(reason))
}

// faultIn finds git's own words for a fault: "object 1234...: hasDotgit: contains '.git'".
func faultIn(told string) string {
	for line := range strings.Lines(told) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "remote: ")
		for _, mark := range []string{"error: object ", "error: bogus "} {
			if _, fault, ok := strings.Cut(line, mark); ok {
				return fmt.Sprintf("%.*s", mostQuoted, oneLine(fault))
			}
		}
	}
	return "git fsck names it"
}

// oneLine keeps what git says from ending a line of the report or the terminal's text.
func oneLine(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, "?"))
}

// bands takes git's answer apart: its report, and what it tells the person. Without side bands all is report.
func bands(answer []byte) (report []byte, told string) {
	var first, second bytes.Buffer
	for rest := answer; len(rest) > 0; {
		line, after, err := nextPacket(rest)
		if err != nil || line != nil && (len(line) == 0 || line[0] != 1 && line[0] != 2) {
			return answer, ""
		}
		rest = after
		switch {
		case line == nil:
		case line[0] == 1:
			first.Write(line[1:])
		default:
			second.Write(line[1:])
		}
	}
	return first.Bytes(), second.String()
}
