package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
)

// Config is everything that can be set about a server, from flags and PLENARY_* variables. It is validated once, at
// start, with all problems reported together, and passed by value.
type Config struct {
	Data       string `env:"PLENARY_DATA" type:"path" help:"Directory that holds records, journal and repositories. In demonstration mode a temporary one unless named."`
	Listen     string `env:"PLENARY_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on."`
	URL        string `env:"PLENARY_URL" help:"Address people use, such as https://drafting.example.org; http://LISTEN when not given."`
	Demo       bool   `env:"PLENARY_DEMO" help:"Serve the demonstration assembly; on loopback addresses only."`
	SigningKey string `env:"PLENARY_SIGNING_KEY" type:"existingfile" help:"Private SSH key, without a passphrase, that signs the tags of adopted texts."`
	LogLevel   string `env:"PLENARY_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Least level of the log: debug, info, warn or error."`
	Metrics    string `name:"metrics-token-file" env:"PLENARY_METRICS_TOKEN_FILE" type:"existingfile" help:"File that holds the token with which /metrics is read from elsewhere; without it, on this machine only."`
	LogJSON    bool   `env:"PLENARY_LOG_JSON" help:"Write the log as JSON, one object a line."`
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
	return errors.Join(problems...)
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
