package githttp_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The same repository is served by us and by git's own git-http-backend, to four stock clients each: 300 branches
// with 5,000 commits of a text of 40 KB. Ours is to reach at least its rate, and 0.8 times for pushes, which we check.

func BenchmarkServing(b *testing.B) {
	h := newHall(b, nil)
	fill(b, h.archive.Path("tea-7"), 300, 16)
	if _, err := h.archive.Desk(b.Context(), "tea-7", "usa"); err != nil {
		b.Fatal(err)
	}
	theirs := h.backend(b)
	for _, way := range []struct {
		name string
		args []string
	}{
		{"ls-remote", []string{"ls-remote", "-q"}},
		{"clone", []string{"clone", "-q", "--bare"}},
		{"shallow", []string{"clone", "-q", "--bare", "--depth=1"}},
	} {
		for _, who := range []struct{ name, url string }{
			{"ours", h.url("usa", publicPath)}, {"theirs", theirs + "/public/tea-7.git"},
		} {
			b.Run(way.name+"/"+who.name, func(b *testing.B) {
				b.SetParallelism(2)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						dir, err := os.MkdirTemp(b.TempDir(), "")
						if err != nil {
							b.Error(err)
							return
						}
						args := append(append([]string{}, way.args...), who.url)
						if way.args[0] == "clone" {
							args = append(args, "tea")
						}
						if out, err := try(b, dir, args...); err != nil {
							b.Errorf("%v: %s", err, out)
						}
					}
				})
			})
		}
	}
	for _, who := range []struct{ name, url string }{
		{"ours", h.url("usa", usaDesk)}, {"theirs", theirs + "/desks/usa/tea-7.git"},
	} {
		b.Run("push/"+who.name, func(b *testing.B) { benchPush(b, who.name, who.url) })
	}
}

var pushedBranches atomic.Int64

// benchPush pushes one commit to a branch of its own each time, from four clones.
func benchPush(b *testing.B, who, url string) {
	b.SetParallelism(2)
	b.RunParallel(func(pb *testing.PB) {
		dir, err := os.MkdirTemp(b.TempDir(), "")
		if err != nil {
			b.Error(err)
			return
		}
		if out, err := try(b, dir, "clone", "-q", "--single-branch", "-b", "main", url, "tea"); err != nil {
			b.Errorf("%v: %s", err, out)
			return
		}
		dir = filepath.Join(dir, "tea")
		for pb.Next() {
			n := pushedBranches.Add(1)
			commit(b, dir, "resolution.md", longText(int(n)))
			if out, err := try(b, dir, "push", "-q", "origin", fmt.Sprintf("HEAD:refs/heads/drafts/usa/%s-%d", who, n)); err != nil {
				b.Errorf("%v: %s", err, out)
			}
		}
	})
}

// backend serves the archive by git-http-backend and gives its address: behind nginx where nginx and fcgiwrap are
// installed, else behind net/http/cgi.
func (h *hall) backend(b testing.TB) string {
	b.Helper()
	nginx, err1 := exec.LookPath("nginx")
	wrap, err2 := exec.LookPath("fcgiwrap")
	if err1 == nil && err2 == nil {
		return h.behindNginx(b, nginx, wrap)
	}
	b.Log("nginx and fcgiwrap are not installed: git-http-backend is served by net/http/cgi")
	core, err := exec.CommandContext(b.Context(), "git", "--exec-path").Output()
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(&cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(core)), "git-http-backend"),
		Env: []string{
			"GIT_PROJECT_ROOT=" + h.archive.Dir(), "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=usa",
			"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
			"GIT_CONFIG_KEY_1=http.receivepack", "GIT_CONFIG_VALUE_1=true",
		},
	})
	b.Cleanup(server.Close)
	return server.URL
}

// behindNginx runs nginx with four workers of fcgiwrap until the benchmark ends.
func (h *hall) behindNginx(b testing.TB, nginx, wrap string) string {
	b.Helper()
	core, err := exec.CommandContext(b.Context(), "git", "--exec-path").Output()
	if err != nil {
		b.Fatal(err)
	}
	free, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		b.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "nginx") // short, for the socket
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := strings.NewReplacer("@DIR", dir, "@ADDRESS", address, "@ROOT", h.archive.Dir(), "@CORE", strings.TrimSpace(string(core))).Replace(`
daemon off; worker_processes 2; pid @DIR/pid; error_log @DIR/error;
events { worker_connections 256; }
http {
  access_log off; client_max_body_size 64m; client_body_temp_path @DIR/body; fastcgi_temp_path @DIR/fastcgi;
  proxy_temp_path @DIR/proxy; uwsgi_temp_path @DIR/uwsgi; scgi_temp_path @DIR/scgi;
  server {
    listen @ADDRESS;
    location / {
      fastcgi_pass unix:@DIR/wrap;
      fastcgi_buffering off;
      fastcgi_param SCRIPT_FILENAME @CORE/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT @ROOT;
      fastcgi_param GIT_HTTP_EXPORT_ALL 1;
      fastcgi_param GIT_PROTOCOL $http_git_protocol;
      fastcgi_param GIT_CONFIG_COUNT 2;
      fastcgi_param GIT_CONFIG_KEY_0 safe.directory;
      fastcgi_param GIT_CONFIG_VALUE_0 *;
      fastcgi_param GIT_CONFIG_KEY_1 http.receivepack;
      fastcgi_param GIT_CONFIG_VALUE_1 true;
      fastcgi_param PATH_INFO $uri;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
      fastcgi_param REMOTE_USER usa;
      fastcgi_param REMOTE_ADDR $remote_addr;
    }
  }
}
`)
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	b.Cleanup(stop)
	for _, args := range [][]string{
		{wrap, "-c", "4", "-s", "unix:" + filepath.Join(dir, "wrap")},
		{nginx, "-e", filepath.Join(dir, "error"), "-c", filepath.Join(dir, "nginx.conf"), "-g", "user root;"},
	} {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { stop(); _ = cmd.Wait() })
	}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for range 500 {
		if conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address); err == nil {
			_ = conn.Close()
			return "http://" + address
		}
		<-again.C
	}
	log, _ := os.ReadFile(filepath.Join(dir, "error"))
	b.Fatalf("nginx does not answer: %s", log)
	return ""
}

func longText(n int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# RESOLUTION %d\n\n*resolves*\n\n", n)
	for i := 1; i < 500; i++ {
		fmt.Fprintf(&text, "%d. to buy cups of the kind that is numbered %d, and to wash them every evening;\n\n", i, i+n%7)
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// fill gives a repository many branches with many commits on main, in one pack.
func fill(b testing.TB, dir string, branches, commits int) {
	b.Helper()
	var in bytes.Buffer
	for i := range branches {
		for j := range commits {
			text := longText(i*commits + j)
			fmt.Fprintf(&in, "commit refs/heads/proposals/usa/p%d\ncommitter A <a@users.invalid> %d +0000\ndata 2\nx\n", i, 1_700_000_000+i*100+j)
			if j == 0 {
				in.WriteString("from refs/heads/main^0\n")
			}
			fmt.Fprintf(&in, "M 100644 inline resolution.md\ndata %d\n%s\n", len(text), text)
		}
	}
	cmd := exec.CommandContext(b.Context(), "git", "fast-import", "--quiet")
	cmd.Dir, cmd.Stdin = dir, &in
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("fast-import: %v\n%s", err, out)
	}
	git(b, dir, "repack", "-a", "-d", "-q")
	git(b, dir, "pack-refs", "--all")
}
