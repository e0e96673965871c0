package repo

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// Remote is a repository elsewhere, to which stock git pushes.
type Remote struct {
	URL        string // with login and token where it wants them; they stay off the command line
	Identity   string // file of a private key, for SSH; empty for none
	KnownHosts string // file of the hosts that are known by SSH; a new one is noted there
}

// Mirror pushes the branches and tags of a resolution's public repository to another one, all or none. What was
// published is never rewritten, so nothing there is overwritten: a remote that has gone another way refuses. Whoever
// runs it needs no settings of their own, and theirs have no effect.
func (a *Archive) Mirror(ctx context.Context, slug Slug, to Remote) error {
	public, err := a.Public(slug)
	if err != nil {
		return err
	}
	shown, secret := withoutSecret(to.URL)
	cmd := a.stock.command(ctx, public.dir, "push", "--porcelain", "--atomic", "--end-of-options", shown,
		"refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*")
	if secret {
		for i, v := range cmd.Env {
			if v == "GIT_CONFIG_COUNT=1" {
				cmd.Env[i] = "GIT_CONFIG_COUNT=2"
			}
		}
		cmd.Env = append(cmd.Env, "GIT_CONFIG_KEY_1=url."+to.URL+".insteadOf", "GIT_CONFIG_VALUE_1="+shown)
	}
	ssh := []string{"ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new -o IdentitiesOnly=yes"}
	for option, file := range map[string]string{"UserKnownHostsFile": to.KnownHosts, "IdentityFile": to.Identity} {
		if file != "" {
			ssh = append(ssh, "-o "+option+"='"+strings.ReplaceAll(file, "'", `'\''`)+"'")
		}
	}
	cmd.Env = append(cmd.Env, "GIT_SSH_COMMAND="+strings.Join(ssh, " "))
	out, err := a.stock.output(cmd)
	if err != nil {
		for line := range strings.Lines(string(out)) {
			if strings.HasPrefix(line, "!\t") && strings.Contains(line, "[rejected]") {
				return fmt.Errorf("mirror %s: %s has gone another way; nothing was pushed: mirror to a repository that nobody else writes", slug, shown)
			}
		}
		return fmt.Errorf("mirror %s to %s: %w", slug, shown, err)
	}
	return nil
}

// withoutSecret gives an address without login and password, and whether it held any.
func withoutSecret(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.User == nil || u.Scheme != "http" && u.Scheme != "https" {
		return address, false
	}
	u.User = nil
	return u.String(), true
}
