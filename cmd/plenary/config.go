package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
)

// Config is everything that can be set about a server, from flags and PLENARY_* variables. It is validated once, at
// start, with all problems reported together, and passed by value.
type Config struct {
	Data       string   `env:"PLENARY_DATA" type:"path" help:"Directory that holds records, journal and repositories. In demonstration mode a temporary one unless named."`
	Listen     string   `env:"PLENARY_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on."`
	URL        string   `env:"PLENARY_URL" help:"Address people use, such as https://drafting.example.org; http://LISTEN when not given."`
	Demo       bool     `env:"PLENARY_DEMO" help:"Serve the demonstration assembly; on loopback addresses only."`
	SigningKey string   `env:"PLENARY_SIGNING_KEY" type:"existingfile" help:"Private SSH key, without a passphrase, that signs the tags of adopted texts."`
	LogLevel   string   `env:"PLENARY_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Least level of the log: debug, info, warn or error."`
	Metrics    string   `name:"metrics-token-file" env:"PLENARY_METRICS_TOKEN_FILE" type:"existingfile" help:"File that holds the token with which /metrics is read from elsewhere; without it, on this machine only."`
	Proxies    []string `name:"trusted-proxy" env:"PLENARY_TRUSTED_PROXIES" placeholder:"NETWORK" help:"Address or network, such as 127.0.0.1 or 172.16.0.0/12, of the proxy in front, whose X-Forwarded-For is believed; several with commas between. Without it a request comes from whoever opened the connection."`
	LogJSON    bool     `env:"PLENARY_LOG_JSON" help:"Write the log as JSON, one object a line."`
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
	if _, err := c.proxies(); err != nil {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// notices are what can be as it is, and is rarely meant so.
func (c Config) notices() []string {
	if !strings.HasPrefix(c.URL, "https://") || len(c.Proxies) > 0 {
		return nil
	}
	return []string{"--url is https, so a proxy stands in front, and no --trusted-proxy names it: every request seems to come from " +
		"the proxy, and all people share its limit of sign-ins. Name its address, such as --trusted-proxy 127.0.0.1."}
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
	return "http://" + c.Listen
}

// metricsToken reads the token of /metrics; empty where none is set.
func (c Config) metricsToken() (string, error) {
	if c.Metrics == "" {
		return "", nil
	}
	raw, err := os.ReadFile(c.Metrics)
	if err != nil {
		return "", err
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
