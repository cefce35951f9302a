/* A case of tests/simgrid/exchanges.py, and its network in SimGrid.
 *
 * SimGrid's CM02 is max-min fair when all routes have one latency. Where messages can queue behind each other, or latencies
 * differ, its own latency is therefore 0, and the sender's actor sleeps instead: a message that waits for the one
 * before has its latency behind it when that one arrives. */
#ifndef TESTS_SIMGRID_CLUSTER_HPP
#define TESTS_SIMGRID_CLUSTER_HPP

#include <simgrid/s4u.hpp>

#include <cmath>
#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sg = simgrid::s4u;
using std::size_t;
using std::string;
using std::vector;

/* --- a case, as its lines say (seconds, bytes, bytes/s) --- */

struct Push {
    double join;
    uint64_t bytes, reply;
};

struct Worker {
    double up, down, latency;
    int part;
};

struct Part {
    double up, down, latency_up, latency_down;
};

struct Case {
    string kind, topology;
    int workers, exchanges, shards, parts, server_part;
    uint64_t chunk, header;
    double overhead, server_up, server_down;
    vector<Worker> worker;
    vector<Part> part;                           /* groups */
    vector<double> pair_bandwidth, pair_latency; /* sites */
    vector<vector<Push>> push;                   /* of each exchange, of each worker */

    bool colocated() const
    {
        return kind == "colocated";
    }
    bool has_server() const
    {
        return kind == "server" || kind == "sharded" || colocated();
    }
};

inline bool read_case(std::istream &in, Case &c)
{
    string word;
    double overhead;
    if (!(in >> word >> c.kind >> c.workers >> c.exchanges >> c.shards >> c.chunk >> c.header >> overhead))
        return false;
    c.overhead = overhead * 1e-9;
    in >> word >> c.topology >> c.parts >> c.server_part >> c.server_up >> c.server_down;
    c.worker.resize(c.workers);
    for (Worker &w : c.worker) {
        in >> w.up >> w.down >> w.latency >> w.part;
        w.latency *= 1e-9;
    }
    c.part.resize(c.topology == "groups" ? c.parts : 0);
    for (Part &p : c.part) {
        in >> p.up >> p.down >> p.latency_up >> p.latency_down;
        p.latency_up *= 1e-9;
        p.latency_down *= 1e-9;
    }
    const size_t pairs = c.topology == "sites" ? c.parts * c.parts : 0;
    c.pair_bandwidth.resize(pairs);
    c.pair_latency.resize(pairs);
    for (size_t i = 0; i < pairs; i++) {
        in >> c.pair_bandwidth[i] >> c.pair_latency[i];
        c.pair_latency[i] *= 1e-9;
    }
    c.push.assign(c.exchanges, vector<Push>(c.workers));
    for (vector<Push> &pushes : c.push)
        for (Push &p : pushes) {
            in >> p.join >> p.bytes >> p.reply;
            p.join *= 1e-9;
        }
    return bool(in);
}

/* --- the network --- */

/* Happens once; any number of actors wait for it. */
class Moment
{
    sg::SemaphorePtr gate = sg::Semaphore::create(0);

  public:
    double at = NAN;

    void happens()
    {
        at = sg::Engine::get_clock();
        gate->release();
    }
    void wait()
    {
        gate->acquire();
        gate->release();
    }
};

/* Serves the messages of one ordered pair of nodes one after the other: in the order of their departures, and of `order` in one ns. */
class Lane
{
    struct Message {
        double departs, order, bytes;
        Moment *arrives;
        bool operator<(const Message &other) const
        {
            return std::make_pair(nanosecond(), order) < std::make_pair(other.nanosecond(), other.order);
        }
        double nanosecond() const
        {
            return std::ceil(departs * 1e9 - 1e-3);
        }
    };
    std::multiset<Message> queue;
    sg::SemaphorePtr waiting = sg::Semaphore::create(0);

  public:
    Lane(sg::Host *from, sg::Host *to, double sleep)
    {
        sg::Actor::create("lane", from, [this, from, to, sleep] {
            for (;;) {
                waiting->acquire();
                sg::this_actor::sleep_until(queue.begin()->departs + sleep);
                const Message m = *queue.begin();
                queue.erase(queue.begin());
                sg::Comm::sendto(from, to, m.bytes);
                m.arrives->happens();
            }
        })->daemonize();
    }
    void depart(double order, double bytes, Moment &arrives)
    {
        queue.insert({sg::Engine::get_clock(), order, bytes, &arrives});
        waiting->release();
    }
};

/* Nodes: the workers, then the shards, or the PS. */
class Network
{
    const Case &c;
    sg::NetZone *zone = sg::create_full_zone("cluster");
    vector<sg::Host *> host;
    vector<sg::Link *> out, in, part_up, part_down, pair;
    std::map<std::pair<int, int>, Lane> lanes;
    double inside; /* SimGrid's latency of every route */

    sg::Link *link(const string &name, double bandwidth, double latency = 0)
    {
        return zone->create_link(name, bandwidth)->set_latency(latency)->seal();
    }
    bool is_worker(int node) const
    {
        return node < c.workers || c.colocated();
    }
    const Worker &at(int node) const
    {
        return c.worker[node < c.workers ? node : node - c.workers];
    }
    int part_of(int node) const
    {
        return is_worker(node) ? at(node).part : c.server_part;
    }
    double latency(int from, int to) const
    {
        const int a = part_of(from), b = part_of(to);
        double sum = (is_worker(from) ? at(from).latency : 0) + (is_worker(to) ? at(to).latency : 0);
        if (a == b)
            return sum;
        if (c.topology == "sites")
            return sum + c.pair_latency[a * c.parts + b];
        return sum + (a >= 0 ? c.part[a].latency_up : 0) + (b >= 0 ? c.part[b].latency_down : 0);
    }
    vector<sg::Link *> links(int from, int to) const
    {
        const int a = part_of(from), b = part_of(to);
        vector<sg::Link *> route{out[from]};
        if (a != b && c.topology == "sites")
            route.push_back(pair[a * c.parts + b]);
        if (a != b && c.topology == "groups" && a >= 0)
            route.push_back(part_up[a]);
        if (a != b && c.topology == "groups" && b >= 0)
            route.push_back(part_down[b]);
        route.push_back(in[to]);
        return route;
    }
    bool may_send(int from, int to) const
    {
        return from != to &&
               (c.has_server() ? (from < c.workers) != (to < c.workers) : from < c.workers && to < c.workers);
    }
    /* The latency of all routes, if SimGrid may have it; 0: it may not. */
    double common_latency() const
    {
        std::set<double> all;
        for (size_t from = 0; from < host.size(); from++)
            for (size_t to = 0; to < host.size(); to++)
                if (may_send(from, to))
                    all.insert(latency(from, to));
        const bool queues = c.exchanges > 1 || c.kind == "tree" || c.kind == "hierarchical";
        return queues || all.size() > 1 ? 0 : *all.begin();
    }
    void create_links()
    {
        for (size_t n = 0; n < host.size(); n++) {
            const string name = std::to_string(n);
            if (n < size_t(c.workers)) {
                out.push_back(link("out-" + name, c.worker[n].up, inside));
                in.push_back(link("in-" + name, c.worker[n].down));
            } else if (c.colocated()) {
                out.push_back(out[n - c.workers]);
                in.push_back(in[n - c.workers]);
            } else { /* up is towards the PS */
                out.push_back(link("out-" + name, c.server_down, inside));
                in.push_back(link("in-" + name, c.server_up));
            }
        }
        for (size_t p = 0; p < c.part.size(); p++) {
            part_up.push_back(link("part-up-" + std::to_string(p), c.part[p].up));
            part_down.push_back(link("part-down-" + std::to_string(p), c.part[p].down));
        }
        for (size_t p = 0; p < c.pair_bandwidth.size(); p++)
            pair.push_back(link("pair-" + std::to_string(p), c.pair_bandwidth[p]));
    }
    void create_routes() /* and a lane each */
    {
        for (size_t from = 0; from < host.size(); from++)
            for (size_t to = 0; to < host.size(); to++) {
                if (!may_send(from, to))
                    continue;
                vector<sg::LinkInRoute> route;
                for (sg::Link *l : links(from, to))
                    route.emplace_back(l);
                zone->add_route(host[from]->get_netpoint(), host[to]->get_netpoint(), nullptr, nullptr, route,
                                false);
                lanes.try_emplace({from, to}, host[from], host[to], latency(int(from), int(to)) - inside);
            }
    }

  public:
    explicit Network(const Case &from) : c(from)
    {
        for (int n = 0; n < c.workers + c.shards; n++)
            host.push_back(zone->create_host("node-" + std::to_string(n), 1e9)->seal());
        inside = common_latency();
        create_links();
        create_routes();
        zone->seal();
    }
    void depart(int from, int to, double order, uint64_t payload, Moment &arrives)
    {
        lanes.at({from, to}).depart(order, double(payload + c.header), arrives);
    }
    void play(int node, std::function<void()> role)
    {
        sg::Actor::create("role", host[node], role);
    }
};

#endif
