package docx

import (
	"errors"
	"strings"

	"plenary/repo/resolution"
)

// ImportPlain reads a contribution that was pasted as plain text: what stands before the text is the covering note,
// "Reasons:" after it end it. It has no tracked changes, so the proposal is all there is; whether struck and new words
// run together in it, Fused says. The error is a [*RefusedError].
func ImportPlain(pasted []byte) (Contribution, error) {
	text := bookmarks.ReplaceAllString(strings.ReplaceAll(string(pasted), "\r\n", "\n"), "")
	cover, body := cutCover(text)
	body, reasons := cutReasons(body)
	parsed, _, err := resolution.ParsePaper([]byte(body))
	if wrong, ok := errors.AsType[*resolution.SyntaxError](err); ok {
		return Contribution{}, refuse("line %d: %s", wrong.Line+strings.Count(text[:strings.Index(text, body)], "\n"), wrong.Text)
	}
	if err != nil {
		return Contribution{}, refuse("the text cannot be read: %v", err)
	}
	out := Contribution{}
	p := Proposal{Proposal: parsed, Reasons: reasons, Fused: Fused(body)}
	n := &note{}
	for line := range strings.SplitSeq(cover, "\n") {
		line = strings.TrimSpace(line)
		if m := markPattern.FindStringSubmatch(line); m != nil {
			p.Instruction, p.Number = m[1], m[2]
			continue
		}
		switch {
		case line == "":
		case headWords.MatchString(line):
			n.heading(strings.TrimRight(line, ":： "))
		default:
			n.paragraph(resolution.FromPlain(line))
		}
	}
	if reasons != "" {
		n.heading("Reasons")
		for line := range strings.SplitSeq(reasons, "\n") {
			n.paragraph(resolution.FromPlain(line))
		}
	}
	out.Cover, out.Proposals = n.bytes(), []Proposal{p}
	return out, nil
}

// cutReasons parts the reasons off the end of a text.
func cutReasons(body string) (text, reasons string) {
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		if i > 0 && reasonsPattern.MatchString(strings.TrimSpace(line)) {
			_, first, _ := strings.Cut(strings.ReplaceAll(line, "：", ":"), ":")
			rest := append([]string{strings.TrimSpace(first)}, lines[i+1:]...)
			var kept []string
			for _, line := range rest {
				if line = strings.TrimSpace(line); line != "" && !isRule(line) {
					kept = append(kept, line)
				}
			}
			return strings.Join(lines[:i], "\n"), strings.Join(kept, "\n")
		}
	}
	return body, ""
}
