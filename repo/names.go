package repo

import (
	"fmt"
	"strings"
)

// The refs of a resolution lie under refs/heads (main, drafts/, proposals/, merges/) and refs/tags (adopted/,
// submitted/). A short name says which by its first word, so short names are unambiguous.

// Valid reports whether s may name a resolution: lower-case letters, digits and single hyphens between them.
func (s Slug) Valid() bool { return validWord(string(s), 100) }

// Valid reports whether c may name a circle: lower-case letters, digits and single hyphens between them.
func (c Circle) Valid() bool { return validWord(string(c), 40) }

// Valid reports whether d may name a draft: both parts are lower-case letters, digits and hyphens.
func (d DraftName) Valid() bool { return d.Circle.Valid() && validWord(d.Name, 80) }

// Valid reports whether h is a full object id.
func (h Hash) Valid() bool {
	if len(h) != 40 {
		return false
	}
	for _, c := range []byte(h) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func validWord(s string, longest int) bool {
	if s == "" || len(s) > longest || s[0] == '-' || s[len(s)-1] == '-' || strings.Contains(s, "--") {
		return false
	}
	for _, c := range []byte(s) {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// FullRef gives the full name of a short ref: "refs/heads/main", "refs/tags/adopted/dubai-2012". It refuses
// everything outside the layout, so a name it gives is safe as a path.
func FullRef(short string) (string, error) {
	name := strings.TrimPrefix(strings.TrimPrefix(short, "refs/heads/"), "refs/tags/")
	kind, rest, _ := strings.Cut(name, "/")
	words := strings.Split(rest, "/")
	full := ""
	switch {
	case name == Main:
		full = "refs/heads/main"
	case (kind == "drafts" || kind == "proposals" || kind == "merges") && len(words) == 2:
		full = "refs/heads/" + name
	case kind == "adopted" && len(words) == 1, kind == "submitted" && len(words) == 3:
		full = "refs/tags/" + name
	}
	if full == "" || (strings.HasPrefix(short, "refs/") && short != full) {
		return "", fmt.Errorf("ref %q: %w", short, ErrName)
	}
	if name != Main {
		for _, w := range words {
			if !validWord(w, 100) {
				return "", fmt.Errorf("ref %q: %w", short, ErrName)
			}
		}
	}
	return full, nil
}

func shortRef(full string) string {
	return strings.TrimPrefix(strings.TrimPrefix(full, "refs/heads/"), "refs/tags/")
}

func isDraftRef(full string) bool { return strings.HasPrefix(full, "refs/heads/drafts/") }
