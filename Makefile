# The recipes of the project; `make` alone lists them. Nothing needs to be installed first but Rust.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run ui ui-test screenshots node chromium test test-quick crash-rounds backup-rounds bench api gen gen-check deny sizes hook prerequisites postgres mariadb lint

CARGO ?= cargo
# Arguments of `make run`, such as ARGS="--workers 8".
ARGS ?=
ROUNDS ?= 1000
# A red doctest or test must not hide behind colours in a log.
HAS_NEXTEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo yes)
ifeq ($(HAS_NEXTEST),yes)
RUN_TESTS = $(CARGO) nextest run --locked --workspace
else
RUN_TESTS = $(CARGO) test --locked --workspace --all-targets
endif
WITH_POSTGRES = $(CARGO) run --quiet --locked --package horarium-testkit --bin with-postgres --
WITH_DATABASES = $(WITH_POSTGRES) --mariadb --

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ui ## build and start a server on 127.0.0.1:8080, data in ./data
	@[ -e "$${CARGO_TARGET_DIR:-target}/release/horarium" ] || echo "The first build takes some minutes."
	$(CARGO) run --release --locked --package horarium-cli -- serve $(ARGS)

NPM = PATH="$$(ui/scripts/node.sh):$$PATH" npm --prefix ui

ui: ## build the dashboard with npm, so that the next build of the binary holds it
	@ui/scripts/node.sh > /dev/null
	@[ ui/node_modules/.package-lock.json -nt ui/package-lock.json ] || $(NPM) ci --no-audit --no-fund
	$(NPM) run build

ui-test: ui chromium ## the dashboard's tests, in Chromium against the real binary
	$(NPM) test
	$(CARGO) build --quiet --locked --package horarium-cli --bins
	$(NPM) run e2e

screenshots: ui chromium ## every page of the dashboard, light and dark, wide and narrow, in ui/screenshots
	$(CARGO) build --quiet --locked --package horarium-cli --bins
	$(NPM) run screenshots

chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { $(call apt,chromium); }

test: prerequisites postgres mariadb lint ## everything CI runs: format, lints, tests on both databases, doctests
	$(CARGO) build --quiet --locked --workspace --bins
	$(WITH_DATABASES) $(RUN_TESTS)
	$(CARGO) test --locked --workspace --doc
	$(MAKE) --no-print-directory ui-test

test-quick: ## tests on SQLite only, without lints
	$(RUN_TESTS)

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

crash-rounds: prerequisites postgres ## kill -9 rounds against servers that run, SQLite and three nodes (ROUNDS=1000)
	$(CARGO) build --quiet --locked --workspace --bins
	HORARIUM_TEST_ROUNDS=$(ROUNDS) $(WITH_POSTGRES) $(CARGO) test --locked --package horarium-cli --test crash -- \
	  --nocapture --test-threads 1 crash_rounds

backup-rounds: prerequisites ## backups under load, each restored and checked (ROUNDS=50)
	$(CARGO) build --quiet --locked --workspace --bins
	HORARIUM_TEST_BACKUPS=$(or $(filter-out 1000,$(ROUNDS)),50) $(CARGO) test --locked --package horarium-cli --test cli -- --nocapture backup

bench: postgres ## figures of this machine (ARGS goes to the benchmark)
	$(CARGO) run --release --locked --package horarium-bench -- $(ARGS)

api: gen ## the OpenAPI document (openapi.json)

gen: ## write the generated files: openapi.json, docs/settings.md, docs/permissions.md
	$(CARGO) run --quiet --locked --package xtask -- gen

gen-check: ## fail when a generated file is stale
	$(CARGO) run --quiet --locked --package xtask -- gen --check

deny: ## licences, advisories and bans (needs cargo-deny)
	@command -v cargo-deny >/dev/null || { echo "cargo-deny is missing: cargo install --locked cargo-deny"; exit 1; }
	$(CARGO) deny --locked check

sizes: ## the twenty largest source files
	@git ls-files -z '*.rs' '*.sql' '*.ts' | xargs -0 wc -l | sort -rn | sed -n '2,21p'

hook: ## check format and generated files before every commit
	@hook="$$(git rev-parse --git-path hooks)/pre-commit"; \
	printf '#!/bin/sh\nset -e\ncargo fmt --all --check\nmake --no-print-directory gen-check\n' > "$$hook"; \
	chmod +x "$$hook"; echo "wrote $$hook"

# What a bare machine lacks. Installed only where that needs no question: as root on Debian.
prerequisites:
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: https://rustup.rs (rust-toolchain.toml names the version)"; exit 1; }
	@command -v cc >/dev/null || { $(call apt,gcc libc6-dev); }

mariadb:
	@command -v mariadbd >/dev/null || ls /usr/sbin/mariadbd >/dev/null 2>&1 || { $(call apt,mariadb-server); }

postgres:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { $(call apt,postgresql); }

apt = if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1); \
	else echo "missing: $(1). Install it (Debian: sudo apt-get install $(1)) and try again."; exit 1; fi
