// Package api answers JSON requests of scripts, integrations and the pages' own islands under [Base].
//
// Start with openapi.yaml, which says what there is; api.gen.go is made from it. [Routes] gives the routes with the
// rule that says who may use each; finer rules, such as whose draft it is, are drafting's.
//
// Promises: an operation without a rule makes [Routes] fail; a request body with anything unknown in it is refused; a
// handler that returns an error has written nothing, so that the server answers it with one [Problem].
package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// Base is where the API lies.
const Base = "/api/v1"

// Rule says who may use a route at all, in the words of package server.
type Rule string

// The rules, from the widest to the narrowest.
const (
	Readers Rule = "readers" // whoever may read what is public in the assembly
	Members Rule = "members" // the people of the assembly
	Writers Rule = "writers" // who writes for a circle
	Chairs  Rule = "chairs"  // the chair, and the secretariat on the chair's word
)

// rules holds the rule of every operation, by method and path.
func rules() map[string]Rule {
	return map[string]Rule{
		"GET /assembly":                  Readers,
		"GET /me":                        Members,
		"GET /circles":                   Readers,
		"GET /resolutions":               Readers,
		"GET /resolutions/:slug":         Readers,
		"GET /resolutions/:slug/text":    Readers,
		"GET /resolutions/:slug/compare": Readers,

		"GET /resolutions/:slug/versions":                          Readers,
		"GET /resolutions/:slug/proposals":                         Readers,
		"POST /resolutions/:slug/proposals":                        Writers,
		"GET /resolutions/:slug/proposals/:circle/:name":           Readers,
		"POST /resolutions/:slug/proposals/:circle/:name/submit":   Writers,
		"POST /resolutions/:slug/proposals/:circle/:name/withdraw": Writers,

		"GET /resolutions/:slug/comments":       Readers,
		"POST /resolutions/:slug/comments":      Members,
		"PUT /resolutions/:slug/comments/:id":   Members,
		"POST /resolutions/:slug/comments/read": Members,

		"POST /resolutions/:slug/merges":    Chairs,
		"GET /merges/:id":                   Chairs,
		"PUT /merges/:id/decisions/:key":    Chairs,
		"DELETE /merges/:id/decisions/:key": Chairs,
		"POST /merges/:id/finish":           Chairs,
		"POST /merges/:id/abandon":          Chairs,
	}
}

// Route is one operation of the API.
type Route struct {
	Method, Path string // the path with Base, parameters as echo writes them
	Rule         Rule
	Handler      echo.HandlerFunc
}

// Routes gives every operation. The actor of a request is what actorOf says, the zero Actor for nobody.
func Routes(service *drafting.Service, actorOf func(echo.Context) drafting.Actor) ([]Route, error) {
	c := &collector{rules: rules()}
	RegisterHandlers(c, &handlers{service: service, actorOf: actorOf})
	for key := range c.rules {
		return nil, fmt.Errorf("api: rule for %s, which is no operation", key)
	}
	return c.routes, c.err
}

// collector is the router that the generated code registers its handlers with.
type collector struct {
	rules  map[string]Rule // of the operations not met yet
	routes []Route
	err    error
}

func (c *collector) add(method, path string, h echo.HandlerFunc) *echo.Route {
	rule, ok := c.rules[method+" "+path]
	if !ok {
		c.err = fmt.Errorf("api: %s %s has no rule", method, path)
	}
	delete(c.rules, method+" "+path)
	c.routes = append(c.routes, Route{Method: method, Path: Base + path, Rule: rule, Handler: unstored(h)})
	return &echo.Route{Method: method, Path: path}
}

// unstored keeps answers out of caches: what one may read can change with the next request.
func unstored(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Cache-Control", "no-store")
		return h(c)
	}
}

// CONNECT and its like are the EchoRouter of the generated code.
func (c *collector) CONNECT(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return c.add(http.MethodConnect, path, h)
}

// DELETE collects a route.
func (c *collector) DELETE(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return c.add(http.MethodDelete, path, h)
}

// GET collects a route.
func (c *collector) GET(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return c.add(http.MethodGet, path, h)
}

// HEAD collects a route.
func (c *collector) HEAD(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return c.add(http.MethodHead, path, h)
}

// OPTIONS collects a route.
func (c *collector) OPTIONS(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return c.add(http.MethodOptions, path, h)
}

// PATCH collects a route.
func (c *collector) PATCH(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return c.add(http.MethodPatch, path, h)
}

// POST collects a route.
func (c *collector) POST(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return c.add(http.MethodPost, path, h)
}

// PUT collects a route.
func (c *collector) PUT(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return c.add(http.MethodPut, path, h)
}

// TRACE collects a route.
func (c *collector) TRACE(path string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return c.add(http.MethodTrace, path, h)
}
