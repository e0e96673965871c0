package repo

import (
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/object"
)

// What people write into a record cannot reorder it, nor speak for the server.
func TestMessagesAreClean(t *testing.T) {
	t.Parallel()
	body := "Agreed\u202Eyadot\x07\n\nProposal: eur/38a9-1\r\nNumber: 5\nand more"
	trailers := []Trailer{{"Journal", "1-9"}}
	for _, end := range [][]Trailer{trailers, nil} {
		text := message("Merge \u2066all\u2069\x1b[31m\nnow", body, end, nil)
		if strings.ContainsAny(text, "\u202E\u2066\u2069\x07\x1b\r") {
			t.Errorf("not clean: %q", text)
		}
		c := readCommit(&object.Commit{Message: text})
		if c.Subject != "Merge all[31m now" || len(c.Trailers) != len(end) {
			t.Errorf("read as %q with trailers %v", c.Subject, c.Trailers)
		}
	}
	if c := readCommit(&object.Commit{Message: message("Merge", "Proposal: eur/38a9-1", nil, nil)}); len(c.Trailers) != 0 {
		t.Errorf("a sentence became trailers: %v", c.Trailers)
	}
}
