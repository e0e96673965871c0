// Command plenary is the drafting server of an assembly, and the tools of its secretariat on the command line.
//
// Exit status: 0 done; 1 done, and something needs a person (merge: a conflict; check: a fault found; fmt --check:
// a file that is not canonical); 2 nothing done, with a sentence on standard error saying why.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // deadlines have time zones, also where the system knows none

	"github.com/alecthomas/kong"
)

// version is set by the linker: see the Makefile.
var version = "unknown"

// exitPerson is the status of a command that did its work and found something for a person to settle.
const exitPerson = 1

// exitRefused is the status of a command that did nothing.
const exitRefused = 2

// errPerson makes the program end with exitPerson; what there is to settle has been printed.
var errPerson = errors.New("a person has to settle something")

// Streams are the program's input and outputs.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// CLI is every command with its flags.
type CLI struct {
	Serve            ServeCommand            `cmd:"" help:"Serve an assembly: pages, live drafting, git."`
	Init             InitCommand             `cmd:"" help:"Make a data directory for a new assembly, with its first secretariat account."`
	User             UserCommand             `cmd:"" help:"List, add or disable people; set passwords; delegations."`
	Token            TokenCommand            `cmd:"" help:"Create, list or withdraw access tokens for git and scripts."`
	Check            CheckCommand            `cmd:"" help:"Check repositories, records and journal against each other."`
	Backup           BackupCommand           `cmd:"" help:"Copy the whole assembly into one file, also while it is served."`
	Restore          RestoreCommand          `cmd:"" help:"Make a data directory of a backup."`
	Mirror           MirrorCommand           `cmd:"" help:"Push what is public of a resolution to another repository."`
	ImportRepository ImportRepositoryCommand `cmd:"" help:"Make a resolution of an existing git repository, with its history."`
	Fmt              FmtCommand              `cmd:"" help:"Rewrite texts in the canonical form."`
	Convert          ConvertCommand          `cmd:"" help:"Convert a text by extension: .md, .txt (paper text), .docx (Word), .html, .xml (Akoma Ntoso)."`
	Import           ImportCommand           `cmd:"" help:"Read a contribution in Word form into base, proposal and covering note."`
	Diff             DiffCommand             `cmd:"" help:"Compare two texts, clause by clause and word by word."`
	Merge            MergeCommand            `cmd:"" help:"Merge proposals into the text they were made on."`
	Compile          CompileCommand          `cmd:"" help:"Print, per clause, each distinct wording and who proposes it."`
	Blame            BlameCommand            `cmd:"" help:"Tell who brought each word of a text, in any git repository that holds resolution.md."`
	Renumber         RenumberCommand         `cmd:"" help:"Write all labels anew by order, closing up bis numbers and gaps."`
	Bench            BenchCommand            `cmd:"" help:"Measure a server."`
	Health           HealthCommand           `cmd:"" help:"Ask a running server whether it is well."`
	Hook             HookCommand             `cmd:"" hidden:"" help:"Run a git hook on behalf of the server; not for people."`
	Version          VersionCommand          `cmd:"" help:"Print the version."`
}

// VersionCommand prints the version.
type VersionCommand struct{}

// Run prints the version.
func (VersionCommand) Run(s Streams) error {
	_, err := fmt.Fprintln(s.Out, "plenary", version)
	return err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(status)
}

// run parses args, runs the command and gives the exit status.
func run(ctx context.Context, args []string, s Streams) int {
	var cli CLI
	exited := -1
	parser, err := kong.New(&cli,
		kong.Name("plenary"),
		kong.Description("A Git-backed drafting server for assemblies that revise resolutions together."),
		kong.Writers(s.Out, s.Err),
		kong.Exit(func(status int) { exited = status }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(s),
		kong.UsageOnError(),
	)
	if err != nil {
		return refuse(s, err)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		return refuse(s, fmt.Errorf("%w (plenary --help lists the commands)", err))
	}
	switch err := parsed.Run(); {
	case errors.Is(err, errPerson):
		return exitPerson
	case err != nil:
		return refuse(s, err)
	}
	return 0
}

func refuse(s Streams, err error) int {
	if _, werr := fmt.Fprintln(s.Err, "plenary:", err); werr != nil {
		return exitRefused
	}
	return exitRefused
}
