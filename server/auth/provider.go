package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"plenary/server/drafting"
)

// providerPatience bounds every call of a provider of identities.
const providerPatience = 10 * time.Second

// Provider is a provider of identities that speaks OpenID Connect. It says who somebody is; what they may do here it
// cannot say.
type Provider struct {
	issuer, client, secret, back string
	http                         *http.Client

	mu    sync.Mutex
	found *oidc.Provider // guarded by mu; nil until it was first reached
}

// NewProvider names a provider by its issuer, with the client this server is to it. Back is the address it leads
// people back to. It is asked about itself when first needed, so that a server starts without it.
func NewProvider(issuer, client, secret, back string) *Provider {
	return &Provider{issuer: issuer, client: client, secret: secret, back: back, http: &http.Client{Timeout: providerPatience}}
}

// Issuer names the provider.
func (p *Provider) Issuer() string { return p.issuer }

// Flow is what the browser keeps between leaving for the provider and coming back.
type Flow struct{ State, Nonce, Verifier string }

// String writes a flow for a cookie; [ParseFlow] reads it.
func (f Flow) String() string { return f.State + "." + f.Nonce + "." + f.Verifier }

// ParseFlow reads what Flow.String wrote.
func ParseFlow(s string) (Flow, bool) {
	parts := strings.Split(s, ".")
	if len(parts) != 3 || len(s) > 400 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return Flow{}, false
	}
	return Flow{parts[0], parts[1], parts[2]}, true
}

const sentenceProvider = "The provider of identities does not answer. Sign in with your password, or try again in a few minutes."

func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// The keys are fetched later with the context given here, so it must outlive this request.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.http), p.issuer)
	if err != nil {
		return nil, errors.Join(&drafting.Refusal{Sentence: sentenceProvider}, fmt.Errorf("ask %s about itself: %w", p.issuer, err))
	}
	p.found = found
	return found, nil
}

func (p *Provider) config(found *oidc.Provider) oauth2.Config {
	return oauth2.Config{
		ClientID: p.client, ClientSecret: p.secret, Endpoint: found.Endpoint(), RedirectURL: p.back,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// Begin gives where to send the browser, and what it must bring back.
func (p *Provider) Begin(ctx context.Context) (address string, f Flow, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	f = Flow{State: newSecret(), Nonce: newSecret(), Verifier: oauth2.GenerateVerifier()}
	config := p.config(found)
	return config.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), f, nil
}

// Identity is who the provider says somebody is.
type Identity struct {
	Subject string
	Email   string // empty unless the provider has verified it
}

// Finish gives who has come back with a code. What does not fit the flow is refused with a *drafting.Refusal.
func (p *Provider) Finish(ctx context.Context, f Flow, state, code string) (who Identity, err error) {
	defer wrap(&err, "identity from "+p.issuer)
	no := func(why error) (Identity, error) {
		return Identity{}, errors.Join(&drafting.Refusal{Sentence: "Signing in elsewhere did not come to its end. Begin again."}, why)
	}
	if subtle.ConstantTimeCompare([]byte(state), []byte(f.State)) != 1 || code == "" {
		return no(errors.New("the state does not fit"))
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.http), providerPatience)
	defer cancel()
	config := p.config(found)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return no(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return no(errors.New("no identity token"))
	}
	checked, err := found.Verifier(&oidc.Config{ClientID: p.client}).Verify(ctx, raw)
	if err != nil {
		return no(err)
	}
	if subtle.ConstantTimeCompare([]byte(checked.Nonce), []byte(f.Nonce)) != 1 {
		return no(errors.New("the nonce does not fit"))
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := checked.Claims(&claims); err != nil {
		return no(err)
	}
	who = Identity{Subject: checked.Subject}
	if claims.Verified {
		who.Email = strings.ToLower(strings.TrimSpace(claims.Email))
	}
	return who, nil
}

// SetProvider names the provider of identities; without one people sign in by password alone.
func (d *Doorkeeper) SetProvider(p *Provider) { d.provider = p }

// BeginElsewhere gives where the browser signs in elsewhere, and the flow to keep meanwhile. ErrNotFound where no
// provider is set.
func (d *Doorkeeper) BeginElsewhere(ctx context.Context) (address, flow string, err error) {
	if d.provider == nil {
		return "", "", drafting.ErrNotFound
	}
	address, f, err := d.provider.Begin(ctx)
	return address, f.String(), err
}

// SignInElsewhere begins a session of whom the provider's answer stands for: whose identity it is already, else who
// has the e-mail address that the provider has verified. Nobody is made of it. A refusal is a *drafting.Refusal.
func (d *Doorkeeper) SignInElsewhere(ctx context.Context, flow, state, code, browser string) (secret string, a drafting.Actor, err error) {
	defer wrap(&err, "sign in elsewhere")
	who, err := d.cameBack(ctx, flow, state, code)
	if err != nil {
		return "", drafting.Actor{}, err
	}
	person, err := d.people.PersonByIdentity(ctx, d.provider.issuer, who.Subject)
	if errors.Is(err, drafting.ErrNotFound) {
		person, err = d.connectByEmail(ctx, who)
	}
	if err != nil {
		return "", drafting.Actor{}, err
	}
	return d.admit(ctx, person, browser)
}

const sentenceNobody = "Nobody here is known by this identity. Sign in with your password and connect it on your account's page, or ask the secretariat to note your e-mail address."

// connectByEmail finds whom the secretariat has noted with the address, and remembers the identity from then on.
func (d *Doorkeeper) connectByEmail(ctx context.Context, who Identity) (drafting.Person, error) {
	nobody := &drafting.Refusal{Sentence: sentenceNobody}
	if who.Email == "" {
		return drafting.Person{}, nobody
	}
	person, err := d.people.PersonByEmail(ctx, who.Email)
	if errors.Is(err, drafting.ErrNotFound) {
		return drafting.Person{}, nobody
	}
	if err != nil {
		return drafting.Person{}, err
	}
	if person.Disabled {
		return drafting.Person{}, &drafting.Refusal{Sentence: sentenceClosed}
	}
	// A person has one identity at a provider: an address that was given to somebody else there opens nothing here.
	if has, err := d.people.HasIdentity(ctx, person.ID, d.provider.issuer); err != nil || has {
		return drafting.Person{}, errors.Join(err, nobody)
	}
	return person, d.people.AddIdentity(ctx, person.ID, d.provider.issuer, who.Subject, d.now())
}

// ConnectElsewhere remembers that the provider's answer stands for the session's person.
func (d *Doorkeeper) ConnectElsewhere(ctx context.Context, secret, flow, state, code string) (err error) {
	defer wrap(&err, "connect an identity")
	person, _, err := d.session(ctx, secret)
	if err != nil {
		return err
	}
	who, err := d.cameBack(ctx, flow, state, code)
	if err != nil {
		return err
	}
	if has, err := d.people.HasIdentity(ctx, person.ID, d.provider.issuer); err != nil || has {
		return errors.Join(err, &drafting.Refusal{Sentence: "Your account is connected already. Disconnect it first."})
	}
	err = d.people.AddIdentity(ctx, person.ID, d.provider.issuer, who.Subject, d.now())
	if errors.Is(err, drafting.ErrExists) {
		return &drafting.Refusal{Sentence: "This identity belongs to another account here. Nothing was changed."}
	}
	return err
}

// DisconnectElsewhere forgets the identity of the session's person.
func (d *Doorkeeper) DisconnectElsewhere(ctx context.Context, secret string) (err error) {
	defer wrap(&err, "disconnect an identity")
	person, _, err := d.session(ctx, secret)
	if err != nil {
		return err
	}
	if d.provider == nil {
		return drafting.ErrNotFound
	}
	return d.people.RemoveIdentities(ctx, person.ID, d.provider.issuer)
}

// Elsewhere tells whether the session's person is connected with the provider.
func (d *Doorkeeper) Elsewhere(ctx context.Context, secret string) (connected bool, err error) {
	defer wrap(&err, "identity elsewhere")
	person, _, err := d.session(ctx, secret)
	if err != nil || d.provider == nil {
		return false, err
	}
	return d.people.HasIdentity(ctx, person.ID, d.provider.issuer)
}

func (d *Doorkeeper) cameBack(ctx context.Context, flow, state, code string) (Identity, error) {
	if d.provider == nil {
		return Identity{}, drafting.ErrNotFound
	}
	f, ok := ParseFlow(flow)
	if !ok {
		return Identity{}, &drafting.Refusal{Sentence: "Signing in elsewhere took too long. Begin again."}
	}
	return d.provider.Finish(ctx, f, state, code)
}
