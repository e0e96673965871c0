package drafting_test

import (
	"testing"

	"plenary/server/drafting"
)

// A password set at the console is on record, as everything done to an account is.
func TestAPasswordSetAtTheConsoleIsOnRecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.SetPassword(t.Context(), drafting.Operator(), h.carter.Person, "hash"))
	lines, _, err := h.Audit(t.Context(), h.lind, drafting.AuditQuery{Act: drafting.AuditPassword, Most: 10})
	h.must(err)
	if len(lines) != 1 || lines[0].Subject != h.carter.Login || lines[0].Person != drafting.Operator().Person {
		t.Errorf("on record: %+v", lines)
	}
	for name, a := range map[string]drafting.Actor{"oneself": h.carter, "another": h.weber, "the chair": h.chair, "nobody": h.nobody} {
		if h.SetPassword(t.Context(), a, h.carter.Person, "other") == nil {
			t.Errorf("%s sets the password", name)
		}
	}
	if lines, _, err = h.Audit(t.Context(), h.lind, drafting.AuditQuery{Act: drafting.AuditPassword, Most: 10}); err != nil || len(lines) != 1 {
		t.Errorf("on record after refusals: %+v, %v", lines, err)
	}
}
