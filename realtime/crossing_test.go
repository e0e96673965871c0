package realtime_test

import (
	"context"
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
		if live, _ := desk.Text(room); live != want {
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
		if live, _ := after.Text(room); live != want {
			t.Errorf("branch: got %q, want %q", live, want)
		}
	})
}
