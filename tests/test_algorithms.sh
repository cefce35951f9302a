#!/usr/bin/env bash
# The numbers of every algorithm against a second program, written from the papers: a few fixed settings each, and faults that are put
# into that program on purpose, each of which must show. `make check-algorithms SEED=n` takes more settings.
exec "$(dirname "$0")/check_algorithms.sh" 29 --runs 2 --defects
