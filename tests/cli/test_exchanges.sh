#!/usr/bin/env bash
# Which exchange each algorithm has, what is refused, and what is said of settings without effect: one line each, which says where.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/settings.sh
. "$root/tests/settings.sh"

all=network.exchange

# ---- which algorithms can use it ----
without_server=(ring halving_doubling tree)
for exchange in "${without_server[@]}"; do
    check "$exchange: those that can use it have it, the others the server" silent "$all=$exchange" network.server_bandwidth=1Gbit/s
    check "  one worker is refused" refused "$all: expected at least 2 workers (cluster.workers) with $exchange, got 1; server needs one" \
        "$(of bsp)" "$all=$exchange" cluster.workers=1
done
check "hierarchical: one worker" refused "$all: expected at least 2 workers (cluster.workers) with hierarchical, got 1; server needs one" \
    "$(of bsp)" $all=hierarchical network.topology=groups network.groups=1 cluster.workers=1
check "  over a star" refused "$all: hierarchical needs network.topology = groups or sites, got star" "$(of bsp)" $all=hierarchical
check "  of one algorithm" refused "algorithm.bsp.exchange_by: hierarchical needs network.topology = groups or sites, got star" \
    "$(of bsp)" algorithm.bsp.exchange_by=hierarchical
check "  over groups" silent "$(of bsp)" $all=hierarchical network.topology=groups network.groups=2 network.server_bandwidth=10Gbit/s
check "sharded, for every algorithm" silent $all=sharded server.shards=3
check "  with an explicit one for each kind" silent "$(of bsp,asp,dqlosp)" algorithm.asp.exchange_by=sharded algorithm.dqlosp.exchange_by=sharded algorithm.bsp.exchange_by=ring
refuses() { refused "algorithm.$1.exchange_by: expected server or sharded, got ring: $2" "$(of "$1")" "algorithm.$1.exchange_by=ring" "${@:3}"; }
for name in asp ssp k_sync k_batch_async dgs; do
    check "$name does not wait for every worker" refuses $name "not every update has a push of every worker"
done
check "  easgd where it is asynchronous" refuses easgd "not every update has a push of every worker" algorithm.easgd.mode=asynchronous
check "  not where it is synchronous" silent "$(of easgd)" algorithm.easgd.exchange_by=ring network.server_bandwidth=10Gbit/s algorithm.easgd.mode=synchronous
for name in dqlosp doublesqueeze; do
    check "the server codes the replies of $name" refuses $name "the server codes its replies"
done
check "  of loscar, each worker with a mask of its own" refuses loscar "the server codes its replies" codec.randomk.mask=own
check "  not with a mask for all" silent "$(of loscar)" algorithm.loscar.exchange_by=ring network.server_bandwidth=10Gbit/s
check "  nor with codes of halves, which add up" silent "$(of dqlosp)" algorithm.dqlosp.exchange_by=ring algorithm.dqlosp.codec=float16 \
    algorithm.dqlosp.error_feedback=no network.server_bandwidth=10Gbit/s
check "  but with a residual of the server" refuses dqlosp "the server codes its replies" algorithm.dqlosp.codec=float16 algorithm.dqlosp.error_feedback=yes
check "an exchange that there is not" refused "$all: expected one of server, sharded, ring, halving_doubling, tree, hierarchical, got 'gossip'" $all=gossip
check "the place of a variant" refused "algorithm.mine.exchange_by: expected server or sharded, got tree: not every update has a push of every worker" \
    "$(of "bsp, mine: asp")" algorithm.mine.exchange_by=tree

# ---- only server over a star ----
star="network.exchange = server over network.topology = star"
check "one message after the other" \
    refused "network.sharing: expected fair with $all = ring, got fifo: one message after the other is the order of one server's link, in $star alone" \
    $all=ring network.sharing=fifo
check "  where all keep the server" silent "$(of asp)" algorithm.asp.exchange_by=server network.sharing=fifo
check "the real clock" refused "experiment.clock: expected virtual with network.topology = groups, got real: it delays the messages of $star alone" \
    network.topology=groups network.groups=1 experiment.clock=real experiment.train=yes
faulty() { refused "faults.$1 with algorithm.bsp.exchange_by = ring: what becomes of messages then is known for $star alone" "$(of bsp)" algorithm.bsp.exchange_by=ring "${@:2}"; }
check "crashes" faulty "crash_at: expected no crashes" faults.crash_at=1s faults.crash_worker=0
check "  at random" faulty "crash_probability: expected 0" faults.crash_probability=0.1
check "losses" faulty "loss_probability: expected 0" faults.loss_probability=0.1
check "outages" faulty "server_crash_at: expected no crashes" faults.server_crash_at=1s
check "  beside sharded too" refused "faults.loss_probability: expected 0 with $all = sharded: what becomes of messages then is known for $star alone" \
    $all=sharded faults.loss_probability=0.1

# ---- settings without effect ----
sharded="has no effect: no algorithm has a sharded exchange; leave it out, or choose network.exchange = sharded"
check "shards without sharded" refused "server.shards: $sharded" server.shards=4
check "  beside a ring" refused "server.shards: $sharded" "$(of bsp)" $all=ring server.shards=4
check "colocated without sharded" refused "server.colocated: $sharded" server.colocated=yes
check "shards that are not the workers'" refused "server.shards: expected 4 (cluster.workers) with server.colocated = yes, got 3; leave it out" \
    $all=sharded server.colocated=yes server.shards=3
chunks="network.chunk: has no effect: no algorithm has an exchange in chunks; leave it out, or choose network.exchange = tree or hierarchical"
check "chunks of a server" refused "$chunks" network.chunk=1MiB
check "  of a ring" refused "$chunks" "$(of bsp)" $all=ring network.chunk=1MiB
check "  of a tree" silent $all=tree network.chunk=1MiB
check "an overhead beside the server" \
    refused "network.collective_overhead: has no effect: every algorithm has an exchange with a server; leave it out, or choose another exchange" \
    network.collective_overhead=1ms
check "  of a ring" silent $all=ring network.collective_overhead=1ms
check "a cost of the server without one" \
    refused "server.cost_per_byte: has no effect: no algorithm has an exchange with a server; leave it out, or choose one with a server" \
    "$(of bsp)" $all=ring server.cost_per_byte=1ns
check "  of shards" silent $all=sharded server.cost_per_byte=1ns
card="has no effect: no algorithm has an exchange with a server that has a link of its own"
check "a server's link without a server is said" same "$(said "$(of bsp)" $all=ring network.server_bandwidth=2Gbit/s)" \
    "simulate: warning: --set: network.server_bandwidth $card"
check "  and its group" same "$(said "$(of bsp)" $all=ring network.topology=groups network.groups=2 network.server_group=1 network.server_bandwidth=10Gbit/s)" \
    "simulate: warning: --set: network.server_group $card"
none="network.exchange: has no effect: no algorithm can use it, or each has an exchange_by of its own; leave it out"
check "an exchange that no algorithm of the run can use" refused "$none" "$(of asp,dqlosp)" $all=ring
check "  or that none needs" refused "$none" "$(of bsp)" $all=ring algorithm.bsp.exchange_by=tree
check "  not if one can" silent "$(of asp,bsp)" $all=ring
check "a point of a sweep may use them" silent "$(of bsp)" --sweep=$all=server,sharded,tree server.shards=2 network.chunk=1MiB network.collective_overhead=1us
printf '%s\n' '[experiment]' 'algorithms = bsp' 'iterations = 64' '[network]' 'topology = groups' 'groups = 2' '[sweep]' 'network.topology = star' >sweep.ini
check "  that every point has another choice for is a mistake, with its line" same "$("$simulate" sweep.ini --no-train --check 2>&1)" \
    "simulate: sweep.ini:6: network.groups: has no effect: only network.topology = groups uses it; leave it out, or choose that"
finish
