package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"

	"plenary/server/drafting"
)

const (
	shortestPassword = 10   // characters
	longestPassword  = 1024 // bytes
)

// cost is what one try costs. The present cost is the first choice of OWASP's Password Storage Cheat Sheet.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

var present = cost{memory: 19 * 1024, passes: 2, threads: 1}

const (
	saltLength = 16
	sumLength  = 32
	// dearest bounds the memory that a kept hash may ask for.
	dearest = 256 * 1024
)

// HashPassword gives the hash to keep, in the usual form "$argon2id$v=19$m=19456,t=2,p=1$salt$sum". A password that
// is too short, too long or too common is refused with a *drafting.Refusal.
func HashPassword(password string) (string, error) {
	if err := refusePassword(password, "", ""); err != nil {
		return "", err
	}
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails: it ends the program instead
	return encode(present, salt, derive(present, salt, password)), nil
}

// CheckPassword tells whether password is the one hash was made of. A hash that is none fits no password.
func CheckPassword(hash, password string) bool {
	c, salt, sum, err := decode(hash)
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare(sum, derive(c, salt, password)) == 1
}

// checkOrPretend is CheckPassword, but takes the time of a check also when there is no hash to check against.
func checkOrPretend(hash, password string) bool {
	if _, _, _, err := decode(hash); err != nil {
		derive(present, make([]byte, saltLength), password)
		return false
	}
	return CheckPassword(hash, password)
}

func derive(c cost, salt []byte, password string) []byte {
	return argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.threads, sumLength)
}

var b64 = base64.RawStdEncoding.Strict()

func encode(c cost, salt, sum []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, c.memory, c.passes, c.threads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// decode reads what encode writes, byte for byte.
func decode(hash string) (c cost, salt, sum []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return cost{}, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads); err != nil {
		return cost{}, nil, nil, fmt.Errorf("%w: %w", errHash, err)
	}
	if salt, err = b64.DecodeString(parts[4]); err != nil {
		return cost{}, nil, nil, fmt.Errorf("%w: %w", errHash, err)
	}
	if sum, err = b64.DecodeString(parts[5]); err != nil {
		return cost{}, nil, nil, fmt.Errorf("%w: %w", errHash, err)
	}
	sane := c.passes >= 1 && c.passes <= 100 && c.threads >= 1 && c.memory <= dearest
	if !sane || len(sum) != sumLength || encode(c, salt, sum) != hash {
		return cost{}, nil, nil, errHash
	}
	return c, salt, sum, nil
}

var errHash = fmt.Errorf("not a password hash")

// turnstile bounds how many passwords are hashed at once, and how many people wait for it.
type turnstile struct {
	inside  chan struct{}
	waiting chan struct{}
}

// queue is how many people may wait at the turnstile; at 30 ms a try they are through in a few seconds.
const queue = 100

func newTurnstile() *turnstile {
	return &turnstile{inside: make(chan struct{}, runtime.GOMAXPROCS(0)), waiting: make(chan struct{}, queue)}
}

// enter waits for a place, which leave gives back. It refuses at once when too many wait already.
func (t *turnstile) enter(ctx context.Context) error {
	select {
	case t.waiting <- struct{}{}:
	default:
		return &drafting.Refusal{Sentence: sentenceBusy}
	}
	defer func() { <-t.waiting }()
	select {
	case t.inside <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *turnstile) leave() { <-t.inside }
