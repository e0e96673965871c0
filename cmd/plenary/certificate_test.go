package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// writeCertificate writes certificate and key of a name, in place of those before.
func writeCertificate(t *testing.T, dir, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	signed, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	must(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	must(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	return cert, key
}

// shown gives the name in the certificate that is served.
func shown(t *testing.T, address string) string {
	t.Helper()
	conn, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}).DialContext(t.Context(), "tcp", address)
	must(t, err)
	defer func() { _ = conn.Close() }()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName
}

// TestACertificateIsReadAgain is not parallel: SIGHUP goes to the whole process.
func TestACertificateIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	cert, key := writeCertificate(t, dir, "first.example")
	said := make(chan string, 10)
	c, err := newCertificate(t.Context(), cert, key, slog.New(slog.NewTextHandler(tell(said), nil)))
	must(t, err)
	defer c.stop()
	inner, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	listener := tls.NewListener(inner, c.config())
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).HandshakeContext(t.Context())
			_ = conn.Close()
		}
	}()
	defer func() { _ = listener.Close(); <-served }()
	address := listener.Addr().String()
	if got := shown(t, address); got != "first.example" {
		t.Fatalf("serves %s", got)
	}
	hangUp := func(want string) {
		t.Helper()
		must(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
		select {
		case line := <-said:
			if !strings.Contains(line, want) {
				t.Fatalf("said %q, want %q", line, want)
			}
		case <-time.After(patience):
			t.Fatal("nothing was read again")
		}
	}
	writeCertificate(t, dir, "second.example")
	hangUp("the certificate was read again")
	if got := shown(t, address); got != "second.example" {
		t.Errorf("after the change serves %s", got)
	}
	must(t, os.WriteFile(key, []byte("broken"), 0o600))
	hangUp("stays in force")
	if got := shown(t, address); got != "second.example" {
		t.Errorf("with a broken key serves %s", got)
	}
}

// tell hands on every line of a log.
type tell chan string

func (t tell) Write(p []byte) (int, error) {
	t <- string(p)
	return len(p), nil
}

func TestTheConfigurationOfHTTPS(t *testing.T) {
	t.Parallel()
	cert, key := writeCertificate(t, t.TempDir(), "texts.example")
	good := Config{Listen: "127.0.0.1:0", Data: t.TempDir(), TLSCert: cert, TLSKey: key}
	if err := good.validate(); err != nil {
		t.Error(err)
	}
	if got := good.baseURL(); got != "https://127.0.0.1:0" {
		t.Errorf("people use %s", got)
	}
	for name, c := range map[string]Config{
		"no key":          {TLSCert: cert},
		"swapped":         {TLSCert: key, TLSKey: cert},
		"an http address": {TLSCert: cert, TLSKey: key, URL: "http://texts.example"},
	} {
		c.Listen, c.Data = good.Listen, good.Data
		if c.validate() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
