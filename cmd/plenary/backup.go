package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"plenary/repo"
	"plenary/server/store"
)

// A backup is a tar file that holds a data directory as a kill of the server at one moment would have left it, and,
// last, a list of its files with their sums. That moment is made like this:
//
//  1. The refs of all repositories are read.
//  2. Records and journal are held: whoever wants to write them waits, a few milliseconds.
//  3. The refs are read again, until they are the same twice. Whatever records and journal name is there by now, as
//     git is always written first; and what has moved in git and is not on record yet is what a kill leaves too,
//     which the next start puts on record.
//  4. A reader is begun on records and journal, and the writers go on. It goes on seeing the moment.
//  5. Records and journal are copied through that reader. For each repository git packs what the refs of step 3 lead
//     to; objects are never taken away, so that it does not matter that pushes and packing go on.
//
// So everything that was acknowledged to anyone before the backup began is in it.

// listFile is the last file of a backup: without it, the backup was cut off.
const listFile = "plenary-backup.json"

// backupFormat is the version of what a backup holds.
const backupFormat = 1

// backupList says what a backup holds.
type backupList struct {
	Format  int               `json:"format"`
	Program string            `json:"program"` // version that made it
	Taken   time.Time         `json:"taken"`
	Sums    map[string]string `json:"sums"` // SHA-256 in hexadecimal, by path
}

// BackupCommand copies a whole assembly into one file, also while it is served.
type BackupCommand struct {
	DataFlag
	Out string `arg:"" type:"path" help:"File to write, ending in .tar or .tar.gz."`

	// beside is run before and after the refs are read, while the writers of records and journal wait; for tests.
	beside func(context.Context) error `kong:"-"`
}

// Run takes the backup. The file is there whole or not at all.
func (c BackupCommand) Run(ctx context.Context, s Streams) (err error) {
	packed := strings.HasSuffix(c.Out, ".tar.gz") || strings.HasSuffix(c.Out, ".tgz")
	if !packed && !strings.HasSuffix(c.Out, ".tar") {
		return fmt.Errorf("%s: name a file that ends in .tar or .tar.gz", c.Out)
	}
	if _, err := os.Stat(c.Out); err == nil {
		return fmt.Errorf("%s is there already: nothing was written; name another file", c.Out)
	}
	if _, err := os.Stat(filepath.Join(c.Data, recordsFile)); err != nil {
		return fmt.Errorf("%s holds no assembly: name its directory with --data", c.Data)
	}
	archive, err := repo.Open(ctx, filepath.Join(c.Data, textsDir), repo.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	staging, err := os.MkdirTemp(filepath.Dir(c.Out), ".plenary-backup-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staging)) }()

	partial := filepath.Join(staging, "backup.tar")
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w := newBackupWriter(f, packed)
	if err := errors.Join(c.take(ctx, archive, staging, w), w.close()); err != nil {
		return err
	}
	if err := os.Rename(partial, c.Out); err != nil {
		return err
	}
	if err := syncDirectory(filepath.Dir(c.Out)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "%s holds the assembly as of %s. Keep it as safe as the data directory.\n",
		c.Out, w.list.Taken.Format(time.RFC3339))
	return err
}

// take writes everything to the backup; what must lie on disk for that lies in staging for as long.
func (c BackupCommand) take(ctx context.Context, archive *repo.Archive, staging string, w *backupWriter) error {
	before, err := archive.Picture(ctx, nil)
	if err != nil {
		return err
	}
	var picture repo.Picture
	files := []string{recordsFile, journalFile}
	var copies []store.Copying
	for _, name := range files {
		copies = append(copies, store.Copying{From: filepath.Join(c.Data, name), To: filepath.Join(staging, name)})
	}
	err = store.CopyTogether(ctx, copies, func(ctx context.Context) error {
		w.list.Taken = time.Now().UTC()
		if err := c.look(ctx); err != nil {
			return err
		}
		if picture, err = archive.Picture(ctx, before); err != nil {
			return err
		}
		return c.look(ctx)
	})
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := w.add(staging, name); err != nil {
			return err
		}
	}
	texts := filepath.Join(staging, textsDir)
	for _, r := range picture.Repositories() {
		if err := archive.Copy(ctx, r, texts); err != nil {
			return err
		}
		if err := w.addAll(staging, filepath.Join(textsDir, filepath.FromSlash(r.Path))); err != nil {
			return err
		}
		if err := r.Discard(texts); err != nil {
			return err
		}
	}
	return w.addList()
}

// look lets a test see what the backup is of.
func (c BackupCommand) look(ctx context.Context) error {
	if c.beside == nil {
		return nil
	}
	return c.beside(ctx)
}

// backupWriter writes the files of a backup and notes their sums.
type backupWriter struct {
	file *os.File
	zip  *gzip.Writer // nil: not packed
	tar  *tar.Writer
	list backupList
}

func newBackupWriter(f *os.File, packed bool) *backupWriter {
	w := &backupWriter{file: f, tar: tar.NewWriter(f)}
	if packed {
		w.zip = gzip.NewWriter(f)
		w.tar = tar.NewWriter(w.zip)
	}
	w.list = backupList{Format: backupFormat, Program: version, Sums: map[string]string{}}
	return w
}

// add adds the file at a path under root.
func (w *backupWriter) add(root, path string) (err error) {
	f, err := os.Open(filepath.Join(root, path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return w.write(filepath.ToSlash(path), info.Size(), f)
}

func (w *backupWriter) write(name string, size int64, content io.Reader) error {
	header := &tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: w.list.Taken, Typeflag: tar.TypeReg}
	if err := w.tar.WriteHeader(header); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w.tar, sum), content); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	w.list.Sums[name] = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// addAll adds every file below a directory under root.
func (w *backupWriter) addAll(root, dir string) error {
	return filepath.WalkDir(filepath.Join(root, dir), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		path, err = filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return w.add(root, path)
	})
}

func (w *backupWriter) addList() error {
	list, err := json.MarshalIndent(w.list, "", "\t")
	if err != nil {
		return err
	}
	return w.write(listFile, int64(len(list)), strings.NewReader(string(list)))
}

// close ends the file and makes it durable.
func (w *backupWriter) close() error {
	errs := []error{w.tar.Close()}
	if w.zip != nil {
		errs = append(errs, w.zip.Close())
	}
	return errors.Join(append(errs, w.file.Sync(), w.file.Close())...)
}

func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
