# Two commands do all the set-up: `make run` starts the bot, `make test` checks everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .venv-bench
INSTALL := PYTHONWARNINGS=ignore $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-input
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-options \
	--strip-extras --allow-unsafe --no-header --extra build

.PHONY: run test docs snapshot fuzz soak bench bench-peers bench-scale lock clean
.DEFAULT_GOAL := run

run: $(VENV)/run.stamp
	@$(BIN)/talks

test: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

docs: $(VENV)/test.stamp
	$(BIN)/python -m tests.docs.examples

# What changed of what is said to the questions of the sets; KEEP=--keep keeps it.
snapshot: $(VENV)/test.stamp
	$(BIN)/python -m tests.snapshot $(KEEP)

# What nobody would type, thrown at every door; FUZZ="--count 5000 --seed 12" for another number, or the same again.
fuzz: $(VENV)/test.stamp
	$(BIN)/python -m tests.fuzz $(FUZZ)

# 50,000 questions from 12,500 places: what they leave in memory and in files.
soak: $(VENV)/test.stamp
	$(BIN)/python -m tests.soak

bench: $(VENV)/test.stamp
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench_loading
	$(BIN)/python -m tests.bench_platforms

# The same questions to other ways of answering; QUESTIONS="a.yaml b.yaml" asks those of further files too.
bench-peers: $(BENCH_VENV)/bench.stamp
	$(BENCH_VENV)/bin/python -m tests.bench_peers $(QUESTIONS)

# How it grows; SIZES="10000 100000" leaves the million out.
bench-scale: $(VENV)/test.stamp
	$(BIN)/python -m tests.bench_scale $(SIZES)

# Pins what is installed, with hashes, to the newest releases that pyproject.toml allows.
lock: $(VENV)/test.stamp
	$(INSTALL) pip-tools
	$(COMPILE) --upgrade -o requirements.lock pyproject.toml
	$(COMPILE) --upgrade --extra dev -o requirements-dev.lock pyproject.toml
	$(COMPILE) --upgrade --extra bench -o requirements-bench.lock pyproject.toml

clean:
	rm -rf $(VENV) $(BENCH_VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the bot needs (once) …"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/run.stamp

$(BENCH_VENV)/bench.stamp: requirements-bench.lock pyproject.toml | $(BIN)/python
	@test -d $(BENCH_VENV) || $(BIN)/python -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip --disable-pip-version-check install --quiet --no-input --require-hashes -r requirements-bench.lock
	$(BENCH_VENV)/bin/python -m pip --disable-pip-version-check install --quiet --no-input --no-deps --no-build-isolation --editable .
	@touch $@
