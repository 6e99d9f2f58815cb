# Every command works on a fresh machine with Python 3.11, pip and make; the first one also installs.
.PHONY: run test quick check lint types imports tests quick-tests soak browser bench binary constraints clean

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

run: .venv/ready
	@exec $(BIN)/python main.py

# What does not need each other runs side by side; one that fails fails the whole, once all have ended.
SIDE_BY_SIDE := @$(MAKE) --no-print-directory --output-sync=line --keep-going

test: .venv/ready-dev browser
	$(SIDE_BY_SIDE) --jobs 4 lint types imports tests

# Without servers and pages: two minutes.
quick: .venv/ready-dev
	$(SIDE_BY_SIDE) --jobs 4 lint types imports quick-tests

check: .venv/ready-dev
	$(SIDE_BY_SIDE) --jobs 3 lint types imports

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/pyright

imports:
	$(BIN)/lint-imports

# Three at a time: most of them wait, for a process, a page or a pause.
tests:
	$(BIN)/python -m pytest -n 3 --dist worksteal

quick-tests:
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/unit tests/storage tests/engine

# Long ones: kills the server SOAK_ROUNDS times (200) under load.
soak: .venv/ready-dev
	$(BIN)/python -m pytest -m soak -s

bench: .venv/ready-dev browser
	$(BIN)/python -m tests.bench

binary:
	@echo "make binary is not there yet: run from a checkout with make run." && exit 1

# The browser tests drive Debian's Chromium, or one that is installed already.
browser:
	@command -v chromium >/dev/null || { \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq chromium >/dev/null; }

.venv/python:
	@$(PYTHON) -m venv .venv 2>/dev/null || { \
	  $(PYTHON) -m pip install --quiet --user virtualenv && $(PYTHON) -m virtualenv --quiet .venv; }
	@touch $@

.venv/ready: .venv/python pyproject.toml constraints.txt
	@echo "Installing into .venv (the first time takes a minute)"
	@$(PIP) --editable .
	@touch $@

.venv/ready-dev: .venv/ready
	@echo "Installing the tools for tests into .venv"
	@$(PIP) --editable '.[dev]'
	@touch $@

# Pins what is installed now; run it in a fresh .venv to move to newer versions.
constraints: .venv/python
	$(BIN)/python -m pip install --quiet --upgrade --editable '.[dev]'
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt

clean:
	rm -rf .venv dist build *.egg-info
