# `make up` runs a site, `make test` tests it. Everything else is the `doorstart` command in .venv/bin.
SHELL := /bin/sh
VENV := .venv/bin
UV_FLAGS := --frozen --inexact --quiet

SERVERS := spawn class timetable memory browser
PARTS := $(SERVERS) exchange hub

.PHONY: up down test lint bench bench-grading bench-bundle bench-table $(PARTS:%=bench-%) catalogues

up: .venv/.cli
	$(VENV)/doorstart site up

down: .venv/.cli
	$(VENV)/doorstart site down

lint: .venv/.dev extensions/lab/node_modules/.made
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy
	cd extensions/lab && node_modules/.bin/tsc --project .

test: .venv/.dev lint
	tests/run

# New sentences of the Hub's pages into the catalogues of each language, for somebody to translate.
CATALOGUES := hub/doorstart/language/catalogues
catalogues: .venv/.dev
	$(VENV)/pybabel --quiet extract --mapping-file=$(CATALOGUES)/babel.cfg --keyword=N_ --add-location=file --sort-by-file \
		--project=Doorstart --version= --output-file=build/sentences.pot hub
	for language in nl fr de; do $(VENV)/pybabel --quiet update --input-file=build/sentences.pot --locale=$$language \
		--output-file=$(CATALOGUES)/$$language.po --no-fuzzy-matching --ignore-obsolete --omit-header \
		--width=110 || exit 1; done

# Doorstart beside what it is compared with, in turn, on this machine; each part writes build/bench/<part>.json. ROUNDS
# and other options of a part: make bench-spawn OPTIONS="--rounds 3". A learner's server is attacked once, by the first.
bench: bench-grading bench-bundle
	$(MAKE) bench-spawn
	for part in $(filter-out spawn,$(SERVERS)); do $(MAKE) bench-$$part OPTIONS=--without-attacks || exit 1; done
	$(MAKE) bench-exchange bench-hub

# Beside plain JupyterHub with DockerSpawner, whose images are built here too.
$(PARTS:%=bench-%): bench-%: .venv/.dev
	$(VENV)/python tests/prepare.py
	PYTHONPATH=tests $(VENV)/python -m bench.$(if $(filter class,$*),school_class,$*) $(OPTIONS)

# Beside plain nbgrader, in the same run; writes build/bench/grading.json.
bench-grading: .venv/.dev
	$(VENV)/python tests/prepare.py
	PYTHONPATH=tests $(VENV)/python -m bench.grading

# The figures of the last runs into docs/performance.md.
bench-table: .venv/.dev
	PYTHONPATH=tests $(VENV)/python -m bench.table

# What a stick carries after three kinds of change, beside `docker save`; writes build/bench/bundle.json.
bench-bundle: .venv/.dev
	$(VENV)/python tests/prepare.py
	PYTHONPATH=tests $(VENV)/python -m bench.bundle

# The Python environment. Debian keeps venv in a package of its own.
.venv/bin/uv:
	python3 -m venv .venv || { apt-get update -qq && apt-get install -qq --yes python3-venv && python3 -m venv .venv; }
	$(VENV)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<0.14"

.venv/.cli: .venv/bin/uv pyproject.toml uv.lock
	$(VENV)/uv sync $(UV_FLAGS) --extra cli --extra paper
	touch $@

.venv/.dev: .venv/bin/uv pyproject.toml uv.lock
	$(VENV)/uv sync $(UV_FLAGS) --extra cli --group dev
	touch $@ .venv/.cli

# What types of JupyterLab are checked against. To build a page, much less is needed: doorstart.images.lab.
extensions/lab/node_modules/.made: extensions/lab/package.json extensions/lab/package-lock.json
	command -v npm >/dev/null || apt-get install -qq --yes nodejs npm
	cd extensions/lab && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@
