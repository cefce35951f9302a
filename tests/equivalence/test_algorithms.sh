#!/usr/bin/env bash
# The numbers of every algorithm against a second program, written from the papers: a few fixed settings each, and faults that are put
# into that program on purpose, each of which must show. `make check-algorithms SEED=n` takes more settings.
check=$(dirname "$0")/check_algorithms.sh
"$check" 33 --runs 2 --defects
status=$?
# The last fragment of the model ends behind the last parameter: what a codec makes of the zeros there must reach no parameter.
"$check" 52 --runs 6 streaming_diloco && exit $status
