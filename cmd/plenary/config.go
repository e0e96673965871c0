package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"plenary/server/auth"
)

// Config is everything that can be set about a server, from flags and PLENARY_* variables. It is validated once, at
// start, with all problems reported together, and passed by value.
type Config struct {
	Data       string     `env:"PLENARY_DATA" type:"path" help:"Directory that holds records, journal and repositories. In demonstration mode a temporary one unless named."`
	Listen     string     `env:"PLENARY_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on."`
	URL        string     `env:"PLENARY_URL" help:"Address people use, such as https://drafting.example.org; http://LISTEN when not given."`
	Demo       bool       `env:"PLENARY_DEMO" help:"Serve the demonstration assembly; on loopback addresses only."`
	SigningKey string     `env:"PLENARY_SIGNING_KEY" type:"path" help:"Private SSH key, without a passphrase, that signs the tags of adopted texts."`
	LogLevel   string     `env:"PLENARY_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Least level of the log: debug, info, warn or error."`
	Metrics    string     `name:"metrics-token-file" env:"PLENARY_METRICS_TOKEN_FILE" type:"path" help:"File that holds the token with which /metrics is read from elsewhere; without it, on this machine only."`
	Proxies    []string   `name:"trusted-proxy" env:"PLENARY_TRUSTED_PROXIES" placeholder:"NETWORK" help:"Address or network, such as 127.0.0.1 or 172.16.0.0/12, of the proxy in front, whose X-Forwarded-For is believed; several with commas between. Without it a request comes from whoever opened the connection."`
	TLSCert    string     `name:"tls-cert" env:"PLENARY_TLS_CERT" type:"path" help:"Certificate file, with its chain, in PEM; with it and --tls-key people are served by HTTPS. Both are read again when they change, and on SIGHUP."`
	TLSKey     string     `name:"tls-key" env:"PLENARY_TLS_KEY" type:"path" help:"Private key of the certificate, in PEM."`
	SecondStep bool       `name:"require-second-step" env:"PLENARY_REQUIRE_SECOND_STEP" help:"Ask the secretariat for a second step of signing in, a code of an app."`
	Identities string     `name:"oidc-issuer" env:"PLENARY_OIDC_ISSUER" help:"Address of an OpenID Connect provider with which people can sign in, such as https://login.example.org."`
	ClientID   string     `name:"oidc-client-id" env:"PLENARY_OIDC_CLIENT_ID" help:"What the provider calls this server."`
	ClientFile string     `name:"oidc-client-secret-file" env:"PLENARY_OIDC_CLIENT_SECRET_FILE" type:"path" help:"File that holds the secret this server has with the provider."`
	OtherName  string     `name:"oidc-name" env:"PLENARY_OIDC_NAME" default:"your organisation" help:"What the provider is called on the pages."`
	Received   int        `name:"received-days" env:"PLENARY_RECEIVED_DAYS" default:"90" help:"Days after which a file that was sent and that nobody decided about is listed as one to discard; none is ever discarded by itself."`
	ReceivedMB int        `name:"received-megabytes" env:"PLENARY_RECEIVED_MEGABYTES" default:"200" help:"How large all files together may be that one delegation has sent and nobody has decided about."`
	SMTP       SMTPConfig `embed:"" prefix:"smtp-"`
	LogJSON    bool       `env:"PLENARY_LOG_JSON" help:"Write the log as JSON, one object a line."`
}

// validate reports every problem at once.
func (c Config) validate() error {
	var problems []error
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		problems = append(problems, fmt.Errorf("--listen %q is no address: write host:port, such as 127.0.0.1:8080", c.Listen))
	} else if c.Demo && !loopback(host) {
		problems = append(problems, fmt.Errorf("--demo listens on loopback only, because its passwords are public: write --listen 127.0.0.1:8080, or leave --demo away, not %q", c.Listen))
	}
	if c.Data == "" && !c.Demo {
		problems = append(problems, errors.New("--data is missing: name the directory of the assembly (plenary init makes one)"))
	}
	if c.URL != "" {
		if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
			problems = append(problems, fmt.Errorf("--url %q is no address people can use: write scheme and host, such as https://drafting.example.org", c.URL))
		}
	}
	if c.Received < 0 || c.ReceivedMB < 0 {
		problems = append(problems, fmt.Errorf("--received-days %d and --received-megabytes %d cannot be: write 90 and 200, or other numbers", c.Received, c.ReceivedMB))
	}
	if _, err := c.proxies(); err != nil {
		problems = append(problems, err)
	}
	if _, err := c.SMTP.sender(); err != nil {
		problems = append(problems, err)
	}
	if _, err := c.metricsToken(); err != nil {
		problems = append(problems, err)
	}
	if _, err := os.Stat(c.SigningKey); c.SigningKey != "" && err != nil {
		problems = append(problems, fmt.Errorf("--signing-key: %w", err))
	}
	return errors.Join(append(problems, c.validateTLS(), c.validateProvider())...)
}

// validateTLS reports what is wrong with certificate and key.
func (c Config) validateTLS() error {
	switch {
	case c.TLSCert == "" && c.TLSKey == "":
		return nil
	case c.TLSCert == "" || c.TLSKey == "":
		return errors.New("--tls-cert and --tls-key belong together: give both files, or neither")
	case strings.HasPrefix(c.URL, "http://"):
		return fmt.Errorf("--url %q says http, and --tls-cert makes it https: write https://", c.URL)
	}
	if _, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey); err != nil {
		return fmt.Errorf("--tls-cert and --tls-key: %w", err)
	}
	return nil
}

// validateProvider reports what is wrong with the provider of identities.
func (c Config) validateProvider() error {
	if c.Identities == "" && c.ClientID == "" && c.ClientFile == "" {
		return nil
	}
	var problems []error
	if c.Identities == "" || c.ClientID == "" {
		problems = append(problems, errors.New("--oidc-issuer and --oidc-client-id belong together: give both, or none"))
	}
	if u, err := url.Parse(c.Identities); c.Identities != "" && (err != nil || u.Host == "" || u.Scheme != "https" && !loopback(u.Hostname())) {
		problems = append(problems, fmt.Errorf("--oidc-issuer %q is no address of a provider: it begins with https://", c.Identities))
	}
	if _, err := c.clientSecret(); err != nil {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// notices are what can be as it is, and is rarely meant so.
func (c Config) notices() []string {
	if !strings.HasPrefix(c.URL, "https://") || len(c.Proxies) > 0 || c.TLSCert != "" {
		return nil
	}
	return []string{"--url is https, so a proxy stands in front, and no --trusted-proxy names it: every request seems to come from " +
		"the proxy, and all people share its limit of sign-ins. Name its address, such as --trusted-proxy 127.0.0.1."}
}

// clientSecret reads the secret this server has with the provider of identities; empty where it has none.
func (c Config) clientSecret() (string, error) {
	if c.ClientFile == "" {
		return "", nil
	}
	raw, err := os.ReadFile(c.ClientFile)
	if err != nil {
		return "", fmt.Errorf("--oidc-client-secret-file: %w", err)
	}
	return strings.TrimSpace(string(raw)), nil
}

// provider gives the provider of identities, nil where none is set, and what it is called.
func (c Config) provider() (*auth.Provider, string, error) {
	if c.Identities == "" {
		return nil, "", nil
	}
	secret, err := c.clientSecret()
	return auth.NewProvider(strings.TrimRight(c.Identities, "/"), c.ClientID, secret, c.baseURL()+"/signin/back"), c.OtherName, err
}

// proxies are the networks whose word is taken for where a request came from. Every one that is none is reported.
func (c Config) proxies() (networks []netip.Prefix, err error) {
	var problems []error
	for _, written := range c.Proxies {
		written = strings.TrimSpace(written)
		if written == "" {
			continue // a variable that is set, to nothing
		}
		network, err := netip.ParsePrefix(written)
		if at, one := netip.ParseAddr(written); one == nil && at.Zone() == "" {
			network, err = netip.PrefixFrom(at, at.BitLen()), nil
		}
		switch {
		case err != nil:
			problems = append(problems, fmt.Errorf("--trusted-proxy %q is no address or network: write 127.0.0.1 or 172.16.0.0/12", written))
		case network.Bits() == 0:
			problems = append(problems, fmt.Errorf("--trusted-proxy %q would believe everybody: name the proxy's own address or network", written))
		default:
			networks = append(networks, network.Masked())
		}
	}
	return networks, errors.Join(problems...)
}

// baseURL is the address people use, without a slash at its end.
func (c Config) baseURL() string {
	if c.URL != "" {
		return strings.TrimRight(c.URL, "/")
	}
	if c.TLSCert != "" {
		return "https://" + c.Listen
	}
	return "http://" + c.Listen
}

// metricsToken reads the token of /metrics; empty where none is set.
func (c Config) metricsToken() (string, error) {
	if c.Metrics == "" {
		return "", nil
	}
	raw, err := os.ReadFile(c.Metrics)
	if err != nil {
		return "", fmt.Errorf("--metrics-token-file: %w", err)
	}
	token := strings.TrimSpace(string(raw))
	if len(token) < 16 {
		return "", fmt.Errorf("the token in %s has fewer than 16 characters: choose a longer one", c.Metrics)
	}
	return token, nil
}

// logger writes to w as the configuration says.
func (c Config) logger(s Streams) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(s.Err, options))
	}
	return slog.New(slog.NewTextHandler(s.Err, options))
}

// loopback tells whether host can be reached from this machine only.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
