# `make` prints the targets. Set-up happens by itself, within constraints.txt, into .venv, and talks on stderr only.
PYTHON ?= python3
ARGS ?=
SETUP = $(PYTHON) tools/setup.py
RUN = .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup demo test long check fix chaos docs clean

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 8

setup: ## set up everything a developer needs
	@$(SETUP) test check

demo: ## run Fairgo with an invented company: make demo ARGS='--exit --json --data DIR'
	@$(SETUP) && exec .venv/bin/fairgo demo $(ARGS)

test: ## run the tests: make test ARGS='tests/ledger -k proof'
	@$(SETUP) test check && $(RUN) -m pytest -n logical --dist worksteal -m "not long" $(ARGS)

long: ## run the campaigns that `make test` leaves out
	@$(SETUP) test check && $(RUN) -m pytest -n logical --dist worksteal -m long $(ARGS)

check: ## formatting, lints, types, import contracts and house rules (at most 30 s)
	@$(SETUP) test check && $(RUN) tools/check.py

fix: ## repair what the formatter and the linter can
	@$(SETUP) check && $(RUN) -m ruff format . && $(RUN) -m ruff check --fix .

chaos: ## the long campaign: kill the server 200 times under load, then check the evidence
	@$(SETUP) test && KILLS=200 $(RUN) -m pytest -q tests/gateway/test_kill.py $(ARGS)

docs: ## write the generated documents anew
	@$(SETUP) && $(RUN) tools/generate.py

clean: ## remove .venv and every cache
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
