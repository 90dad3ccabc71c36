# Every target installs what it needs; there is no other set-up step.
PYTHON ?= python3
VENV ?= .venv
AUDIO ?=
# An index with other builds of torch: https://download.pytorch.org/whl/cpu for Linux without a GPU.
TORCH_INDEX ?=
OUT ?= out/demo
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
	$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
# One thread per worker: two pytest workers that each start many threads slow each other down.
THREADS := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1

# Bounds checks change what the compiler makes, of which the cache on disk takes no notice: another cache. One
# thread, because exceptions of the others are lost.
BOUNDS := $(THREADS) NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(CURDIR)/build/numba-bounds
BENCH := $(THREADS) $(BIN)/python -m bench
NOJIT := $(THREADS) NUMBA_DISABLE_JIT=1

.PHONY: demo studio page test coverage test-kernels test-bounds test-nojit lint format docs bench checks studies clean
.DELETE_ON_ERROR:

demo: $(VENV)/installed ## run the main job; make demo AUDIO=my.wav for your own file
	$(BIN)/unpatch demo $(if $(AUDIO),"$(AUDIO)") --out "$(OUT)"

studio: $(VENV)/installed-studio ## open the studio on the demo take
	$(BIN)/unpatch studio --demo

page: ## build the studio's page; needs Node
	cd studio && npm ci --no-audit --no-fund && npm run build

test: lint ## every check
	$(THREADS) $(BIN)/python -m pytest -n 2 --dist loadscope --durations 15
	$(MAKE) test-kernels

coverage: $(VENV)/installed-test ## the tests once more, with the share of lines that they run; slower
	$(THREADS) $(BIN)/python -m pytest -n 2 --dist loadscope --cov --cov-report=term

test-kernels: test-nojit ## compiled kernels at every edge, each index checked
	$(BOUNDS) $(BIN)/python -m pytest -n 2 tests/test_kernels.py tests/test_limiter.py

test-nojit: $(VENV)/installed-test ## the same kernels as plain Python; none without a test
	$(NOJIT) $(BIN)/python -m pytest -n 2 tests/test_kernels.py

test-bounds: $(VENV)/installed-test ## all tests with each index checked; takes long
	$(BOUNDS) $(BIN)/python -m pytest -n 2 --dist loadscope --durations 15

lint: $(VENV)/installed-test ## formatting, style, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/installed-test ## apply formatting and safe fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/installed ## regenerate the pages that are read off the registry
	$(BIN)/python -m unpatch.derive > docs/processors.md
	$(BIN)/python -m unpatch.cli.docs > docs/cli.md

SPEED := $(basename $(filter-out __%,$(notdir $(wildcard bench/speed/*))))

bench: $(VENV)/installed-bench ## time what is fast to time, beside other packages, and rewrite the pages
	for name in $(SPEED); do $(BENCH).speed.$$name || [ $$? = 2 ] || exit 1; done

checks: $(VENV)/installed-bench ## checks from outside that need no data, small; minutes, no page is rewritten
	rm -rf build/checks
	$(BENCH).checks.exports --results build/checks
	$(BENCH).checks.robustness --quick --minutes 3
	$(BENCH).checks.memory --minutes 0.5 --results build/checks -o build/checks/memory
	$(BENCH).checks.killed_training --steps 40 --kills 1 -o build/checks/training
	$(BENCH).checks.killed_search --seconds 4 --kills 1 -o build/checks/search

studies: $(VENV)/installed-bench ## what takes hours; STEMS=, SINGING= and MASTERING= are folders of data
	$(BENCH).checks.robustness
	$(BENCH).checks.interruptions
	$(BENCH).checks.memory
	$(BENCH).studies.known_mixes $(if $(STEMS),--sources "$(STEMS)")
	$(BENCH).studies.mutation
	$(BENCH).studies.mutation --table
ifdef STEMS
	$(BENCH).checks.stems "$(STEMS)" -o runs/stems
	$(BENCH).checks.whole_song "$(STEMS)"
	$(BENCH).studies.foreign_mixes "$(STEMS)" -o runs/foreign_mixes
	$(BENCH).studies.search "$(STEMS)" runs/foreign_mixes
endif
ifdef SINGING
	$(BENCH).checks.outside --sources "$(SINGING)"
	$(BENCH).checks.outside --sources "$(SINGING)" --suite everyday
	$(BENCH).checks.dry --sources "$(SINGING)"
	$(BENCH).studies.shares --sources "$(SINGING)"
	$(BENCH).studies.echoes --sources "$(SINGING)"
endif
ifdef MASTERING
	$(BENCH).studies.mastering runs/mastering --data "$(MASTERING)"
endif

clean: ## remove the virtual environment and everything built
	rm -rf $(VENV) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	touch $@

$(VENV)/installed-studio: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e ".[studio]"
	touch $@ $(VENV)/installed

$(VENV)/installed-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e ".[test]"
	touch $@ $(VENV)/installed

$(VENV)/installed-bench: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e ".[bench]"
	touch $@ $(VENV)/installed
