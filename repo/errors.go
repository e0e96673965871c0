package repo

import (
	"errors"
	"fmt"
)

// The errors callers must tell apart; each comes wrapped with the operation and its subject.
var (
	// ErrNotFound means there is no such resolution, desk, ref, commit or file.
	ErrNotFound = errors.New("not found")
	// ErrExists means the resolution, draft or tag is there already.
	ErrExists = errors.New("exists already")
	// ErrStale means a ref is no longer where the caller expected it.
	ErrStale = errors.New("moved on since it was read")
	// ErrName means a slug, circle, draft name or ref is not one.
	ErrName = errors.New("not a valid name")
)

// CheckError tells why a file may not enter a repository, in words for the person who wrote it.
type CheckError struct {
	Commit       Hash   // the commit that holds the file; may be empty
	File         string // path as pushed
	Line, Column int    // 1-based; 0 when the file as a whole is meant
	Text         string // what is wrong and what to do
}

// Error gives "resolution.md:12:3: what is wrong".
func (e *CheckError) Error() string {
	switch {
	case e.File == "":
		return e.Text
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.File, e.Text)
	default:
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text)
	}
}
