package main

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func TestTrustedProxies(t *testing.T) {
	for written, want := range map[string][]netip.Prefix{
		"":          nil,
		"127.0.0.1": {netip.MustParsePrefix("127.0.0.1/32")},
		"127.0.0.1, ::1,172.16.9.9/12": {
			netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("172.16.0.0/12"),
		},
	} {
		t.Setenv("PLENARY_TRUSTED_PROXIES", written)
		var c struct{ Config }
		parser, err := kong.New(&c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse([]string{"--data", t.TempDir()}); err != nil {
			t.Fatalf("PLENARY_TRUSTED_PROXIES=%q: %v", written, err)
		}
		if got, err := c.proxies(); err != nil || !slices.Equal(got, want) {
			t.Errorf("PLENARY_TRUSTED_PROXIES=%q: %v, %v; want %v", written, got, err, want)
		}
	}
}

func TestEveryProblemIsReported(t *testing.T) {
	err := Config{
		TLSCert: "missing.pem", Identities: "http://login.example.org", ClientFile: "missing.secret", Metrics: "missing.token", SigningKey: "missing.key",
		Listen: "nowhere", Proxies: []string{"the proxy", "10.0.0.0/99", "0.0.0.0/0", "10.0.0.1"},
	}.validate()
	if err == nil {
		t.Fatal("a configuration full of mistakes is taken")
	}
	for _, want := range []string{
		`--listen "nowhere"`, "--data is missing", `"the proxy"`, `"10.0.0.0/99"`, `"0.0.0.0/0" would believe everybody`,
		"--tls-cert and --tls-key belong together", "--oidc-issuer and --oidc-client-id belong together", "begins with https://",
		"--oidc-client-secret-file", "--metrics-token-file", "--signing-key",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing about %s in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "10.0.0.1\"") {
		t.Errorf("complains of a proper address:\n%v", err)
	}
}

// A proxy that nobody named is told of, once it is known that there is one.
func TestAnUnnamedProxyIsNoticed(t *testing.T) {
	for url, proxies := range map[string][]string{"https://plenary.example": nil, "http://plenary.example": nil, "https://named.example": {"127.0.0.1"}, "": nil} {
		got := Config{URL: url, Proxies: proxies}.notices()
		if want := url == "https://plenary.example"; want != (len(got) == 1) {
			t.Errorf("%q behind %v: %q", url, proxies, got)
		}
	}
}
