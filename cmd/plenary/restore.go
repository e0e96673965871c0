package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"plenary/repo"
)

// RestoreCommand makes a data directory of a backup.
type RestoreCommand struct {
	In   string `arg:"" type:"existingfile" help:"The backup, as plenary backup wrote it."`
	Data string `arg:"" type:"path" help:"Directory to make; it must be empty or not there."`
}

// Run unpacks the backup beside the directory, finishes what was begun at its moment, checks it, and puts it in
// place: the directory is there whole or not at all. Status 1 when the check finds a fault.
func (c RestoreCommand) Run(ctx context.Context, s Streams) (err error) {
	entries, err := os.ReadDir(c.Data)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: nothing was restored; name a new directory", c.Data)
	}
	parent := filepath.Dir(c.Data)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return err
	}
	unpacked, err := os.MkdirTemp(parent, ".plenary-restore-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(unpacked)) }()
	if err := unpackBackup(c.In, unpacked); err != nil {
		return fmt.Errorf("%s: %w", c.In, err)
	}
	if err := configureRepositories(filepath.Join(unpacked, textsDir)); err != nil {
		return err
	}
	faults, err := settle(ctx, unpacked, s)
	if err != nil {
		return err
	}
	if err := syncTree(unpacked); err != nil {
		return err
	}
	if err := os.Remove(c.Data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(unpacked, c.Data); err != nil {
		return err
	}
	if err := syncDirectory(parent); err != nil {
		return err
	}
	if faults > 0 {
		return errPerson
	}
	_, err = fmt.Fprintf(s.Out, "Everything fits. Start it with: plenary serve --data %s\n", c.Data)
	return err
}

// settle brings a restored directory to where a start of the server would, and prints what does not fit.
func settle(ctx context.Context, dir string, s Streams) (faults int, err error) {
	h, err := openHouse(ctx, dir, false, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, h.close(context.WithoutCancel(ctx))) }()
	if err := h.drafting.Reconcile(ctx); err != nil {
		return 0, err
	}
	found, err := h.drafting.Check(ctx)
	if err != nil {
		return 0, err
	}
	for _, f := range found {
		if _, err := fmt.Fprintf(s.Out, "%s: %s\n", f.Where, f.What); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}

var (
	errCutOff   = errors.New("the backup is cut off or damaged: take another copy of it")
	errNoBackup = errors.New("this is no backup of Plenary: name a file that plenary backup wrote")
)

// inBackup is every path a backup may hold.
var inBackup = regexp.MustCompile(`^(records\.db|journal\.db|texts/(public|desks/[a-z0-9-]+)/[a-z0-9-]+\.git/` +
	`(HEAD|config|packed-refs|objects/info/alternates|objects/pack/pack-[0-9a-f]{40,64}\.(pack|idx|rev)))$`)

// unpackBackup writes the files of a backup under dir and holds them against its list.
func unpackBackup(path, dir string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buffered := bufio.NewReader(f)
	var in io.Reader = buffered
	if magic, err := buffered.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		zip, err := gzip.NewReader(buffered)
		if err != nil {
			return errCutOff
		}
		in = zip
	}
	sums := map[string]string{}
	files := tar.NewReader(in)
	for {
		header, err := files.Next()
		if err != nil { // the list comes last: whoever meets the end has not met it
			if len(sums) == 0 {
				return errNoBackup
			}
			return errCutOff
		}
		if header.Name == listFile {
			return compareSums(files, sums)
		}
		if header.Typeflag != tar.TypeReg || !inBackup.MatchString(header.Name) {
			return fmt.Errorf("%w (it holds %q)", errNoBackup, header.Name)
		}
		if sums[header.Name], err = unpackFile(files, filepath.Join(dir, filepath.FromSlash(header.Name))); err != nil {
			return err
		}
	}
}

func unpackFile(content io.Reader, path string) (sum string, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // like the directories git makes
		return "", err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, h), content)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		return "", errCutOff
	}
	return hex.EncodeToString(h.Sum(nil)), err
}

// compareSums holds what was unpacked against the list of a backup.
func compareSums(list io.Reader, sums map[string]string) error {
	var said backupList
	if err := json.NewDecoder(list).Decode(&said); err != nil {
		return errCutOff
	}
	if said.Format > backupFormat {
		return fmt.Errorf("the backup was made by a newer version of Plenary (%s): restore it with that version", said.Program)
	}
	if !maps.Equal(said.Sums, sums) {
		return errCutOff
	}
	for _, needed := range []string{recordsFile, journalFile} {
		if !slices.Contains(slices.Collect(maps.Keys(sums)), needed) {
			return errNoBackup
		}
	}
	return nil
}

// configureRepositories gives every repository its configuration anew: what stood in the backup is not trusted.
func configureRepositories(texts string) error {
	return filepath.WalkDir(texts, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // an assembly without texts
		case err != nil || !e.IsDir() || !strings.HasSuffix(path, ".git"):
			return err
		}
		if err := repo.Configure(path); err != nil {
			return err
		}
		return filepath.SkipDir
	})
}

// syncTree makes everything under a directory durable.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncDirectory(path) // files are synced the same way
	})
}
