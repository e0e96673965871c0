package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"plenary/realtime"
	"plenary/realtime/livetest"
)

// locked is a desk whose saves wait for a lock that a push may hold.
type locked struct {
	*livetest.Desk
	lock chan struct{}
}

func (l locked) Save(ctx context.Context, room realtime.RoomName, s realtime.Save) (string, error) {
	select {
	case l.lock <- struct{}{}:
		defer func() { <-l.lock }()
		return l.Desk.Save(ctx, room, s)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// TestPushCrossesSave lets a push arrive while a save waits for the lock that the push
// holds.
func TestPushCrossesSave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := locked{livetest.NewDesk(), make(chan struct{}, 1)}
		desk.Put(room, "a) one\nb) two")
		hub := realtime.NewHub(livetest.NewMemory(), desk, realtime.Options{Logger: quiet()})
		p := join(t, hub, "carter")
		p.write(6, " and more")
		desk.lock <- struct{}{} // the push takes the branch's lock
		pass(11 * time.Second)  // and a save begins
		commit := desk.Put(room, "a) one\nb) two and a half")
		if err := hub.Push(t.Context(), room, commit, "a) one\nb) two and a half", realtime.Participant{Person: "git"}); err != nil {
			t.Fatal(err)
		}
		<-desk.lock
		pause()
		want := "a) one and more\nb) two and a half"
		same(t, want, p)
		if live, _ := desk.Tip(room); live != want {
			t.Errorf("branch: got %q, want %q", live, want)
		}
		if saves := desk.Saves(); len(saves) != 1 || saves[0].Expect != commit || len(saves[0].Writers) != 1 {
			t.Errorf("saves: got %+v", saves)
		}
		p.disconnect()
		closeHub(t, hub)
	})
}

// TestKilledBetweenPlanAndPush finds a branch that a push moved after the room had planned
// a save: neither the push nor the edits may be lost.
func TestKilledBetweenPlanAndPush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal, desk := livetest.NewMemory(), livetest.NewDesk()
		desk.Put(room, "a) one\nb) two")
		hub := newHub(journal, desk)
		p := join(t, hub, "carter")
		p.write(6, " and more")
		pause()
		desk.Break(true)
		if _, _, err := hub.Flush(t.Context(), room); err == nil {
			t.Error("flush with a broken desk gave no error")
		}
		killed, after := journal.Copy(), desk.Copy()
		after.Put(room, "a) one\nb) two and a half")
		desk.Break(false)
		p.disconnect()
		closeHub(t, hub)

		again := newHub(killed, after)
		if err := p.resume(again); err != nil {
			t.Fatal(err)
		}
		pause()
		want := "a) one and more\nb) two and a half"
		same(t, want, p)
		p.disconnect()
		closeHub(t, again)
		if live, _ := after.Tip(room); live != want {
			t.Errorf("branch: got %q, want %q", live, want)
		}
	})
}

// TestSaveMeetsPush saves a branch that was pushed to before the room is told: the room
// takes the push in by itself, and being told later changes nothing.
func TestSaveMeetsPush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := livetest.NewDesk()
		desk.Put(room, "a) one\nb) two")
		hub := newHub(livetest.NewMemory(), desk)
		p := join(t, hub, "carter")
		p.write(6, " and more")
		pushed := "a) one\nb) two and a half"
		commit := desk.Put(room, pushed)
		saved, _, err := hub.Flush(t.Context(), room)
		if err != nil {
			t.Fatal(err)
		}
		want := "a) one and more\nb) two and a half"
		if live, tip := desk.Tip(room); live != want || tip != saved {
			t.Errorf("branch: got %q at %s, want %q at %s", live, tip, want, saved)
		}
		if saves := desk.Saves(); len(saves) != 1 || saves[0].Expect != commit || len(saves[0].Writers) != 1 {
			t.Errorf("saves: got %+v", saves)
		}
		p.write(0, "> ")
		pause()
		for _, told := range []string{commit, saved} { // the tip as it was read before the save
			if err := hub.Push(t.Context(), room, told, pushed, realtime.Participant{Person: "git"}); err != nil {
				t.Fatal(err)
			}
		}
		pause()
		same(t, "> "+want, p)
		p.disconnect()
		closeHub(t, hub)
	})
}

// TestSaveNeverGoesBack meets a branch at a commit that the room has left behind: the text
// stays in the room, the save is refused, and nothing is tried without end.
func TestSaveNeverGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := &backward{Desk: livetest.NewDesk()}
		first := desk.Put(room, "a) one")
		hub := realtime.NewHub(livetest.NewMemory(), desk, realtime.Options{Logger: quiet()})
		p := join(t, hub, "carter")
		p.write(6, " and more")
		if _, _, err := hub.Flush(t.Context(), room); err != nil {
			t.Fatal(err)
		}
		p.write(6, ", two")
		desk.at = first
		if _, _, err := hub.Flush(t.Context(), room); !errors.Is(err, realtime.ErrStale) {
			t.Errorf("a save over a branch that went back: got %v, want ErrStale", err)
		}
		same(t, "a) one, two and more", p)
		desk.at = ""
		p.disconnect()
		closeHub(t, hub)
		if live, _ := desk.Tip(room); live != "a) one, two and more" {
			t.Errorf("branch: got %q", live)
		}
	})
}

// backward is a desk whose branches can seem to be at an older commit.
type backward struct {
	*livetest.Desk
	at string
}

func (b *backward) Open(ctx context.Context, room realtime.RoomName) (realtime.Opened, error) {
	opened, err := b.Desk.Open(ctx, room)
	if b.at != "" {
		opened.Commit = b.at
	}
	return opened, err
}

func (b *backward) Save(ctx context.Context, room realtime.RoomName, s realtime.Save) (string, error) {
	if b.at != "" {
		return "", realtime.ErrStale
	}
	return b.Desk.Save(ctx, room, s)
}

// TestSaveLeft starts a server on the journal of a killed one: what no commit holds is
// saved though nobody comes back.
func TestSaveLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal, desk := livetest.NewMemory(), livetest.NewDesk()
		desk.Put(room, "a) one")
		hub := newHub(journal, desk)
		p := join(t, hub, "carter")
		p.write(6, " and more")
		pause()
		killed, after := journal.Copy(), desk.Copy()
		p.disconnect()
		closeHub(t, hub)

		again := newHub(killed, after)
		if err := again.SaveLeft(t.Context()); err != nil {
			t.Fatal(err)
		}
		pause()
		if live, _ := after.Tip(room); live != "a) one and more" {
			t.Errorf("branch: got %q", live)
		}
		if left, err := killed.Unsaved(t.Context()); err != nil || len(left) != 0 {
			t.Errorf("left unsaved: %v, %v", left, err)
		}
		closeHub(t, again)
		if err := again.SaveLeft(t.Context()); err != nil {
			t.Errorf("a closed hub: %v", err)
		}
	})
}

// TestPushesBeforeASave pushes again and again while what was typed cannot be saved, with
// the server killed between any two steps: nothing stands twice, nothing is missing.
func TestPushesBeforeASave(t *testing.T) {
	const pushes = 3
	for killed := range 2*pushes + 1 {
		t.Run(fmt.Sprintf("killed before step %d", killed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				journal, desk := livetest.NewMemory(), livetest.NewDesk()
				branch := "a) one\nb) two"
				desk.Put(room, branch)
				hub := newHub(journal, desk)
				p := join(t, hub, "carter")
				p.write(6, " and more")
				pause()
				desk.Break(true)
				kill := func() {
					later, after := journal.Copy(), desk.Copy()
					desk.Break(false)
					p.disconnect()
					closeHub(t, hub)
					journal, desk, hub = later, after, newHub(later, after)
					desk.Break(true)
					if err := p.resume(hub); err != nil {
						t.Fatal(err)
					}
					pause()
				}
				for i := range pushes {
					if killed == 2*i {
						kill()
					}
					branch += fmt.Sprintf("\nc) push %d", i)
					commit := desk.Put(room, branch) // the ref has moved
					if killed == 2*i+1 {
						kill() // and the room was not told
					}
					if err := hub.Push(t.Context(), room, commit, branch, realtime.Participant{Person: "git"}); err != nil {
						t.Fatal(err)
					}
					pause()
					p.write(0, "> ")
					pause()
				}
				want := "> > > a) one and more\nb) two\nc) push 0\nc) push 1\nc) push 2"
				same(t, want, p)
				desk.Break(false)
				p.disconnect()
				closeHub(t, hub)
				if live, _ := desk.Tip(room); live != want {
					t.Errorf("branch: got %q, want %q", live, want)
				}
			})
		})
	}
}

// TestSaveThatCannotBeNoted makes a commit of which the journal cannot be told, as on a
// full disk, and types on: nothing of it enters the text again.
func TestSaveThatCannotBeNoted(t *testing.T) {
	for _, killed := range []bool{false, true} {
		t.Run(fmt.Sprintf("killed then %v", killed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				journal, desk := livetest.NewMemory(), livetest.NewDesk()
				desk.Put(room, "a) one")
				hub := newHub(journal, desk)
				p := join(t, hub, "carter")
				p.write(6, " and more")
				pause()
				journal.BreakSnapshots(true)
				if _, _, err := hub.Flush(t.Context(), room); err == nil {
					t.Error("a save that cannot be noted gave no error")
				}
				p.write(0, "> ")
				pause()
				if _, _, err := hub.Flush(t.Context(), room); err == nil {
					t.Error("a save beside one that cannot be noted gave no error")
				}
				if killed {
					later, after := journal.Copy(), desk.Copy()
					journal.BreakSnapshots(false)
					p.disconnect()
					closeHub(t, hub)
					journal, desk, hub = later, after, newHub(later, after)
					if err := p.resume(hub); err != nil {
						t.Fatal(err)
					}
				}
				journal.BreakSnapshots(false)
				pass(31 * time.Second)
				pause()
				same(t, "> a) one and more", p)
				if live, _ := desk.Tip(room); live != "> a) one and more" {
					t.Errorf("branch: got %q", live)
				}
				p.disconnect()
				closeHub(t, hub)
			})
		})
	}
}
