package main

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestARestartUnderLoad stops a server in which 50 people type, in order and by kill -9, and starts it again. Nobody
// begins anew, and every acknowledged word is there once.
func TestARestartUnderLoad(t *testing.T) {
	for name, how := range map[string]syscall.Signal{"in order": syscall.SIGTERM, "kill -9": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c := newCrowd(t, dir, 50, 5)
			stop, base := serveCrowd(t, dir, freePort(t))
			c.begin(base, 300*time.Millisecond)
			c.await(150)
			_, before, _ := c.waits()
			began := time.Now()
			stop(how)
			stopped := time.Since(began)
			stop, _ = serveCrowd(t, dir, strings.TrimPrefix(base, "http://"))
			up := time.Since(began) - stopped
			c.await(150)
			c.end()
			c.checkWords()
			resumed, begun := c.resumed()
			if begun > 0 || resumed == 0 {
				t.Errorf("%d came back, %d had to begin anew", resumed, begun)
			}
			_, _, most := c.waits()
			t.Logf("stopped in %v, up again in %v; %d connections resumed; %d words; p95 before %v; the longest wait of a word over it all %v",
				stopped.Round(time.Millisecond), up.Round(time.Millisecond), resumed, c.words(), before.Round(time.Millisecond), most.Round(time.Millisecond))
			stop(syscall.SIGTERM)
			checked(t, dir)
		})
	}
}

// refusedStart runs "plenary serve" on a directory that it must refuse, and gives its sentence.
func refusedStart(t *testing.T, dir string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var said strings.Builder
	began := time.Now()
	status := run(ctx, []string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "error"}, Streams{In: strings.NewReader(""), Out: &said, Err: &said})
	if status != exitRefused {
		t.Fatalf("serve ended with status %d: %s", status, said.String())
	}
	t.Logf("refused after %v: %s", time.Since(began).Round(time.Millisecond), said.String())
	return said.String()
}

func TestWithoutGitAServerSaysSo(t *testing.T) {
	dir := t.TempDir()
	newCrowd(t, dir, 1, 1)
	t.Setenv("PATH", t.TempDir())
	if said := refusedStart(t, dir); !strings.Contains(said, "install git") {
		t.Errorf("without git: %s", said)
	}
}

// overwrite puts nonsense in the middle of a file.
func overwrite(t *testing.T, path string, from, length int64) {
	t.Helper()
	must(t, os.Chmod(path, 0o600)) // objects of git are read-only
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt([]byte(strings.Repeat("\xa5", int(length))), from)
	must(t, err)
	must(t, f.Close())
}

func TestADamagedDatabaseIsNotServed(t *testing.T) {
	t.Parallel()
	for _, file := range []string{recordsFile, journalFile} {
		for name, from := range map[string]int64{"its head": 0, "a page": 4096, "the page of its tables": 3 * 4096} {
			t.Run(file+" "+name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				newCrowd(t, dir, 2, 1)
				overwrite(t, filepath.Join(dir, file), from, 4096)
				said := refusedStart(t, dir)
				if !strings.Contains(said, file+" is damaged") || !strings.Contains(said, "plenary restore") {
					t.Errorf("says: %s", said)
				}
				var check strings.Builder
				if status := run(t.Context(), []string{"check", "--data", dir}, Streams{In: strings.NewReader(""), Out: &check, Err: &check}); status == 0 || !strings.Contains(check.String(), "damaged") {
					t.Errorf("check: status %d: %s", status, check.String())
				}
			})
		}
	}
}

// TestADamagedRepositoryTellsOfItself damages the objects of a resolution: check names it, and so does the server,
// which does not begin with less than there was.
func TestADamagedRepositoryTellsOfItself(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	newCrowd(t, dir, 2, 1)
	damaged := 0
	must(t, filepath.WalkDir(filepath.Join(dir, textsDir), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.Contains(path, "/objects/") && !d.IsDir() && !strings.Contains(path, "/info/") {
			overwrite(t, path, 0, 20)
			damaged++
		}
		return nil
	}))
	if damaged == 0 {
		t.Fatal("found no object to damage")
	}
	var said strings.Builder
	if status := run(t.Context(), []string{"check", "--data", dir}, Streams{In: strings.NewReader(""), Out: &said, Err: &said}); status != exitPerson || !strings.Contains(said.String(), "measure-1") {
		t.Errorf("check: status %d: %s", status, said.String())
	}
	t.Logf("check says: %s", said.String())
	if start := refusedStart(t, dir); !strings.Contains(start, "measure-1") || !strings.Contains(start, "plenary restore") {
		t.Errorf("the server says: %s", start)
	}
}

func get(t *testing.T, address, token string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := (&http.Client{Timeout: patience}).Do(r)
	must(t, err)
	defer func() { _ = answer.Body.Close() }()
	all, err := io.ReadAll(answer.Body)
	must(t, err)
	return answer.StatusCode, string(all)
}

// TestAFullDisk lets people type on a disk that fills up, and goes on once there is room. Needs the right to mount.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "small")
	must(t, os.Mkdir(dir, 0o700))
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("mounting a small disk takes the rights of root: %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(dir, 0)) })
	c := newCrowd(t, dir, 6, 2)
	stop, base := serveCrowd(t, dir, freePort(t))
	defer func() { stop(syscall.SIGTERM) }()
	c.begin(base, 100*time.Millisecond)
	c.await(60)
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	must(t, err)
	for block := make([]byte, 64<<10); err == nil; {
		if _, err = f.Write(block); err != nil && len(block) > 1 {
			block, err = block[:len(block)/2], nil
		}
	}
	_ = f.Close() // the disk is full
	full, before := time.Now(), c.words()
	waitFull := time.NewTimer(3 * time.Second)
	<-waitFull.C
	status, body := send(t, base+"/api/v1/resolutions/measure-1/proposals", c.Tokens[0], `{"number":"USA/1"}`)
	if status < 500 || !strings.Contains(body, "disk") {
		t.Errorf("a proposal on a full disk: status %d: %s", status, body)
	}
	if status, body := get(t, base+"/api/v1/resolutions/measure-1", c.Tokens[0]); status != http.StatusOK {
		t.Errorf("reading on a full disk: status %d: %s", status, body)
	}
	during := c.words() - before
	must(t, os.Remove(filler))
	room := time.Now()
	c.await(60)
	c.end()
	c.checkWords()
	_, begun := c.resumed()
	t.Logf("full for %v: %d words acknowledged meanwhile; 60 more %v after there was room; %d had to begin anew; a proposal was told: %s",
		room.Sub(full).Round(time.Millisecond), during, time.Since(room).Round(time.Millisecond), begun, body)
	stop(syscall.SIGTERM)
	checked(t, dir)
}

func send(t *testing.T, address, token, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	response, err := (&http.Client{Timeout: patience}).Do(r)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	all, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, string(all)
}
