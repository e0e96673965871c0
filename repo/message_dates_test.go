package repo

import (
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing/object"
)

// Whatever date an old commit holds, it can be written as JSON.
func TestDatesCanBeShown(t *testing.T) {
	t.Parallel()
	for _, when := range []time.Time{
		{},
		time.Unix(9223372036854775807, 0), time.Unix(-1<<40, 0), time.Unix(253402300799, 0),
		time.Unix(1770000000, 0).In(time.FixedZone("", 99*3600)),
	} {
		c := readCommit(&object.Commit{Author: object.Signature{Name: "Ann", Email: "ann@example.org", When: when}})
		if _, err := c.When.MarshalJSON(); err != nil {
			t.Errorf("%v: %v", when, err)
		}
	}
	if when := time.Unix(1770000000, 0); !possible(when).Equal(when) {
		t.Error("a good date is changed")
	}
}
