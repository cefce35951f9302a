#!/usr/bin/env bash
# The numbers of every algorithm against a second program, written from the papers: a few fixed settings each, and faults that are put
# into that program on purpose, each of which must show. `make check-algorithms SEED=n` takes more settings.
check=$(dirname "$0")/check_algorithms.sh
"$check" 29 --runs 2 --defects
status=$?
# A part of the model that ends behind its last parameter: what a codec makes of the zeros there is nobody's.
"$check" 52 --runs 6 streaming_diloco && exit $status
