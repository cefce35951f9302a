#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# --explain: the closed forms on the terminal, what docs/model_of_time.md shows of them, and the same beside a run's times.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

quickstart=$root/experiments/quickstart.ini
explain() { "$simulate" --explain "$@"; }

# field NAME COLUMN: of an algorithm's row in file table, with the unit that stands below the heading and ends where it ends.
field() {
    awk -v name="$1" -v column="$2" '
        /^algorithm/ {
            head = $0
            getline below
            split(head, heading, /  +/)
            for (i = 1; i <= column + 1; i++)
                end += index(substr(head, end + 1), heading[i]) + length(heading[i]) - 1
            unit = substr(below, 1, end)
            sub(/.* /, "", unit)
        }
        $1 == name {
            split($0, cell, /  +/)
            print cell[column + 1] (unit != "" && cell[column + 1] ~ /[0-9]/ ? " " unit : "")
        }' table
}

check "it ends well and says nothing on stderr" sh -c '"$1" --explain "$2" >table 2>err && [ ! -s err ]' - "$simulate" "$quickstart"
check "it runs nothing" sh -c '"$1" --explain "$2" -o never >/dev/null 2>&1 && [ ! -e never ]' - "$simulate" "$smoke"
check "--help names it" sh -c '"$1" --help | grep -q -- --explain' - "$simulate"
check "no line is wider than 100" sh -c '! grep -qE "^.{101}" table'
check "all rows are as wide as the head" \
    same "$(sed -n '/^algorithm/,$p' table | awk '{print length}' | sort -u | wc -l)" 1

# 4 pushes of 64 + 4 x 2698 bytes into 100 Mbit/s = 0.0125 bytes/ns; latency 0.1 ms each way: X = 7.1478 ms; c = 2 ms
check "bsp: round = c + X" same "$(field bsp 3)" "9.15 ms"
check "bsp: K" same "$(field bsp 2)" 1
check "bsp: busy = c / (c + X)" same "$(field bsp 4)" "21.86 %"
check "bsp: bytes of a round" same "$(field bsp 5)" "42.4 KiB"
check "local_sgd: round = 8 c + X" same "$(field local_sgd 3)" "23.1 ms"
check "osp: K = ceil(X / c)" same "$(field osp 2)" 4
check "osp: round = 4 c" same "$(field osp 3)" "8.00 ms"
check "osp: always busy" same "$(field osp 4)" "100.00 %"
explain "$quickstart" --set algorithm.osp.max_local_steps=2 >table
check "osp with too few steps: round = X" same "$(field osp 3)" "7.15 ms"
check "  busy = 2 c / X" same "$(field osp 4)" "55.96 %"
explain "$smoke" --algorithm bsp,asp >table
check "asp: no closed form, and it says so" same "$(field asp 3) $(field asp 8)" "- -"
check "  in a line of its own" grep -qx 'asp: no closed form' table

# ---- exchanges without a server ----

# ceil(10792 / 4) + 64 bytes over 1 Gbit/s = 0.125 bytes/ns, 0.2 ms between two workers: a step takes 222096 ns, 6 of them X
explain "$quickstart" --algorithm bsp,asp,osp --set network.exchange=ring --set algorithm.osp.codec=topk >table
check "a ring: X = 6 steps" same "$(field bsp 2)" "1.33 ms"
check "  round = c + X" same "$(field bsp 4)" "3.33 ms"
check "  what workers send" same "$(field bsp 6)" "64.7 KiB"
check "  each has its exchange" same "$(field bsp 1) $(field asp 1) $(field osp 1)" "ring server all_gather"
check "  and the form of it" grep -qx 'ring: an exchange takes 2 (N - 1) t(P / N)' table
check "  also of codes that do not add up" grep -qx 'all_gather: an exchange takes (N - 1) t(P): the codes do not add up' table
check "  nothing is an estimate" sh -c '! grep -q "an estimate:" table'
explain "$quickstart" --algorithm bsp --set network.exchange=halving_doubling --workers 6 >table
check "halving_doubling of six workers is an estimate" grep -qx 'bsp: time is an estimate: the number of workers is not a power of two' table
explain "$quickstart" --algorithm bsp --set network.exchange=ring --set compute.factor=1,1,1,2 >table
check "unequal workers, too" grep -qx 'bsp: time is an estimate: workers are not equal' table
explain "$quickstart" --algorithm bsp --set network.exchange=tree >table
check "and a tree" grep -qx 'bsp: time is an estimate: of a tree there is an estimate alone' table
explain "$quickstart" --algorithm bsp,osp --set network.exchange=hierarchical --set network.topology=groups --set network.groups=2 >table
check "chains are exact for one that waits, not for others" same "$(grep 'an estimate:' table)" 'osp: time is an estimate: workers have the result at different times'
explain "$quickstart" --algorithm bsp >table
check "a server alone has no such column or line" sh -c '! grep -qE "^by |^t\(x\)| by " table'

# ---- buckets, coding, budgets ----

# 2698 parameters, backward: 98, 1182 and 1418 of them; the ring's step of P_b bytes takes 2e5 + (ceil(P_b / 4) + 64) / 0.125 ns
overlap=(--set network.exchange=ring --set network.overlap=backward --set network.bucket=0)
explain "$quickstart" --algorithm bsp,local_sgd,osp,streaming_diloco "${overlap[@]}" >table
check "buckets: how many" grep -qx 'bsp: a push leaves in 3 buckets during its last iteration of 2.00 ms:' table
check "  of how many bytes, and when they are ready" \
    same "$(sed -n '/^bsp: a push/,/^bsp: [0-9]/p' table | grep '^  ' | xargs)" "5.73 KiB after 693 us 4.62 KiB after 1.74 ms 384 B after 2.00 ms"
check "  what is hidden" grep -qx 'bsp: 1.31 ms of an exchange of 3.74 ms are hidden behind backward' table
check "  another algorithm with the same ones" grep -q '^local_sgd: the buckets of bsp; 1.31 ms of' table
check "  none of one that hides its exchanges itself" sh -c '! grep -q "^osp:" table'
check "  with fragments" grep -qx 'streaming_diloco: a push (fragment 0) leaves in 2 buckets during its last iteration of 2.00 ms:' table
check "  which have unequal ones" grep -qx 'streaming_diloco: time is an estimate: fragments have unequal buckets' table
check "  no line above the table is wider than 100" sh -c '! sed "/^algorithm/Q" table | grep -qE "^.{101}"'
explain "$quickstart" --algorithm bsp "${overlap[@]}" --set profile.parameters=100000 --set profile.layers=50 --set model.name=profile --no-train >table
check "many buckets: the first ones and the last" same "$(grep -c '^  [0-9.]* [KMG]*i*B after ' table) $(grep -c '^  \.\.\. 45 more \.\.\.$' table)" "5 1"
# 100 ns a byte: E = 1079200 ns in all, 98 + 1182 + 1418 parameters of 4 bytes; a bucket leaves when it is encoded
explain "$quickstart" --algorithm bsp "${overlap[@]}" --set algorithm.bsp.codec=maxabs --set compute.encode_cost=100ns >table
check "buckets that take time to encode: the iteration is longer" \
    grep -qx 'bsp: a push leaves in 3 buckets during its last iteration of 2.00 ms and 1.08 ms of encoding:' table
check "  when they leave" same "$(sed -n 's/^  .* after //p' table | xargs)" "1.27 ms 2.79 ms 3.08 ms"
must "$simulate" "$quickstart" -q --no-train --algorithm bsp "${overlap[@]}" --set algorithm.bsp.codec=maxabs --set compute.encode_cost=100ns -o encoded >out
check "  as a run has it" same "$(awk -F, 'NR == 2 {print $5, $9}' encoded/bsp/workers.csv)" "1273333 3079200"
explain "$quickstart" --algorithm bsp,b:bsp "${overlap[@]}" --set algorithm.bsp.codec=maxabs --set algorithm.b.codec=maxabs --set algorithm.bsp.encode_cost=100ns >table
check "  another algorithm with other costs has its own" grep -qx 'b: a push leaves in 3 buckets during its last iteration of 2.00 ms:' table
explain "$quickstart" --algorithm bsp --set network.exchange=sharded --set server.colocated=yes --set network.overlap=backward --set network.bucket=0 >table
check "colocated shards: pushes and replies share links" grep -qx 'bsp: time is an estimate: messages of two buckets may meet on a link' table
costs=(--set compute.encode_cost=2ns --set compute.decode_cost=1ns --set algorithm.bsp.codec=qsgd) # 4 x 2698 bytes: 21584 ns, 10792 ns
explain "$quickstart" --algorithm bsp,dqlosp,dga "${costs[@]}" >table
check "coding: what a worker takes" grep -qx 'dqlosp: a worker encodes a push in 21.6 us, and decodes a result in 10.8 us' table
check "  and the PS" grep -qx 'dqlosp: the PS decodes a push in 10.8 us, and encodes replies in 21.6 us' table
check "  not of raw replies" same "$(grep '^bsp: ' table | xargs)" "bsp: a worker encodes a push in 21.6 us bsp: the PS decodes a push in 10.8 us"
check "  nor without a codec" sh -c '! grep -q "^dga:" table'
explain "$quickstart" --algorithm bsp,dqlosp "${costs[@]}" --set network.exchange=ring >table
check "  each worker decodes the codes of all others" grep -qx 'bsp: a worker encodes a push in 21.6 us, and decodes the codes of all others in 32.4 us' table
explain "$quickstart" --algorithm bsp,losp --set experiment.virtual_time=1s --set experiment.bytes=3MB >table
check "budgets: which" grep -qx 'at most 1875 local iterations, 1.00 s, 2.86 MiB; a local iteration takes 2.00 ms' table
check "  the update and the iterations that use them up" same "$(field bsp 7) $(field bsp 8) $(field losp 7) $(field losp 8)" "36 144 36 564"
printf '%s\n' '[sweep]' 'experiment.virtual_time = 50ms, 100ms' | cat "$smoke" - >sweep.ini
of_base() { explain sweep.ini --algorithm bsp,asp --set experiment.epochs= --set experiment.iterations= | grep -E '^(bsp|asp):'; }
check "  in a sweep the base may have none, and it says so" same "$(of_base | sort)" "asp: no closed form
bsp: no closed form: the base of the sweep has no bound, only its points have one"

# docs/model_of_time.md names every algorithm, as one that has a closed form or as one that has none.
all=$("$simulate" --list algorithms | awk '{print $1}')
rows() { sed -n '/^## 6/,/^## 7/p' "$root/docs/model_of_time.md" | grep '^| `' | cut -d'|' -f2,4; }
names() { cut -d'|' -f1 | grep -o '`[a-z_]*`' | tr -d '`' | sort; }
explain "$smoke" --algorithm "$(echo $all | tr ' ' ,)" | sed -n 's/: no closed form$//p' | sort >unpredicted
check "the page names those without a closed form" same "$(rows | grep 'easgd.*asynchronous' | names | grep -vx easgd)" "$(cat unpredicted)"
check "  and those with one" same "$(rows | grep -v 'easgd.*asynchronous' | names)" "$(echo "$all" | sort | grep -vxFf unpredicted)"
explain "$smoke" --algorithm easgd --set algorithm.easgd.mode=asynchronous >table
check "  easgd has none where it is asynchronous" grep -qx 'easgd: no closed form' table
explain "$smoke" --set compute.jitter=0.5 --set compute.factor="1, 2, 1, 3" >table
check "it says that jitter is left out, and how unequal workers are" \
    grep -qx '400 local iterations in all, each 1.00 ms to 3.00 ms, without jitter' table

# The page's example. Private memory depends on the kernels; its column is left out.
without_private() { awk 'NF >= 6 {NF--} 1'; }
page() { awk '/^<!-- explain:/ {here = 1; next} here && /^```/ {if (inside++) exit; next} here {print}' "$root/docs/model_of_time.md"; }
page_agrees() { diff <(page | without_private) <(explain "$quickstart" | sed -n '/^algorithm/,$p' | without_private); }
check "the page has an example" test "$(page | wc -l)" -eq 7
check "  which is the table that it prints" page_agrees

# Beside a run: equal workers without jitter take the predicted time, to the nanosecond.
must play calm --algorithm bsp,local_sgd,local_sgd_jsac,osp,losp,dqlosp
check "six predictions" same "$(column calm predicted_s | grep -c '\.')" 6
check "every algorithm takes the predicted time" same "$(column calm predicted_s)" "$(column calm virtual_s)"
check "  and the table says so" same "$(grep -c ' +0\.00 ' calm.out)" 6
agree() { same "$(column "$1" predicted_s)" "$(column "$1" virtual_s)"; }
must play buckets --no-train --algorithm bsp,local_sgd,dga,cocod,osp,diloco,fedavg "${overlap[@]}"
check "  also with buckets" agree buckets
must play coded --no-train --algorithm bsp,losp,dqlosp,powersgd,doublesqueeze "${costs[@]}" --set algorithm.losp.codec=topk --set algorithm.losp.drain=yes
check "  with coding time" agree coded
must play coded_parts --no-train --algorithm bsp,losp,dqlosp,powersgd,doublesqueeze "${costs[@]}" --set network.exchange=sharded --set algorithm.losp.codec=topk
check "  in shards, too" agree coded_parts
must play spent --no-train --algorithm bsp,losp,dqlosp,cocod --set experiment.virtual_time=100ms --set experiment.bytes=3MB
check "  and with budgets" agree spent
must play open --algorithm bsp,asp
check "no prediction: NaN in comparison.csv" same "$(column open predicted_s | tail -n 1)" NaN
check "  and - in the table" grep -qE '^asp  .* [0-9.]+ +-  ' open.out
must play shaken --algorithm local_sgd,losp --set compute.jitter=0.3
check "with jitter a barrier waits for the slowest: the run is longer" \
    sh -c 'awk -F, "NR == 2 && \$7 <= \$8 {exit 1}" shaken/comparison.csv'
check "  and the table says by how much" grep -qE '^local_sgd .* \+[1-9][0-9.]* ' shaken.out
finish
