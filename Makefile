# The few commands people type. They need Python 3.11 or newer, make and a package index; everything else goes into .venv.

PYTHON ?= python3
# Arguments for pytest in `make test`, e.g. make test PYTEST_ARGS="tests/core -x"
PYTEST_ARGS ?= -n 2 --dist loadgroup
# Arguments for pytest-benchmark in `make bench`, e.g. make bench BENCH_ARGS="-k ballot --benchmark-autosave"
BENCH_ARGS ?=
# Arguments for `renda demo` and `renda serve`
DEMO_ARGS ?=
SERVE_ARGS ?=

BIN := .venv/bin
UV := $(BIN)/uv
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --generate-hashes --universal \
	--python-version 3.11 --no-annotate --no-emit-index-url --no-emit-find-links
say = @printf '==> %s\n'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check fix bench soak docs serve lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.runtime ## fill a county with made-up work and show it; no server, no database to install
	$(say) "renda demo"
	@$(BIN)/renda demo $(DEMO_ARGS)

serve: .venv/.runtime ## run the web server on this machine
	$(say) "renda serve"
	@$(BIN)/renda serve $(SERVE_ARGS)

test: .venv/.dev ## run the tests
	$(say) "tests"
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: .venv/.dev ## formatting, lint, types, and which room may import which
	$(say) "ruff format"
	@$(BIN)/ruff format --check .
	$(say) "ruff check"
	@$(BIN)/ruff check .
	$(say) "mypy"
	@$(BIN)/mypy
	$(say) "import contracts"
	@$(BIN)/lint-imports

fix: .venv/.dev ## put right what ruff can put right
	$(say) "ruff"
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: .venv/.dev .venv/.peers ## measure, with the peers and the limits in the same run
	$(say) "benchmarks"
	@$(BIN)/python -m pytest benchmarks --benchmark-enable --benchmark-only $(BENCH_ARGS)

soak: .venv/.dev ## the long tests (many minutes)
	$(say) "soak"
	@RENDA_SOAK=1 $(BIN)/python -m pytest -o faulthandler_timeout=3600 tests/soak tests/core/test_machine.py tests/server/test_delivering_killed.py

docs: .venv/.dev ## build the documentation into site/
	$(say) "documentation"
	@$(BIN)/zensical build --clean --strict

lock: .venv/.uv ## resolve the dependencies anew into the three lock files; commit them all
	$(say) "requirements.lock"
	@$(COMPILE) --upgrade --group build --extra server --output-file requirements.lock pyproject.toml
	$(say) "requirements-dev.lock"
	@$(COMPILE) --upgrade --group build --all-extras --constraint requirements.lock --output-file requirements-dev.lock \
		pyproject.toml
	$(say) "benchmarks/peers.lock"
	@$(COMPILE) --upgrade --output-file benchmarks/peers.lock benchmarks/peers.txt

clean: ## remove what was built and cached; .venv stays
	@rm -rf build dist site .benchmarks .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find src plugins server tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp says "this part of .venv is as new as these files", so a second run installs nothing.
# uv itself is taken from the lock by its hashes, then installs the rest.
.venv/.uv: requirements.lock
	$(say) "Python environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "renda needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@awk '/^uv==/ {take = 1} take {print} take && !/\\$$/ {exit}' requirements.lock > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.txt
	@touch $@

.venv/.runtime: .venv/.uv requirements.lock pyproject.toml
	$(say) "packages of requirements.lock"
	@$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(say) "renda itself"
	@$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(say) "packages of requirements-dev.lock"
	@$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

# The libraries that counting is compared with hold NumPy and Numba back, so they have an environment of their own.
.venv/.peers: .venv/.uv benchmarks/peers.lock
	$(say) "packages of benchmarks/peers.lock"
	@$(UV) venv --quiet --clear --python $(BIN)/python .venv/peers
	@$(UV) pip install --quiet --compile-bytecode --python .venv/peers/bin/python --require-hashes -r benchmarks/peers.lock
	@touch $@
