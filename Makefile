# All of Wattfare's commands. They need Python (3.11 to 3.13) and make; the rest they bring along.

# The environment's own interpreter, or the first that will do; PYTHON=... overrides.
PYTHON ?= $(shell for p in .venv/bin/python python3 python3.11 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& command -v $$p && break; done || echo python3)
VENV_PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run setup test lint bench bundle deb test-deb appdir windows-installer \
	test-windows-installer docs lock clean

help: ## Say what there is to type
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

run: ## Start the wallet (its demo where there is no display)
	@$(PYTHON) packaging/bootstrap.py run

setup: ## Make .venv with everything that development needs
	@$(PYTHON) packaging/bootstrap.py dev

test: setup ## All checks and all tests
	@$(VENV_PYTHON) packaging/checks.py all

lint: setup ## The checks that only read the code
	@$(VENV_PYTHON) packaging/checks.py lint

bench: setup ## Every figure beside its goal; CALLS=10000000 for a ledger of that many
	@PYTHONPATH=packaging $(VENV_PYTHON) -m benchmarks
	@failed=0; for what in dialects "ledger $(CALLS)" "verify 100000" authorization revocation; do \
		$(VENV_PYTHON) -m benchmarks.$$what || failed=1; done; exit $$failed

bundle: ## The frozen application in dist/wattfare
	@$(PYTHON) packaging/bootstrap.py bundle
	@$(VENV_PYTHON) packaging/build.py

deb: ## The Debian package of it, in dist
	@$(PYTHON) packaging/bootstrap.py bundle
	@$(VENV_PYTHON) packaging/build.py --if-stale
	@$(VENV_PYTHON) packaging/deb.py

test-deb: deb ## That package, installed, used and removed in a bare Debian 12 (takes root)
	@$(VENV_PYTHON) packaging/deb_trial.py

appdir: ## The folder of an AppImage, in dist; the AppImage too where appimagetool is there
	@$(PYTHON) packaging/bootstrap.py bundle
	@$(VENV_PYTHON) packaging/build.py --if-stale
	@$(VENV_PYTHON) packaging/appimage.py

windows-installer: ## The installer of a Windows bundle in dist/wattfare (takes makensis)
	@$(PYTHON) packaging/bootstrap.py bundle
	@$(VENV_PYTHON) packaging/windows_installer.py

test-windows-installer: setup ## That installer, tried under Wine: 670 MB of packages, two minutes
	@$(VENV_PYTHON) packaging/windows_trial.py

docs: setup ## What is made of the code and of libraries: docs/translation.md, resources/openapi.json, prices
	@$(VENV_PYTHON) packaging/translation.py
	@$(VENV_PYTHON) packaging/openapi.py
	@$(VENV_PYTHON) packaging/prices.py

lock: setup ## Resolve the locks anew; UPGRADE=1 takes newer versions
	@$(VENV_PYTHON) packaging/lock.py $(if $(UPGRADE),--upgrade)

clean: ## Take away everything that was made
	rm -rf .venv build dist demo-screenshots .stamps \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
