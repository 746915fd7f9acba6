# make run     environment, installation, and the seed and demonstration corpora, offline; ends with the SRO timeline
# make test    environment, installation, and all tests, offline
# The other targets are for work on the program; each begins with the same installation.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: run test lint bench eval train soak fuzz audit pins archive demo-site clean help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_CONSTRAINT=$(CURDIR)/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet
WORKERS ?= 2
TESTS ?= tests

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

# ------------------------------------------------------------------ installation

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which with PYTHON=..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# The stamps carry what an installation depends on: a changed pyproject.toml or constraints.txt installs again.
$(VENV)/.installed-run: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing into $(VENV) (once; 600 MB on the disk, half a minute to three minutes)"
	@start=$$SECONDS; $(PIP) -e .; echo "installed in $$((SECONDS - start)) s"; touch $@

$(VENV)/.installed-dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing into $(VENV), with what the tests need (once; 900 MB on the disk, one to four minutes)"
	@start=$$SECONDS; $(PIP) -e '.[dev]'; echo "installed in $$((SECONDS - start)) s"; touch $@ $(VENV)/.installed-run

# The oldest DuckDB that has to read what is published, beside the installed one; offline its test is skipped by name.
OLD_DUCKDB := 1.5.5
$(VENV)/duckdb-1.5: | $(BIN)/python
	@PIP_CONSTRAINT= PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-deps --target $@.new duckdb==$(OLD_DUCKDB) \
	&& mv $@.new $@ || { rm -rf $@.new; echo "duckdb $(OLD_DUCKDB) cannot be had now: its test will be skipped"; }

# ------------------------------------------------------------------------- use

run: $(VENV)/.installed-run
	@start=$$SECONDS; $(BIN)/auszug run corpora/seed corpora/ahrenfeld --offline; \
	$(BIN)/auszug query topic_timeline -p topic=sro -p source=ahrenfeld; \
	echo "done in $$((SECONDS - start)) s; next: $(BIN)/auszug query"

# Workers begin with neighbouring tests (worksteal): what a module's tests share is made by one of them, not by both.
test: $(VENV)/.installed-dev $(VENV)/duckdb-1.5
	@start=$$SECONDS; status=0; $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TESTS) || status=$$?; \
	echo "tests took $$((SECONDS - start)) s"; exit $$status

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy

# An hour, most of it for growth (BENCH="--only pages,extraction": minutes; its options: python -m tests.bench --help).
bench: $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench $(BENCH)
	$(BIN)/python -m tests.scale --statements $${STATEMENTS:-1000000}

# Quality on annotated documents, by style; with those put aside while tuning apart. Other documents: GOLD=folder.
eval: $(VENV)/.installed-dev
	$(BIN)/python -m pipeline.evaluate $${GOLD:-tests/gold/dev --held-out tests/gold/heldout.txt} --by-style

train: $(VENV)/.installed-dev
	$(BIN)/python -m pipeline.train

# Long checks (random kills, fuzzing, full disks) that `make test` runs in a short form. SOAK multiplies their counts.
soak: $(VENV)/.installed-dev
	@start=$$SECONDS; status=0; AUSZUG_SOAK=$${SOAK:-20} $(BIN)/python -m pytest -m soak -n $(WORKERS) -s $(TESTS) || status=$$?; \
	echo "soak took $$((SECONDS - start)) s"; exit $$status

# Hostile input for everything that reads what came from outside: a minute a target (SECONDS_EACH), what breaks is in .fuzz/.
fuzz: $(VENV)/.installed-dev
	$(PIP) '.[fuzz]'
	$(BIN)/python -m tests.fuzz --seconds $${SECONDS_EACH:-60}

# Known vulnerabilities of the installed versions. Fails on a finding, and where nothing could be looked up.
audit: $(VENV)/.installed-dev
	$(PIP) '.[audit]'
	$(BIN)/python -m tests.audit

# ---------------------------------------------------------------- maintenance

# Pins what is installed now: after a deliberate update, with the tests green.
pins: $(VENV)/.installed-dev
	$(BIN)/python -m tests.pins > constraints.new
	mv constraints.new constraints.txt

# The demonstration county as a site on this machine, to try the harvester on (GENERATION=3 for ALLRIS 3).
demo-site: $(VENV)/.installed-dev
	$(BIN)/python -m tests.allris_server.server --generation $${GENERATION:-4}

# The demonstration archive from its source.
archive: $(VENV)/.installed-dev
	$(BIN)/python -m tests.allris_server.build_ahrenfeld

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis corpora/.auszug corpora/auszug*.duckdb*
	find pipeline tests -name __pycache__ -type d -prune -exec rm -rf {} +
