package drafting

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"plenary/realtime"
	"plenary/repo"
	"plenary/repo/resolution"
)

// Whatever people write, a name made of it is empty or fit for addresses and refs, and naming it again changes nothing.
func TestWordsMakeNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringN(0, 40, 60).Draw(t, "s")
		w := words(s)
		if w != "" && !repo.Slug(w).Valid() {
			t.Errorf("%q gives %q", s, w)
		}
		if again := words(w); again != w {
			t.Errorf("%q, then %q", w, again)
		}
	})
	for s, want := range map[string]string{
		"Florianópolis": "florianopolis", "New Delhi": "new-delhi", "USA/48A5(Add.1)/2": "usa-48a5-add-1-2",
		"  ": "", "北京": "", "--a--b--": "a-b", "Saint-Étienne": "saint-etienne",
	} {
		if got := words(s); got != want {
			t.Errorf("%q gives %q, want %q", s, got, want)
		}
	}
}

// natural is an order: the same both ways round, and any three fit together.
func TestNaturalOrders(t *testing.T) {
	label := rapid.StringMatching(`[A-C/]{0,2}[0-9]{0,3}[A-C/]{0,2}[0-9]{0,2}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := label.Draw(t, "a"), label.Draw(t, "b"), label.Draw(t, "c")
		sign := func(n int) int { return max(-1, min(1, n)) }
		if sign(natural(a, b)) != -sign(natural(b, a)) {
			t.Errorf("%q %q: %d and %d", a, b, natural(a, b), natural(b, a))
		}
		if natural(a, b) <= 0 && natural(b, c) <= 0 && natural(a, c) > 0 {
			t.Errorf("%q, %q, %q", a, b, c)
		}
	})
	got := []string{"USA/48A5/10", "7 bis", "USA/48A5/2", "44", "EUR/1", "7"}
	slices.SortFunc(got, natural)
	if want := []string{"7", "7 bis", "44", "EUR/1", "USA/48A5/2", "USA/48A5/10"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEditions(t *testing.T) {
	for line, want := range map[string]struct {
		number, edition, place string
		year                   int
	}{
		"RESOLUTION 7 (Rev. Dubai, 2012)":        {"7", "Rev. Dubai, 2012", "Dubai", 2012},
		"RESOLUTION 7 (REV. DUBAI, 2012)":        {"7", "REV. DUBAI, 2012", "DUBAI", 2012},
		"RÉSOLUTION 44 (Rév. Hammamet, 2016)":    {"44", "Rév. Hammamet, 2016", "Hammamet", 2016},
		"RESOLUTION 12 (New Delhi, 2024)":        {"12", "New Delhi, 2024", "New Delhi", 2024},
		"Resolution A/RES/79/1":                  {"A/RES/79/1", "", "", 0},
		"RESOLUTION 9 (not yet adopted)":         {"9", "not yet adopted", "", 0},
		"A declaration":                          {"", "", "", 0},
		"RESOLUTION 1 (Rev. Place, with, 2001)":  {"1", "Rev. Place, with, 2001", "Place, with", 2001},
		"RESOLUTION 2) (":                        {"2)", "", "", 0},
		"RESOLUTION 3 (Rev. Dubai, 99999999999)": {"3", "Rev. Dubai, 99999999999", "", 0},
	} {
		text := resolution.Text{Blocks: []resolution.Block{{Kind: resolution.KindNumber, Words: resolution.FromPlain(line)}}}
		edition := editionOf(text)
		place, year := placeOf(edition)
		if numberOf(text) != want.number || edition != want.edition || place != want.place || year != want.year {
			t.Errorf("%q: %q, %q, %q, %d", line, numberOf(text), edition, place, year)
		}
	}
}

// Only a name that room gives is read as one.
func FuzzRoom(f *testing.F) {
	for _, s := range []string{"wtsa-7:drafts/usa/48a5-1", "wtsa-7:proposals/usa/1", ":drafts/a/b", "a:b:drafts/c/d", "a:refs/heads/drafts/b/c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		slug, d, ok := roomOf(realtime.RoomName(s))
		if ok && string(room(slug, d)) != s {
			t.Errorf("%q is read as %s of %s", s, d, slug)
		}
	})
}
