package drafting_test

import (
	"fmt"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/server/drafting"
)

// longText has 300 clauses in the drafters' style.
func longText() string {
	var b strings.Builder
	b.WriteString("# RESOLUTION 40 (Rev. Lisbon, 2019)\n\n## Lights of harbour mouths\n\n*resolves*\n")
	for i := range 300 {
		fmt.Fprintf(&b, "\n%d. that light number %d of the harbour mouth is lit from dusk on day %d until dawn, by keepers "+
			"who are relieved every %d hours and who write down what passes;\n", i+1, i*7, i*13%365, 2+i%9)
	}
	return b.String()
}

// BenchmarkPages measures the pages of a resolution of 300 clauses with 60 submitted proposals.
func BenchmarkPages(b *testing.B) {
	h := newHouse(b)
	ctx := b.Context()
	const long = repo.Slug("harbour-40")
	_, err := h.Import(ctx, h.lind, drafting.ImportRequest{Slug: long, FileName: "a.md", File: []byte(longText()), Place: "Lisbon", Year: 2019})
	h.must(err)
	actors := []drafting.Actor{h.carter, h.weber, h.haddad}
	var last repo.DraftName
	for i := range 60 {
		a := actors[i%3]
		p, err := h.Propose(ctx, a, long, "")
		h.must(err)
		file := strings.Replace(longText(), fmt.Sprintf("light number %d of", (i*5)*7), fmt.Sprintf("lamp %d beside light number %d of", i, i*35), 1)
		file = strings.Replace(file, "from dusk on day 13 ", fmt.Sprintf("from dusk on day %d ", 400+i%20), 1)
		desk, err := h.archive.Desk(ctx, long, a.Circle)
		h.must(err)
		tip, err := desk.Tip(ctx, p.Draft.Draft())
		h.must(err)
		_, err = h.archive.Save(ctx, long, p.Draft, repo.SaveRequest{
			Expect: tip, File: []byte(file), Subject: "Change", Signature: repo.Signature{When: start},
		})
		h.must(err)
		_, err = h.Submit(ctx, a, long, p.Draft)
		h.must(err)
		last = p.Draft
	}
	for name, page := range map[string]func() error{
		"resolution":  func() error { _, err := h.Resolution(ctx, h.observer, long); return err },
		"own":         func() error { _, err := h.Resolution(ctx, h.carter, long); return err },
		"list":        func() error { _, err := h.List(ctx, h.observer); return err },
		"versions":    func() error { _, err := h.Versions(ctx, h.observer, long); return err },
		"read":        func() error { _, err := h.Read(ctx, h.observer, long, last.Proposal(), ""); return err },
		"proposal":    func() error { _, err := h.Proposal(ctx, h.haddad, long, last); return err },
		"history":     func() error { _, err := h.History(ctx, h.observer, long, "main", ""); return err },
		"compilation": func() error { _, err := h.Compilation(ctx, h.observer, long); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				h.must(page())
			}
		})
	}
}
