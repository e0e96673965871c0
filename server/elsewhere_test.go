package server

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"plenary/server/auth"
)

// ministry is a provider of identities: whoever comes is the person with the address in email.
type ministry struct {
	*httptest.Server
	key   *rsa.PrivateKey
	nonce string // of the sign-in that is under way
	email string
}

func newMinistry(t *testing.T) *ministry {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	m, mux := &ministry{key: key}, http.NewServeMux()
	answer := func(path string, what func() any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if err := json.NewEncoder(w).Encode(what()); err != nil {
				t.Error(err)
			}
		})
	}
	answer("/.well-known/openid-configuration", func() any {
		return map[string]any{"issuer": m.URL, "authorization_endpoint": m.URL + "/authorize", "token_endpoint": m.URL + "/token", "jwks_uri": m.URL + "/keys"}
	})
	answer("/keys", func() any {
		return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "one", Algorithm: "RS256", Use: "sig"}}}
	})
	answer("/token", func() any {
		return map[string]any{"access_token": "unused", "token_type": "Bearer", "id_token": m.identity(t)}
	})
	m.Server = httptest.NewServer(mux)
	t.Cleanup(m.Close)
	return m
}

// identity is the signed word of who has come.
func (m *ministry) identity(t *testing.T) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: m.key, KeyID: "one"}}, nil)
	must(t, err)
	raw, err := json.Marshal(map[string]any{
		"iss": m.URL, "aud": "plenary", "sub": "of " + m.email, "nonce": m.nonce, "email": m.email, "email_verified": true,
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
	})
	must(t, err)
	signed, err := signer.Sign(raw)
	must(t, err)
	compact, err := signed.CompactSerialize()
	must(t, err)
	return compact
}

// back asks for a page with the cookies that an answer has set, as the browser does that was sent away.
func (h *testHouse) back(sent *httptest.ResponseRecorder, target string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), http.MethodGet, target, nil)
	r.Host = "plenary.test"
	for _, c := range sent.Result().Cookies() {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	return w
}

func signsIn(w *httptest.ResponseRecorder) bool {
	return slices.ContainsFunc(w.Result().Cookies(), func(c *http.Cookie) bool { return c.Name == "plenary" && c.Value != "" })
}

// TestSigningInAtTheMinistry goes through the pages: the button, to the provider, and back.
func TestSigningInAtTheMinistry(t *testing.T) {
	t.Parallel()
	h, m := newTestHouse(t), newMinistry(t)
	h.door.SetProvider(auth.NewProvider(m.URL, "plenary", "a secret", "http://plenary.test/signin/back"))
	var err error
	h.server, err = New(Options{
		Service: h.service, Door: h.door, Git: http.NotFoundHandler(), Public: "http://plenary.test", Provider: "the Ministry",
		Dist: fstest.MapFS{".vite/manifest.json": {Data: []byte(`{}`)}, "assets/a.css": {Data: []byte("a{}")}},
	})
	must(t, err)
	at := personIn(t, h.ask("secretariat", "GET", "/people", nil).Body.String(), "Ms Moreau")
	if w := h.ask("secretariat", "POST", at+"/email", url.Values{"email": {"moreau@example.org"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("note the address: status %d", w.Code)
	}
	if page := h.ask("nobody", "GET", "/signin", nil).Body.String(); !strings.Contains(page, "the Ministry") || !strings.Contains(page, "/signin/elsewhere") {
		t.Fatalf("no button on the sign-in page:\n%s", page)
	}
	leave := func() (sent *httptest.ResponseRecorder, state string) {
		t.Helper()
		sent = h.ask("nobody", "GET", "/signin/elsewhere", nil)
		to, err := url.Parse(sent.Header().Get("Location"))
		must(t, err)
		if sent.Code != http.StatusSeeOther || !strings.HasPrefix(to.String(), m.URL+"/authorize?") {
			t.Fatalf("sent away: status %d to %s", sent.Code, to)
		}
		m.nonce = to.Query().Get("nonce")
		return sent, to.Query().Get("state")
	}

	m.email = "moreau@example.org"
	sent, state := leave()
	in := h.back(sent, "/signin/back?"+url.Values{"state": {state}, "code": {"one"}}.Encode())
	if in.Code != http.StatusSeeOther {
		t.Fatalf("back from the Ministry: status %d to %s\n%s", in.Code, in.Header().Get("Location"), in.Body)
	}
	h.cookies["moreau"] = signedIn(t, in)
	if page := h.ask("moreau", "GET", "/account", nil).Body.String(); !strings.Contains(page, "Ms Moreau") {
		t.Error("the account is not hers")
	}
	if again := h.ask("nobody", "GET", "/signin/back?"+url.Values{"state": {state}, "code": {"one"}}.Encode(), nil); again.Code != http.StatusUnprocessableEntity {
		t.Errorf("in another browser: status %d", again.Code)
	}

	if led := h.raw("eur", "GET", "/account/connect", "", map[string]string{"Sec-Fetch-Site": "cross-site"}); led.Code != http.StatusForbidden || led.Header().Get("Location") != "" {
		t.Errorf("connecting by a link of another site: status %d to %q", led.Code, led.Header().Get("Location"))
	}
	if led := h.raw("eur", "GET", "/account/connect", "", map[string]string{"Sec-Fetch-Site": "same-origin"}); led.Code != http.StatusSeeOther || !strings.HasPrefix(led.Header().Get("Location"), m.URL+"/authorize?") {
		t.Errorf("connecting from the account's page: status %d to %q", led.Code, led.Header().Get("Location"))
	}

	m.email = "stranger@example.org"
	sent, state = leave()
	refused := h.back(sent, "/signin/back?"+url.Values{"state": {state}, "code": {"two"}}.Encode())
	if refused.Code != http.StatusUnprocessableEntity || signsIn(refused) {
		t.Errorf("somebody unknown: status %d, signed in: %v\n%s", refused.Code, signsIn(refused), refused.Body)
	}
	sent, _ = leave()
	if forged := h.back(sent, "/signin/back?state=another&code=three"); forged.Code < 400 || signsIn(forged) {
		t.Errorf("the state of another sign-in: status %d", forged.Code)
	}
}
