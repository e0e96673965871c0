package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"plenary/realtime"
	"plenary/server/drafting"
)

// metrics counts what the server does, for Prometheus. No number tells of one person or one draft.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec   // by method, route, status
	took     *prometheus.HistogramVec // by route
	faults   prometheus.Counter       // the server's own
	live     prometheus.Gauge         // connections that write or follow now
}

func newMetrics(service *drafting.Service, git http.Handler) (*metrics, error) {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "plenary_requests_total", Help: "Requests answered, by method, route and status.",
		}, []string{"method", "route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "plenary_request_seconds", Help: "How long requests took, by route; live connections are left out.",
			Buckets: []float64{0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30},
		}, []string{"route"}),
		faults: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "plenary_faults_total", Help: "Requests that ended in a fault of the server.",
		}),
		live: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "plenary_live_connections", Help: "Connections in drafts at this moment.",
		}),
	}
	rooms := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "plenary_rooms", Help: "Drafts open for writing together at this moment.",
	}, func() float64 { return float64(service.Hub().Rooms()) })
	hub := service.Hub()
	ofHub := func(name, help string, value func(realtime.Counts) uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(value(hub.Counts())) })
	}
	for _, c := range []prometheus.Collector{
		ofHub("plenary_edits_total", "Edits written to the journal.", func(c realtime.Counts) uint64 { return c.Edits }),
		ofHub("plenary_commits_total", "Commits made of what was written together.", func(c realtime.Counts) uint64 { return c.Commits }),
		ofHub("plenary_saves_failed_total", "Saves that came to nothing and are made again.", func(c realtime.Counts) uint64 { return c.Failed }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "plenary_unsaved_drafts", Help: "Drafts whose journal holds words that no commit holds yet; -1 when that cannot be read.",
		}, func() float64 { return unsaved(hub) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "plenary_git_processes", Help: "Git processes that serve somebody at this moment.",
		}, func() float64 { return processes(git) }),
		m.requests, m.took, m.faults, m.live, rooms,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := m.registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// unsaved counts drafts; a scrape has no context of its own.
func unsaved(hub *realtime.Hub) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	n, err := hub.Unsaved(ctx)
	if err != nil {
		return -1
	}
	return float64(n)
}

// processes counts those of a git door that can tell.
func processes(git http.Handler) float64 {
	if door, ok := git.(interface{ Processes() int }); ok {
		return float64(door.Processes())
	}
	return 0
}

// answered counts one request. Addresses that are no route are one, whatever strangers ask for, and so are methods.
func (m *metrics) answered(c echo.Context, took time.Duration, known map[string]bool) {
	method, route := c.Request().Method, c.Path()
	if !known[method+" "+route] {
		method, route = "other", "none"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(c.Response().Status)).Inc()
	if !strings.HasSuffix(route, "/live") {
		m.took.WithLabelValues(route).Observe(took.Seconds())
	}
}

// metricsPage answers Prometheus: on this machine, not through a proxy, or with the token that the configuration names.
// For everybody else there is no such page.
func (s *Server) metricsPage(c echo.Context) error {
	if !s.mayMeasure(c.Request()) {
		return drafting.ErrNotFound
	}
	// Compressed once, with every other answer; twice, nobody could read it.
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(c.Response(), c.Request())
	return nil
}

func (s *Server) mayMeasure(r *http.Request) bool {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && s.metricsToken != "" {
		given, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.metricsToken))
		return subtle.ConstantTimeCompare(given[:], want[:]) == 1
	}
	for _, forwarded := range []string{"X-Forwarded-For", "X-Real-Ip", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via"} {
		if r.Header.Get(forwarded) != "" {
			return false // a proxy on this machine stands for somebody elsewhere
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	if err != nil || ip == nil || !ip.IsLoopback() {
		return false
	}
	// A proxy that forwards no header of its own still passes on the name people use.
	named, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		named = r.Host
	}
	at := net.ParseIP(strings.Trim(named, "[]"))
	return named == "localhost" || at != nil && at.IsLoopback()
}

// ready answers whether requests should be sent here now: everything it stands on can be used and it is not stopping.
// What is wrong in particular is for the log.
func (s *Server) ready(c echo.Context) error {
	if s.stopping.Load() {
		return c.String(http.StatusServiceUnavailable, "The server is stopping.\n")
	}
	err := s.service.Ready(c.Request().Context())
	if err == nil && s.git != nil {
		_, err = exec.LookPath("git")
	}
	if err != nil {
		s.log.LogAttrs(c.Request().Context(), slog.LevelError, "not ready", slog.String("request", requestID(c)), slog.Any("error", err))
		return c.String(http.StatusServiceUnavailable, "Not ready: the log says why.\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
