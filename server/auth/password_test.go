package auth

import (
	"strings"
	"testing"
	"time"
)

func TestPasswords(t *testing.T) {
	for _, password := range []string{"correct horse", "пароль из слов", "94710582639", strings.Repeat("lamp, ", 170), "with \x00 inside"} {
		hash, err := HashPassword(password)
		must(t, err)
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("hash %q does not name its cost", hash)
		}
		if !CheckPassword(hash, password) {
			t.Errorf("password %q does not fit its own hash", password)
		}
		if CheckPassword(hash, password+" ") || CheckPassword(hash, "") {
			t.Errorf("another password than %q fits its hash", password)
		}
		again, err := HashPassword(password)
		must(t, err)
		if again == hash {
			t.Error("the same password gave the same hash twice: no salt")
		}
	}
	for _, password := range []string{"", "too short", strings.Repeat("x", 1025)} {
		if _, err := HashPassword(password); sentence(err) == "" {
			t.Errorf("password of %d bytes: got %v, want a refusal", len(password), err)
		}
	}
}

func TestHashesThatAreNoneFitNothing(t *testing.T) {
	good, err := HashPassword("correct horse")
	must(t, err)
	cut := strings.LastIndexByte(good, '$')
	for _, bad := range []string{
		"", "$", "correct horse", good + "=", good[:len(good)-4], good[:cut+1],
		strings.Replace(good, "argon2id", "argon2i", 1),
		strings.Replace(good, "v=19", "v=18", 1),
		strings.Replace(good, "t=2", "t=0", 1),
		strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, "p=1", "p=257", 1),
		strings.Replace(good, "m=19456", "m=4294967295", 1),
		strings.Replace(good, "m=19456", "m=019456", 1),
	} {
		if CheckPassword(bad, "correct horse") {
			t.Errorf("hash %q fits", bad)
		}
	}
}

// TestUnknownLoginTakesAsLong measures with a wide margin: without the pretended check the ratio is over a hundred.
func TestUnknownLoginTakesAsLong(t *testing.T) {
	h := newHouse(t)
	fastest := func(login string) time.Duration {
		best := time.Hour
		for range 5 {
			start := time.Now()
			_, _, err := h.SignIn(t.Context(), login, "wrong horse")
			if sentence(err) != sentenceWrong {
				t.Fatalf("%s: %v", login, err)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	known, unknown := fastest("silva"), fastest("nobody")
	if unknown < known/3 || known < unknown/3 {
		t.Errorf("a known login takes %v, an unknown one %v", known, unknown)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=1,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, hash string) {
		if c, salt, sum, err := decode(hash); err == nil && encode(c, salt, sum) != hash {
			t.Errorf("%q is read but written back as %q", hash, encode(c, salt, sum))
		}
	})
}
