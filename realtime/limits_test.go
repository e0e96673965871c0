package realtime_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plenary/realtime"
	"plenary/realtime/editor"
	"plenary/realtime/livetest"
)

// hold types like write, but keeps the push back, as a slow network does.
func (p *person) hold(from, to int, words string) []byte {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.editor.Replace(from, to, words); err != nil {
		p.t.Fatal(err)
	}
	return p.editor.Push()
}

func inRoom(t *testing.T, text string, names []string, fn func(*testing.T, *realtime.Hub, []*person)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		desk := livetest.NewDesk()
		desk.Put(room, text)
		hub := newHub(livetest.NewMemory(), desk)
		var people []*person
		for _, name := range names {
			people = append(people, join(t, hub, name))
		}
		fn(t, hub, people)
		for _, p := range people {
			p.disconnect()
		}
		closeHub(t, hub)
	})
}

// TestTieIsRebasedInFrames is the case in which rebasing over two updates at once and over
// one after the other differ: words typed before a deletion, where others type after it.
func TestTieIsRebasedInFrames(t *testing.T) {
	for _, try := range []struct {
		name  string
		apart bool // the editor has received the two updates in two frames
		want  string
	}{{"in two frames", true, "aQUcd"}, {"in one frame", false, "aUQcd"}} {
		t.Run(try.name, func(t *testing.T) {
			inRoom(t, "abcd", []string{"slow", "quick"}, func(t *testing.T, hub *realtime.Hub, people []*person) {
				slow, quick := people[0], people[1]
				push := slow.hold(1, 1, "U")
				if !try.apart { // slow is busy with a note while both updates come
					slow.delay = func() time.Duration { return time.Second }
					if err := hub.Notify(t.Context(), room, realtime.Note{Kind: "comment"}); err != nil {
						t.Fatal(err)
					}
				}
				quick.do(func(e *editor.Editor) error { return e.Replace(1, 2, "") })
				pause()
				quick.do(func(e *editor.Editor) error { return e.Replace(1, 1, "Q") })
				pause()
				slow.send(t.Context(), slow.session, push)
				pass(5 * time.Second)
				same(t, try.want, slow, quick)
			})
		})
	}
}

func lastError(p *person) string {
	errs := p.seen("error")
	if len(errs) == 0 {
		return "none"
	}
	return fmt.Sprintf("%s %v", errs[len(errs)-1].Code, errs[len(errs)-1].Retry)
}

func TestRefusedFrames(t *testing.T) {
	big := strings.Repeat("x", 900_000)
	for _, try := range []struct{ name, frame, want string }{
		{"not JSON", `{`, "bad-frame false"},
		{"not an object", `[]`, "bad-frame false"},
		{"unknown", `{"t":"shout","v":0}`, "bad-frame false"},
		{"joined already", `{"t":"join"}`, "bad-frame false"},
		{"no version", `{"t":"push","u":[]}`, "bad-frame false"},
		{"nothing pushed", `{"t":"push","v":0,"u":[]}`, "too-big false"},
		{"another's mark", `{"t":"push","v":0,"u":[{"clientID":"zz","changes":[8]}]}`, "not-allowed false"},
		{"wrong length", `{"t":"push","v":0,"u":[{"clientID":"ID","changes":[9,[0,"x"]]}]}`, "bad-change false"},
		{"cut pair", `{"t":"push","v":0,"u":[{"clientID":"ID","changes":[1,[0,"x"],5]}]}`, "bad-change false"},
		{"control character", `{"t":"push","v":0,"u":[{"clientID":"ID","changes":[6,[0,"\u0007"]]}]}`, "bad-change false"},
		{"do not follow", `{"t":"push","v":0,"u":[{"clientID":"ID","changes":[6,[0,"x"]]},{"clientID":"ID","changes":[6]}]}`, "bad-change false"},
		{"second does not fit", `{"t":"push","v":0,"u":[{"clientID":"ID","changes":[6,[0,"x"]]},{"clientID":"ID","changes":[1,[1],5]}]}`, "bad-change false"},
		{"future version", `{"t":"push","v":5,"u":[{"clientID":"ID","changes":[6]}]}`, "diverged true"},
		{"negative version", `{"t":"push","v":-1,"u":[{"clientID":"ID","changes":[6]}]}`, "busy true"},
		{"text too big", `{"t":"push","v":0,"u":[{"clientID":"ID","changes":[6,[0,"` + big + `"]]},{"clientID":"ID","changes":[[0,"` + big[:200_000] + `"],900006]}]}`, "too-big false"},
		{"frame too big", `{"t":"push","v":0,"u":"` + big + big + `"}`, "too-big false"},
		{"save with a long name", `{"t":"save","message":"` + big[:501] + `"}`, "too-big false"},
		{"wrong hash", `{"t":"hash","v":0,"h":"00"}`, "diverged true"},
	} {
		t.Run(try.name, func(t *testing.T) {
			inRoom(t, "😀text", []string{"bad", "good"}, func(t *testing.T, _ *realtime.Hub, people []*person) {
				bad, good := people[0], people[1]
				bad.raw("%s", strings.ReplaceAll(try.frame, `"ID"`, `"`+bad.editor.ClientID+`"`))
				pause()
				if got := lastError(bad); got != try.want {
					t.Errorf("got %s, want %s", got, try.want)
				}
				good.write(6, "!")
				pause()
				same(t, "😀text!", good)
			})
		})
	}
}

func TestHashOfTheSameTextIsFine(t *testing.T) {
	inRoom(t, "text", []string{"carter"}, func(t *testing.T, _ *realtime.Hub, people []*person) {
		sum := sha256.Sum256([]byte("text"))
		people[0].raw(`{"t":"hash","v":0,"h":"%s"}`, hex.EncodeToString(sum[:]))
		pause()
		if got := lastError(people[0]); got != "none" {
			t.Errorf("got %s", got)
		}
	})
}

func TestReaderMayNotWrite(t *testing.T) {
	inRoom(t, "text", []string{"carter"}, func(t *testing.T, hub *realtime.Hub, people []*person) {
		reader := newPerson(t, "observer")
		reader.who.CanWrite = false
		if err := reader.connect(hub, editor.Join()); err != nil {
			t.Fatal(err)
		}
		pause()
		reader.write(0, "x")
		reader.raw(`{"t":"save","message":"mine"}`)
		pause()
		if errs := reader.seen("error"); len(errs) != 2 || errs[0].Code != realtime.CodeNotAllowed || errs[1].Code != realtime.CodeNotAllowed {
			t.Errorf("got %+v", errs)
		}
		same(t, "text", people[0])
		people[0].write(4, "!")
		pause()
		same(t, "xtext!", reader) // still receives
		reader.disconnect()
	})
}

func TestRevokedAndClosed(t *testing.T) {
	inRoom(t, "text", []string{"carter", "dubois"}, func(t *testing.T, hub *realtime.Hub, people []*person) {
		carter, dubois := people[0], people[1]
		carter.write(0, "x")
		if err := hub.Revoke(t.Context(), "", "carter", "Your right was withdrawn."); err != nil {
			t.Fatal(err)
		}
		pause()
		carter.write(0, "y")
		pause()
		same(t, "xtext", dubois)
		if got := lastError(carter); got != "not-allowed false" {
			t.Errorf("carter was told %s", got)
		}
		if err := hub.CloseRoom(t.Context(), room, realtime.CodeClosed, "Submitting closed at 18:00."); err != nil {
			t.Fatal(err)
		}
		pause()
		if got := lastError(dubois); got != "closed false" {
			t.Errorf("dubois was told %s", got)
		}
		if n, err := hub.Present(t.Context(), room); err != nil || n != 0 {
			t.Errorf("%d people are there, %v", n, err)
		}
	})
}

func TestForgedResume(t *testing.T) {
	inRoom(t, "text", []string{"carter"}, func(t *testing.T, hub *realtime.Hub, people []*person) {
		id := people[0].editor.ClientID
		for _, try := range []struct{ first, want string }{
			{fmt.Sprintf(`{"t":"resume","v":0,"clientID":%q}`, id), "not-allowed true"},
			{`{"t":"resume","v":0,"clientID":"git:c1"}`, "bad-frame false"},
			{`{"t":"resume","v":9,"clientID":"new"}`, "diverged true"},
			{`{"t":"resume","clientID":"new"}`, "bad-frame false"},
			{`{"t":"push","v":0,"u":[]}`, "bad-frame false"},
		} {
			thief := newPerson(t, "thief")
			_ = thief.connect(hub, []byte(try.first))
			pause()
			if got := lastError(thief); got != try.want {
				t.Errorf("%s: told %s, want %s", try.first, got, try.want)
			}
			thief.disconnect()
		}
		people[0].write(0, "x")
		pause()
		same(t, "xtext", people[0])
	})
}

// TestTooMany floods a room with connections and pushes.
func TestTooMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := realtime.NewHub(livetest.NewMemory(), livetest.NewDesk(), realtime.Options{Logger: quiet(), People: 3, PerPerson: 2, Pushes: 5})
		a, b := join(t, hub, "a"), join(t, hub, "a")
		if err := newPerson(t, "a").connect(hub, editor.Join()); err == nil {
			t.Error("a third connection of one person was let in")
		}
		c := join(t, hub, "c")
		if err := newPerson(t, "d").connect(hub, editor.Join()); err == nil {
			t.Error("a fourth person was let in")
		}
		for range 30 {
			c.raw(`{"t":"hash","v":9,"h":""}`)
		}
		for i := range 30 {
			c.write(i, "x")
		}
		pause()
		if got := lastError(c); got != "busy true" {
			t.Errorf("flooding: told %s, want busy", got)
		}
		for range 20 {
			pass(time.Second)
			c.do(func(*editor.Editor) error { return nil })
		}
		pause()
		same(t, strings.Repeat("x", 30), a, b, c)
		for _, p := range []*person{a, b, c} {
			p.disconnect()
		}
		closeHub(t, hub)
	})
}

// TestAwayForLong resumes after memory has forgotten: the journal knows.
func TestAwayForLong(t *testing.T) {
	inRoom(t, "text", []string{"away", "busy"}, func(t *testing.T, hub *realtime.Hub, people []*person) {
		away, busy := people[0], people[1]
		away.disconnect()
		away.do(func(e *editor.Editor) error { return e.Replace(4, 4, "!") })
		for i := range 6000 {
			busy.write(0, fmt.Sprint(i%10))
			pass(100 * time.Millisecond)
		}
		pass(time.Minute)
		if err := away.resume(hub); err != nil {
			t.Fatal(err)
		}
		for range 50 {
			pause()
			away.do(func(*editor.Editor) error { return nil })
		}
		if away.text() != busy.text() || !strings.HasSuffix(busy.text(), "text!") || away.unconfirmed() != 0 {
			t.Errorf("away has %d characters, busy %d; %d unconfirmed", len(away.text()), len(busy.text()), away.unconfirmed())
		}
		if away.updates < 6 {
			t.Errorf("6,000 updates came in %d frames; want 1,000 in one at most", away.updates)
		}
	})
}

// TestStopsReading keeps a session that takes no frames; it must not hold what it missed.
func TestStopsReading(t *testing.T) {
	inRoom(t, "", []string{"busy"}, func(t *testing.T, hub *realtime.Hub, people []*person) {
		stuck, err := hub.Join(t.Context(), room, realtime.Participant{Person: "stuck", Name: "stuck"})
		if err != nil {
			t.Fatal(err)
		}
		defer stuck.Close()
		if err := stuck.Receive(t.Context(), editor.Join()); err != nil {
			t.Fatal(err)
		}
		before := heap()
		for range 200 {
			people[0].raw(`{"t":"save","message":"again"}`)
			people[0].write(0, "x")
			pause()
		}
		if grown := int(heap()) - int(before); grown > 1<<20 {
			t.Errorf("grew by %d bytes", grown)
		}
		for range 100 {
			people[0].raw(`{"t":"save","message":"again"}`)
			pause()
		}
		last := ""
		for {
			frame, err := stuck.Next(t.Context())
			if err != nil {
				break
			}
			last = string(frame)
		}
		if !strings.Contains(last, `"code":"busy"`) {
			t.Errorf("the last frame is %s, want busy", last)
		}
	})
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestComeAndGo joins and leaves many times: nothing stays behind.
func TestComeAndGo(t *testing.T) {
	inRoom(t, "text", nil, func(t *testing.T, hub *realtime.Hub, _ []*person) {
		goroutines, before := 0, uint64(0)
		for i := range 10_100 {
			if i == 100 { // what is made once has been made
				pause()
				goroutines, before = runtime.NumGoroutine(), heap()
			}
			s, err := hub.Join(t.Context(), room, realtime.Participant{Person: fmt.Sprint(i), CanWrite: true})
			if err != nil {
				t.Fatal(err)
			}
			if i%3 > 0 {
				if err := s.Receive(t.Context(), editor.Join()); err != nil {
					t.Fatal(err)
				}
			}
			if i%3 == 2 {
				if _, err := s.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			s.Close()
		}
		pause()
		if n := runtime.NumGoroutine(); n > goroutines {
			t.Errorf("%d goroutines, before %d", n, goroutines)
		}
		if grown := int(heap()) - int(before); grown > 1<<20 {
			t.Errorf("grew by %d bytes", grown)
		}
	})
}

func TestCarets(t *testing.T) {
	inRoom(t, "one two", []string{"carter", "dubois"}, func(t *testing.T, hub *realtime.Hub, people []*person) {
		carter, dubois := people[0], people[1]
		carter.raw(`{"t":"at","clientID":"forged","anchor":4,"head":7,"v":0}`)
		pause()
		dubois.mu.Lock()
		ats := dubois.ats
		dubois.mu.Unlock()
		if len(ats) != 1 || ats[0].ClientID != carter.editor.ClientID || ats[0].Anchor != 4 || ats[0].Head != 7 {
			t.Errorf("dubois was told %+v", ats)
		}
		dubois.write(0, "xx")
		pause()
		late := join(t, hub, "late")
		for _, p := range late.seen("init")[0].Peers {
			if p.Name == "carter" && (p.Anchor == nil || *p.Anchor != 6) {
				t.Errorf("carter's caret for a late comer: %v, want 6", p.Anchor)
			}
		}
		late.disconnect()
		pause()
		if dubois.peers != 0 { // late came and went, carter was there before
			t.Errorf("dubois counts %d newcomers, want 0", dubois.peers)
		}
	})
}

func TestAnchors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal, desk, anchors := livetest.NewMemory(), livetest.NewDesk(), livetest.NewAnchors()
		desk.Put(room, "one two three")
		options := realtime.Options{Logger: quiet(), Anchors: anchors, Pushes: 1000}
		hub := realtime.NewHub(journal, desk, options)
		p := join(t, hub, "carter")
		p.write(0, "a ")
		pause()
		set := func(id string, v realtime.Version, from, to int) {
			t.Helper()
			if _, err := hub.SetAnchor(t.Context(), room, realtime.Anchor{ID: id, Version: v, From: from, To: to}); err != nil {
				t.Fatal(err)
			}
		}
		set("two", 0, 4, 7) // in the text before "a "
		set("three", 1, 10, 15)
		p.write(6, "<")
		p.write(10, ">")
		p.do(func(e *editor.Editor) error { return e.Replace(11, 17, " 3") })
		pause()
		check := func(hub *realtime.Hub, when string) {
			t.Helper()
			got, err := hub.Anchors(t.Context(), room)
			if err != nil || len(got) != 2 {
				t.Fatalf("%s: got %v, %v", when, got, err)
			}
			text := p.text()
			for _, a := range got {
				if a.ID == "two" && (a.Orphaned || text[a.From:a.To] != "two" || a.Quote != "two") {
					t.Errorf("%s: %+v is on %q", when, a, text[a.From:a.To])
				}
				if a.ID == "three" && (!a.Orphaned || a.Quote != "three" || a.From != a.To) {
					t.Errorf("%s: %+v should be orphaned", when, a)
				}
			}
		}
		check(hub, "after edits")
		killed, desk2 := journal.Copy(), desk.Copy()
		again := realtime.NewHub(killed, desk2, realtime.Options{Logger: quiet(), Anchors: anchors})
		check(again, "after a kill")
		if _, err := hub.SetAnchor(t.Context(), room, realtime.Anchor{ID: "x", Version: 1, From: 10, To: 99}); err == nil {
			t.Error("an anchor outside the text was set")
		}
		if err := hub.RemoveAnchor(t.Context(), room, "two"); err != nil {
			t.Error(err)
		}
		p.disconnect()
		if err := again.Close(context.Background()); err != nil {
			t.Error(err)
		}
		closeHub(t, hub)
	})
}
