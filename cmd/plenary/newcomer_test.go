package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"

	"plenary/realtime/editor"
	"plenary/realtime/ws"
)

// manual is what the README says of running an assembly, step by step.
type manual struct {
	steps map[string]manualStep // by heading: "Start", "Invite"
	order []string
}

// manualStep is one step: the words it puts in italics, its commands and its samples.
type manualStep struct {
	screens  []string
	commands []string
	samples  map[string]string // by kind: csv, text
}

var (
	stepHeading = regexp.MustCompile(`(?m)^### \d+\. (.+)$`)
	fenced      = regexp.MustCompile("(?s)```(\\w+)\n(.*?)```\n")
	italic      = regexp.MustCompile(`\*([^*]+)\*`)
)

// readManual reads the numbered steps of the README.
func readManual(t *testing.T) manual {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	must(t, err)
	_, section, ok := strings.Cut(string(readme), "\n## Run an assembly\n")
	section, _, _ = strings.Cut(section, "\n### What a server needs besides\n")
	m := manual{steps: map[string]manualStep{}}
	headings := stepHeading.FindAllStringSubmatchIndex(section, -1)
	if !ok || len(headings) == 0 {
		t.Fatal("the README has no steps for running an assembly")
	}
	for i, at := range headings {
		words := section[at[1]:]
		if i+1 < len(headings) {
			words = section[at[1]:headings[i+1][0]]
		}
		step := manualStep{samples: map[string]string{}}
		for _, block := range fenced.FindAllStringSubmatch(words, -1) {
			if block[1] == "sh" {
				step.commands = append(step.commands, strings.Split(strings.TrimSpace(block[2]), "\n")...)
			} else {
				step.samples[block[1]] = block[2]
			}
		}
		for _, screen := range italic.FindAllStringSubmatch(fenced.ReplaceAllString(words, ""), -1) {
			step.screens = append(step.screens, strings.Join(strings.Fields(screen[1]), " "))
		}
		name := section[at[2]:at[3]]
		m.steps[name], m.order = step, append(m.order, name)
	}
	return m
}

// newcomer has a machine, the README and nothing else.
type newcomer struct {
	*testing.T
	manual
	home, host string // stand for /srv and for the address in the README
	people     map[string]*browser
	server     *exec.Cmd
	link       string // to the first account
}

func (n *newcomer) person(name string) *browser {
	if n.people[name] == nil {
		n.people[name] = newBrowser(n.T)
	}
	return n.people[name]
}

// command makes a line of the README one for this machine.
func (n *newcomer) command(line string) *exec.Cmd {
	line = strings.NewReplacer("/srv/", n.home+"/srv/", "127.0.0.1:8080", n.host).Replace(line)
	cmd := exec.CommandContext(context.WithoutCancel(n.Context()), "sh", "-c", "exec "+line)
	cmd.Dir = n.home
	return cmd
}

// run does a line of the README and gives what it says.
func (n *newcomer) run(line string) string {
	n.Helper()
	said, err := n.command(line).CombinedOutput()
	if err != nil {
		n.Fatalf("%s: %v\n%s", line, err, said)
	}
	return string(said)
}

// serve runs the line that serves, until the next one does or the test ends, and keeps the link it prints.
func (n *newcomer) serve(line string) {
	n.Helper()
	n.stop()
	cmd := n.command(line)
	said := &lines{added: make(chan string, 100)}
	cmd.Stdout, cmd.Stderr = said, n.Output()
	must(n.T, cmd.Start())
	n.server = cmd
	wait := time.After(patience)
	for n.link = ""; ; {
		select {
		case words := <-said.added:
			if found := welcomeLink.FindString(words); found != "" {
				n.link = found
				return
			}
			if strings.Contains(words, "Plenary serves") {
				wait = time.After(2 * time.Second) // for the link, where there is one
			}
		case <-wait:
			return
		}
	}
}

func (n *newcomer) stop() {
	if n.server != nil {
		end(n.server, syscall.SIGTERM)
	}
}

var welcomeLink = regexp.MustCompile(`http://\S+/welcome\?link=\w+`)

// lines hands on what a program writes, write by write.
type lines struct{ added chan string }

func (l *lines) Write(p []byte) (int, error) {
	l.added <- string(p)
	return len(p), nil
}

// typesAfter writes words into the draft that the person has open, through the live door.
func (n *newcomer) typesAfter(b *browser, after, words string) {
	n.Helper()
	at := regexp.MustCompile(`^/resolutions/([^/]+)/proposals/([^/]+/[^/]+)/edit$`).FindStringSubmatch(b.at.Path)
	if at == nil {
		n.Fatalf("%s is no page to write on", b.at)
	}
	header := http.Header{"Origin": {"http://" + b.at.Host}}
	for _, c := range b.client.Jar.Cookies(b.at) {
		header.Add("Cookie", c.String())
	}
	conn, err := ws.Dial(n.Context(), "ws://"+b.at.Host+"/api/v1/resolutions/"+at[1]+"/live?ref=drafts/"+at[2], header)
	must(n.T, err)
	must(n.T, conn.Write(editor.Join()))
	e := &liveEditor{editor: &editor.Editor{}, conn: conn, moved: make(chan struct{}, 1)}
	go e.receive(conn)
	must(n.T, e.wait(func() bool { return e.editor.ClientID != "" }, "the text"))
	must(n.T, e.typeAfter(after, words))
	must(n.T, e.wait(func() bool { return e.editor.Unconfirmed() == 0 }, "the acknowledgement"))
	must(n.T, conn.Close())
}

// TestANewcomerRunsAnAssembly follows the README, and nothing but the README: every command as it is written, every
// word in italics found on the screen and used.
func TestANewcomerRunsAnAssembly(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("plenary")
	must(t, err)
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	n := &newcomer{T: t, manual: readManual(t), home: t.TempDir(), host: free.Addr().String(), people: map[string]*browser{}}
	must(t, free.Close())
	must(t, os.MkdirAll(filepath.Join(n.home, "bin"), 0o750))
	must(t, os.Mkdir(filepath.Join(n.home, "srv"), 0o750))
	must(t, os.Symlink(program, filepath.Join(n.home, "bin", "plenary")))
	t.Cleanup(n.stop)
	steps := n.done()
	for _, name := range n.order {
		do, ok := steps[name]
		if !ok {
			t.Fatalf("the README has a step %q that nobody follows", name)
		}
		used := map[string]int{}
		for who, b := range n.people {
			used[who] = len(b.used)
		}
		do(n.steps[name])
		var touched []string
		for who, b := range n.people {
			touched = append(touched, b.used[used[who]:]...)
		}
		for _, screen := range n.steps[name].screens {
			if !slices.Contains(touched, screen) {
				t.Errorf("step %q speaks of %q, which was not needed: %q", name, screen, touched)
			}
		}
	}
}

// done is what the newcomer does at each step.
func (n *newcomer) done() map[string]func(manualStep) {
	return map[string]func(manualStep){
		"Start": func(s manualStep) {
			n.run(s.commands[0])
			n.serve(s.commands[1])
		},
		"Make the first account":          n.makesTheFirstAccount,
		"Bring in people and delegations": n.bringsInPeople,
		"Bring in the adopted texts":      n.bringsInTexts,
		"Set the deadline":                n.setsTheDeadline,
		"Invite":                          n.invites,
		"Propose":                         n.propose,
		"Number":                          n.number,
		"Merge":                           n.merge,
		"Adopt":                           n.adopt,
		"Back up":                         func(s manualStep) { n.run(s.commands[0]) },
		"Restore":                         n.restore,
	}
}

const newcomersPassword = "four brown ladders"

func (n *newcomer) makesTheFirstAccount(manualStep) {
	b := n.person("secretariat")
	b.open(n.link)
	b.fill("Your name, as printed", "Ms Lind")
	b.fill("Login", "lind")
	b.fill("Password", newcomersPassword)
	b.press("Make the account")
	b.sees("No resolutions yet.")
}

func (n *newcomer) bringsInPeople(s manualStep) {
	b := n.person("secretariat")
	b.follow("People and delegations")
	b.follow("Import a list…")
	b.fill("or paste the lines here", s.samples["csv"])
	b.used = append(b.used, "paste the lines here") // the label, as the sentence says it
	b.press("Check")
	b.sees("adds the delegation NOR, Northland")
	b.press("Import")
	b.sees("Ms Okafor")
}

func (n *newcomer) bringsInTexts(s manualStep) {
	b := n.person("secretariat")
	b.follow("Plenary")
	b.follow("Import…")
	b.fill("or paste the text here", s.samples["text"])
	b.used = append(b.used, "paste the text here")
	b.press("Check")
	b.sees("Every line was understood.")
	b.fill("Address", "hba-7")
	b.fill("Adopted at", "Lisbon")
	b.press("Import")
	b.sees("Harbour lights")
}

func (n *newcomer) setsTheDeadline(manualStep) {
	b := n.person("secretariat")
	b.follow("Meeting and deadline")
	b.fill("Date", time.Now().AddDate(0, 0, 7).Format(time.DateOnly))
	b.fill("Time", "18:00")
	b.fill("Time zone", "Europe/Zurich")
	b.press("Save")
	b.sees("18:00 CE") // CET or CEST
}

func (n *newcomer) invites(manualStep) {
	b := n.person("secretariat")
	b.follow("People and delegations")
	b.press("Make a sign-in link for each…")
	links := map[string]string{}
	for row := range b.page.Descendants() {
		if row.Type == html.ElementNode && row.Data == "tr" {
			words := wordsOf(row)
			if link := welcomeLink.FindString(words); link != "" {
				for _, login := range []string{"okafor", "carter", "weber"} {
					if strings.Contains(words, login) {
						links[login] = link
					}
				}
			}
		}
	}
	for _, login := range []string{"okafor", "carter", "weber"} {
		invited := n.person(login)
		invited.open(links[login])
		invited.fill("Password", newcomersPassword)
		invited.press("Set the password and sign in")
		invited.sees("Harbour lights")
	}
}

func (n *newcomer) propose(manualStep) {
	for login, words := range map[string]string{"carter": " and every lamp", "weber": ", buoy and beacon"} {
		b := n.person(login)
		b.open("/")
		b.follow("Harbour lights")
		b.follow("Propose a change")
		b.press("Begin writing")
		n.typesAfter(b, "to inspect every light", words)
		b.open(strings.TrimSuffix(b.at.String(), "/edit"))
		b.press("Submit proposal")
		b.sees("submitted")
	}
}

func (n *newcomer) number(manualStep) {
	b := n.person("secretariat")
	b.open("/resolutions/hba-7/proposals/nor/draft-1")
	b.fill("Number", "NOR/12/1")
	b.press("Issue")
	b.sees("NOR/12/1")
}

func (n *newcomer) merge(manualStep) {
	b := n.person("okafor")
	b.open("/resolutions/hba-7")
	b.press("Start merging")
	b.fill("Combine", "")
	b.fill("The agreed words", ", lamp, buoy and beacon")
	b.press("Decide and go on")
	b.fill("A sentence for the record", "Agreed in the drafting group.")
	b.press("Merge into the revised text")
	b.sees("Merged NOR/12/1")
}

func (n *newcomer) adopt(manualStep) {
	b := n.person("secretariat")
	b.open("/resolutions/hba-7")
	b.follow("Adopt…")
	b.fill("Place", "Porto")
	b.fill("Year", "2027")
	b.press("Check the lines")
	b.press("Adopt")
	b.sees("Rev. Porto, 2027")
}

func (n *newcomer) restore(s manualStep) {
	n.stop()
	if said := n.run(s.commands[0]); !strings.Contains(said, "Everything fits.") {
		n.Errorf("restore said: %s", said)
	}
	if said := n.run(s.commands[1]); !strings.Contains(said, "Everything fits.") {
		n.Errorf("check said: %s", said)
	}
	n.serve(s.commands[2])
	if n.link != "" {
		n.Error("the restored assembly knows nobody")
	}
	b := n.person("a delegate, after the restore")
	b.open("http://" + n.host + "/signin")
	b.fill("Login", "weber")
	b.fill("Password", newcomersPassword)
	b.press("Sign in")
	b.follow("Harbour lights")
	b.sees("Rev. Porto, 2027")
	b.sees("to inspect every light, lamp, buoy and beacon once a year;")
	b.sees("NOR/12/1")
}
