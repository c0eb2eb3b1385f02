# `make up` runs a site, `make test` tests it. Everything else is the `doorstart` command in .venv/bin.
SHELL := /bin/sh
VENV := .venv/bin
UV_FLAGS := --frozen --inexact --quiet

SERVERS := spawn class timetable memory browser
PARTS := $(SERVERS) exchange hub

.PHONY: up down test lint lint-python lint-lab bench bench-grading bench-bundle bench-pages bench-similar bench-table $(PARTS:%=bench-%) catalogues pictures

up: .venv/.cli
	$(VENV)/doorstart site up

down: .venv/.cli
	$(VENV)/doorstart site down

lint: lint-python lint-lab

lint-python: .venv/.dev
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy

lint-lab: extensions/lab/node_modules/.made
	cd extensions/lab && node_modules/.bin/tsc --project .

test: .venv/.dev
	$(MAKE) --jobs=2 --output-sync=target lint
	tests/run

# New sentences of the Hub's pages, of My course and of feedback into the catalogues of each language, for somebody to translate.
CATALOGUES := hub/doorstart/language/catalogues
COURSE_PAGE := extensions/course_page/src/doorstart_course_page
GRADING := extensions/grading/src/doorstart_grading
define update-catalogues
	mkdir -p build
	$(VENV)/pybabel --quiet extract --mapping-file=$(2)/babel.cfg --keyword=N_ --keyword=sentence --add-location=file --sort-by-file \
		--project=Doorstart --version= --output-file=build/sentences.pot $(1)
	for language in nl fr de; do $(VENV)/pybabel --quiet update --input-file=build/sentences.pot --locale=$$language \
		--output-file=$(2)/$$language.po --no-fuzzy-matching --ignore-obsolete --omit-header \
		--width=110 || exit 1; done
endef
catalogues: .venv/.dev
	$(call update-catalogues,hub,$(CATALOGUES))
	$(call update-catalogues,$(COURSE_PAGE),$(COURSE_PAGE)/language/catalogues)
	$(call update-catalogues,$(GRADING),$(GRADING)/language/catalogues)

# Doorstart beside what it is compared with, in turn, on this machine; each part writes build/bench/<part>.json. ROUNDS
# and other options of a part: make bench-spawn OPTIONS="--rounds 3". A learner's server is attacked once, by the first.
bench: bench-grading bench-bundle bench-pages bench-similar
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

# How fast the pages answer, beside JupyterHub's own, and whether they stand still; writes build/bench/pages.json.
bench-pages: .venv/.dev
	$(VENV)/python tests/prepare.py
	PYTHONPATH=tests $(VENV)/python -m bench.pages

# Which copies are found and how much honest work is flagged; writes build/bench/similar.json.
bench-similar: .venv/.dev
	PYTHONPATH=tests $(VENV)/python -m bench.similar

# The pictures of My course in docs/pictures, of a site that is made for them.
pictures: .venv/.dev
	$(VENV)/python tests/prepare.py
	$(VENV)/python -m pytest tests/browser/pictures.py

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
