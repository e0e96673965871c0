package docx

import (
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// listLevel is one w:lvl: how its numbers look and where they begin.
type listLevel struct {
	start   int
	format  string
	text    string // "%1.%2)" with each level's number in place
	suffix  string // tab, space, nothing
	restart int    // the level after which it begins again; -1: any level above; 0: never
	style   string // the paragraph style that stands for this level
	legal   bool   // all numbers in it are decimal
	symbol  bool   // its text is drawn in a symbol font
}

// list is one w:abstractNum with the overrides of one w:num.
type list struct {
	abstract string
	levels   [9]*listLevel
	starts   [9]int // startOverride; -1 none
}

// lists are the numberings of a file.
type lists struct {
	abstract map[string]*[9]*listLevel
	linked   map[string]string // abstractNum that only points to a style: the style's id
	nums     map[string]*list
}

// readLists reads the numbering part; a file without one has none.
func (c *container) readLists() (*lists, error) {
	out := &lists{abstract: map[string]*[9]*listLevel{}, linked: map[string]string{}, nums: map[string]*list{}}
	name := c.related["numbering"]
	if c.part(name) == nil {
		return out, nil
	}
	d, err := c.open(name)
	if err != nil {
		return nil, err
	}
	if _, err := d.next(); err != nil {
		return nil, err
	}
	for d.depth == 0 { // to the root element, past the declaration
		token, err := d.next()
		if err != nil || token == nil {
			return out, err
		}
	}
	return out, d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "abstractNum":
			return out.readAbstract(d, attr(el, "abstractNumId"))
		case "num":
			return out.readNum(d, attr(el, "numId"))
		}
		return d.skip()
	})
}

func (l *lists) readAbstract(d *decoder, id string) error {
	levels := &[9]*listLevel{}
	l.abstract[id] = levels
	return d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "lvl":
			return readLevel(d, el, levels)
		case "numStyleLink":
			l.linked[id] = attr(el, "val")
		}
		return d.skip()
	})
}

func readLevel(d *decoder, el xml.StartElement, into *[9]*listLevel) error {
	index := number(attr(el, "ilvl"), -1)
	level := &listLevel{start: 1, format: "decimal", suffix: "tab", restart: -1}
	if index >= 0 && index < len(into) {
		into[index] = level
	}
	return d.children(func(el xml.StartElement) error {
		val := attr(el, "val")
		switch el.Name.Local {
		case "start":
			level.start = number(val, 1)
		case "numFmt":
			level.format = val
		case "lvlText":
			level.text = val
		case "suff":
			level.suffix = val
		case "lvlRestart":
			level.restart = number(val, -1)
		case "pStyle":
			level.style = val
		case "isLgl":
			level.legal = isOn(el)
		case "AlternateContent":
			return d.children(func(choice xml.StartElement) error {
				if choice.Name.Local != "Fallback" {
					return d.skip()
				}
				return d.children(func(el xml.StartElement) error {
					if el.Name.Local == "numFmt" {
						level.format = attr(el, "val")
					}
					return d.skip()
				})
			})
		case "rPr":
			return d.children(func(el xml.StartElement) error {
				if el.Name.Local == "rFonts" {
					font := strings.ToLower(attr(el, "ascii"))
					level.symbol = strings.Contains(font, "symbol") || strings.Contains(font, "dings") || strings.HasPrefix(font, "courier")
				}
				return d.skip()
			})
		}
		return d.skip()
	})
}

func (l *lists) readNum(d *decoder, id string) error {
	num := &list{}
	for i := range num.starts {
		num.starts[i] = -1
	}
	l.nums[id] = num
	return d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "abstractNumId":
			num.abstract = attr(el, "val")
		case "lvlOverride":
			index := number(attr(el, "ilvl"), -1)
			return d.children(func(el xml.StartElement) error {
				if index < 0 || index >= len(num.levels) {
					return d.skip()
				}
				switch el.Name.Local {
				case "lvl":
					return readLevel(d, el, &num.levels)
				case "startOverride":
					num.starts[index] = number(attr(el, "val"), 1)
				}
				return d.skip()
			})
		}
		return d.skip()
	})
}

// numberer counts the lists of one view, as Word does: one counter for all lists of one abstract numbering.
type numberer struct {
	lists    *lists
	styles   *styles
	counters map[string]*[9]int
	begun    map[string]bool // lists whose start overrides were used, by number and level
	failed   map[string]bool // what could not be computed, each once
}

func newNumberer(l *lists, s *styles) *numberer {
	return &numberer{lists: l, styles: s, counters: map[string]*[9]int{}, begun: map[string]bool{}, failed: map[string]bool{}}
}

// label gives the number Word would write before a paragraph, "" if none, and what parts it from the words.
func (n *numberer) label(p properties) (label, suffix string) {
	id, level, fromStyle := n.styles.numbering(p)
	if id == "" || id == "0" {
		return "", ""
	}
	num := n.lists.nums[id]
	if num == nil {
		n.fail("list %s is not described in the file", id)
		return "", ""
	}
	abstract, levels := n.resolve(num)
	if levels == nil {
		n.fail("list %s points to a description that is not in the file", id)
		return "", ""
	}
	if fromStyle != "" {
		for i, lv := range levels {
			if lv != nil && lv.style == fromStyle {
				level = i
			}
		}
	}
	level = max(level, 0)
	lv := n.level(num, levels, level)
	if lv == nil {
		n.fail("level %d of list %s is not described in the file", level+1, id)
		return "", ""
	}
	counts := n.count(id, abstract, num, levels, level)
	return n.write(num, levels, lv, level, counts)
}

// resolve follows a numbering that only points to a style's.
func (n *numberer) resolve(num *list) (string, *[9]*listLevel) {
	abstract := num.abstract
	for range 5 {
		link := n.lists.linked[abstract]
		st := n.styles.byID[link]
		if link == "" || st == nil || n.lists.nums[st.number] == nil {
			break
		}
		abstract = n.lists.nums[st.number].abstract
	}
	return abstract, n.lists.abstract[abstract]
}

func (n *numberer) level(num *list, levels *[9]*listLevel, i int) *listLevel {
	if num.levels[i] != nil {
		return num.levels[i]
	}
	return levels[i]
}

// count moves the counter of a level on and begins those under it again.
func (n *numberer) count(id, abstract string, num *list, levels *[9]*listLevel, level int) *[9]int {
	counts := n.counters[abstract]
	if counts == nil {
		counts = &[9]int{}
		for i := range counts {
			counts[i] = -1 // not begun
		}
		n.counters[abstract] = counts
	}
	start := func(i int) int {
		if num.starts[i] >= 0 {
			return num.starts[i]
		}
		if lv := n.level(num, levels, i); lv != nil {
			return lv.start
		}
		return 1
	}
	for i := range level {
		if counts[i] < 0 {
			counts[i] = start(i)
		}
	}
	key := id + "\x00" + strconv.Itoa(level)
	if num.starts[level] >= 0 && !n.begun[key] {
		counts[level] = -1
	}
	n.begun[key] = true
	if counts[level] < 0 {
		counts[level] = start(level)
	} else {
		counts[level]++
	}
	for i := level + 1; i < len(counts); i++ {
		lv := n.level(num, levels, i)
		if lv == nil || lv.restart < 0 || lv.restart > level {
			counts[i] = -1
		}
	}
	return counts
}

// write puts the numbers into the text of a level.
func (n *numberer) write(num *list, levels *[9]*listLevel, lv *listLevel, level int, counts *[9]int) (label, suffix string) {
	suffix = map[string]string{"tab": "\t", "space": " ", "nothing": ""}[lv.suffix]
	if lv.format == "bullet" {
		return bulletSign(lv), suffix
	}
	if lv.format == "none" && !strings.Contains(lv.text, "%") {
		return lv.text, suffix
	}
	var b strings.Builder
	for i := 0; i < len(lv.text); i++ {
		if lv.text[i] != '%' || i+1 == len(lv.text) || lv.text[i+1] < '1' || lv.text[i+1] > '9' {
			b.WriteByte(lv.text[i])
			continue
		}
		i++
		at := int(lv.text[i] - '1')
		other := n.level(num, levels, at)
		if other == nil {
			continue
		}
		format := other.format
		if lv.legal && format != "none" {
			format = "decimal"
		}
		count := counts[at]
		if at > level || count < 0 {
			count = other.start
		}
		written, ok := writeNumber(count, format)
		if !ok {
			n.fail("numbers of the kind %q", format)
			written = strconv.Itoa(count)
		}
		b.WriteString(written)
	}
	if b.Len() == 0 {
		return "", ""
	}
	return b.String(), suffix
}

func bulletSign(lv *listLevel) string {
	for _, r := range lv.text {
		if sign, known := symbolFont[r]; known {
			return string(sign)
		}
		if r >= 0xe000 && r <= 0xf8ff || lv.symbol {
			return "•"
		}
	}
	if lv.text == "" {
		return "•"
	}
	return lv.text
}

func (n *numberer) fail(text string, args ...any) { n.failed[fmt.Sprintf(text, args...)] = true }

// warnings tells, in a fixed order, which numbers could not be computed.
func (n *numberer) warnings() []string {
	var out []string
	for _, what := range slices.Sorted(maps.Keys(n.failed)) {
		out = append(out, "some automatic numbers could not be computed ("+what+"): compare the labels with the original")
	}
	return out
}

const (
	latinLetters   = "abcdefghijklmnopqrstuvwxyz"
	russianLetters = "абвгдежзиклмнопрстуфхцчшщэюя"
	arabicAlpha    = "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"
	arabicAbjad    = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
)

// writeNumber writes a number in one of Word's formats.
func writeNumber(n int, format string) (string, bool) {
	switch format {
	case "decimal", "decimalHalfWidth":
		return strconv.Itoa(n), true
	case "decimalZero":
		return fmt.Sprintf("%02d", n), true
	case "lowerLetter":
		return letters(n, latinLetters), true
	case "upperLetter":
		return strings.ToUpper(letters(n, latinLetters)), true
	case "lowerRoman":
		return strings.ToLower(roman(n)), true
	case "upperRoman":
		return roman(n), true
	case "russianLower":
		return letters(n, russianLetters), true
	case "russianUpper":
		return strings.ToUpper(letters(n, russianLetters)), true
	case "arabicAlpha":
		return letters(n, arabicAlpha), true
	case "arabicAbjad":
		return letters(n, arabicAbjad), true
	case "ordinal":
		return ordinal(n), true
	case "none":
		return "", true
	case "decimalFullWidth":
		return strings.Map(func(r rune) rune { return r - '0' + '０' }, strconv.Itoa(n)), true
	case "decimalEnclosedParen":
		return "(" + strconv.Itoa(n) + ")", true
	case "decimalEnclosedFullstop":
		return strconv.Itoa(n) + ".", true
	case "hindiNumbers":
		return strings.Map(func(r rune) rune { return r - '0' + '٠' }, strconv.Itoa(n)), true
	case "chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand":
		return chinese(n)
	default:
		return "", false
	}
}

func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

// letters counts a, b ... z, aa, bb as Word does: the letter repeats.
func letters(n int, alphabet string) string {
	set := []rune(alphabet)
	if n < 1 {
		return strconv.Itoa(n)
	}
	times := (n-1)/len(set) + 1
	return strings.Repeat(string(set[(n-1)%len(set)]), min(times, 20))
}

func roman(n int) string {
	if n < 1 || n > 32767 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, step := range []struct {
		value int
		sign  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= step.value; n -= step.value {
			b.WriteString(step.sign)
		}
	}
	return b.String()
}

func chinese(n int) (string, bool) {
	digits := []rune("〇一二三四五六七八九")
	switch {
	case n < 0 || n > 99:
		return "", false
	case n < 10:
		return string(digits[n]), true
	}
	out := "十"
	if n >= 20 {
		out = string(digits[n/10]) + out
	}
	if n%10 > 0 {
		out += string(digits[n%10])
	}
	return out, true
}
