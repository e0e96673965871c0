package main

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser is one person before a browser without script, who knows pages by the words on them alone.
type browser struct {
	t      *testing.T
	client *http.Client
	at     *url.URL
	page   *html.Node
	filled map[*html.Node]string
	used   []string // every word on a button, a link or a field that the person made use of
}

// newBrowser gives a browser in which nobody is signed in.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &browser{t: t, client: &http.Client{Jar: jar, Timeout: patience}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open goes to an address.
func (b *browser) open(address string) {
	b.t.Helper()
	to, err := url.Parse(address)
	must(b.t, err)
	if b.at != nil {
		to = b.at.ResolveReference(to)
	}
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, to.String(), http.NoBody)
	must(b.t, err)
	b.show(request)
}

// show does a request and keeps the page it leads to.
func (b *browser) show(request *http.Request) {
	b.t.Helper()
	request.Header.Set("Accept", "text/html")
	answer, err := b.client.Do(request)
	must(b.t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	must(b.t, err)
	if answer.StatusCode >= 400 {
		b.t.Fatalf("%s %s: %s\n%s", request.Method, request.URL.Path, answer.Status, body)
	}
	b.page, err = html.Parse(bytes.NewReader(body))
	must(b.t, err)
	b.at, b.filled = answer.Request.URL, map[*html.Node]string{}
}

// follow goes where the link with these words leads.
func (b *browser) follow(words string) {
	b.t.Helper()
	link := b.find(words, func(n *html.Node) bool { return n.Data == "a" && wordsOf(n) == words })
	b.open(attribute(link, "href"))
}

// fill writes into the field with this label, chooses in a list, or ticks what the label says.
func (b *browser) fill(label, value string) {
	b.t.Helper()
	named := b.find(label, func(n *html.Node) bool { return n.Data == "label" && strings.HasPrefix(wordsOf(n), label) })
	field := first(named, isField)
	if id := attribute(named, "for"); id != "" {
		field = first(b.page, func(n *html.Node) bool { return attribute(n, "id") == id })
	}
	if field == nil || !isField(field) {
		b.t.Fatalf("%s: %q is the label of no field", b.at, label)
	}
	b.filled[field] = value
}

// press presses the button with these words, and so sends the form it stands in.
func (b *browser) press(words string) {
	b.t.Helper()
	button := b.find(words, func(n *html.Node) bool { return n.Data == "button" && wordsOf(n) == words })
	form := button
	for form != nil && form.Data != "form" {
		form = form.Parent
	}
	if form == nil {
		b.t.Fatalf("%s: the button %q sends nothing without script", b.at, words)
	}
	fields := b.fields(form)
	if name := attribute(button, "name"); name != "" {
		fields.Add(name, attribute(button, "value"))
	}
	to, err := b.at.Parse(attribute(form, "action"))
	must(b.t, err)
	body, kind := strings.NewReader(fields.Encode()), "application/x-www-form-urlencoded"
	if attribute(form, "enctype") == "multipart/form-data" {
		body, kind = inParts(b.t, fields)
	}
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, to.String(), body)
	must(b.t, err)
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Origin", b.at.Scheme+"://"+b.at.Host)
	b.show(request)
}

// sees fails unless the words stand on the page.
func (b *browser) sees(words string) {
	b.t.Helper()
	if !strings.Contains(wordsOf(b.page), words) {
		b.t.Fatalf("%s does not say %q:\n%s", b.at, words, wordsOf(b.page))
	}
}

func (b *browser) find(words string, is func(*html.Node) bool) *html.Node {
	b.t.Helper()
	found := first(b.page, is)
	if found == nil {
		b.t.Fatalf("%s has no %q:\n%s", b.at, words, wordsOf(b.page))
	}
	b.used = append(b.used, words)
	return found
}

// fields are what a form would send: what stands in it, or what was filled in.
func (b *browser) fields(form *html.Node) url.Values {
	fields := url.Values{}
	for n := range form.Descendants() {
		name := attribute(n, "name")
		value, filled := b.filled[n]
		kind := attribute(n, "type")
		switch {
		case !isField(n) || name == "" || kind == "file":
		case kind == "radio":
			if filled || has(n, "checked") && !b.choseOther(form, name) {
				fields.Add(name, attribute(n, "value"))
			}
		case kind == "checkbox":
			if filled && value == "yes" || !filled && has(n, "checked") {
				fields.Add(name, attribute(n, "value"))
			}
		case filled && n.Data == "select":
			fields.Add(name, b.option(n, value))
		case filled:
			fields.Add(name, value)
		default:
			fields.Add(name, standing(n))
		}
	}
	return fields
}

// choseOther tells whether the person chose one of the group's buttons.
func (b *browser) choseOther(form *html.Node, name string) bool {
	return first(form, func(n *html.Node) bool {
		_, filled := b.filled[n]
		return filled && attribute(n, "name") == name
	}) != nil
}

// option gives the value of the option that says the words.
func (b *browser) option(list *html.Node, words string) string {
	b.t.Helper()
	found := first(list, func(n *html.Node) bool { return n.Data == "option" && strings.HasPrefix(wordsOf(n), words) })
	if found == nil {
		b.t.Fatalf("%s: nothing to choose says %q in %s", b.at, words, wordsOf(list))
	}
	return attribute(found, "value")
}

// standing is what a field holds as the page came.
func standing(n *html.Node) string {
	switch n.Data {
	case "textarea":
		if n.FirstChild != nil {
			return strings.TrimPrefix(n.FirstChild.Data, "\n")
		}
		return ""
	case "select":
		chosen := first(n, func(o *html.Node) bool { return o.Data == "option" && has(o, "selected") })
		if chosen == nil {
			chosen = first(n, func(o *html.Node) bool { return o.Data == "option" })
		}
		return attribute(chosen, "value")
	}
	return attribute(n, "value")
}

func inParts(t *testing.T, fields url.Values) (body *strings.Reader, kind string) {
	t.Helper()
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	for name, values := range fields {
		for _, value := range values {
			must(t, w.WriteField(name, value))
		}
	}
	must(t, w.Close())
	return strings.NewReader(parts.String()), w.FormDataContentType()
}

func isField(n *html.Node) bool {
	return n.Type == html.ElementNode && slices.Contains([]string{"input", "textarea", "select"}, n.Data)
}

// first gives the first element below n that is so, or nil.
func first(n *html.Node, is func(*html.Node) bool) *html.Node {
	if n == nil {
		return nil
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && is(d) {
			return d
		}
	}
	return nil
}

func has(n *html.Node, name string) bool {
	return n != nil && slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func attribute(n *html.Node, name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// wordsOf gives the words of a part of a page, without markup.
func wordsOf(n *html.Node) string {
	var words strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			words.WriteString(d.Data)
		case d.Data == "br":
			words.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(words.String()), " ")
}
