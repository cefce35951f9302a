#!/usr/bin/env bash
# The time of coding: which costs are refused, which one counts, what the files say of it; and that it changes no model.
# shellcheck disable=SC2016 # inner shells get their arguments by position
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/settings.sh
. "$root/tests/settings.sh"

topk=algorithm.bsp.codec=topk

# ---- refused ----

none="has no effect: no algorithm codes its messages, or each has a cost of its own; leave it out, or choose a codec (algorithm.NAME.codec)"
raw="has no effect: the algorithms with this codec send every tensor uncompressed, or each has a cost of its own; leave it out"
sed 's/^\[compute\]/&\nencode_cost = 1ns\ncoding_factor = 0.5/' "$smoke" >costs.ini
in_part() {
    same "$("$simulate" --check costs.ini --algorithm bsp 2>&1 >/dev/null | grep -c '^simulate: warning: costs.ini:[0-9]*: compute.[a-z]*_[a-z]* has no effect: no algorithm ')" 2 &&
        "$simulate" --check costs.ini --set experiment.algorithms=bsp,osp >/dev/null 2>err
}
check "costs of an ini for algorithms that --algorithm leaves out are warned of" in_part
for cost in encode_cost decode_cost; do
    check "$cost where nothing is coded" refused \
        "compute.$cost: $none" "$(of bsp)" compute.$cost=1ns
    check "  of one algorithm" refused "algorithm.bsp.$cost: has no effect: the algorithm codes nothing; leave it out, or choose a codec (codec)" \
        "$(of bsp,dqlosp)" algorithm.bsp.$cost=1ns
    check "  of a codec that gets nothing" refused "codec.topk.$cost: $raw" \
        "$(of bsp)" "$topk" model.name=logreg algorithm.bsp.min_dimensions=3 codec.topk.$cost=1ns
    check "  below 0" refused "compute.$cost: expected a duration from 0 to 1s such as 10ms or 1.5s, got '-1ns'" "$(of bsp)" "$topk" compute.$cost=-1ns
    check "  without a unit" refused "algorithm.bsp.$cost: expected a duration from 0 to 1s such as 10ms or 1.5s, got '2' (the unit is missing)" "$(of bsp)" "$topk" algorithm.bsp.$cost=2
    check "  0 is always fine" silent "$(of bsp)" compute.$cost=0 algorithm.bsp.$cost=0
    check "  below an algorithm's own" refused "compute.$cost: $none" "$(of bsp)" "$topk" compute.$cost=1ns algorithm.bsp.$cost=3ns
    check "  below a codec's" refused "compute.$cost: $none" "$(of bsp)" "$topk" compute.$cost=1ns codec.topk.$cost=2ns
    check "  below its variant's" refused "compute.$cost: $none" "$(of bsp)" "algorithm.bsp.codec=mine: topk" compute.$cost=1ns codec.mine.$cost=2ns
    check "  a codec's below the algorithm's own" refused "codec.topk.$cost: $raw" "$(of bsp)" "$topk" codec.topk.$cost=2ns algorithm.bsp.$cost=3ns
    check "  below one of 0" refused "compute.$cost: $none" "$(of bsp)" "$topk" compute.$cost=1ns algorithm.bsp.$cost=0
    check "  for another algorithm it counts" silent "$(of bsp,losp,asp)" "$topk" algorithm.losp.codec=topk algorithm.asp.codec=sign \
        compute.$cost=1ns codec.topk.$cost=2ns algorithm.bsp.$cost=3ns
    check "  a codec of another algorithm may have one" silent "$(of bsp)" codec.topk.$cost=1ns
done
check "PowerSGD codes for itself" silent "$(of powersgd)" compute.encode_cost=1ns algorithm.powersgd.decode_cost=2ns
check "the exchange's replies may be those that cost it" silent "$(of dgs)" algorithm.dgs.codec=topk compute.decode_cost=1ns codec.topk.decode_cost=2ns algorithm.dgs.reply_codec=sign
real() { # SETTING...: the key that counts is named
    mapfile -t settings < <(words "$(of bsp)" "$topk" compute.encode_cost=1ns "$@" experiment.clock=real model.name=sleep)
    "$simulate" "$smoke" --check "${settings[@]}" >/dev/null 2>err
    [ $? -eq 2 ] && same "$(cat err)" "simulate: --set: $REAL: expected 0 with experiment.clock = real, got 1e-09s: on that clock coding takes as long as it takes here"
}
REAL=compute.encode_cost check "the real clock has its own" real
REAL=codec.topk.encode_cost check "  and the codec's key is named" real codec.topk.encode_cost=1ns compute.encode_cost=2ns
REAL=algorithm.bsp.encode_cost check "  or the algorithm's" real algorithm.bsp.encode_cost=1ns codec.topk.encode_cost=2ns

# ---- which one counts ----

# coded FOLDER ALGORITHM: coding_ns of worker 0
coded() { awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i} NR == 2 {print $at["coding_ns"]}' "$1/$2/totals.csv"; }
few=(--no-train --iterations 8 --workers 4 --set output.report=no)
quick() { mapfile -t settings < <(words "$(of bsp)" "${@:2}") && must play "$1" "${few[@]}" "${settings[@]}"; }
others=("$(of bsp,losp,asp)" algorithm.losp.codec=topk algorithm.asp.codec=sign) # at the costs that bsp has not
quick compute "$topk" compute.encode_cost=1ns
quick codec "${others[@]}" "$topk" compute.encode_cost=1ns codec.topk.encode_cost=3ns
quick own "${others[@]}" "$topk" compute.encode_cost=1ns codec.topk.encode_cost=3ns algorithm.bsp.encode_cost=7ns
quick variant "${others[@]}" "algorithm.bsp.codec=mine: topk" compute.encode_cost=1ns codec.topk.encode_cost=3ns codec.mine.encode_cost=5ns
check "the codec's cost comes before the general one" same "$(coded codec bsp)" $((3 * $(coded compute bsp)))
check "  the algorithm's before that" same "$(coded own bsp)" $((7 * $(coded compute bsp)))
check "  a variant of a codec has its own" same "$(coded variant bsp)" $((5 * $(coded compute bsp)))
quick part "$topk" compute.encode_cost=1ns algorithm.bsp.min_dimensions=2
quick late "$topk" compute.encode_cost=1ns algorithm.bsp.compress_after=1
check "raw tensors cost nothing" sh -c '[ "$1" -gt 0 ] && [ "$1" -lt "$2" ]' - "$(coded part bsp)" "$(coded compute bsp)"
check "  nor do dense messages" same "$((2 * $(coded late bsp)))" "$(coded compute bsp)" # of two pushes
half() { # FACTOR COST: 500 bytes of a profile at 0.3 ns x 0.09 = 0.027 ns take 13.5 ns, in each of two pushes
    play "half$1" --no-train --iterations 4 --workers 2 --algorithm bsp --set output.report=no --set network.exchange=ring --set algorithm.bsp.codec=sign \
        --set model.name=profile --set profile.parameters=125 --set compute.seconds=2ms --set "compute.coding_factor=$1" --set "compute.encode_cost=$2" &&
        same "$(coded "half$1" bsp)" 28
}
check "a half goes up" half 1 0.027ns
check "  of a cost and its factor, too" half 0.09 0.3ns
files() {
    "$simulate" --verify compute >out && grep -q '"coding_ns": '"$((4 * $(coded compute bsp)))"',' compute/bsp/summary.json &&
        awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i} NR > 1 {sum += $at["coding_ns"]; if ($at["coding_ns"] > $at["compute_ns"]) exit 1} END {exit sum == 0}' \
            compute/bsp/workers.csv && awk -F, -v ns="$(coded compute bsp)" 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i}
                NR == 2 {d = $at["coding_s"] * 1e9 - ns; exit d > 0.5 || d < -0.5}' compute/comparison.csv
}
check "the files say so" files

# ---- no cost changes a model ----

algorithms=(bsp diloco osp dqlosp doublesqueeze powersgd)
training=(--iterations 64 --workers 4 --set data.train_samples=400 --set data.test_samples=40 --set output.report=no
    --algorithm "$(IFS=,; echo "${algorithms[*]}")" --set algorithm.bsp.codec=topk --set algorithm.diloco.codec=float16 --set algorithm.osp.codec=sign)
for name in osp dqlosp; do training+=(--set "algorithm.$name.min_local_steps=2" --set "algorithm.$name.max_local_steps=2"); done
costs=(--set compute.encode_cost=40ns --set compute.decode_cost=20ns)
hashes() { grep -h '"parameters_hash"' "$1"/*/summary.json; }
must play free "${training[@]}"
must play dear "${training[@]}" "${costs[@]}"
must play ring "${training[@]}" "${costs[@]}" --set network.exchange=ring
check "models are the same at any cost" same "$(hashes free)" "$(hashes dear)"
check "  over a ring, too" same "$(hashes free)" "$(hashes ring)"
slower() { # every algorithm takes longer, and what takes it is in the column
    for name in "${algorithms[@]}"; do
        same "$(coded free "$name")" 0 && [ "$(coded dear "$name")" -gt 0 ] || return 1
        awk -F'[:,]' '/"virtual_ns"/ {t[++n] = $2} END {exit !(t[2] > t[1])}' "free/$name/summary.json" "dear/$name/summary.json" || return 1
    done
}
check "  but coding takes time" slower
check "  and all of it is verified" sh -c '"$1" --verify free dear ring >out' - "$simulate"
shown() { grep -q '^0,coding,' dear/bsp/timeline.csv && grep -q '"name": *"coding"' dear/bsp/trace.json; }
check "the timeline shows it" shown
finish
