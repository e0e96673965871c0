package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// started runs "plenary serve" on a directory in this process, gives the first line it prints that matches want, and
// stops it at the end of the test.
func started(t *testing.T, data string, want *regexp.Regexp, more ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		args := append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--log-level", "error"}, more...)
		ended <- run(ctx, args, Streams{In: strings.NewReader(""), Out: in, Err: t.Output()})
		_ = in.Close()
	}()
	t.Cleanup(func() {
		stop()
		if status := <-ended; status != 0 {
			t.Errorf("serve ended with status %d", status)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := want.FindString(lines.Text()); found != "" {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return found
		}
	}
	t.Fatalf("serve printed nothing like %s", want)
	return ""
}

func TestTheFirstAccountIsMadeByALinkOnTheConsole(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "house")
	var said strings.Builder
	status := run(t.Context(), []string{"init", "--data", data, "--code", "WTA", "--name", "An Assembly"}, Streams{In: strings.NewReader(""), Out: &said, Err: io.Discard})
	if status != 0 || !strings.Contains(said.String(), "prints a link") {
		t.Fatalf("init without a password: status %d, %s", status, said.String())
	}
	link := started(t, data, regexp.MustCompile(`http://\S+/welcome\?link=\w+`))
	at, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	post := func(form url.Values) string {
		t.Helper()
		form.Set("link", at.Query().Get("link"))
		answer, err := browser.PostForm("http://"+at.Host+"/welcome", form)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		page, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(page)
	}
	if page := post(url.Values{"login": {"berg"}, "name": {"Ms Berg"}, "password": {"password123"}}); !strings.Contains(page, "everybody tries first") {
		t.Errorf("a common password: %s", page)
	}
	if page := post(url.Values{"login": {"berg"}, "name": {"Ms Berg"}, "password": {"four brown ladders"}}); !strings.Contains(page, "Ms Berg") || !strings.Contains(page, `href="/people"`) {
		t.Errorf("after the first account was made: %s", page)
	}
	if page := post(url.Values{"login": {"other"}, "name": {"Mr Other"}, "password": {"five brown ladders"}}); !strings.Contains(page, "has been used") {
		t.Errorf("the link opens twice: %s", page)
	}
}
