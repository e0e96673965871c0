package merge

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// BenchmarkBesideGit runs stock git and ours on the same texts in one run and gives ratios. To read it: "times" is
// how often ours fits into git's time, git's start of a process included, as a person or a hook would meet it; "exact",
// "false" and "wrong" count cases that ought to merge: merged as they should, refused, merged otherwise in silence.
func BenchmarkBesideGit(b *testing.B) {
	if _, err := exec.LookPath("git"); err != nil {
		b.Skip("git is not here")
	}
	b.Run("two proposals that ought to merge", benchmarkCases)
	b.Run("compare", benchmarkCompare)
	b.Run("blame", benchmarkBlame)
	b.Run("many proposals on 40 KB", benchmarkMany)
}

// tally is what one way of merging made of the cases.
type tally struct {
	exact, refused, wrong int
	took                  time.Duration
}

func (t *tally) count(clean, right bool, begun time.Time) {
	t.took += time.Since(begun)
	switch {
	case !clean:
		t.refused++
	case right:
		t.exact++
	default:
		t.wrong++
	}
}

func (t *tally) report(b *testing.B, who string, ours time.Duration) {
	b.ReportMetric(float64(t.exact), who+"-exact")
	b.ReportMetric(float64(t.refused), who+"-false")
	b.ReportMetric(float64(t.wrong), who+"-wrong")
	if ours > 0 {
		b.ReportMetric(float64(t.took)/float64(ours), who+"-times")
	}
}

// mergeCase is a real revision cut into two proposals.
type mergeCase struct {
	base, want resolution.Text
	proposals  []Proposal
}

// casesOfTwo cuts each real revision by hunks, those with fewer than three words between them together.
func casesOfTwo(b *testing.B) []mergeCase {
	var out []mergeCase
	for n, pair := range revisions(b) {
		base := paper(b, pair[0])
		if repeats(base) {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(n), 5)) // the same cases in every run
		proposals, whole := cutByHunk(r, base, paper(b, pair[1]), 2)
		if same(base, proposals[0].Text) || same(base, proposals[1].Text) {
			continue
		}
		out = append(out, mergeCase{base, whole, proposals})
	}
	return out
}

func benchmarkCases(b *testing.B) {
	cases := casesOfTwo(b)
	dir := b.TempDir()
	for b.Loop() {
		var ours, byLine, byWord tally
		for _, c := range cases {
			begun := time.Now()
			r := Merge(c.base, c.proposals...)
			ours.count(r.Clean(), letterForLetter(r.Text) == letterForLetter(c.want), begun)
			want := string(resolution.Format(c.want))
			clean, merged, begun := mergeFile(b, dir, c, func(s string) string { return s }, func(s string) string { return s })
			byLine.count(clean, merged == want, begun)
			clean, merged, begun = mergeFile(b, dir, c, wordPerLine, wordsTogether)
			byWord.count(clean, merged == want, begun)
		}
		ours.report(b, "ours", 0)
		byLine.report(b, "lines", ours.took)
		byWord.report(b, "words", ours.took)
		b.ReportMetric(float64(len(cases)), "cases")
	}
}

// mergeFile merges a case with git merge-file in some spelling; writing the files does not count.
func mergeFile(b *testing.B, dir string, c mergeCase, spell, read func(string) string) (clean bool, merged string, begun time.Time) {
	b.Helper()
	var args []string
	for k, t := range []resolution.Text{c.proposals[0].Text, c.base, c.proposals[1].Text} {
		args = append(args, write(b, filepath.Join(dir, fmt.Sprint(k)), spell(string(resolution.Format(t)))))
	}
	begun = time.Now()
	out, err := exec.CommandContext(b.Context(), "git", append([]string{"merge-file", "-p"}, args...)...).Output()
	return err == nil, read(string(out)), begun
}

func write(b *testing.B, path, text string) string {
	b.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

const lineBreak = "\x01" // stands for a line break of the text where each word has a line

func wordPerLine(s string) string {
	return strings.Join(diff.FineTokens(strings.ReplaceAll(s, "\n", lineBreak)), "\n") + "\n"
}

func wordsTogether(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\n", ""), lineBreak, "\n")
}

func benchmarkCompare(b *testing.B) {
	base, revised := garden(300, nil), drafts(1, 300)[0].Text
	dir := b.TempDir()
	before := write(b, filepath.Join(dir, "before.md"), string(resolution.Format(base)))
	after := write(b, filepath.Join(dir, "after.md"), string(resolution.Format(revised)))
	var align, compare, git time.Duration
	for b.Loop() {
		begun := time.Now()
		diff.Align(base, revised)
		align += time.Since(begun)
		begun = time.Now()
		diff.Compare(base, revised)
		compare += time.Since(begun)
		begun = time.Now()
		_ = exec.CommandContext(b.Context(), "git", "diff", "--no-index", "--word-diff", before, after).Run() // exit 1 says that they differ
		git += time.Since(begun)
	}
	b.ReportMetric(float64(align.Microseconds())/float64(b.N), "align-us")
	b.ReportMetric(float64(compare.Microseconds())/float64(b.N), "ours-us")
	b.ReportMetric(float64(git)/float64(compare), "word-diff-times")
}

func benchmarkBlame(b *testing.B) {
	const commits = 100
	dir := b.TempDir()
	git := func(args ...string) {
		cmd := exec.CommandContext(b.Context(), "git", append([]string{"-C", dir, "-c", "user.name=U", "-c", "user.email=u@users.invalid"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("init", "-q")
	text := garden(300, nil)
	var ours time.Duration
	texts := []resolution.Text{text}
	for k := range commits {
		next := resolution.Text{Blocks: slices.Clone(text.Blocks)}
		at := k * 7 % len(next.Blocks)
		next.Blocks[at].Words = strings.Replace(next.Blocks[at].Words, "their", fmt.Sprintf("their %d", k), 1)
		text = next
		texts = append(texts, text)
	}
	for _, t := range texts {
		write(b, filepath.Join(dir, "resolution.md"), string(resolution.Format(t)))
		git("add", "resolution.md")
		git("commit", "-q", "--allow-empty", "-m", "resolves: 1 clause changed")
	}
	var stock time.Duration
	for b.Loop() {
		begun := time.Now()
		blame := diff.Annotate(texts[0], 0)
		for k := 1; k < len(texts); k++ {
			blame = diff.Annotate(texts[k], k, blame)
		}
		ours += time.Since(begun)
		begun = time.Now()
		git("blame", "-p", "resolution.md")
		stock += time.Since(begun)
	}
	b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "ours-ms")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N)/commits, "ours-us/commit")
	b.ReportMetric(float64(stock)/float64(ours), "git-times")
}

// benchmarkMany merges many proposals at once; git takes them in one after the other by lines, keeping its own side
// where it cannot merge.
func benchmarkMany(b *testing.B) {
	base := garden(300, nil)
	dir := b.TempDir()
	file := write(b, filepath.Join(dir, "base.md"), string(resolution.Format(base)))
	for _, n := range []int{2, 3, 10, 100, 400} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			proposals := drafts(n, 300)
			var paths []string
			for k, p := range proposals {
				paths = append(paths, write(b, filepath.Join(dir, fmt.Sprintf("p%d.md", k)), string(resolution.Format(p.Text))))
			}
			var ours, git time.Duration
			for b.Loop() {
				begun := time.Now()
				Merge(base, proposals...)
				ours += time.Since(begun)
				merged := write(b, filepath.Join(dir, "merged.md"), string(resolution.Format(base)))
				begun = time.Now()
				for _, p := range paths {
					_ = exec.CommandContext(b.Context(), "git", "merge-file", "--ours", "-q", merged, file, p).Run() // its exit counts conflicts
				}
				git += time.Since(begun)
			}
			b.ReportMetric(float64(ours.Microseconds())/1000/float64(b.N), "ours-ms")
			b.ReportMetric(float64(git)/float64(ours), "git-times")
		})
	}
}
