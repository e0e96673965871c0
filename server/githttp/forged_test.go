package githttp_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// crafted writes a commit over main as given, and gives it.
func crafted(t *testing.T, dir, author, committer, message string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "hash-object", "-t", "commit", "--literally", "-w", "--stdin")
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(fmt.Sprintf("tree %s\nparent %s\nauthor %s\ncommitter %s\n\n%s\n",
		git(t, dir, "rev-parse", "origin/main^{tree}"), git(t, dir, "rev-parse", "origin/main"), author, committer, message))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("hash-object: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// A commit that would be shown as somebody else's, or as the server's own, is not taken; nor one whose date no clock
// can show.
func TestForgedCommitsAreRefused(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	dir := h.clone(t, "usa", usaDesk)
	const me, stamp = "Ann <ann@example.org>", " 1770000000 +0000"
	for name, test := range map[string]struct{ author, committer, message, want string }{
		"far future":                 {me + " 9223372036854775807 +0000", me + stamp, "x", "impossible date"},
		"committed in the future":    {me + stamp, me + fmt.Sprintf(" %d +0000", time.Now().Add(25*time.Hour).Unix()), "x", "impossible date"},
		"another's author":           {"Mr Lindqvist (SEC) <1@users.invalid>" + stamp, me + stamp, "x", "nobody of your delegation"},
		"another's committer":        {me + stamp, "Mr Lindqvist (SEC) <1@users.invalid>" + stamp, "x", "nobody of your delegation"},
		"in capitals":                {"Mr Lindqvist (SEC) <1@Users.Invalid>" + stamp, me + stamp, "x", "nobody of your delegation"},
		"a bare number":              {"Mr Lindqvist (SEC) <1>" + stamp, me + stamp, "x", "nobody of your delegation"},
		"a colleague's number":       {"Mr Lindqvist (SEC) <7@users.invalid>" + stamp, me + stamp, "x", "nobody of your delegation"},
		"another's co-author":        {me + stamp, me + stamp, "x\n\nCo-authored-by: Mr Lindqvist (SEC) <1@users.invalid>", "nobody of your delegation"},
		"a merge of a proposal":      {me + stamp, me + stamp, "x\n\nProposal: eur/38a9-1", "only the server writes"},
		"an adoption, in lower case": {me + stamp, me + stamp, "x\n\nadopted-text: Rev. Nowhere, 1900", "only the server writes"},
		"a journal":                  {me + stamp, me + stamp, "x\n\nJournal: 1-9", "only the server writes"},
	} {
		c := crafted(t, dir, test.author, test.committer, test.message)
		out, err := try(t, dir, "push", "origin", c+":refs/heads/drafts/usa/forged")
		if err == nil || !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(out, "remote:", "")), " "), test.want) {
			t.Errorf("%s: err %v, git says:\n%s", name, err, out)
		}
	}
	own := crafted(t, dir, "Ms Carter (USA) <7@users.invalid>"+stamp, me+stamp, "x\n\nCo-authored-by: Ben <ben@example.org>\nSigned-off-by: Ann <ann@example.org>")
	if out, err := try(t, dir, "push", "origin", own+":refs/heads/drafts/usa/own"); err != nil {
		t.Errorf("a commit of one's own: %s", out)
	}
}
