# make run    starts everything on http://127.0.0.1:8000 (PORT=8001 for another port); Ctrl-C stops it
# make test   runs all tests; make bench measures; make messages compiles the translations

PORT ?= 8000

# The first Python that is new enough; PYTHON=/path/to/python3.11 overrides.
INSTALL = @python="$(PYTHON)"; \
	for one in .venv/bin/python python3 python3.11 python3.12 python3.13 python3.14 python; do \
		[ -n "$$python" ] && break; \
		$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$$one; \
	done; \
	command -v "$${python:-python3}" >/dev/null || { echo "distviz needs Python 3.11 or newer, and there is none."; exit 1; }; \
	"$${python:-python3}" -I distviz/install.py

# On all cores. Who plays the whole product in a browser plays alone: what is waited for there suffers from neighbours.
SPREAD = --numprocesses=auto --maxprocesses=4 --dist=loadfile

.PHONY: run test bench messages

run:
	$(INSTALL) requirements.txt
	@exec env PORT=$(PORT) DISTVIZ_OPEN=1 .venv/bin/python -m distviz.supervisor

test:
	$(INSTALL) requirements.txt tests/requirements.txt
	@.venv/bin/python -m tests.tools.chromium
	@.venv/bin/python -c "from simulator.runs.warm import warm; warm()"  # once, before several processes do it at the same time
	@.venv/bin/python -m pytest $(SPREAD) -m "not browser"
	@.venv/bin/python -m pytest $(SPREAD) -m browser tests/front
	@.venv/bin/python -m pytest -m browser --ignore=tests/front

bench:
	$(INSTALL) requirements.txt tests/requirements.txt
	@.venv/bin/python -m tests.bench

messages:
	$(INSTALL) requirements.txt tests/requirements.txt
	@.venv/bin/python -m tests.tools.messages
