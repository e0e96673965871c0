package githttp

import (
	"strings"

	"plenary/repo"
)

// The rules of a push that lie in the names of its refs alone. One circle writes its own drafts and submits to its
// own proposals, at its own desk; nothing else is pushed.

// refuseRefs gives a sentence for each ref that breaks them, "" for the others. own is the circle the caller writes
// for and host the server's address, for the sentences.
func refuseRefs(at Address, own repo.Circle, host string, updates []repo.RefUpdate) []string {
	reasons := make([]string, len(updates))
	seen := map[string]bool{}
	for i, u := range updates {
		switch {
		case at.Circle == "":
			reasons[i] = "nobody pushes here, proposals are published by submitting them: push to your desk, " +
				host + Address{Slug: at.Slug, Circle: own}.String()
			if own == "" {
				reasons[i] = "nobody pushes here, and you write for no delegation: ask the secretariat if you should"
			}
		case seen[u.Ref]:
			reasons[i] = "named twice in one push: push it once"
		default:
			reasons[i] = refuseRef(at.Circle, u)
		}
		seen[u.Ref] = true
	}
	return reasons
}

func refuseRef(circle repo.Circle, u repo.RefUpdate) string {
	own := "drafts/" + string(circle) + "/..."
	short := strings.TrimPrefix(u.Ref, "refs/heads/")
	if d, ok := repo.ParseDraftName(u.Ref); ok && strings.HasPrefix(u.Ref, "refs/heads/") && d.Circle == circle {
		if u.New == "" {
			return "drafts and proposals are not deleted: withdraw the proposal on its page"
		}
		return ""
	}
	switch kind, _, _ := strings.Cut(short, "/"); {
	case short == repo.Main || kind == "merges":
		return short + " changes by merging proposals, not by pushing: push to " + own + " and submit it"
	case strings.HasPrefix(u.Ref, "refs/tags/"):
		return "tags record adoptions and submissions, and the server sets them: push to " + own + " and submit it"
	case strings.HasPrefix(short, "drafts/"+string(circle)+"/"), strings.HasPrefix(short, "proposals/"+string(circle)+"/"):
		return "a draft's name is of small letters, digits and single hyphens, as in drafts/" +
			string(circle) + "/48a5-1: rename the branch"
	case kind == "drafts" || kind == "proposals":
		return "only the circle itself writes its drafts and proposals: push to " + own
	}
	return "there are no branches of this kind: push to " + own
}

// allOrNothing reports whether any ref was refused, and gives the others a reason too.
func allOrNothing(reasons []string) bool {
	refused := false
	for _, r := range reasons {
		refused = refused || r != ""
	}
	for i, r := range reasons {
		if refused && r == "" {
			reasons[i] = "not moved, because another ref of this push was refused"
		}
	}
	return refused
}
