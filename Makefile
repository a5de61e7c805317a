# Everything a developer or a curious admin types. Each target sets up what it needs by itself.

VENV   := .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test lint bench switch clean

demo: $(READY) switch          ## real calls through a real Asterisk; --keep: make demo KEEP=1
	$(BIN)/python -m demo $(if $(KEEP),--keep)

test: $(READY) switch lint     ## everything that must hold
	$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY) switch         ## figures, measured side by side on this machine
	$(BIN)/python -m benchmarks

switch: $(READY)               ## an Asterisk: the system's own, or one under var/
	$(BIN)/careline switch install

$(READY): pyproject.toml deploy/packages.sh
	sh deploy/packages.sh
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Careline needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $(READY)

clean:                         ## remove the virtual environment, caches, and all of var/
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
