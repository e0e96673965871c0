package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// signer signs tags with an SSH key, by OpenSSH's own program, as git does with gpg.format=ssh.
type signer struct{ program, key string }

// SignTags makes the archive sign the tags of adopted texts with a private SSH key that needs no passphrase. It tries
// the key at once, and tells what is wrong with it. Call it before anything is written.
func (a *Archive) SignTags(ctx context.Context, key string) error {
	program, err := exec.LookPath("ssh-keygen")
	if err != nil {
		return errors.New("tags are signed by ssh-keygen, and it is not there: install OpenSSH, or sign no tags")
	}
	s := &signer{program: program, key: key}
	if _, err := s.sign(ctx, []byte("trial")); err != nil {
		return fmt.Errorf("%s cannot sign: name a private SSH key without a passphrase, readable by the server only: %w", key, err)
	}
	a.signer = s
	return nil
}

// sign gives the armoured signature of some bytes, in git's namespace.
func (s *signer) sign(ctx context.Context, payload []byte) (string, error) {
	cmd := exec.CommandContext(ctx, s.program, "-Y", "sign", "-n", "git", "-f", s.key) //nolint:gosec // the key the operator names
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(payload), &out, &complaint
	cmd.Env = []string{"LC_ALL=C", "SSH_ASKPASS_REQUIRE=never"}
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("ssh-keygen: %w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return out.String(), nil
}

// signed puts the signature under a tag's message.
func (s *signer) signed(ctx context.Context, tag *object.Tag) error {
	var stored plumbing.MemoryObject
	if err := tag.Encode(&stored); err != nil {
		return err
	}
	r, err := stored.Reader()
	if err != nil {
		return err
	}
	payload, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	tag.PGPSignature, err = s.sign(ctx, payload)
	return err
}
