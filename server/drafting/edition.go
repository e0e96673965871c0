package drafting

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"plenary/repo/resolution"
)

// AdoptLines are the lines of a text that change with every adoption, as plain words.
type AdoptLines struct{ NumberLine, History, Opening string }

// LinesOf finds the number line, the history and the opening line of a text; those it has not are empty.
func LinesOf(t resolution.Text) AdoptLines {
	lines := AdoptLines{NumberLine: firstOf(t, resolution.KindNumber), History: firstOf(t, resolution.KindHistory)}
	if at := openingAt(t.Blocks); at >= 0 {
		lines.Opening = resolution.Plain(t.Blocks[at].Words)
	}
	return lines
}

// met matches where and when an assembly met, as texts say it: "Dubai, 2012", with what stands before the place.
var met = regexp.MustCompile(`((?i:\br[eé]v\.?\s*)?)([^(),;]+(?:, [^(),;0-9]+)?), ?([12][0-9]{3})`)

// Suggest gives what the lines become when the text is adopted at a place in a year: the number line as a revision, the
// place added to the history in the history's own manner, the opening line with the new place. A line that names this
// place and year already, or none at all, stays as it is.
func (l AdoptLines) Suggest(place string, year int) AdoptLines {
	return AdoptLines{
		NumberLine: suggestNumber(l.NumberLine, place, year), History: suggestHistory(l.History, place, year),
		Opening: inLastBrackets(l.Opening, func(inside string) string {
			return met.ReplaceAllLiteralString(inside, fmt.Sprintf("%s, %d", place, year))
		}),
	}
}

// suggestNumber: "RESOLUTION 7 (REV. DUBAI, 2012)" becomes "RESOLUTION 7 (REV. HAMMAMET, 2016)"; a text adopted for the
// first time is a revision from then on.
func suggestNumber(line, place string, year int) string {
	return inLastBrackets(line, func(inside string) string {
		found := met.FindStringSubmatch(inside)
		if found == nil || sameMeeting(found, place, year) {
			return inside
		}
		rev := strings.TrimSpace(found[1])
		switch {
		case rev != "":
		case strings.Contains(strings.ToUpper(line), "RÉS"):
			rev = "Rév."
		default:
			rev = "Rev."
		}
		if found[2] == strings.ToUpper(found[2]) && found[2] != strings.ToLower(found[2]) {
			rev, place = strings.ToUpper(rev), strings.ToUpper(place)
		}
		return met.ReplaceAllLiteralString(inside, fmt.Sprintf("%s %s, %d", rev, place, year))
	})
}

// suggestHistory: "(Florianópolis, 2004; Dubai, 2012)" becomes "(Florianópolis, 2004; Dubai, 2012; Hammamet, 2016)".
func suggestHistory(line, place string, year int) string {
	return inLastBrackets(line, func(inside string) string {
		all := met.FindAllStringSubmatch(inside, -1)
		if all == nil || slices.ContainsFunc(all, func(found []string) bool { return sameMeeting(found, place, year) }) {
			return inside
		}
		return fmt.Sprintf("%s; %s, %d", inside, place, year)
	})
}

// sameMeeting tells whether what met found is this place and year.
func sameMeeting(found []string, place string, year int) bool {
	return strings.EqualFold(strings.TrimSpace(found[2]), place) && found[3] == strconv.Itoa(year)
}

// inLastBrackets changes what stands in the last round brackets of a line; a line without any stays as it is.
func inLastBrackets(line string, change func(inside string) string) string {
	open, end := strings.LastIndex(line, "("), strings.LastIndex(line, ")")
	if open < 0 || end < open {
		return line
	}
	return line[:open+1] + change(line[open+1:end]) + line[end:]
}

// revised takes the word for a revision off the beginning of an edition: "Rev. Dubai", "REV. DUBAI", "Rév Dubai".
var revised = regexp.MustCompile(`(?i)^\s*r[eé]v(\.\s*|\s+)`)

// yearAtEnd is a year after a place: "Quito, 2026".
var yearAtEnd = regexp.MustCompile(`[,\s]+([12][0-9]{3})$`)

// placeAlone takes off a place what is said beside it: "Rev. Quito, 2026" with the year 2026 is Quito. Another year than
// that is refused.
func placeAlone(place string, year int) (string, error) {
	place = strings.TrimSpace(revised.ReplaceAllString(place, ""))
	found := yearAtEnd.FindStringSubmatch(place)
	if found == nil {
		return place, nil
	}
	if year != 0 && found[1] != strconv.Itoa(year) {
		return "", refuse("The place names the year %s, and the year is given as %d. Write the place alone, such as Hammamet, and the right year.", found[1], year)
	}
	return strings.TrimSpace(strings.TrimSuffix(place, found[0])), nil
}

// inManner gives a line in the manner of the one it replaces: italic where that was italic as a whole.
func inManner(was, line string) string {
	line = resolution.FromPlain(line)
	if inner, found := strings.CutPrefix(was, "*"); found {
		if inner, found = strings.CutSuffix(inner, "*"); found && inner != "" && !strings.Contains(inner, "*") {
			return "*" + line + "*"
		}
	}
	return line
}
