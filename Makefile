# Everything a developer or a curious admin types. Each target sets up what it needs by itself.

VENV   := .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TOOLS  := $(VENV)/tools
LOCK   := $(TOOLS)/bin/uv pip compile pyproject.toml --quiet --upgrade --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: demo test unit calls steady types lint soak bench switch programs python lock audit fuzz clean

# What waits for packages, for an Asterisk or for telephones does not wait in a queue.
MAKEFLAGS += --jobs=4

demo: $(READY) switch          ## real calls through a real Asterisk; --keep: make demo KEEP=1
	$(BIN)/python -m demo $(if $(KEEP),--keep)

test: lint unit calls types $(if $(CI),steady)  ## everything that must hold

unit: lint programs            ## what needs no switch; calls under way come first on the processor
	nice -n 5 $(BIN)/python -m pytest -n 2 --dist loadfile -m "not switch" $(PYTEST)

# Real calls wait more than they work, so types are looked at beside them; the longest files go first.
LAST := $(if $(filter test,$(MAKECMDGOALS)),unit)

calls: $(READY) switch | $(LAST)
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m switch \
		tests/hotline/test_secrets.py tests/faults tests/hotline tests/switch tests/line \
		$(if $(CI),--ignore tests/faults/test_soak.py) $(PYTEST)

types: $(READY) | $(LAST)
	nice -n 15 $(BIN)/mypy

steady: lint switch            ## five minutes of the soak; in CI, beside everything else
	SOAK_SECONDS=300 $(BIN)/python -m pytest tests/faults/test_soak.py -q

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

soak: $(READY) switch          ## calls and random faults for two hours; SECONDS=600 SEED=7
	SOAK_SECONDS=$(or $(SECONDS),7200) SOAK_SEED=$(or $(SEED),1) \
		$(BIN)/python -m pytest tests/faults/test_soak.py -q --log-cli-level=INFO

bench: $(READY) switch         ## figures, measured side by side on this machine
	$(BIN)/python -m benchmarks

switch: programs               ## an Asterisk: the system's own, or one under var/
	$(PYTHON) -m ivr.switch

programs: python
	sh deploy/packages.sh

python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Careline needs Python 3.11 or newer; set PYTHON=")'

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

# Not compiled: most of what is installed is never imported.
$(READY): pyproject.toml | python
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-compile --editable '.[dev]'
	touch $(READY)

clean:                         ## remove the virtual environment, caches, and all of var/
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
