package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	liveload "plenary/realtime/load"
)

// BenchCommand is what measures a server.
type BenchCommand struct {
	Live     BenchLiveCommand     `cmd:"" help:"Type into drafts with many people at once and tell how fast their words reach each other."`
	Assembly BenchAssemblyCommand `cmd:"" help:"Make an assembly to measure: people with access tokens, and a draft for each room, told as JSON."`
}

// BenchLiveCommand types into drafts with many people at once.
type BenchLiveCommand struct {
	URL     string   `help:"Address of the server to measure, such as https://drafting.example.org. It types into the drafts named by --draft: name drafts that nobody needs."`
	Token   []string `help:"Access token that may write; several share the people among them."`
	Draft   []string `help:"Draft to type into, as SLUG:REF, such as wtsa-7:drafts/usa/48a5-1; several share the people among them."`
	Self    bool     `help:"Start a server of this program with temporary data instead, and tell its processor time and memory too."`
	People  int      `default:"20" help:"How many editors type."`
	Rooms   int      `default:"1" help:"With --self: how many drafts."`
	Seconds int      `default:"20" help:"How long they type."`
	Rate    float64  `default:"5" help:"Characters a second of each."`
	PID     int      `help:"Process of the server on this machine, whose processor time and memory are told."`
}

// Validate reports what is missing.
func (c BenchLiveCommand) Validate() error {
	switch {
	case c.People < 1 || c.Rooms < 1 || c.Seconds < 1 || c.Rate <= 0:
		return errors.New("--people, --rooms, --seconds and --rate are at least 1")
	case c.Self && (c.URL != "" || len(c.Token) > 0 || len(c.Draft) > 0 || c.PID != 0):
		return errors.New("--self starts a server of its own: leave --url, --token, --draft and --pid away")
	case !c.Self && (c.URL == "" || len(c.Token) == 0 || len(c.Draft) == 0):
		return errors.New("name a server by --url, --token and --draft, or write --self to start one")
	}
	return nil
}

// Run measures and prints a table.
func (c BenchLiveCommand) Run(ctx context.Context, s Streams) (err error) {
	at := stage{Tokens: c.Token}
	for _, draft := range c.Draft {
		slug, ref, ok := strings.Cut(draft, ":")
		if !ok {
			return fmt.Errorf("--draft %q names no draft: write SLUG:REF, such as wtsa-7:drafts/usa/48a5-1", draft)
		}
		at.Drafts = append(at.Drafts, stageDraft{Resolution: slug, Ref: ref})
	}
	if c.Self {
		dir, err := os.MkdirTemp("", "plenary-bench-*")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		if at, err = (BenchAssemblyCommand{DataFlag: DataFlag{dir}, People: min(c.People, 100), Rooms: c.Rooms}).make(ctx); err != nil {
			return err
		}
		server, err := startMeasured(ctx, dir, s.Err)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, server.stop()) }()
		c.URL, c.PID = server.url, server.cmd.Process.Pid
	}
	report, figures, err := c.measure(ctx, at)
	if err != nil {
		return err
	}
	return c.print(s.Out, report, figures)
}

// figures are what a server's process cost.
type figures struct {
	cpu       time.Duration
	now, most int // bytes
}

// measure lets everybody type and reads the process's figures before and after.
func (c BenchLiveCommand) measure(ctx context.Context, at stage) (report liveload.Report, f figures, err error) {
	process := liveload.Process{PID: c.PID}
	var before time.Duration
	if c.PID != 0 {
		if before, err = process.CPU(); err != nil {
			return report, f, err
		}
	}
	o := liveload.Options{
		People: c.People, Rate: c.Rate, Duration: time.Duration(c.Seconds) * time.Second,
		Header: func(person int) http.Header {
			return http.Header{"Authorization": {"Bearer " + at.Tokens[person%len(at.Tokens)]}}
		},
	}
	for _, draft := range at.Drafts {
		o.Rooms = append(o.Rooms, draft.address(c.URL))
	}
	if report, err = liveload.Run(ctx, o); err != nil || c.PID == 0 {
		return report, f, err
	}
	if f.cpu, err = process.CPU(); err != nil {
		return report, f, err
	}
	f.cpu -= before
	f.now, f.most, err = process.Memory()
	return report, f, err
}

// print writes the table. It asks for a person's look where something went wrong.
func (c BenchLiveCommand) print(out io.Writer, r liveload.Report, f figures) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
	row := func(name string, values ...any) {
		_, _ = fmt.Fprintf(w, "%s\t%s\n", name, fmt.Sprint(values...)) // kept by the writer; Flush tells of errors
	}
	row("people", r.People, " in ", r.Rooms, " drafts, for ", c.Seconds, " s")
	row("characters", r.Typed, " typed, ", r.Acknowledged, " acknowledged as on disk")
	for _, l := range []struct {
		name string
		liveload.Latency
	}{{"to another client", r.Seen}, {"to the acknowledgement", r.Acked}} {
		row(l.name, "p50 ", ms(l.P50), ", p95 ", ms(l.P95), ", p99 ", ms(l.P99), ", at most ", ms(l.Most))
	}
	row("told to wait (busy)", r.Busy)
	if c.PID != 0 && r.Typed > 0 {
		row("server processor time", fmt.Sprintf("%.2f s per 1,000 characters", f.cpu.Seconds()*1000/float64(r.Typed)))
		row("server memory", fmt.Sprintf("%d MiB, at most %d MiB", f.now>>20, f.most>>20))
	}
	for _, problem := range r.Problems {
		row("problem", problem)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(r.Problems) > 0 || r.Acknowledged != r.Typed {
		return errPerson
	}
	return nil
}

// measured is a server of this program, started to be measured.
type measured struct {
	cmd *exec.Cmd
	url string
}

// startMeasured runs "plenary serve" on a directory and waits until it says where it is.
func startMeasured(ctx context.Context, dir string, log io.Writer) (*measured, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program's own path: %w", err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), self, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "error") //nolint:gosec // this program
	cmd.Args[0] = "plenary"                                                                                                                 // by which a test's program knows that it is meant
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a server: %w", err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, host, ok := strings.Cut(lines.Text(), " at http://"); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the server
			return &measured{cmd: cmd, url: "http://" + host}, nil
		}
	}
	return nil, errors.Join(errors.New("the server ended before it said where it is"), cmd.Wait())
}

// stop ends the server, which saves its drafts first.
func (m *measured) stop() error {
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	if err := m.cmd.Wait(); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	return nil
}
