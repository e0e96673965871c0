package repo

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// foreign reads any git repository that holds resolution.md, bare or not, through stock git: packed, shallow,
// borrowing, however others have made it.
type foreign struct {
	stock stock
	dir   string
}

// openForeign finds the repository in dir, or tells that there is none.
func openForeign(ctx context.Context, dir string) (*foreign, error) {
	f := &foreign{dir: dir, stock: stock{home: os.DevNull}}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is no directory: name the directory of a git repository", dir)
	}
	if err := f.stock.find(ctx, "git"); err != nil {
		return nil, err
	}
	if _, err := f.run(ctx, nil, "rev-parse", "--git-dir"); err != nil {
		return nil, fmt.Errorf("%s is no git repository: name one, bare or not", dir)
	}
	return f, nil
}

func (f *foreign) run(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	return f.stock.run(ctx, f.dir, stdin, append([]string{"--no-replace-objects"}, args...)...)
}

// commit gives the commit that people mean by rev.
func (f *foreign) commit(ctx context.Context, rev string) (Hash, error) {
	out, err := f.run(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	h := Hash(strings.TrimSpace(string(out)))
	if err != nil || !h.Valid() {
		return "", fmt.Errorf("%s holds no commit %q: name a branch, a tag or a commit", f.dir, rev)
	}
	return h, nil
}

// family is the parents of every commit that branches, tags and some commit lead to.
type family struct {
	order   []Hash // parents before children
	parents map[Hash][]Hash
}

func (f *foreign) family(ctx context.Context, also Hash) (family, error) {
	out, err := f.run(ctx, nil, "rev-list", "--topo-order", "--reverse", "--parents", "--branches", "--remotes", "--tags", string(also))
	if err != nil {
		return family{}, err
	}
	all := family{parents: map[Hash][]Hash{}}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		var parents []Hash
		for _, p := range words[1:] {
			parents = append(parents, Hash(p))
		}
		all.order = append(all.order, Hash(words[0]))
		all.parents[Hash(words[0])] = parents
	}
	return all, nil
}

// ancestors gives a commit and everything it leads to.
func (f family) ancestors(of Hash) map[Hash]bool {
	seen := map[Hash]bool{of: true}
	for stack := []Hash{of}; len(stack) > 0; {
		h := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, p := range f.parents[h] {
			if !seen[p] {
				seen[p] = true
				stack = append(stack, p)
			}
		}
	}
	return seen
}

// line gives the first parents of a commit, itself among them.
func (f family) line(of Hash) map[Hash]bool {
	line := map[Hash]bool{}
	for of != "" && !line[of] {
		line[of] = true
		parents := f.parents[of]
		if of = ""; len(parents) > 0 {
			of = parents[0]
		}
	}
	return line
}

// refs gives the branches and tags, of remotes too, by what they are called there: "main", "proposals/usa/48a5-1".
func (f *foreign) refs(ctx context.Context) ([]Ref, error) {
	out, err := f.run(ctx, nil, "for-each-ref", "--format=%(objectname) %(*objectname) %(refname)", "refs/heads", "refs/tags", "refs/remotes")
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for line := range strings.Lines(string(out)) {
		words := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		if len(words) != 3 {
			continue
		}
		name := shortRef(words[2])
		if remote, ok := strings.CutPrefix(name, "refs/remotes/"); ok {
			_, name, _ = strings.Cut(remote, "/")
		}
		at := words[0]
		if words[1] != "" {
			at = words[1]
		}
		refs = append(refs, Ref{Name: name, Hash: Hash(at)})
	}
	return refs, nil
}

// textsOf gives which blob holds the text at each commit; none where there is no text.
func (f *foreign) textsOf(ctx context.Context, commits []Hash) (map[Hash]Hash, error) {
	var ask bytes.Buffer
	for _, h := range commits {
		fmt.Fprintf(&ask, "%s:%s\n", h, TextFile)
	}
	out, err := f.run(ctx, &ask, "cat-file", "--batch-check=%(objectname) %(objecttype)")
	if err != nil {
		return nil, err
	}
	blobs := map[Hash]Hash{}
	n := 0
	for line := range strings.Lines(string(out)) {
		if blob, ok := strings.CutSuffix(line, " blob\n"); ok && n < len(commits) {
			blobs[commits[n]] = Hash(blob)
		}
		n++
	}
	return blobs, nil
}

// contents calls take with the bytes of each object in turn; take may keep them.
func (f *foreign) contents(ctx context.Context, objects []Hash, take func(h Hash, content []byte) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var ask, complaint bytes.Buffer
	for _, h := range objects {
		fmt.Fprintln(&ask, h)
	}
	cmd := f.stock.command(ctx, f.dir, "--no-replace-objects", "cat-file", "--batch")
	cmd.Stdin, cmd.Stderr = &ask, &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	in := bufio.NewReaderSize(out, 256<<10)
	for _, h := range objects {
		var content []byte
		if content, err = readBatch(in, h); err == nil {
			err = take(h, content)
		}
		if err != nil {
			cancel()
			_ = cmd.Wait() // it was killed because of the other error
			return err
		}
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("git cat-file: %w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return nil
}

// readBatch reads one answer of cat-file: "<hash> <type> <size>\n<content>\n".
func readBatch(in *bufio.Reader, h Hash) ([]byte, error) {
	head, err := in.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", h, err)
	}
	words := strings.Fields(head)
	if len(words) != 3 || words[0] != string(h) {
		return nil, fmt.Errorf("read %s: git says %q", h, strings.TrimSpace(head))
	}
	size, err := strconv.Atoi(words[2])
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", h, err)
	}
	content := make([]byte, size+1)
	if _, err := io.ReadFull(in, content); err != nil {
		return nil, fmt.Errorf("read %s: %w", h, err)
	}
	return content[:size], nil
}

// commits reads some commits with author and message.
func (f *foreign) commits(ctx context.Context, hashes []Hash) (map[Hash]Commit, error) {
	all := map[Hash]Commit{}
	err := f.contents(ctx, hashes, func(h Hash, raw []byte) error {
		c, err := parseCommit(h, raw)
		all[h] = c
		return err
	})
	return all, err
}
