#!/usr/bin/env bash
# Topologies, presets and their files: what they give, and what is refused, each with one line that says where.
# shellcheck disable=SC2016 # inner shells get their arguments by position
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

networks=$root/experiments/networks
cat >plain.ini <<'E'
[experiment]
algorithms = bsp, asp
iterations = 64
[data]
train_samples = 64
test_samples = 16
E

# with OPTION... SETTING...: the program with the plain experiment and these settings.
with() {
    local words=()
    for word in "$@"; do
        if [[ $word == -* ]]; then words+=("$word"); else words+=(--set "$word"); fi
    done
    "$simulate" plain.ini --no-train "${words[@]}"
}
silent() { with --check "$@" >/dev/null 2>err && [ ! -s err ]; }
# refused MESSAGE SETTING...: status 2 and this one line, which names --set.
refused() {
    local wanted=$1 status
    shift
    with --check "$@" >/dev/null 2>err
    status=$?
    same "$(cat err)" "simulate: --set: $wanted" || { cat err; return 1; }
    [ "$status" -eq 2 ]
}

# ---- groups ----
groups=network.topology=groups
check "groups need their number" refused "network.topology: groups needs network.groups, such as 4" $groups
check "groups that do not divide the workers" \
    refused "network.groups: expected a divisor of 8 (cluster.workers), or a size for each group, such as 3, 3, 2, got 3" $groups network.groups=3
check "more groups than workers" \
    refused "network.groups: expected a divisor of 8 (cluster.workers), or a size for each group, got 9" $groups network.groups=9
check "sizes that do not add up" refused "network.groups: expected sizes that add up to 8 (cluster.workers), got 7" $groups network.groups=4,3
check "a broken group" refused "network.groups: expected whole numbers, got 1.5" $groups network.groups=1.5,6.5
check "an empty group" refused "network.groups: expected numbers from 1 to 32767 separated by commas, got '0'" $groups network.groups=8,0
check "a value for each group" refused "network.group_bandwidth: expected one value or 2 (network.groups), got 3" $groups network.groups=2 \
    network.group_bandwidth=1Gbit/s,1Gbit/s,1Gbit/s
check "  of latencies upwards" refused "network.group_latency_up: expected one value or 2 (network.groups), got 3" $groups network.groups=2 \
    network.group_latency_up=1ms,1ms,1ms
check "a server in no group" refused "network.server_group: expected a group, 0 to 1 (network.groups), got 2" $groups network.groups=2 network.server_group=2
for key in groups=2 group_bandwidth=1Gbit/s group_bandwidth_up=1Gbit/s group_latency=1ms group_latency_down=1ms server_group=0; do
    check "network.${key%=*} without groups" \
        refused "network.${key%=*}: has no effect: only network.topology = groups uses it; leave it out, or choose that" "network.$key"
done
check "groups are taken" silent $groups network.groups=5,3 network.server_group=1 network.group_latency=1ms,2ms

# ---- sites ----
site=(network.topology=sites network.sites=sites.csv)
head="from,to,bandwidth,latency"
bad_sites() { # MESSAGE LINE...
    local message=$1
    shift
    printf '%s\n' "$@" >sites.csv
    refused "network.sites: sites.csv$message" "${site[@]}"
}
check "sites need a file" refused "network.topology: sites needs network.sites, a CSV file of the links between them" network.topology=sites
check "  that exists" refused "network.sites: nowhere.csv: No such file or directory" network.topology=sites network.sites=nowhere.csv
check "  with the columns" bad_sites ":1: expected the columns from,to,bandwidth and latency or ping, got 'a,b'" a,b
check "  one of latency and ping" bad_sites ":1: expected the columns from,to,bandwidth and latency or ping, got '$head,ping'" "$head,ping"
check "  and rows" bad_sites ":2: expected a row, found the end of the file" "$head"
check "a matrix that is not square" bad_sites ": expected a row for each two of its 3 sites, found none from b to a" "$head" \
    a,b,1Gbit/s,1ms a,c,1Gbit/s,1ms c,a,1Gbit/s,1ms b,c,1Gbit/s,1ms c,b,1Gbit/s,1ms
check "  or has no link between two" bad_sites ": expected a row for each two of its 3 sites, found none from b to c" "$head" \
    a,b,1Gbit/s,1ms a,c,1Gbit/s,1ms
check "a zero off the diagonal" \
    bad_sites ":3: bandwidth: expected a bandwidth >= 1kbit/s such as 1Gbit/s, 125MB/s or inf, got '0 bit/s'" "$head" a,b,1Gbit/s,1ms "b,a,0 bit/s,1ms"
check "a number without a unit" \
    bad_sites ":2: latency: expected a duration from 0 to 1000000s such as 10ms or 1.5s, got '5' (the unit is missing)" "$head" a,b,1Gbit/s,5
check "a pair that is given twice" bad_sites ":3: from a to b: given twice" "$head" a,b,1Gbit/s,1ms a,b,1Gbit/s,1ms
check "a row with too little" bad_sites ":2: expected 4 columns, got 3" "$head" a,b,1Gbit/s
check "a site without a name" bad_sites ":2: to: expected text, got ''" "$head" a,,1Gbit/s,1ms
check "one site" bad_sites ": expected at least two sites, found 1" "$head" a,a,1Gbit/s,1ms
printf '%s\n' "$head" a,a,-,0 a,b,1Gbit/s,1ms b,c,1Gbit/s,1ms a,c,1Gbit/s,0 c,c,, >sites.csv
check "the diagonal does not count, and one direction is enough" silent "${site[@]}"
check "each worker's site" refused "network.site_of: expected one site or 8 (cluster.workers), got 3" "${site[@]}" network.site_of=a,b,c
check "  which there is" refused "network.site_of: expected a site of network.sites, got 'd'; did you mean 'a'?" "${site[@]}" network.site_of=d
check "  and the server's" refused "network.server_site: expected a site of network.sites, got 'd'; did you mean 'a'?" "${site[@]}" network.server_site=d
check "sites without the topology" \
    refused "network.sites: has no effect: only network.topology = sites uses it; leave it out, or choose that" network.sites=sites.csv
check "  and site_of" refused "network.site_of: has no effect: only network.topology = sites uses it; leave it out, or choose that" network.site_of=a

# ---- presets ----
# gives KEY=VALUE SETTING...: the resolved configuration has this line.
gives() {
    local wanted=$1
    shift
    with --print-config "$@" | sed 's/ ; .*//; s/ = */=/; s/ =$/=/' | grep -qxF "$wanted"
}
names=$("$simulate" --list networks | awk '{print $1}')
check "every preset is listed" same "$names" "$(cd "$networks" && printf '%s\n' *.ini | sed 's/\.ini$//')"
check "  with its source" sh -c '! "$1" --list networks | grep -v "(.*)$"' - "$simulate"
for name in $names; do
    check "preset $name" silent "network.preset=$name"
    check "  says what it is, and its source" sh -c 'sed -n 1p "$1" | grep -q "^; [A-Z0-9]" && sed -n 2p "$1" | grep -q "^; Source: "' - "$networks/$name.ini"
    check "  and names no key twice" sh -c '! grep = "$1" | grep -v "^;" | sed "s/ =.*//" | sort | uniq -d | grep .' - "$networks/$name.ini"
done
check "a preset fills in" gives bandwidth=1Gbit/s network.preset=cluster_1gbit
check "  however it is written" gives bandwidth=1Gbit/s network.preset=Cluster-1Gbit
check "  also its latency" gives latency=24us network.preset=cluster_1gbit
check "a key that is given wins" gives latency=1ms network.preset=cluster_1gbit network.latency=1ms
check "  the others are the preset's" gives bandwidth=1Gbit/s network.preset=cluster_1gbit network.latency=1ms
check "  for both directions too" gives bandwidth_up= network.preset=home_cable network.bandwidth=1Gbit/s
check "  where one is given, the other is the preset's" gives bandwidth_down=5Mbit/s network.preset=home_cable network.bandwidth_up=2Mbit/s
check "another topology needs no sites" gives sites= network.preset=aws_ten_regions network.topology=star
check "matrices have no latency but their own" gives latency=0s network.preset=halos_four_sites
check "  and full efficiency" gives efficiency=1 network.preset=halos_four_sites
check "the origin of a value" sh -c '"$1" plain.ini --print-config --set network.preset=cluster_1gbit | grep -qxF "latency = 24us ; from $2/cluster_1gbit.ini:4"' - \
    "$simulate" "$networks"
check "an unknown preset" refused "network.preset: expected a name from --list networks, got 'aws'; did you mean 'aws_ten_regions'?" network.preset=aws
check "  a path is none" refused "network.preset: expected a name from --list networks, got '../quickstart'" network.preset=../quickstart
printf '%s\n' '[network]' 'latency = 2ms' 'bandwidth_down = 1Gbit/s' >>plain.ini
check "keys of the ini that win over a preset of the command line are said" same "$(with --check network.preset=home_cable 2>&1 >/dev/null)" \
    "simulate: warning: --set: network.preset = home_cable: given keys win: network.latency, network.bandwidth_down"
sed -i '/latency\|bandwidth_down/d' plain.ini
sed -i 's/^\[network\]$/&\npreset = cluster_1gbit\nlatency = 1ms/' plain.ini
check "  not beside a preset of the ini" silent
check "  nor if they are the same" silent network.preset=cluster_1gbit network.latency=24us
check "  one of the command line wins over it" gives bandwidth=10Gbit/s network.preset=ethernet_10gbit
check "resolved.ini gives the same configuration" sh -c '
    "$1" plain.ini --print-config | sed "s/ ; .*//" >once.ini && "$1" once.ini --print-config | sed "s/ ; .*//" >twice.ini && cmp once.ini twice.ini' - "$simulate"
check "  a preset has nothing to give there, which is said" same \
    "$({ "$simulate" once.ini --print-config --set network.preset=home_cable >/dev/null; } 2>&1)" \
    "simulate: warning: --set: network.preset = home_cable: given keys win: all of them"

# ---- runs, --resume and sweeps ----
sed -i '/^preset\|^latency/d' plain.ini
run() { "$simulate" plain.ini --no-train -q -o "$1" "${@:2}" >out 2>&1 || { cat out; return 1; }; }
must run aws --set network.preset=aws_ten_regions
check "the run keeps the sites" cmp aws/network.sites.csv "$networks/aws_ten_regions.csv"
check "  and goes on from its folder" sh -c '"$1" --resume aws >/dev/null 2>&1' - "$simulate"
check "  its resolved.ini gives the same run" sh -c '"$1" aws/resolved.ini -q -o again >/dev/null 2>&1 && cmp aws/bsp/workers.csv again/bsp/workers.csv' - "$simulate"
must run slow --set network.preset=cluster_1gbit
must run sweep --sweep network.preset=cluster_1gbit,aws_ten_regions,home_cable
point() { find sweep -maxdepth 1 -name "*$1*"; }
check "a sweep of presets: each point has its own" cmp "$(point cluster_1gbit)/bsp/workers.csv" slow/bsp/workers.csv
check "  also one with sites" cmp "$(point aws)/bsp/workers.csv" aws/bsp/workers.csv
check "  the point keeps its sites, the sweep none" sh -c '[ -f "$1/network.sites.csv" ] && [ ! -f sweep/network.sites.csv ]' - "$(point aws)"
rm -r "$(point home_cable)"
check "  and --resume makes a point again" sh -c '"$1" --resume sweep -q >/dev/null 2>&1' - "$simulate"
must run home --set network.preset=home_cable
check "    as it was" cmp "$(point home_cable)/bsp/workers.csv" home/bsp/workers.csv
check "a sweep of a key beside a preset" run both --set network.preset=cluster_1gbit --sweep network.latency=24us,1ms
check "  with the preset's other keys" cmp both/*latency=24us/bsp/workers.csv slow/bsp/workers.csv
check "a setting that one point uses is no mistake" silent --sweep=network.topology=star,groups network.groups=2
finish
