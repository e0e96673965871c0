package drafting

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/repo"
)

// The matrix of who may do what: every act, every role, for the own circle and for another, before and after the
// deadline, through every scope. A letter a cell: y may, s must sign in, n hidden (not found), f forbidden,
// r refused for now.
func TestRightsMatrix(t *testing.T) {
	roles := []Role{"", RoleDelegate, RoleChair, RoleSecretariat, RoleObserver, "stranger"}
	// One string a role and act: own circle, other circle, own after the deadline.
	want := map[Act]string{
		//               nobody delegate chair secretariat observer unknown
		ActRead:       "sss yyy yyy yyy yyy fff",
		ActPropose:    "sss yfy yfy yfy fff fff",
		ActReadDraft:  "sss yny yny yny nnn nnn",
		ActWrite:      "sss yny yny yny fff fff",
		ActSubmit:     "sss yfr yfr yfr fff fff",
		ActWithdraw:   "sss yfy yfy yfy fff fff",
		ActNumber:     "sss fff fff yyy fff fff",
		ActMerge:      "sss fff yyy yyy fff fff",
		ActAdopt:      "sss fff yyy yyy fff fff",
		ActImport:     "sss fff fff yyy fff fff",
		ActAdminister: "sss fff fff yyy fff fff",
		ActSeePeople:  "sss fff fff yyy fff fff",
		ActSeeCircles: "sss yyy yyy yyy yyy fff",
		ActAudit:      "sss fff fff yyy fff fff",
		ActComment:    "sss yyy yyy yyy fff fff",
		ActSupport:    "sss yfy fff fff fff fff",
	}
	if len(want) != len(Acts()) {
		t.Fatalf("%d acts in the table, %d in the code", len(want), len(Acts()))
	}
	deadline := time.Date(2026, 3, 12, 18, 0, 0, 0, time.UTC)
	before := Rights{Deadline: deadline, Now: deadline.Add(-time.Second)}
	after := Rights{Deadline: deadline, Now: deadline}
	for _, act := range Acts() {
		cells := strings.Fields(want[act])
		for i, role := range roles {
			a := actorOf(role, ScopeFull)
			got := letter(before.May(a, act, "usa")) + letter(before.May(a, act, "eur")) + letter(after.May(a, act, "usa"))
			if got != cells[i] {
				t.Errorf("%s by %q: got %s, want %s", act, role, got, cells[i])
			}
		}
	}
}

func TestRightsOfScopes(t *testing.T) {
	want := map[Scope]string{
		ScopeFull:  "yyyyyyyyyyyyyyyf",
		ScopeWrite: "yyyyyfffffffffff",
		ScopeRead:  "yfyfffffffffffff",
		"":         "ffnfffffffffffff",
		"other":    "ffnfffffffffffff",
	}
	for scope, cells := range want {
		got := ""
		for i, act := range Acts() {
			a := actorOf(RoleSecretariat, scope)
			cell := letter(Rights{}.May(a, act, "usa"))
			if act == ActSeeCircles && scope != "" && scope != "other" { // read by all
				if cell != "y" {
					t.Errorf("scope %q: %s is %s", scope, act, cell)
				}
				cell = string(cells[i])
			}
			got += cell
		}
		if got != cells {
			t.Errorf("scope %q: got %s, want %s", scope, got, cells)
		}
	}
}

func TestRightsWhereAnybodyMayRead(t *testing.T) {
	open := Rights{Open: true}
	for _, act := range Acts() {
		want := "s"
		switch act {
		case ActRead, ActSeeCircles:
			want = "y"
		case ActReadDraft:
			want = "n"
		default:
		}
		if got := letter(open.May(Actor{}, act, "usa")); got != want {
			t.Errorf("%s: got %s, want %s", act, got, want)
		}
	}
}

func TestRightsOfTheOperator(t *testing.T) {
	for _, act := range Acts() {
		want := act == ActAdminister || act == ActSeePeople || act == ActSeeCircles
		if got := (Rights{}).May(Operator(), act, "usa") == nil; got != want {
			t.Errorf("%s: got %v, want %v", act, got, want)
		}
	}
}

func TestTheSecretariatCorrectsAfterTheDeadline(t *testing.T) {
	now := time.Date(2026, 3, 12, 18, 0, 0, 0, time.UTC)
	a := Actor{Person: 1, Role: RoleSecretariat, Circles: []repo.Circle{SecretariatCircle}, Scope: ScopeFull}
	if err := (Rights{Deadline: now, Now: now}).May(a, ActSubmit, SecretariatCircle); err != nil {
		t.Error(err)
	}
}

func actorOf(role Role, scope Scope) Actor {
	if role == "" {
		return Actor{Scope: scope}
	}
	return Actor{Person: 7, Role: role, Circle: "usa", Circles: []repo.Circle{"usa"}, Scope: scope}
}

func letter(err error) string {
	_, refused := errors.AsType[*Refusal](err)
	switch {
	case err == nil:
		return "y"
	case errors.Is(err, ErrSignedOut):
		return "s"
	case errors.Is(err, ErrNotFound):
		return "n"
	case errors.Is(err, ErrForbidden):
		return "f"
	case refused:
		return "r"
	default:
		return fmt.Sprint(err)
	}
}
