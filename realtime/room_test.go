package realtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"plenary/realtime"
	"plenary/realtime/editor"
	"plenary/realtime/livetest"
	"plenary/realtime/ot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func newHub(journal realtime.Journal, desk *livetest.Desk) *realtime.Hub {
	return realtime.NewHub(journal, desk, realtime.Options{Logger: quiet(), Pushes: 10_000, Kept: 2048})
}

func closeHub(t *testing.T, hub *realtime.Hub) {
	t.Helper()
	if err := hub.Close(context.Background()); err != nil {
		t.Errorf("close: %v", err)
	}
}

func join(t *testing.T, hub *realtime.Hub, name string) *person {
	t.Helper()
	p := newPerson(t, name)
	if err := p.connect(hub, editor.Join()); err != nil {
		t.Fatalf("join %s: %v", name, err)
	}
	pause()
	return p
}

func same(t *testing.T, want string, people ...*person) {
	t.Helper()
	for _, p := range people {
		if got := p.text(); got != want {
			t.Errorf("%s has %q, want %q", p.who.Name, got, want)
		}
	}
}

func TestTwoPeopleAndTheBranch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal, desk := livetest.NewMemory(), livetest.NewDesk()
		desk.Put(room, "considering\na) that")
		hub := newHub(journal, desk)
		carter, dubois := join(t, hub, "carter"), join(t, hub, "dubois")
		same(t, "considering\na) that", carter, dubois)
		if init := dubois.seen("init")[0]; init.Base != "base" || !init.Write || init.Commit != "c1" || len(init.Peers) != 1 {
			t.Errorf("init: got %+v", init)
		}
		carter.write(19, " time")
		pause()
		dubois.write(0, "😀")
		pass(time.Second)
		pause()
		same(t, "😀considering\na) that time", carter, dubois)
		if live, _ := desk.Tip(room); live != "considering\na) that" {
			t.Errorf("saved before 10 s of quiet: %q", live)
		}
		pass(10 * time.Second)
		pause()
		live, tip := desk.Tip(room)
		if live != "😀considering\na) that time" {
			t.Errorf("saved text: got %q", live)
		}
		saves := desk.Saves()
		if len(saves) != 1 || saves[0].From != 0 || saves[0].To != 2 || fmt.Sprint(saves[0].Writers) != "[{carter 5} {dubois 2}]" {
			t.Errorf("save: got %+v", saves)
		}
		for _, p := range []*person{carter, dubois} {
			if saved := p.seen("saved"); len(saved) != 1 || saved[0].Version != 2 || saved[0].Commit != tip {
				t.Errorf("%s was told %+v", p.who.Name, saved)
			}
		}
		carter.disconnect()
		dubois.disconnect()
		closeHub(t, hub)
	})
}

func TestSavedWhenLeftAndWhileTypingOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := livetest.NewDesk()
		hub := newHub(livetest.NewMemory(), desk)
		p := join(t, hub, "carter")
		for i := range 100 { // typing without a pause of 10 s
			p.write(i, "x")
			pass(5 * time.Second)
		}
		pause()
		if n := len(desk.Saves()); n != 1 {
			t.Errorf("in 500 s of unbroken typing: %d saves, want 1", n)
		}
		p.disconnect()
		pause()
		if live, _ := desk.Tip(room); len(live) != 100 {
			t.Errorf("after leaving: %d characters saved, want 100", len(live))
		}
		closeHub(t, hub)
	})
}

func TestNamedSavePoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := livetest.NewDesk()
		hub := newHub(livetest.NewMemory(), desk)
		p := join(t, hub, "carter")
		p.write(0, "x")
		p.raw(`{"t":"save","message":" after the\ncoffee break "}`)
		pause()
		if saves := desk.Saves(); len(saves) != 1 || saves[0].Message != "after the coffee break" {
			t.Errorf("saves: got %+v", saves)
		}
		p.raw(`{"t":"save","message":""}`)
		pause()
		if n, told := len(desk.Saves()), len(p.seen("saved")); n != 1 || told != 2 {
			t.Errorf("saving again: %d saves, told %d times, want 1 and 2", n, told)
		}
		p.disconnect()
		closeHub(t, hub)
	})
}

func TestSaveFailsAndIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := livetest.NewDesk()
		hub := newHub(livetest.NewMemory(), desk)
		p := join(t, hub, "carter")
		p.write(0, "x")
		desk.Break(true)
		if _, _, err := hub.Flush(t.Context(), room); err == nil {
			t.Error("flush with a broken desk gave no error")
		}
		desk.Break(false)
		pass(31 * time.Second)
		pause()
		live, tip := desk.Tip(room)
		if saves := desk.Saves(); live != "x" || len(saves) != 1 || fmt.Sprint(saves[0].Writers) != "[{carter 1}]" {
			t.Errorf("got %q, saves %+v", live, saves)
		}
		if commit, v, err := hub.Flush(t.Context(), room); err != nil || commit != tip || v != 1 {
			t.Errorf("flush: got %s, %d, %v, want %s, 1", commit, v, err, tip)
		}
		p.disconnect()
		closeHub(t, hub)
	})
}

// TestKilled starts a second hub on what the first has put on disk, before and after a
// save and in the middle of one.
func TestKilled(t *testing.T) {
	for _, planned := range []bool{false, true} {
		t.Run(fmt.Sprintf("in the middle of a save %v", planned), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				journal, desk := livetest.NewMemory(), livetest.NewDesk()
				hub := newHub(journal, desk)
				p := join(t, hub, "carter")
				p.write(0, "one ")
				pause()
				pass(11 * time.Second)
				p.write(4, "two ")
				pause()
				if planned {
					desk.Break(true)
					_, _, _ = hub.Flush(t.Context(), room) // leaves its plan in the journal
				}
				killed, before := journal.Copy(), desk
				desk = desk.Copy()
				if planned { // the commit was made, but nobody was told
					desk.Put(room, "one two ")
				}
				p.disconnect()
				before.Break(false)
				closeHub(t, hub)
				again := newHub(killed, desk)
				p.do(func(e *editor.Editor) error { return e.Replace(8, 8, "three") })
				if err := p.resume(again); err != nil {
					t.Fatal(err)
				}
				pause()
				p.do(func(*editor.Editor) error { return nil })
				pass(time.Second)
				pause()
				same(t, "one two three", p)
				if p.unconfirmed() != 0 || p.version() != 3 {
					t.Errorf("unconfirmed %d at version %d, want 0 at 3", p.unconfirmed(), p.version())
				}
				late := join(t, again, "late")
				same(t, "one two three", late)
				late.disconnect()
				p.disconnect()
				closeHub(t, again)
				if live, _ := desk.Tip(room); live != "one two three" {
					t.Errorf("saved: %q", live)
				}
			})
		})
	}
}

func TestJournalFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal, desk := livetest.NewMemory(), livetest.NewDesk()
		hub := newHub(journal, desk)
		p := join(t, hub, "carter")
		p.write(0, "safe ")
		pause()
		journal.Break(true)
		p.write(5, "not yet")
		pause()
		if errs := p.seen("error"); len(errs) != 1 || errs[0].Code != realtime.CodeBusy || !errs[0].Retry {
			t.Errorf("told %+v, want busy", errs)
		}
		if p.unconfirmed() != 1 {
			t.Errorf("acknowledged what is not in the journal")
		}
		p.disconnect()
		journal.Break(false)
		if err := p.resume(hub); err != nil {
			t.Fatal(err)
		}
		p.do(func(*editor.Editor) error { return nil })
		pause()
		same(t, "safe not yet", p)
		if p.unconfirmed() != 0 {
			t.Error("not acknowledged after the journal works again")
		}
		p.disconnect()
		closeHub(t, hub)
	})
}

func TestPushFromGit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal, desk := livetest.NewMemory(), livetest.NewDesk()
		desk.Put(room, "a) one\nb) two\nc) three")
		hub := newHub(journal, desk)
		p := join(t, hub, "carter")
		by := realtime.Participant{Person: "git", Name: "Ms Okafor"}
		commit := desk.Put(room, "a) one\nb) two and a half\nc) three")
		if err := hub.Push(t.Context(), room, commit, "a) one\nb) two and a half\nc) three", by); err != nil {
			t.Fatal(err)
		}
		pause()
		same(t, "a) one\nb) two and a half\nc) three", p)
		if notes := p.seen("note"); len(notes) != 1 || notes[0].Kind != "push" || notes[0].Text != "1 place changed by git push (Ms Okafor)" {
			t.Errorf("notes: got %+v", notes)
		}
		// Somebody types in the clause that the next push changes, before it arrives.
		p.write(0, "x")
		p.write(10, "y")
		pause()
		commit = desk.Put(room, "a) one\nb) four\nc) three")
		for range 2 { // told twice, taken once
			if err := hub.Push(t.Context(), room, commit, "a) one\nb) four\nc) three", by); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		pause()
		want := "xa) one\nbyfour\nc) three"
		if got := p.text(); !strings.HasPrefix(got, "xa) one\nb") || !strings.Contains(got, "y") || !strings.HasSuffix(got, "four\nc) three") {
			t.Errorf("got %q, want something like %q", got, want)
		}
		if notes := p.seen("note"); len(notes) != 2 || len(notes[1].Review) != 1 {
			t.Errorf("the clause changed from two sides is not flagged: %+v", notes)
		}
		if live, _ := desk.Tip(room); live != p.text() {
			t.Errorf("after a push into edits: branch %q, room %q", live, p.text())
		}
		p.disconnect()
		closeHub(t, hub)
	})
}

// TestPushWithNobodyThere lets a push arrive when no room is open, and one of which the
// room is never told.
func TestPushWithNobodyThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal, desk := livetest.NewMemory(), livetest.NewDesk()
		hub := newHub(journal, desk)
		p := join(t, hub, "carter")
		p.write(0, "one")
		pause()
		p.disconnect()
		pause()
		commit := desk.Put(room, "one two")
		if err := hub.Push(t.Context(), room, commit, "one two", realtime.Participant{Person: "git"}); err != nil {
			t.Fatal(err)
		}
		pause()
		entries, err := journal.Read(t.Context(), room, 1, 0)
		if err != nil || len(entries) != 1 || entries[0].ClientID != "git:"+commit || entries[0].User != "git" {
			t.Errorf("journal: got %+v, %v", entries, err)
		}
		desk.Put(room, "one two three") // never told
		if err := p.resume(hub); err != nil {
			t.Fatal(err)
		}
		pause()
		same(t, "one two three", p)
		p.disconnect()
		closeHub(t, hub)
	})
}

// TestEverybodyConverges lets people type at random over slow and breaking connections,
// with pushes and a server that is killed, and compares all texts at the end. Every word
// typed bears a mark; marks that nobody deleted are there exactly once.
func TestEverybodyConverges(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { converge(t, seed) })
		})
	}
}

func converge(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 7))
	journal, desk := livetest.NewMemory(), livetest.NewDesk()
	desk.Put(room, "considering\na) that the 🌍 is round\nb) that 水 flows")
	hub := newHub(journal, desk)
	hubs := []*realtime.Hub{hub}
	var people []*person
	for i := range 5 {
		p := newPerson(t, fmt.Sprintf("p%d", i))
		slow := time.Duration(rnd.IntN(400)) * time.Millisecond
		delays := rand.New(rand.NewPCG(seed, uint64(i)))
		p.delay = func() time.Duration { return time.Duration(delays.Int64N(int64(slow) + 1)) }
		if err := p.connect(hub, editor.Join()); err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
	}
	pass(time.Second)
	insertOnly := seed%2 == 0
	marks := 0
	for range 300 {
		p := people[rnd.IntN(len(people))]
		switch n := rnd.IntN(100); {
		case n < 80:
			words := fmt.Sprintf("<%d>", marks)
			if !insertOnly {
				marks++
			}
			p.do(func(e *editor.Editor) error {
				if insertOnly {
					if e.Text == nil {
						return nil
					}
					marks++
					at := rnd.IntN(e.Text.Len() + 1)
					for c, _ := ot.Replace(e.Text.Len(), at, at, words); e.Text.Check(c) != nil; c, _ = ot.Replace(e.Text.Len(), at, at, words) {
						at--
					}
					return e.Replace(at, at, words)
				}
				return randomEdit(rnd, e, words)
			})
		case n < 90:
			p.disconnect()
			pass(time.Duration(rnd.IntN(1000)) * time.Millisecond)
			if err := p.resume(hub); err != nil {
				t.Fatal(err)
			}
		case n < 94:
			p.mu.Lock()
			last := p.session
			p.editor.Resume() // forget that a push is under way: it is sent twice
			push := p.editor.Push()
			p.mu.Unlock()
			p.send(t.Context(), last, push)
		case n < 97:
			if _, _, err := hub.Flush(t.Context(), room); err != nil {
				t.Fatal(err)
			}
			live, _ := desk.Tip(room)
			pushed := "<git" + fmt.Sprint(marks) + ">" + live
			commit := desk.Put(room, pushed)
			if err := hub.Push(t.Context(), room, commit, pushed, realtime.Participant{Person: "git"}); err != nil {
				t.Fatal(err)
			}
		case n < 98: // killed: the next server finds what is on disk, whatever the first does
			for _, p := range people {
				p.disconnect()
			}
			journal, desk = journal.Copy(), desk.Copy()
			hub = newHub(journal, desk)
			hubs = append(hubs, hub)
			for _, p := range people {
				if err := p.resume(hub); err != nil {
					t.Fatal(err)
				}
			}
		}
		pass(time.Duration(rnd.IntN(150)) * time.Millisecond)
	}
	settle(t, people)
	want := people[0].text()
	same(t, want, people...)
	if _, _, err := hub.Flush(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	if live, _ := desk.Tip(room); live != want {
		t.Errorf("branch has %q, editors %q", live, want)
	}
	if insertOnly {
		for i := range marks {
			if n := strings.Count(want, fmt.Sprintf("<%d>", i)); n != 1 && !strings.Contains(want, "<git") {
				t.Errorf("mark %d is there %d times", i, n)
			}
		}
	}
	for _, p := range people {
		p.disconnect()
	}
	for _, h := range hubs {
		closeHub(t, h)
	}
}

// settle waits until everybody's edits are acknowledged and have reached everybody.
func settle(t *testing.T, people []*person) {
	t.Helper()
	for range 200 {
		pass(2 * time.Second)
		pause()
		waiting := 0
		for _, p := range people {
			waiting += p.unconfirmed()
			p.do(func(*editor.Editor) error { return nil })
		}
		atHead := func(p *person) bool { return p.version() == people[0].version() }
		if waiting == 0 && !slices.ContainsFunc(people, func(p *person) bool { return !atHead(p) }) {
			return
		}
	}
	t.Fatal("edits are not acknowledged after 200 s")
}

// pass lets time go by in a bubble, where nobody really waits.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // the bubble's clock
}

// pause lets frames arrive and everybody come to rest.
func pause() {
	pass(200 * time.Millisecond)
	synctest.Wait()
}
