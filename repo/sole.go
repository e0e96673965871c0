package repo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// soleFile is the file in an archive's directory that the process which opened it first holds locked. The lock goes
// with the process, however that ends.
const soleFile = "in-use"

// holdSole takes the lock of an archive's directory; nil when another process, or another archive of this one, has it.
func holdSole(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, soleFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = flock(f)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, f.Close()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), err), f.Close())
	}
	return f, nil
}

// Sole tells whether no other process had the archive open when it was opened. One that is not sole may read, and
// must leave serving and writing to the other.
func (a *Archive) Sole() bool { return a.sole != nil }

// Claim asks once more for the lock of the archive's directory, until patience is over, and clears away what an
// earlier run left. It tells whether this is the only process now that has the directory open; a server that was
// killed may leave children behind that hold the lock for a moment. Nothing may have been read or written before.
func (a *Archive) Claim(patience time.Duration) (bool, error) {
	for over := time.Now().Add(patience); a.sole == nil; {
		sole, err := holdSole(a.dir)
		if err != nil {
			return false, fmt.Errorf("claim archive: %w", err)
		}
		if sole == nil && time.Now().After(over) {
			return false, nil
		}
		if a.sole = sole; sole == nil {
			continue // holdSole has waited
		}
		if err := a.clean(); err != nil {
			return false, fmt.Errorf("claim archive: clear away what an earlier run left: %w", err)
		}
	}
	return true, nil
}

// soleWait is how long a lock is asked for. A child that is just being started holds its parent's files, this lock among
// them, until it runs its own program.
const soleWait = 200 * time.Millisecond

// flock asks for the lock of a file until soleWait is over.
func flock(f *os.File) error {
	over := time.After(soleWait)
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		select {
		case <-over:
			return err
		case <-time.After(soleWait / 20):
		}
	}
}
