package resolution

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// showBrackets writes each bracket with its depth, its words and its sources.
func showBrackets(words string) []string {
	var out []string
	for _, b := range Brackets(words) {
		start, end := max(b.Start, 0), b.SourceEnd
		s := fmt.Sprintf("%d %s", b.Depth, words[start:max(b.End, start+1)])
		if b.End < 0 {
			s, end = fmt.Sprintf("%d %s …", b.Depth, words[start:]), len(words)
		}
		if b.Start < 0 {
			s = "… " + words[:b.End]
		}
		if len(b.Sources) > 0 {
			s += " of " + strings.Join(b.Sources, "+")
		}
		_ = end
		out = append(out, s)
	}
	return out
}

func TestBrackets(t *testing.T) {
	tests := []struct {
		name, words string
		want        []string
	}{
		{"none", "no brackets, a note[^1] only", nil},
		{"one", "a [b] c", []string{"0 [b]"}},
		{"with sources", "[b]{USA, EUR} c", []string{"0 [b] of USA+EUR"}},
		{"alternatives", "[a]{USA}[b]{EUR}", []string{"0 [a] of USA", "0 [b] of EUR"}},
		{"nested", "[a [b]{ARB} c]", []string{"0 [a [b]{ARB} c]", "1 [b] of ARB"}},
		{"a note to the drafters is no source", "[a]{see the decision: moved}", []string{"0 [a]"}},
		{"closed later", "[a [b]", []string{"0 [a [b] …", "1 [b]"}},
		{"opened earlier", "a] b [c]", []string{"… a]", "0 [c]"}},
		{"a note mark inside", "[a[^12] b]", []string{"0 [a[^12] b]"}},
		{"an open note mark", "[^ a]", []string{"… [^ a]"}},
		{"escaped marks", `\* [a\_b] \\[c]`, []string{`0 [a\_b]`, "0 [c]"}},
		{"empty", "[]", []string{"0 []"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, showBrackets(test.words)); diff != "" {
				t.Errorf("brackets of %q (-want +got):\n%s", test.words, diff)
			}
		})
	}
}

func TestAlternatives(t *testing.T) {
	words := "[a]{USA}[b]{EUR} and [c [d][e]]"
	var got [][]string
	for _, group := range Alternatives(Brackets(words)) {
		var inner []string
		for _, b := range group {
			inner = append(inner, words[b.Start:b.End])
		}
		got = append(got, inner)
	}
	want := [][]string{{"[a]", "[b]"}, {"[c [d][e]]"}, {"[d]", "[e]"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alternatives (-want +got):\n%s", diff)
	}
}

func TestTextBrackets(t *testing.T) {
	text := mustParse(t, "1. [one\n\n2. two [x]] y]\n\n3. [three\n")
	want := []TextBracket{
		{From: Position{0, 0}, To: Position{1, 7}},
		{From: Position{1, 4}, To: Position{1, 6}, Depth: 1},
		{From: Position{Block: -1}, To: Position{1, 10}},
		{From: Position{2, 0}, To: Position{Block: -1}},
	}
	if diff := cmp.Diff(want, TextBrackets(text)); diff != "" {
		t.Errorf("brackets (-want +got):\n%s", diff)
	}
}

// TestBracketsAreAllFound counts: every opening and every closing bracket belongs to exactly one.
func TestBracketsAreAllFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := FromPlain(rapid.StringOf(rapid.RuneFrom([]rune("[]ab{},\\*U "))).Draw(t, "words"))
		opens, closes := 0, 0
		for _, b := range Brackets(words) {
			if b.Start >= 0 {
				opens++
			}
			if b.End >= 0 {
				closes++
			}
			if b.Start >= 0 && b.End >= 0 && b.Start >= b.End {
				t.Errorf("bracket %+v of %q ends before it starts", b, words)
			}
		}
		if opens != strings.Count(words, "[") || closes != strings.Count(words, "]") {
			t.Errorf("%q: found %d opening and %d closing", words, opens, closes)
		}
	})
}

func TestReferences(t *testing.T) {
	tests := []struct {
		words string
		want  []string
	}{
		{"the provisions in considering e), f), g) and h) above shall", []string{"considering: e) f) g) h)"}},
		{"see *resolves* 3 and *noting b bis)*", []string{"resolves: 3.", "noting: b bis)"}},
		{"as in resolves 3", []string{"resolves: 3."}},
		{"in 1.2 to 1.7 above shall", []string{": 1.2 –1.7"}},
		{"In 1bis.1.1 and 1bis.1.2 below, the term", []string{": 1bis.1.1 1bis.1.2"}},
		{"in paragraph 7 of this Article", []string{": 7."}},
		{"paragraphs 9 to 11 of this Article", []string{": 9. –11."}},
		{"Article 8, paragraph 2, of the Convention", []string{"(Article 8) elsewhere: 2."}},
		{"under Article 4, paragraph 2(g), of the Convention", []string{"(Article 4) elsewhere: 2."}},
		{"Resolution 12, paragraph 3, the", []string{"(Resolution 12) elsewhere: 3."}},
		{"Article 4, paragraph 1, shall", []string{"(Article 4): 1."}},
		{"visés aux points a) et b) ci-dessus", []string{": a) b)"}},
		{"au considérant c) ci-dessus", []string{"considérant: c)"}},
		{"as mentioned in noting b bis) above", []string{"noting: b bis)"}},
		{"mentioned in instructs 2 and 4bis", []string{"instructs: 2. 4bis."}},
		{"considering that 3 ships came", nil},
		{"resolves to meet in 2031", nil},
		{"a sum of 40 above the limit", nil},
		{"paragraph (a) above", []string{": a)"}},
	}
	for _, test := range tests {
		t.Run(test.words, func(t *testing.T) {
			var got []string
			for _, r := range References(test.words) {
				s := r.Opener
				if r.Division != "" {
					s += "(" + r.Division + ")"
				}
				if r.Elsewhere {
					s += " elsewhere"
				}
				s += ":"
				for _, p := range r.Parts {
					s += " "
					if p.Through {
						s += "–"
					}
					s += string(p.Label)
					if want := strings.TrimRight(string(p.Label), ".)"); !strings.Contains(test.words[p.Start:p.End], strings.Fields(want)[0]) {
						t.Errorf("label %q is said to stand at %q", p.Label, test.words[p.Start:p.End])
					}
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("references (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTargets(t *testing.T) {
	text := mustParse(t, string(FromLive("*considering*\na) one\nb) two\n*resolves*\n1. with considering b) above\n2. with paragraph 1 above\n   a) see resolves 7\n### Article 4\n1. x\n2. y\n### Article 5\n1. see Article 4, paragraph 2")))
	want := map[int]int{4: 2, 5: 4, 6: -1, 11: 9}
	for i := range text.Blocks {
		targets := Targets(text, i)
		target, ok := want[i]
		switch {
		case !ok && len(targets) > 0:
			t.Errorf("block %d: unexpected targets %+v", i, targets)
		case ok && len(targets) != 1:
			t.Errorf("block %d: got %d targets, want 1", i, len(targets))
		case ok && targets[0].Block != target:
			t.Errorf("block %d means block %d, want %d", i, targets[0].Block, target)
		}
	}
}
