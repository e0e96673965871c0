package drafting

import (
	"strings"
	"testing"

	"plenary/repo/resolution"
)

func TestLinesAtAnAdoption(t *testing.T) {
	for _, c := range []struct {
		was, want AdoptLines
	}{
		{
			AdoptLines{"RESOLUTION 11 (Rev. Nairobi, 2022)", "(Lisbon, 2014; Kyoto, 2018; Nairobi, 2022)", "The Assembly (Nairobi, 2022),"},
			AdoptLines{"RESOLUTION 11 (Rev. Quito, 2026)", "(Lisbon, 2014; Kyoto, 2018; Nairobi, 2022; Quito, 2026)", "The Assembly (Quito, 2026),"},
		},
		{
			AdoptLines{"RESOLUTION 5 (Nairobi, 2022)", "(Nairobi, 2022)", "The Assembly (Nairobi, 2022),"},
			AdoptLines{"RESOLUTION 5 (Rev. Quito, 2026)", "(Nairobi, 2022; Quito, 2026)", "The Assembly (Quito, 2026),"},
		},
		{
			AdoptLines{"RESOLUTION 7 (REV. NEW DELHI, 2012)", "", "The Assembly,"},
			AdoptLines{"RESOLUTION 7 (REV. QUITO, 2026)", "", "The Assembly,"},
		},
		{AdoptLines{"RÉSOLUTION 44 (Rév. Dubaï, 2012)", "(Doubaï, 2012)", ""}, AdoptLines{"RÉSOLUTION 44 (Rév. Quito, 2026)", "(Doubaï, 2012; Quito, 2026)", ""}},
		{AdoptLines{"A declaration", "first read in 2019", "(opening)"}, AdoptLines{"A declaration", "first read in 2019", "(opening)"}},
	} {
		got := c.was.Suggest("Quito", 2026)
		if got != c.want {
			t.Errorf("%+v gives\n%+v, want\n%+v", c.was, got, c.want)
		}
		if again := got.Suggest("Quito", 2026); again != got {
			t.Errorf("%+v is changed once more, to %+v", got, again)
		}
	}
}

func TestPlaceAlone(t *testing.T) {
	for place, want := range map[string]string{
		"Quito": "Quito", "Quito, 2026": "Quito", "Rev. Quito, 2026": "Quito", "REV. QUITO": "QUITO", "Revel": "Revel", "Reval, 2026": "Reval",
		"New Delhi 2026": "New Delhi", "Rév. Genève": "Genève",
	} {
		if got, err := placeAlone(place, 2026); err != nil || got != want {
			t.Errorf("%q: %q, %v", place, got, err)
		}
	}
	if _, err := placeAlone("Quito, 2027", 2026); err == nil || !strings.Contains(err.Error(), "2027") {
		t.Errorf("another year: %v", err)
	}
	for _, a := range []Adoption{{Place: "Quito, 2026", Year: 2026}, {Place: "Rev. Quito", Year: 2026}} {
		if err := a.complete(); err != nil || a.Edition != "Rev. Quito, 2026" || a.Place != "Quito" {
			t.Errorf("%+v: %v", a, err)
		}
	}
}

func TestLinesKeepTheirManner(t *testing.T) {
	text, _, err := resolution.Parse([]byte("# RESOLUTION 11 (Rev. Nairobi, 2022)\n\n## A title\n\n*(Nairobi, 2022)*\n\nThe Assembly (Nairobi, 2022),\n\n*considering*\n\na) that words stand;\n"))
	if err != nil {
		t.Fatal(err)
	}
	lines := LinesOf(text).Suggest("Quito", 2026)
	file := string(resolution.Format(Adoption{NumberLine: lines.NumberLine, History: lines.History, Opening: lines.Opening}.lines(text)))
	for _, want := range []string{"# RESOLUTION 11 (Rev. Quito, 2026)\n", "(Nairobi, 2022; Quito, 2026)", "\nThe Assembly (Quito, 2026),\n"} {
		if !strings.Contains(file, want) {
			t.Errorf("lacks %q:\n%s", want, file)
		}
	}
}
