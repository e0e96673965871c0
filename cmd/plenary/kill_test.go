package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/auth"
	"plenary/server/drafting"
)

// TestKill kills the server while two people type, again and again, and finds every acknowledged word once.
// PLENARY_LONG=1 does it 200 times.
func TestKill(t *testing.T) {
	rounds := 5
	if os.Getenv("PLENARY_LONG") != "" {
		rounds = 200
	}
	dir := t.TempDir()
	tokens := furnish(t, dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	var acknowledged []string
	for round := range rounds {
		cmd, address, err := startServer(self, dir, env, "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "error")
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var people []*liveEditor
		for _, token := range tokens {
			e, err := joinLive(strings.TrimPrefix(address, "http://"), "chm-12", "drafts/usa/48a5-1", token)
			if err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			people = append(people, e)
		}
		took := time.Since(began)
		done := make(chan []string)
		for i, e := range people {
			go func() { done <- e.typeUntilGone(fmt.Sprintf("r%dp%d", round, i)) }()
		}
		time.Sleep(time.Duration(50+rand.IntN(400)) * time.Millisecond) // a random moment is the point
		end(cmd, syscall.SIGKILL)
		for range people {
			acknowledged = append(acknowledged, <-done...)
		}
		t.Logf("round %d: joined after %v, %d words acknowledged so far", round, took, len(acknowledged))
	}

	cmd, address, err := startServer(self, dir, env, "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "error")
	if err != nil {
		t.Fatal(err)
	}
	defer end(cmd, syscall.SIGTERM)
	e, err := joinLive(strings.TrimPrefix(address, "http://"), "chm-12", "drafts/usa/48a5-1", tokens[0])
	if err != nil {
		t.Fatal(err)
	}
	e.mu.Lock()
	text := e.editor.Text.String()
	e.mu.Unlock()
	for _, word := range acknowledged {
		if n := strings.Count(text, "<"+word+">"); n != 1 {
			t.Errorf("acknowledged %q stands %d times in the text", word, n)
		}
	}
	if len(acknowledged) < rounds {
		t.Errorf("only %d words were acknowledged in %d rounds", len(acknowledged), rounds)
	}
}

// typeUntilGone types one word after another until the connection breaks and gives those that were acknowledged.
func (e *liveEditor) typeUntilGone(name string) (acknowledged []string) {
	for n := 0; ; n++ {
		word := fmt.Sprintf("%s-%d", name, n)
		if e.typeAfter("every light", "<"+word+">") != nil {
			return acknowledged
		}
		if e.wait(func() bool { return e.editor.Unconfirmed() == 0 }, "the acknowledgement") != nil {
			return acknowledged
		}
		acknowledged = append(acknowledged, word)
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
