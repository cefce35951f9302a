#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# The pages: every command in README.md, CONTRIBUTING.md and docs/ is run (tests/docs/run.py says which not, and how), what they
# print is what the page says, links and paths lead somewhere, figures that count something are right, and the README's main
# table has the times and bytes of today.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3

# A tree of its own, with what is built already: a page may add an algorithm, and make takes seconds.
mkdir tree
cp -a "$root"/{Makefile,README.md,CONTRIBUTING.md,CHANGELOG.md,algorithms,docs,experiments,man,models,plots,sim,simulate} tree
mkdir tree/build
cp -a "$root"/build/{algorithms,models,sim,flags,datadir,xsmm} tree/build
# pages PAGE...: says ok or not ok of every block.
pages() { (cd tree && "$python" "$root/tests/docs/run.py" "$@"); }
documents=$(cd "$root" && echo README.md CONTRIBUTING.md docs/*.md)
pages $documents | tee said
failures=$((failures + $(grep -c '^not ok' said)))
check "all blocks were seen" same "$(grep -cE '^(not )?ok .*:[0-9]+: (sh|shortened|not run)' said)" "$(cd tree && cat $documents | grep -c '^```sh$')"

# The tutorial's algorithm and the faults of its cluster.
crashed() { [ "$(grep -c ',crash,' tree/late/fedavgm/faults.csv)" -eq 1 ] && grep -q '^detection_time = 50ms' tree/late/resolved.ini; }
check "the tutorial's algorithm goes on after a crash that the PS learns of late" crashed
endless_here() {
    (cd tree && timeout 60 ./simulate mine.ini --algorithm fedavgm --no-train -q -o endless --set faults.crash_probability=0.01 --set faults.down_time=20ms \
        --set faults.detection_time=50ms >/dev/null)
}
check "  or after several" endless_here

# The tutorial's algorithm, with something left out.
lacking_here() (
    cd tree && sed -i '/\.combine = /d; s/^static void combine/void fedavgm_combine/' algorithms/fedavgm.c && make >/dev/null 2>&1 &&
        ! ./simulate mine.ini -q -o lacking 2>err && grep -qx 'simulate: algorithm fedavgm has no combine: .*' err
)
check "an algorithm without a callback that is required" lacking_here
floats_lacking() (
    cd tree && sed -i '/\.floats = /d; s/^static size_t floats/size_t powersgd_floats/' algorithms/powersgd.c && make >/dev/null 2>&1 &&
        ! ./simulate experiments/smoke.ini --algorithm powersgd -q -o lacking 2>err && grep -qx 'simulate: algorithm powersgd has no floats: .*' err
)
check "  or that another one requires" floats_lacking

# lacking FILE CALLBACK MESSAGE: a plug-in without CALLBACK, which its contract requires, is one line; FILE is as before then.
lacking() (
    cd tree && cp "$1" whole.c && sed -i "/^ *\.$2 = /d; s/^static void $2(/void plugin_$2(/" "$1" && make >/dev/null 2>&1
    ! ./simulate --check experiments/smoke.ini >out 2>err && [ "$(wc -l <err)" -eq 1 ] && grep -qx "simulate: $3" err && mv whole.c "$1" && touch "$1"
)
check "  and a codec without one" lacking algorithms/codecs/sign.c decode "codec sign has no decode: algorithms/codecs/codec.h requires it"
check "  and an optimiser" lacking models/optimizers/nesterov.c direction "optimizer nesterov has no direction: models/optimizer.h requires it"

# Its second algorithm: the pairs of the page are equal in numbers, and differ where the page says that a mistake shows.
differs_under() { # MOMENTUM: of the two FedProx
    (cd tree && rm -rf moved && ./simulate mine.ini -q -o moved --algorithm prox_sgd,fedprox --set train.momentum="$1" --set train.learning_rate=0.01 \
        --set data.train_samples=4096 --set algorithm.prox_sgd.local_steps=32 --set algorithm.prox_sgd.switch_at=0 --set algorithm.prox_sgd.mu=0.5 \
        --set algorithm.fedprox.mu=0.5 --set output.report=no >/dev/null 2>&1 && ! cmp -s moved/{prox_sgd,fedprox}/eval.csv)
}
check "the tutorial's term of the loss counts" sh -c 'cd tree && ! cmp -s switched/prox_sgd/eval.csv near/prox_sgd/eval.csv'
term_in_step() {
    sed -i 's/^static void penalise/static void step/; s/\.step = alg_step/.step = step/; /\.penalise = /d' tree/algorithms/prox_sgd.c
    sed -i 's/^    for (size_t j = 0; j < w->n \&\& mu > 0; j++)/    for (size_t j = 0; j < w->n; j++)/
        s/^        w->gradient\[j\] += \(.*\);/        w->model[j] -= w->rate * (w->gradient[j] + \1);/' tree/algorithms/prox_sgd.c
    make -C tree >/dev/null 2>&1 && differs_under 0.9
}
check "  and in step it misses the momentum" term_in_step
agrees() { ! differs_under 0 && [ -s tree/moved/fedprox/eval.csv ]; }
check "  which without momentum does not show" agrees
progress_ignored() {
    sed -i 's/w->progress < p->switch_at/w->version < 0/' tree/algorithms/prox_sgd.c && make -C tree >/dev/null 2>&1 &&
        (cd tree && ./simulate mine.ini -q -o early --no-train --algorithm prox_sgd,post_local_sgd >/dev/null 2>&1 && ! cmp -s early/{prox_sgd,post_local_sgd}/workers.csv)
}
check "  and without the run's progress the rounds are others" progress_ignored

# What is compared is compared: a page with a wrong number is found out.
printf '%s\n' '```sh' 'echo a  1' 'echo b' '```' '<!-- output -->' '```' 'a 1' 'c' '```' '```sh' 'false' 'true' '```' \
    '<!-- not run -->' '```sh' 'true' '```' >tree/wrong.md
check "a wrong line, a failed command, a reason that is missing" same "$(pages wrong.md | grep -oE '^(not )?ok wrong.md:[0-9]+' | xargs)" \
    'ok wrong.md:1 not ok wrong.md:6 not ok wrong.md:10 not ok wrong.md:15'

links() { (cd "$root" && "$python" tests/docs/links.py $documents CHANGELOG.md experiments/*.md tests/*/*.md); }
check "links lead to files and headings" links
printf '# A heading\n[a](#a-heading) [b](#b) [c](nowhere.md) [d](https://x) `[e](f)`\n' >wrong.md
check "  wrong ones are found" same "$("$python" "$root/tests/docs/links.py" wrong.md | xargs)" 'wrong.md: #b: no such heading wrong.md: nowhere.md: no such file'

paths() { (cd "$root" && "$python" tests/docs/paths.py $documents experiments/*.md tests/*/*.md); }
check "paths in the text are there" paths
printf '`sim/main.c` `sim/none.c` `sim/*/none.h` `tests/cli/test_{cli,none}.sh` `no/path`\n```\n`sim/not.seen`\n```\n' >wrong.md
check "  wrong ones are found" same "$(cd "$root" && "$python" tests/docs/paths.py "$scratch/wrong.md" | sed 's/.*: `//; s/`.*//' | xargs)" \
    'sim/none.c sim/*/none.h tests/cli/test_{cli,none}.sh'

# What the pages count and list.
pairs() { grep -ohE '[0-9]+ pairs of whole runs' "$root"/docs/algorithms.md | cut -d' ' -f1; }
check "the pairs of test_family.c are counted" same "$(pairs)" "$(cat "$root"/tests/equivalence/test_family*.c | grep -cE '^ +\{(EXACT|ROUNDING),')"
# Keys that every algorithm has stand in KEYS.md once, with another default once more; an algorithm's own in its section.
in_keys() { awk '/^## \[/ {s = substr($2, 2, length($2) - 2)} /^\| `/ {print s "." substr($2, 2, length($2) - 2)}' "$root/experiments/KEYS.md" | sort; }
keys_of_all() { in_keys | sed -n 's/^algorithm\.NAME\.//p'; }
lacking() {
    "$simulate" --list keys | sed -n 's/^\([^ ]*\) = .*/\1/p' | sort | comm -23 - <(in_keys) |
        grep -vE "^algorithm\.[a-z0-9_]+\.($(keys_of_all | paste -sd '|'))\$"
}
check "KEYS.md has every key" same "$(keys_of_all | grep -c .) $(lacking | grep -c .)" "18 0"
in_families() { sed -n '/^| family /,/^$/p' "$root/README.md" | cut -d'|' -f3 | grep -o '`[a-z_]*`' | tr -d '`' | sort; }
check "the README's families have every algorithm once" same "$(in_families)" "$("$simulate" --list algorithms | awk '{print $1}' | sort)"
in_readme() { grep -oE '[0-9]+ '"$1" "$root/README.md" | cut -d' ' -f1; }
check "  and it counts the codecs" same "$(in_readme 'codecs compress')" "$("$simulate" --list codecs | wc -l)"
statuses() { sed -n '/^| status /,/^$/p' "$root/docs/output.md" | grep -oE '^\| [0-9] ' | tr -d '| ' | sort; }
check "every exit status is in docs/output.md" same "$(statuses)" \
    "$(sed -nE 's/^ +EXIT_[A-Z]+ = ([0-9])(,| |$).*/\1/p' "$root/sim/base/fail.h" | sort)"
all_inis() { (cd "$root" && ls experiments/*.ini); }
check "every experiment is in docs/experiments.md" same "$(grep -oE '^\| `experiments/[a-z0-9_]+\.ini`' "$root/docs/experiments.md" | cut -d'`' -f2 | sort)" \
    "$(all_inis | sort)"

folders() { (cd "$root" && ls -d sim/*/); }
in_map() { sed -n '/^## Folders/,/^## In which/p' "$root/docs/architecture.md" | grep -o '`sim/[a-z]*/`' | tr -d '`'; }
check "every folder of sim/ is in docs/architecture.md" same "$(in_map | sort -u)" "$(folders | sort)"
defined() { sed -n '/^## Glossary/,$p' "$root/docs/architecture.md" | sed -n 's/^| \([^|]*\) |.*/\1/p' | grep -vx 'word\|---'; }
check "  and its glossary defines no word twice" test -z "$(defined | sort | uniq -d)"

# The main experiment's table: what does not depend on training, without CIFAR-10.
columns='$1 == "algorithm" {for (i = 1; i <= NF; i++) at[$i] = i; next}
    /^[a-z_]+ +/ {print $1, $at["iterations"], $at["rounds"], $at["time"], $at["up"], $at["down"], $at["idle"]}'
readme() { awk '/^<!-- table: experiments\/alexnet_cifar.ini/ {here = 1; next} here && /^```/ {if (inside++) exit; next} here {print}' "$root/README.md"; }
readme | awk -F '  +' "$columns" >given
must "$simulate" "$root/experiments/alexnet_cifar.ini" --no-train -q -o main --set data.set=synthetic --set data.shape=cifar >main.out
sed -nE '/^(algorithm|bsp|bsp_ring|local_sgd|osp|losp|dqlosp) /p' main.out | awk -F '  +' "$columns" >today
check "README's main table has six rows" same "$(wc -l <given)" 6
check "  with today's rounds, times, bytes and idle shares" cmp given today
finish
