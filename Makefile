# Everything a developer or a curious admin types. Each target sets up what it needs by itself.

VENV   := .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TOOLS  := $(VENV)/tools
LOCK   := $(TOOLS)/bin/uv pip compile pyproject.toml --quiet --upgrade --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: demo test lint soak bench switch lock audit fuzz clean

demo: $(READY) switch          ## real calls through a real Asterisk; --keep: make demo KEEP=1
	$(BIN)/python -m demo $(if $(KEEP),--keep)

test: $(READY) switch lint     ## everything that must hold
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not switch" $(PYTEST)
	# Real calls wait more than they work; the longest files go first.
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m switch \
		tests/line tests/switch tests/faults tests $(PYTEST)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: $(READY) switch          ## calls and random faults for two hours; SECONDS=600 SEED=7
	SOAK_SECONDS=$(or $(SECONDS),7200) SOAK_SEED=$(or $(SEED),1) \
		$(BIN)/python -m pytest tests/faults/test_soak.py -q --log-cli-level=INFO

bench: $(READY) switch         ## figures, measured side by side on this machine
	$(BIN)/python -m benchmarks

switch: $(READY)               ## an Asterisk: the system's own, or one under var/
	$(BIN)/careline switch install

lock: $(TOOLS)                 ## the newest allowed versions, with hashes: engine, and everything
	$(LOCK) -o requirements.lock
	$(LOCK) --all-extras -c requirements.lock -o requirements-all.lock

audit: $(TOOLS)                ## known faults of locked packages; fails where one cannot be asked about
	$(TOOLS)/bin/pip-audit --strict --disable-pip --require-hashes -r requirements-all.lock

fuzz: $(READY)                 ## every parser of outside bytes, guided by coverage: make fuzz SECONDS=600
	$(BIN)/pip install --quiet atheris
	$(BIN)/python -m fuzz $(or $(SECONDS),60)

$(TOOLS):
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet uv pip-audit

$(READY): pyproject.toml deploy/packages.sh
	sh deploy/packages.sh
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Careline needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $(READY)

clean:                         ## remove the virtual environment, caches, and all of var/
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
