# Two commands matter: `make demo` and `make test`. Everything else is for those who work on the house.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?=
SERVE  ?= 1
# A database for each worker; a file of tests stays together.
PARALLEL := -n auto --maxprocesses 4 --dist loadfile
PORT   ?= 8000

# The system's PostgreSQL 15 if it has one, else the older server of the wheel.
SECOND  = $(or $(wildcard /usr/lib/postgresql/15/bin),$(shell $(BIN)/python -c 'from kernel.db.embedded import wheel_bin; print(wheel_bin(16))'))

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test test-long check format locks clean

help:
	@echo "make demo       set up, then value, sell, license, settle and count; serves http://127.0.0.1:8000 (SERVE=0 ends after the summary, DATA=FILE uses real transactions)"
	@echo "make test       set up, then the test suite"
	@echo "make check      format, lint, types, layers, migrations"
	@echo "make test-long  full counts, a second PostgreSQL, kill sweeps, browsers"

# The stamp carries the lock's name: a changed lock installs again, an unchanged one does nothing.
$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'import ctypes, sys; sys.platform != "linux" or ctypes.CDLL("libgomp.so.1")' 2>/dev/null || echo "LightGBM needs the OpenMP library libgomp.so.1, which this machine lacks (Debian, Ubuntu: libgomp1; Fedora: libgomp). Without it nothing can be valued."
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.dev

demo: setup
	@$(BIN)/market demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,--serve) $(if $(DATA),--data "$(DATA)",)

test: setup-dev
	@$(BIN)/python -m pytest -m "not long" $(PARALLEL)

test-long: setup-dev
	@MARKET_TEST_LONG=1 $(BIN)/python -m pytest -m "long" $(PARALLEL)
	@echo "The suite on a second PostgreSQL: $(SECOND)"
	@MARKET_TEST_POSTGRES_BIN="$(SECOND)" $(BIN)/python -m pytest -m "not long" $(PARALLEL) tests/api tests/integration

check: setup-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/shape tests/integration/test_migrations.py

format: setup-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Needs `uv` on the PATH; the locks carry hashes and name no package host.
locks:
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) .market build *.egg-info
