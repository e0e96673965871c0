package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"plenary/server/drafting"
)

// elsewhere is a provider of identities: it lets whoever comes be the person that the test has set.
type elsewhere struct {
	*httptest.Server
	key    *rsa.PrivateKey
	mu     sync.Mutex
	claims map[string]any // guarded by mu; of the next identity token, beside those it must have
	codes  map[string]url.Values
	signed *rsa.PrivateKey // what tokens are signed with
}

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	e := &elsewhere{key: key, signed: key, codes: map[string]url.Values{}, claims: map[string]any{}}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, what any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(what); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{
			"issuer": e.URL, "authorization_endpoint": e.URL + "/authorize", "token_endpoint": e.URL + "/token", "jwks_uri": e.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "one", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		must(t, r.ParseForm())
		e.mu.Lock()
		defer e.mu.Unlock()
		asked, ok := e.codes[r.PostForm.Get("code")]
		sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
		if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		claims := map[string]any{"iss": e.URL, "aud": "plenary", "nonce": asked.Get("nonce"), "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
		maps.Copy(claims, e.claims)
		answer(w, map[string]any{"access_token": "unused", "token_type": "Bearer", "id_token": e.sign(t, claims)})
	})
	e.Server = httptest.NewServer(mux)
	t.Cleanup(e.Close)
	return e
}

func (e *elsewhere) sign(t *testing.T, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: e.signed, KeyID: "one"}}, nil)
	must(t, err)
	raw, err := json.Marshal(claims)
	must(t, err)
	signed, err := signer.Sign(raw)
	must(t, err)
	compact, err := signed.CompactSerialize()
	must(t, err)
	return compact
}

// visit is what a browser does there: it is led to the address, signs in as claims say, and is led back.
func (e *elsewhere) visit(t *testing.T, address string, claims map[string]any) (state, code string) {
	t.Helper()
	at, err := url.Parse(address)
	must(t, err)
	asked := at.Query()
	if asked.Get("code_challenge_method") != "S256" || asked.Get("nonce") == "" || asked.Get("redirect_uri") != "https://plenary.test/signin/back" || asked.Get("client_id") != "plenary" {
		t.Fatalf("asked the provider %v", asked)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	code = newSecret()
	e.codes[code], e.claims = asked, claims
	return asked.Get("state"), code
}

// comesIn goes the whole way.
func (h *house) comesIn(t *testing.T, e *elsewhere, claims map[string]any) (drafting.Actor, error) {
	t.Helper()
	address, flow, err := h.BeginElsewhere(t.Context())
	must(t, err)
	state, code := e.visit(t, address, claims)
	_, a, err := h.SignInElsewhere(t.Context(), flow, state, code, "Firefox on Linux")
	return a, err
}

func withProvider(t *testing.T) (*house, *elsewhere) {
	t.Helper()
	h, e := newHouse(t), newElsewhere(t)
	h.SetProvider(NewProvider(e.URL, "plenary", "a secret", "https://plenary.test/signin/back"))
	must(t, h.records.SetEmail(t.Context(), h.silva, "silva@example.org"))
	return h, e
}

func TestSigningInElsewhere(t *testing.T) {
	t.Parallel()
	h, e := withProvider(t)
	before, err := h.records.People(t.Context())
	must(t, err)
	for _, step := range []struct {
		name   string
		claims map[string]any
		login  string // empty: refused
	}{
		{"an address that is not verified", map[string]any{"sub": "s-1", "email": "silva@example.org"}, ""},
		{"an address nobody has", map[string]any{"sub": "s-2", "email": "other@example.org", "email_verified": true}, ""},
		{"a role of the provider's", map[string]any{"sub": "s-2", "email": "admin@example.org", "email_verified": true, "role": "secretariat", "groups": []string{"secretariat"}}, ""},
		{"silva's verified address", map[string]any{"sub": "s-1", "email": "Silva@Example.org", "email_verified": true}, "silva"},
		{"the same subject without an address", map[string]any{"sub": "s-1"}, "silva"},
		{"the address given to somebody else", map[string]any{"sub": "s-9", "email": "silva@example.org", "email_verified": true}, ""},
		{"another audience", map[string]any{"sub": "s-1", "aud": "another"}, ""},
		{"another nonce", map[string]any{"sub": "s-1", "nonce": "old"}, ""},
		{"too old", map[string]any{"sub": "s-1", "exp": time.Now().Add(-time.Hour).Unix()}, ""},
		{"another issuer", map[string]any{"sub": "s-1", "iss": "https://evil.example"}, ""},
	} {
		a, err := h.comesIn(t, e, step.claims)
		if a.Login != step.login || (err == nil) != (step.login != "") {
			t.Errorf("%s: signed in as %q: %v", step.name, a.Login, err)
		}
		if err != nil && sentence(err) == "" {
			t.Errorf("%s: refused without a sentence: %v", step.name, err)
		}
		if step.login == "silva" && a.Role != drafting.RoleDelegate {
			t.Errorf("%s: came in as %s", step.name, a.Role)
		}
	}
	after, err := h.records.People(t.Context())
	must(t, err)
	if len(after) != len(before) {
		t.Error("the provider made people")
	}
	must(t, h.records.SetDisabled(t.Context(), h.silva, true))
	if _, err := h.comesIn(t, e, map[string]any{"sub": "s-1"}); sentence(err) != sentenceClosed {
		t.Errorf("a closed account: %v", err)
	}
}

func TestWhatComesBackMustBelongTogether(t *testing.T) {
	t.Parallel()
	h, e := withProvider(t)
	claims := map[string]any{"sub": "s-1", "email": "silva@example.org", "email_verified": true}
	address, flow, err := h.BeginElsewhere(t.Context())
	must(t, err)
	_, others, err := h.BeginElsewhere(t.Context())
	must(t, err)
	state, code := e.visit(t, address, claims)
	for name, try := range map[string][3]string{
		"another state": {flow, "made-up", code}, "another browser's flow": {others, state, code}, "no flow": {"", state, code},
		"no code": {flow, state, ""}, "a made-up code": {flow, state, "made-up"}, "half a flow": {"a.b", state, code},
	} {
		if _, _, err := h.SignInElsewhere(t.Context(), try[0], try[1], try[2], ""); sentence(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	forger, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	e.signed = forger
	if _, _, err := h.SignInElsewhere(t.Context(), flow, state, code, ""); sentence(err) == "" {
		t.Errorf("a token signed by somebody else: %v", err)
	}
	e.signed = e.key
	if _, _, err := h.SignInElsewhere(t.Context(), flow, state, code, ""); err != nil {
		t.Errorf("in the end, all as it should be: %v", err)
	}
}

func TestConnectingOnesAccount(t *testing.T) {
	t.Parallel()
	h, e := withProvider(t)
	session, _ := h.signIn(t)
	connect := func(subject string) error {
		address, flow, err := h.BeginElsewhere(t.Context())
		must(t, err)
		state, code := e.visit(t, address, map[string]any{"sub": subject})
		return h.ConnectElsewhere(t.Context(), session, flow, state, code)
	}
	must(t, connect("s-7"))
	if sentence(connect("s-8")) == "" {
		t.Error("connected twice")
	}
	if a, err := h.comesIn(t, e, map[string]any{"sub": "s-7"}); err != nil || a.Login != "silva" {
		t.Errorf("connected, then signed in as %q: %v", a.Login, err)
	}
	must(t, h.DisconnectElsewhere(t.Context(), session))
	if _, err := h.comesIn(t, e, map[string]any{"sub": "s-7"}); sentence(err) != sentenceNobody {
		t.Errorf("disconnected: %v", err)
	}
	e.Close()
	h.SetProvider(NewProvider("http://127.0.0.1:1", "plenary", "", ""))
	if _, _, err := h.BeginElsewhere(t.Context()); sentence(err) != sentenceProvider {
		t.Errorf("a provider that does not answer: %v", err)
	}
}

func TestTheSecondStepIsAskedOfThoseWhoSignInElsewhere(t *testing.T) {
	t.Parallel()
	h, e := withProvider(t)
	setup, _, _ := h.withSecond(t)
	_, err := h.comesIn(t, e, map[string]any{"sub": "s-1", "email": "silva@example.org", "email_verified": true})
	step, ok := errors.AsType[*drafting.SecondStep](err)
	if !ok {
		t.Fatalf("came in without a code: %v", err)
	}
	h.pass(interval)
	if _, _, err := h.SignInCode(t.Context(), step.Pending, codeAt(t, setup, h.now()), ""); err != nil {
		t.Error(err)
	}
}
