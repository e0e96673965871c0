package repo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plenary/repo"
)

// The aims of these are held against stock git in the same run: BenchmarkSave at least 1.5 times the rate of
// BenchmarkFourGitProcesses, which does not even sync.

// longText is about 40 KB, with a number that makes it differ.
func longText(n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# RESOLUTION %d\n\n*resolves*\n\n", n)
	for i := 1; i < 500; i++ {
		fmt.Fprintf(&b, "%d. to buy cups of the kind that is numbered %d, and to wash them every evening;\n\n", i, i)
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

func BenchmarkSave(b *testing.B) {
	a, tip := teaArchive(b)
	begin(b, a, usa, tip)
	n := 0
	for b.Loop() {
		n++
		tip = save(b, a, usa, tip, n, string(longText(n)))
	}
}

func BenchmarkFourGitProcesses(b *testing.B) {
	dir := b.TempDir()
	git(b, dir, "init", "-q", "--bare", ".")
	n, parent := 0, ""
	for b.Loop() {
		n++
		ok(b, os.WriteFile(filepath.Join(dir, "text"), longText(n), 0o600))
		blob := git(b, dir, "hash-object", "-w", "text")
		ok(b, os.WriteFile(filepath.Join(dir, "tree"), fmt.Appendf(nil, "100644 blob %s\tresolution.md\n", blob), 0o600))
		tree := git(b, dir, "write-tree")
		args := []string{"commit-tree", "-m", "x", tree}
		if parent != "" {
			args = append(args, "-p", parent)
		}
		parent = git(b, dir, args...)
		git(b, dir, "update-ref", "refs/heads/main", parent)
	}
}

func BenchmarkFileWarm(b *testing.B) {
	a, main := teaArchive(b)
	begin(b, a, usa, main)
	tip := save(b, a, usa, main, 1, string(longText(1)))
	at := must[*repo.Repository](b)(a.Desk(b.Context(), "tea-7", "usa"))
	for b.Loop() {
		must[[]byte](b)(at.File(b.Context(), tip, repo.TextFile))
	}
}

// BenchmarkBranches lists 300 branches with how far each is ahead of and behind main.
func BenchmarkBranches(b *testing.B) {
	a, main := teaArchive(b)
	for i := range 300 {
		d := repo.DraftName{Circle: "usa", Name: fmt.Sprint("d", i)}
		begin(b, a, d, main)
		save(b, a, d, main, i, fmt.Sprintf("words %d\n", i))
	}
	at := must[*repo.Repository](b)(a.Desk(b.Context(), "tea-7", "usa"))
	for b.Loop() {
		for _, ref := range must[[]repo.Ref](b)(at.Refs(b.Context(), "drafts/usa/")) {
			if _, _, err := at.AheadBehind(b.Context(), main, ref.Hash); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkLog50(b *testing.B) {
	a, tip := teaArchive(b)
	begin(b, a, usa, tip)
	for i := range 200 {
		tip = save(b, a, usa, tip, i, fmt.Sprintf("words %d\n", i))
	}
	at := must[*repo.Repository](b)(a.Desk(b.Context(), "tea-7", "usa"))
	for b.Loop() {
		must[[]repo.Commit](b)(at.Log(b.Context(), tip, 50, ""))
	}
}
