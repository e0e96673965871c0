package githttp_test

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The kinds of object in a pack.
const (
	packedCommit = 1
	packedTree   = 2
	packedBlob   = 3
	packedTag    = 4
	byDistance   = 6
	byName       = 7
)

// packed is one object of a pack made by hand: what its header says, and what follows it.
type packed struct {
	kind    byte
	content string
	claimed int    // the size its header claims; the content's when 0
	base    string // of a delta: twenty bytes of name, or an encoded distance
}

// id is the name git gives to an object that is no delta.
func (p packed) id() string {
	kind := map[byte]string{packedCommit: "commit", packedTree: "tree", packedBlob: "blob", packedTag: "tag"}[p.kind]
	return fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", kind, len(p.content), p.content)))
}

// packOf writes a pack.
func packOf(t testing.TB, objects ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("PACK")
	_ = binary.Write(&b, binary.BigEndian, []uint32{2, uint32(len(objects))})
	z, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		size := o.claimed
		if size == 0 {
			size = len(o.content)
		}
		first := o.kind<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			b.WriteByte(first | 0x80)
			first = byte(size & 0x7f)
		}
		b.WriteByte(first)
		b.WriteString(o.base)
		z.Reset(&b)
		if _, err := z.Write([]byte(o.content)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	sum := sha1.Sum(b.Bytes())
	b.Write(sum[:])
	return b.Bytes()
}

func raw(t testing.TB, id string) string {
	t.Helper()
	b, err := hex.DecodeString(id)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// entry is one line of a tree.
func entry(t testing.TB, mode, name, id string) string {
	return mode + " " + name + "\x00" + raw(t, id)
}

func tree(entries ...string) packed {
	return packed{kind: packedTree, content: strings.Join(entries, "")}
}

func commitOf(tree, parent string) packed {
	return packed{kind: packedCommit, content: fmt.Sprintf(
		"tree %s\nparent %s\nauthor A <a@x> 1700000000 +0000\ncommitter A <a@x> 1700000000 +0000\n\nx\n", tree, parent)}
}

// size is a number as a delta writes it.
func size(n int) string {
	var b []byte
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return string(append(b, byte(n)))
}

// create is a push that makes a ref.
func create(ref, tip string, pack []byte) []byte {
	return append([]byte(line("%040d %s %s\x00report-status side-band-64k", 0, tip, ref)+"0000"), pack...)
}

// state is everything that a refused push must leave as it is: refs, objects and packs of all repositories.
func (h *hall) state(t testing.TB) string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(h.archive.Dir(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.Contains(path, "/objects/info/") || filepath.Base(path) == "in-use" {
			return err
		}
		content := ""
		if strings.Contains(path, "/refs/") || strings.HasSuffix(path, "packed-refs") || strings.HasSuffix(path, "HEAD") {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content = string(b)
		}
		found = append(found, path+" "+content)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return strings.Join(found, "\n")
}

// refused pushes by hand and wants a reason for it, and nothing changed.
func (h *hall) refused(t *testing.T, name string, body []byte, want string) {
	t.Helper()
	before := h.state(t)
	status, answer := h.post(t, usaDesk, body)
	switch {
	case strings.Contains(answer, "\x01ok refs/") || strings.Contains(answer, "\nok refs/"), !strings.Contains(answer, want):
		t.Errorf("%s: got %d %.400q, want %q", name, status, answer, want)
	case status == 200 && !strings.Contains(answer, "ng refs/"):
		t.Errorf("%s: no ref was refused: %.400q", name, answer)
	}
	if after := h.state(t); after != before {
		t.Errorf("%s: the repository has changed from\n%s\nto\n%s", name, before, after)
	}
}

func TestCraftedObjectsAreRefused(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	dir := h.clone(t, "usa", usaDesk)
	parent := string(h.main)
	text := packed{kind: packedBlob, content: strings.Replace(baseText, "buy", "borrow", 1)}
	good := tree(entry(t, "100644", "resolution.md", text.id()))
	nothing := strings.Repeat("ab", 20)
	with := func(objects ...packed) []packed { return append([]packed{text}, objects...) }
	commit := func(header string) packed { return packed{kind: packedCommit, content: header + "\n\nx\n"} }
	const who = "A <a@x> 1700000000 +0000"
	for name, test := range map[string]struct {
		objects []packed // the last is the tip
		want    string
	}{
		"entries in no order":       {with(tree(entry(t, "100644", "resolution.md", text.id()), entry(t, "100644", "a.md", text.id()))), "treeNotSorted"},
		"a name twice":              {with(tree(entry(t, "100644", "resolution.md", text.id()), entry(t, "100644", "resolution.md", text.id()))), "duplicateEntries"},
		"a mode with a zero before": {with(tree(entry(t, "0100644", "resolution.md", text.id()))), "zeroPaddedFilemode"},
		"a mode there is not":       {with(tree(entry(t, "100666", "resolution.md", text.id()))), "badFilemode"},
		"a name without letters":    {with(tree(entry(t, "100644", "", text.id()), entry(t, "100644", "resolution.md", text.id()))), "badTree"},
		"a path as a name":          {with(tree(entry(t, "100644", "contributions/usa-1.md", text.id()), entry(t, "100644", "resolution.md", text.id()))), "fullPathname"},
		"a file of no object":       {with(tree(entry(t, "100644", "resolution.md", strings.Repeat("0", 40)))), "nullSha1"},
		"a tree that is cut off":    {with(packed{kind: packedTree, content: "100644 resolution.md\x00short"}), "badTree"},
		"a file that is missing":    {with(tree(entry(t, "100644", "resolution.md", nothing))), "the push leaves out commits or files"},
	} {
		root := test.objects[len(test.objects)-1]
		tip := commitOf(root.id(), parent)
		h.refused(t, name, create("refs/heads/drafts/usa/x", tip.id(), packOf(t, append(test.objects, tip)...)), test.want)
	}
	for name, test := range map[string]struct {
		objects []packed
		want    string
	}{
		"no author":                {with(good, commit("tree "+good.id()+"\nparent "+parent+"\ncommitter "+who)), "missingAuthor"},
		"a date of letters":        {with(good, commit("tree "+good.id()+"\nparent "+parent+"\nauthor A <a@x> soon +0000\ncommitter "+who)), "badDate"},
		"an address left open":     {with(good, commit("tree "+good.id()+"\nparent "+parent+"\nauthor A <a@x 1700000000 +0000\ncommitter "+who)), "Email"},
		"a zero byte":              {with(good, commit("tree "+good.id()+"\nparent "+parent+"\nauthor "+who+"\ncommitter "+who+"\nx \x00")), "nulInHeader"},
		"no tree":                  {with(good, commit("parent "+parent+"\nauthor "+who+"\ncommitter "+who)), "git finds a fault in what is pushed (commit object"},
		"a tree that is a file":    {with(commitOf(text.id(), parent)), "ng refs/"},
		"a tree that is missing":   {with(commitOf(nothing, parent)), "the push leaves out commits or files"},
		"a parent that is a file":  {with(good, commitOf(good.id(), text.id())), "the push leaves out commits or files"},
		"a parent that is missing": {with(good, commitOf(good.id(), nothing)), "the push leaves out commits or files"},
		"a file as the tip":        {with(text), "ng refs/"},
		"a tree as the tip":        {with(good), "ng refs/"},
		"a tag as the tip": {with(good, commitOf(good.id(), parent), packed{
			kind: packedTag, content: "object " + commitOf(good.id(), parent).id() + "\ntype commit\ntag t\ntagger " + who + "\n\nx\n",
		}), "ng refs/"},
		"two roots at once": {with(good, commit("tree "+good.id()+"\nauthor "+who+"\ncommitter "+who)), "begins a history of its own"},
	} {
		tip := test.objects[len(test.objects)-1]
		h.refused(t, name, create("refs/heads/drafts/usa/x", tip.id(), packOf(t, test.objects...)), test.want)
	}
	tip := commitOf(good.id(), parent)
	whole := packOf(t, text, good, tip)
	spoilt := slices.Clone(whole)
	spoilt[len(spoilt)/2] ^= 0x55
	delta := size(len(text.content)) + size(3) + "\x03abc"
	for name, test := range map[string]struct {
		pack []byte
		want string
	}{
		"a wrong sum":                   {append(slices.Clone(whole[:len(whole)-20]), make([]byte, 20)...), "the pack is broken"},
		"a byte changed":                {spoilt, "the pack is broken"},
		"half":                          {whole[:len(whole)/2], "the pack is broken"},
		"more behind it":                {append(slices.Clone(whole), "more"...), "the pack is broken"},
		"a delta over nothing":          {packOf(t, good, tip, packed{kind: byName, base: raw(t, nothing), content: delta}), "the push leaves out commits or files"},
		"a delta from before the pack":  {packOf(t, text, packed{kind: byDistance, base: "\xff\xff\x7f", content: delta}, good, tip), "the pack is broken"},
		"a delta over another's length": {packOf(t, text, packed{kind: byName, base: raw(t, text.id()), content: size(7) + size(3) + "\x03abc"}, good, tip), "the pack is broken"},
		"a delta that gives more":       {packOf(t, text, packed{kind: byName, base: raw(t, text.id()), content: size(len(text.content)) + size(2) + "\x03abc"}, good, tip), "the pack is broken"},
		"a kind there is not":           {packOf(t, text, packed{kind: 5, content: "x"}, good, tip), "the pack is broken"},
		"an object without its content": {packOf(t, good, tip), "the push leaves out commits or files"},
		"a pack of nothing":             {packOf(t), "ng refs/"},
		"no pack":                       {nil, "ng refs/"},
	} {
		h.refused(t, name, create("refs/heads/drafts/usa/x", tip.id(), test.pack), test.want)
	}
	if status, answer := h.post(t, usaDesk, create("refs/heads/drafts/usa/x", tip.id(), whole)); !strings.Contains(answer, "ok refs/heads/drafts/usa/x") {
		t.Errorf("the same, whole and right: %d %q", status, answer)
	}
	git(t, dir, "fetch", "-q")
	h.fsck(t)
}

// Paths that look like others, on some machine or to some eye.
func TestPathsThatLookLikeOthersAreRefused(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	h.clone(t, "usa", usaDesk)
	text := packed{kind: packedBlob, content: baseText}
	for _, path := range []string{
		"RESOLUTION.MD", "Resolution.md", "resolution.MD", "resolution.md ", "resolution.md.", " resolution.md", "resolution.md\n",
		"re\u0301solution.md", "r\u00e9solution.md", "res\u043elution.md", "resolution\u200b.md", "\ufeffresolution.md", "\u202eresolution.md",
		"resolution.md\u00a0", "\uff52esolution.md", "resolut\u0131on.md", "resolution.md:x", "resolution.md::$DATA", "resolution.FR.md", "resolution.f\u0440.md",
		"contributions\\usa-1.md", "Contributions", "contr\u0456butions", "contributions.md", "con", "aux.md", "-resolution.md", "resolution..md", "resolution.md~", "\xff.md",
		".git", ".Git", ".GIT", ".git ", ".git.", ".git...", "git~1", "GIT~1", ".g\u200cit", ".\u200dgit", "\ufeff.git", ".git\u200b", ".gi\u0074", ".git::$INDEX_ALLOCATION",
		".gitmodules", ".gitattributes", ".GITMODULES", "gitmod~1", ".gitignore", ".mailmap", ".", "..", "...", "~", "/", "/resolution.md", "a/b", "\\", "C:", "contributions ",
	} {
		inside := tree(entry(t, "100644", "usa-1.md", text.id()))
		for kind, e := range map[string]string{"file": entry(t, "100644", path, text.id()), "directory": entry(t, "40000", path, inside.id())} {
			entries := []string{e, entry(t, "100644", "resolution.md", text.id())}
			slices.SortFunc(entries, func(a, b string) int { return strings.Compare(nameOf(a), nameOf(b)) })
			root := tree(entries...)
			tip := commitOf(root.id(), string(h.main))
			h.refused(t, fmt.Sprintf("%s %q", kind, path), create("refs/heads/drafts/usa/x", tip.id(), packOf(t, text, inside, root, tip)), "ng refs/")
		}
	}
	for _, note := range []string{"USA-1.md", "usa-1.MD", "usa-\u0661.md", "usa-1.md ", "us\u0430-1.md", "usa-1", "usa.md", "usa--1.md", ".git", "git~1", "a\\b-1.md", "usa-1.md.", "usa.md", strings.Repeat("a", 200) + "-1.md"} {
		inside := tree(entry(t, "100644", note, text.id()))
		root := tree(entry(t, "40000", "contributions", inside.id()), entry(t, "100644", "resolution.md", text.id()))
		tip := commitOf(root.id(), string(h.main))
		h.refused(t, fmt.Sprintf("note %q", note), create("refs/heads/drafts/usa/x", tip.id(), packOf(t, text, inside, root, tip)), "ng refs/")
	}
	h.fsck(t)
}

// nameOf is how git orders a line of a tree.
func nameOf(entry string) string {
	mode, rest, _ := strings.Cut(entry, " ")
	name, _, _ := strings.Cut(rest, "\x00")
	if mode == "40000" {
		name += "/"
	}
	return name
}
