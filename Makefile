# Plenary: `make run` serves the demonstration assembly, `make test` runs everything that CI runs.
# Each check also runs alone: make test-go, lint, test-web, test-browser, generated.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS   += --no-builtin-rules

# Go build tag: full-text search is part of SQLite only with it.
TAGS      := sqlite_fts5
TOOLS     := $(CURDIR)/.tools/bin
LINT      := $(TOOLS)/golangci-lint-v2.15.0
GOFUMPT   := $(TOOLS)/gofumpt-v0.12.0
SQLC      := $(TOOLS)/sqlc-v1.31.1
OAPI      := $(TOOLS)/oapi-codegen-v2.8.2
VERSION   := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
LISTEN    ?= 127.0.0.1:8080
NPM       := npm --prefix frontend --no-fund --no-audit --loglevel=error
SOAK      ?= 180
CHROMIUM  ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
PAGES     := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -print)

.PHONY: run build test check fmt generate generated licences bench bench-live bench-git bench-pages long soak fuzz clean \
        test-go test-web test-browser lint tools browser readers

## run: build everything and serve the demonstration assembly on 127.0.0.1:8080
run: build
	./bin/plenary serve --demo --listen $(LISTEN)

## build: the one binary, pages inside
build: bin/plenary

.PHONY: bin/plenary
bin/plenary: frontend/dist/.built
	go build -tags $(TAGS) -ldflags "-X main.version=$(VERSION)" -o $@ ./cmd/plenary

# install, not ci: ci refuses a lock file that lacks packages of other platforms, which some registries do not serve.
frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	$(NPM) install --no-save
	touch $@

frontend/dist/.built: frontend/node_modules/.installed $(PAGES)
	$(NPM) run build
	touch $@

## test: install what the tests need, then everything CI runs (under 15 minutes once installed)
test: tools browser readers lint generated test-web test-go test-browser
	@echo "all checks passed"

## check: the same without the browser stories
check: lint generated test-web test-go

## test-go: Go tests with the race detector, stories with the real git client and a soak of live editing among them
# The soak sleeps most of its three minutes: one package more than there are processors is tested at a time.
test-go: build
	go vet -tags $(TAGS) ./...
	PLENARY_SOAK_SECONDS=$(SOAK) go test -tags $(TAGS) -race -timeout 12m -p $$(($$(nproc) + 1)) ./...

## test-web: TypeScript types, style and unit tests
test-web: frontend/node_modules/.installed
	$(NPM) run check
	$(NPM) run test

## test-browser: stories in Chromium against the real server
test-browser: build browser
	CHROMIUM="$(CHROMIUM)" $(NPM) run e2e

## lint: import rules of the house, style, likely faults
lint: $(LINT)
	$(LINT) run --allow-parallel-runners --build-tags $(TAGS) ./...

## fmt: rewrite sources in the one format
fmt: $(LINT) frontend/node_modules/.installed
	$(LINT) fmt ./...
	$(NPM) run fmt

## generate: everything that is made from something else
generate: $(SQLC) $(OAPI) frontend/node_modules/.installed licences
	cd server/store && $(SQLC) generate
	cd server/api && $(OAPI) -config oapi-codegen.yaml openapi.yaml
	$(NPM) run generate

## generated: fails if generated files are not what generate makes of today's sources
generated: generate
	@git diff --exit-code --stat -- server/store/sqlgen server/api frontend/shared THIRD_PARTY_LICENSES.md || \
	  { echo "generated files are stale: run 'make generate' and commit the result"; exit 1; }

licences: frontend/node_modules/.installed
	go run ./cmd/licences > THIRD_PARTY_LICENSES.md.new
	mv THIRD_PARTY_LICENSES.md.new THIRD_PARTY_LICENSES.md

## bench: speed beside peers in the same run, as ratios, and as rows for BENCHMARKS.md; under 10 minutes
# One package at a time, so that none measures another.
bench: build
	go test -tags $(TAGS) -p 1 -run '^$$' -bench . -benchtime 0.5s -benchmem -timeout 9m ./repo/... ./realtime/... ./server/githttp > bin/bench.txt || \
	  { cat bin/bench.txt; exit 1; }
	cat bin/bench.txt
	awk -f bench/table.awk bin/bench.txt

## bench-git: git's requests beside nginx with git-http-backend, in turn, and 20,000 saves with upkeep; 10 minutes
bench-git:
	PLENARY_BENCH=5 go test -run TestTableBesideNginx -v -timeout 10m ./server/githttp
	PLENARY_SAVES=20000 go test -run TestUpkeepOfManySaves -v -timeout 20m ./repo

## bench-pages: every page of 60 proposals on 300 clauses with 5,000 commits under 100 readers, beside files of the same size
bench-pages: build
	PLENARY_LONG=1 go test -tags $(TAGS) -run TestPagesUnderReaders -v -timeout 10m ./server

## bench-live: live editing beside its peers, the same people typing into each in turn
bench-live: build
	npm --prefix bench/peers --no-fund --no-audit --loglevel=error install --no-save
	node bench/peers/run.mjs bin/plenary
	node bench/peers/run.mjs bin/plenary --people 100 --rooms 20

## long: what takes more than CI's time, a few hours at most
# Of live editing alone: make soak SOAK=3600 (the hour under Node), and, with PLENARY_LONG=1,
# go test -tags sqlite_fts5 -run 'TestKill$$' -v ./cmd/plenary (200 kills under 20 people),
# go test -run TestComeAndGo ./realtime/... (10,000 come and go), npm --prefix frontend run e2e -- away (a minute offline).
long: build
	PLENARY_LONG=1 go test -tags $(TAGS) -timeout 3h ./repo/... ./realtime/... ./server/... ./cmd/plenary
	go test -tags $(TAGS) -run '^$$' -bench BenchmarkRestart ./server/drafting
	PLENARY_LONG=1 CHROMIUM="$(CHROMIUM)" $(NPM) run e2e -- away

## soak: browsers' modules type into the real server through a bad network, for SOAK seconds
soak: frontend/node_modules/.installed
	PLENARY_SOAK_SECONDS=$(SOAK) go test -tags $(TAGS) -run TestSoak -v -timeout 30m ./realtime

## fuzz: a minute for each fuzz target
fuzz:
	@for pkg in $$(go list ./...); do \
	  dir=$$(go list -f '{{.Dir}}' $$pkg); \
	  for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$dir/*_test.go 2>/dev/null | sed 's/^func //'); do \
	    echo "$$pkg $$target"; go test -tags $(TAGS) -run '^$$' -fuzz "^$$target$$" -fuzztime 60s $$pkg; \
	  done; done

tools: $(LINT) $(SQLC) $(OAPI)

$(LINT):
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	mv $(TOOLS)/golangci-lint $@

$(SQLC):
	GOBIN=$(TOOLS) CGO_ENABLED=0 go install github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1
	mv $(TOOLS)/sqlc $@

$(OAPI):
	GOBIN=$(TOOLS) go install github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2
	mv $(TOOLS)/oapi-codegen $@

# The browser stories need Chromium and fonts, the Word checks need pandoc, LibreOffice and xmllint: installed by apt
# where that is possible. Without the browser the stories cannot run; without the others their checks say so and skip.
browser:
	@if [ -n "$(CHROMIUM)" ] && fc-list 2>/dev/null | grep -qi 'Noto Sans CJK'; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium fontconfig fonts-noto-core fonts-noto-cjk fonts-liberation >/dev/null; \
	else \
	  echo "The browser stories need Chromium (set CHROMIUM to its path) and the Noto fonts; install them and run make again."; exit 1; fi

readers:
	@if command -v pandoc && command -v soffice && command -v xmllint; then exit 0; fi >/dev/null; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends pandoc libreoffice-writer libxml2-utils >/dev/null; \
	else \
	  echo "pandoc, LibreOffice or xmllint is missing: the checks of Word files that need them are skipped."; fi

clean:
	rm -rf bin frontend/dist/.built frontend/dist/assets frontend/dist/.vite
