package repo_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"plenary/repo"
)

// blamedRepository is a repository made with stock git: two proposals merged, one of them a revised one, and one open.
func blamedRepository(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	write := func(text string) { ok(t, os.WriteFile(filepath.Join(dir, "resolution.md"), []byte(text), 0o600)) }
	record := func(who, message string) {
		git(t, dir, "add", "-A")
		git(t, dir, "-c", "user.name="+who, "commit", "-q", "--author", who+" <x@users.invalid>", "-m", message)
	}
	git(t, dir, "init", "-q", "-b", "main")
	write(baseText)
	record("Ann Clerk", "as adopted")
	git(t, dir, "switch", "-q", "-c", "proposals/usa/1")
	write(strings.Replace(baseText, "buy cups", "buy large cups", 1))
	record("Ms Carter (USA)", "larger")
	write(strings.Replace(baseText, "buy cups", "buy very large cups", 1))
	record("Mr Reyes (USA)", "very")
	git(t, dir, "switch", "-q", "-c", "proposals/eur/2", "main")
	write(strings.Replace(baseText, "to wash them", "to wash them well", 1))
	record("Mr Weber (EUR)", "well")
	git(t, dir, "switch", "-q", "main")
	git(t, dir, "merge", "-q", "--no-ff", "-m", "Merge two\n\nProposal: usa/1", "proposals/usa/1")
	git(t, dir, "merge", "-q", "--no-ff", "proposals/eur/2")
	git(t, dir, "switch", "-q", "-c", "drafts/usa/3")
	write(strings.NewReplacer("buy cups", "buy very large cups", "wash them", "wash them well").Replace(
		strings.Replace(baseText, "cups are few", "cups and saucers are few", 1)))
	record("Ms Carter (USA)", "saucers")
	return dir
}

// told says who brought the words that hold some others.
func told(t *testing.T, b repo.Blamed, words string) string {
	t.Helper()
	for _, clause := range b.Clauses {
		for _, run := range clause.Runs {
			if strings.Contains(run.Words, words) {
				return fmt.Sprintf("%s|%s|%s|%t", clause.Name.Spoken, b.Commits[run.Commit].Author.Name, run.Proposal, run.Merge != "")
			}
		}
	}
	t.Fatalf("no run holds %q: %+v", words, b.Clauses)
	return ""
}

func TestBlameFollowsMerges(t *testing.T) {
	t.Parallel()
	dir := blamedRepository(t)
	bare := filepath.Join(t.TempDir(), "bare.git")
	git(t, dir, "clone", "-q", "--bare", dir, bare)
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, dir, "clone", "-q", "-b", "drafts/usa/3", dir, clone)
	for _, where := range []string{dir, bare, clone} {
		b := must[repo.Blamed](t)(repo.Blame(t.Context(), where, "HEAD"))
		for words, want := range map[string]string{
			"that tea is drunk": "considering a)|Ann Clerk||false",
			"large":             "resolves 1|Ms Carter|usa/1|true",
			"very":              "resolves 1|Mr Reyes|usa/1|true",
			"well":              "resolves 2|Mr Weber|eur/2|true",
			"saucers":           "considering b)|Ms Carter|usa/3|false",
		} {
			if got := told(t, b, words); got != want {
				t.Errorf("%s: %q comes from %s, want %s", where, words, got, want)
			}
		}
	}
	for clause, runs := range must[repo.Blamed](t)(repo.Blame(t.Context(), dir, "main")).Clauses {
		for _, run := range runs.Runs {
			if run.Words == "" || run.Proposal == "usa/3" {
				t.Errorf("clause %d of main: %+v", clause, run)
			}
		}
	}
}

func TestBlameRefuses(t *testing.T) {
	t.Parallel()
	dir, empty := blamedRepository(t), t.TempDir()
	git(t, dir, "switch", "-q", "--orphan", "bare-of-words")
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "nothing")
	for _, c := range []struct{ name, dir, rev, want string }{
		{"absent", filepath.Join(empty, "absent"), "HEAD", "is no directory"},
		{"no repository", empty, "HEAD", "is no git repository"},
		{"no such revision", dir, "nowhere", `holds no commit "nowhere"`},
		{"an option", dir, "--all", `holds no commit "--all"`},
		{"no text", dir, "bare-of-words", "holds no resolution.md at bare-of-words"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := repo.Blame(t.Context(), c.dir, c.rev); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("blame says %v, want a sentence with %q", err, c.want)
			}
		})
	}
}

// BenchmarkBlame blames the 40 KB text that 5,000 commits have made, beside git blame, which knows lines only.
func BenchmarkBlame(b *testing.B) {
	dir := b.TempDir()
	git(b, dir, "init", "-q", "--bare", "-b", "main", ".")
	var in bytes.Buffer
	clauses := make([]string, 400)
	for i := range clauses {
		clauses[i] = fmt.Sprintf("to buy cups of the kind that is numbered %d, and to wash them every evening with soap", i)
	}
	for n := range 5000 {
		clauses[n*7%400] += fmt.Sprint(" or ", n)
		if n%11 == 0 {
			clauses[n*3%400] = fmt.Sprintf("to buy saucers of the kind that is numbered %d, and to break them", n)
		}
		var text strings.Builder
		text.WriteString("# RESOLUTION 7\n\n*resolves*\n\n")
		for i, c := range clauses {
			fmt.Fprintf(&text, "%d. %s;\n\n", i+1, c)
		}
		file := strings.TrimSuffix(text.String(), "\n")
		fmt.Fprintf(&in, "commit refs/heads/main\ncommitter A%d <a@x> %d +0000\ndata 2\nx\nM 100644 inline resolution.md\ndata %d\n%s\n", n%9, 1_700_000_000+n, len(file), file)
	}
	cmd := exec.CommandContext(b.Context(), "git", "fast-import", "--quiet")
	cmd.Dir, cmd.Stdin = dir, &in
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	b.Run("words", func(b *testing.B) {
		for b.Loop() {
			must[repo.Blamed](b)(repo.Blame(b.Context(), dir, "main"))
		}
	})
	b.Run("git blame", func(b *testing.B) {
		for b.Loop() {
			git(b, dir, "blame", "main", "--", "resolution.md")
		}
	})
}
