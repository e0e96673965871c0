package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/auth"
	"plenary/server/drafting"
)

// TestKill kills the server while people type, again and again. Some open the draft anew after a kill, the others go on
// with what they had not been acknowledged. At the end every acknowledged word stands in the text once, none twice, and
// of those who went on every word they typed. PLENARY_LONG=1 kills 200 times under 20 people.
func TestKill(t *testing.T) {
	rounds, people := 5, 4
	if os.Getenv("PLENARY_LONG") != "" {
		rounds, people = 200, 20
	}
	dir := t.TempDir()
	tokens := furnish(t, dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	typists := make([]*killTypist, people)
	for i := range typists {
		typists[i] = &killTypist{name: fmt.Sprintf("p%d", i), token: tokens[i%len(tokens)]}
	}
	var slowest time.Duration
	for round := range rounds + 1 {
		began := time.Now()
		cmd, address, err := startServer(self, dir, env, "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "error")
		if err != nil {
			t.Fatal(err)
		}
		host := strings.TrimPrefix(address, "http://")
		for i, p := range typists {
			if err := p.connect(host, round > 0 && rand.IntN(4) == 0); err != nil {
				t.Fatalf("round %d, %s: %v", round, p.name, err)
			}
			if i == 0 && round > 0 {
				slowest = max(slowest, time.Since(began))
			}
		}
		if round == rounds {
			defer end(cmd, syscall.SIGTERM)
			break
		}
		var typing sync.WaitGroup
		for _, p := range typists {
			typing.Go(p.typeUntilGone)
		}
		time.Sleep(time.Duration(50+rand.IntN(400)) * time.Millisecond) // a random moment is the point
		end(cmd, syscall.SIGKILL)
		typing.Wait()
	}
	for _, p := range typists {
		if err := p.settle(); err != nil {
			t.Errorf("%s: what was not acknowledged at the last kill: %v", p.name, err)
		}
	}
	last, err := joinLive(typists[0].host, killSlug, killDraft, tokens[0])
	if err != nil {
		t.Fatal(err)
	}
	text := last.text()
	acknowledged, typed := 0, 0
	for _, p := range typists {
		acknowledged, typed = acknowledged+len(p.acknowledged), typed+p.words
		p.check(t, text)
	}
	t.Logf("%d kills under %d people: %d words typed, %d acknowledged; from the start of a server to the first text at most %v",
		rounds, people, typed, acknowledged, slowest.Round(time.Millisecond))
	if acknowledged < rounds {
		t.Errorf("only %d words were acknowledged in %d rounds", acknowledged, rounds)
	}
}

const (
	killSlug  = "chm-12"
	killDraft = "drafts/usa/48a5-1"
)

// killTypist is somebody who types through kills of the server.
type killTypist struct {
	name, token, host string

	*liveEditor
	words        int
	acknowledged []string
	waiting      []string // typed, and not acknowledged
	given        []string // not acknowledged when the draft was opened anew: perhaps in the text
}

// connect goes on with the editor, or opens a new one and leaves behind what the old one was not acknowledged.
func (p *killTypist) connect(host string, anew bool) (err error) {
	p.host = host
	if p.liveEditor == nil || anew {
		p.given, p.waiting = append(p.given, p.waiting...), nil
		p.liveEditor, err = joinLive(host, killSlug, killDraft, p.token)
		if err == nil {
			p.mu.Lock()
			p.waitsWhenBusy = true
			p.mu.Unlock()
		}
		return err
	}
	_ = p.conn.Close()
	return p.resume(host, killSlug, killDraft, p.token)
}

// typeUntilGone types one word after another, as fast as a quick hand, until the connection breaks.
func (p *killTypist) typeUntilGone() {
	for p.settle() == nil {
		word := fmt.Sprintf("<%s-%d>", p.name, p.words)
		p.words++
		p.waiting = append(p.waiting, word)
		_ = p.typeAfter("every light", word)                           // a broken connection shows when it settles
		time.Sleep(time.Duration(20+rand.IntN(60)) * time.Millisecond) // people type with pauses
	}
}

// settle sends what waits until all is acknowledged.
func (p *killTypist) settle() error {
	err := p.wait(func() bool {
		if frame := p.editor.Push(); frame != nil {
			_ = p.conn.Write(frame) // a broken connection is found by who reads
		}
		return p.editor.Unconfirmed() == 0
	}, "the acknowledgement")
	if err != nil {
		return err
	}
	p.acknowledged, p.waiting = append(p.acknowledged, p.waiting...), nil
	return nil
}

func (p *killTypist) check(t *testing.T, text string) {
	t.Helper()
	for _, word := range p.acknowledged {
		if n := strings.Count(text, word); n != 1 {
			t.Errorf("acknowledged %q stands %d times in the text", word, n)
		}
	}
	for _, word := range p.given {
		if n := strings.Count(text, word); n > 1 {
			t.Errorf("%q stands %d times in the text", word, n)
		}
	}
}

// furnish makes an assembly with one resolution and one draft, and gives the tokens of the two people who write in it.
func furnish(t *testing.T, dir string) (tokens []string) {
	t.Helper()
	ctx := t.Context()
	h, err := openHouse(ctx, dir, true, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	}()
	op := drafting.Operator()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(h.drafting.SetAssembly(ctx, op, drafting.Assembly{Code: "CHM", Name: "Conference of Harbour Masters", Meeting: "CHM-24"}))
	must(addCircle(ctx, h, drafting.Circle{Code: drafting.SecretariatCircle, Label: "SEC", Name: "Secretariat", Kind: drafting.CircleSecretariat}))
	must(addCircle(ctx, h, drafting.Circle{Code: "usa", Label: "USA", Name: "United States", Kind: drafting.CircleDelegation}))
	hash, err := auth.HashPassword("harbour-lights")
	must(err)
	must(addPerson(ctx, h, drafting.Person{Login: "sec", Name: "Secretariat", Role: drafting.RoleSecretariat, Circles: []repo.Circle{drafting.SecretariatCircle}}, hash))
	_, sec, err := h.doorkeeper.SignIn(ctx, "sec", "harbour-lights")
	must(err)
	file, err := os.ReadFile(filepath.Join("testdata", "harbour.md"))
	must(err)
	_, err = h.drafting.Import(ctx, sec, drafting.ImportRequest{
		Slug: "chm-12", Number: "12", Title: "Harbour lights", Edition: "Rev. Lisbon, 2020", Place: "Lisbon", Year: 2020, File: file, FileName: "harbour.md",
	})
	must(err)
	for i, login := range []string{"carter", "reyes"} {
		must(addPerson(ctx, h, drafting.Person{Login: login, Name: login, Role: drafting.RoleDelegate, Circles: []repo.Circle{"usa"}}, hash))
		_, actor, err := h.doorkeeper.SignIn(ctx, login, "harbour-lights")
		must(err)
		if i == 0 {
			_, err = h.drafting.Propose(ctx, actor, "chm-12", "USA/48A5/1")
			must(err)
		}
		secret, _, err := h.doorkeeper.CreateToken(ctx, actor, "test", drafting.ScopeWrite, time.Hour)
		must(err)
		tokens = append(tokens, secret)
	}
	return tokens
}
