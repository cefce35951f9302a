/* Exchanges of all workers' vectors in SimGrid (S4U): what docs/model_of_time.md says of each message, played by actors, on
 * stars, groups and sites. tests/simgrid/exchanges.py draws the cases and says what their lines mean.
 *
 * usage: exchanges <CASES    prints a line "reduced ..." for each exchange of each case
 *
 * SimGrid's CM02 is max-min fair when all routes have one latency. Where messages can queue behind each other, or latencies
 * differ, its own latency is therefore 0, and the sender's actor sleeps instead: a message that waits for the one before has its
 * latency behind it when that one arrives. */
#include <simgrid/s4u.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <iostream>
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

static bool read_case(std::istream &in, Case &c)
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
    void create_routes()
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
        auto lane = lanes.try_emplace({from, to}, host[from], host[to], latency(from, to) - inside).first;
        lane->second.depart(order, double(payload + c.header), arrives);
    }
    void play(int node, std::function<void()> role)
    {
        sg::Actor::create("role", host[node], role);
    }
};

/* --- exchanges --- */

static uint64_t divided(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

using Moments = std::deque<Moment>; /* its members never move */
using Table = std::deque<Moments>;

static Table table(size_t rows, size_t columns)
{
    Table t(rows);
    for (Moments &row : t)
        row.resize(columns);
    return t;
}

static double latest(const Moments &moments)
{
    double last = 0;
    for (const Moment &m : moments)
        last = m.at > last || std::isnan(m.at) ? m.at : last;
    return last;
}

struct Exchange {
    const Case &c;
    Network &net;
    int number;
    Exchange *before; /* nullptr: this is the first one */
    Moments result;   /* of each worker */
    Moment reduced;   /* with a server */

    Exchange(const Case &of, Network &network, int n, Exchange *last)
        : c(of), net(network), number(n), before(last), result(of.workers)
    {
    }
    virtual ~Exchange() = default;
    virtual void begin()
    {
        for (int w = 0; w < c.workers; w++)
            net.play(w, [this, w] { play(w); });
    }
    virtual void play(int worker) = 0; /* all of a worker's part, up to its result */
    virtual double reduced_at() const = 0;

    uint64_t bytes(int worker = 0) const
    {
        return c.push[number][worker].bytes;
    }
    /* A worker takes part from max(its joining time, the result of the exchange before) + overhead. */
    void start(int worker)
    {
        sg::this_actor::sleep_until(c.push[number][worker].join);
        if (before)
            before->result[worker].wait();
        sg::this_actor::sleep_for(c.overhead);
    }
    void send(int from, int to, int tree, int phase, size_t step, uint64_t payload, Moment &arrives)
    {
        net.depart(from, to, ((number * 2. + tree) * 3 + phase) * 1e6 + double(step), payload, arrives);
    }
};

/* Parts of a push go to the shards, and each shard answers all workers as soon as it has its part of all of them. */
struct Sharded : Exchange {
    Table pushed, replied; /* [worker][shard] */

    Sharded(const Case &of, Network &network, int n, Exchange *last)
        : Exchange(of, network, n, last), pushed(table(of.workers, of.shards)),
          replied(table(of.workers, of.shards))
    {
    }
    bool is_own(int worker, int shard) const
    {
        return c.colocated() && worker == shard;
    }
    void transfer(bool up, int worker, int shard)
    {
        const Push &push = c.push[number][worker];
        Moment &arrives = up ? pushed[worker][shard] : replied[worker][shard];
        const int node = c.workers + shard;
        if (is_own(worker, shard))
            arrives.happens();
        else if (up)
            send(worker, node, 0, 0, 0, divided(push.bytes, c.shards), arrives);
        else
            send(node, worker, 0, 1, 0, divided(push.reply, c.shards), arrives);
    }
    void begin() override
    {
        Exchange::begin();
        for (int s = 0; s < c.shards; s++)
            net.play(c.workers + s, [this, s] {
                for (int w = 0; w < c.workers; w++)
                    pushed[w][s].wait();
                for (int w = 0; w < c.workers; w++)
                    transfer(false, w, s);
            });
        net.play(c.workers, [this] {
            for (Moments &parts : pushed)
                for (Moment &m : parts)
                    m.wait();
            reduced.happens();
        });
    }
    /* No order of exchanges, but one upload at a time. */
    void play(int worker) override
    {
        sg::this_actor::sleep_until(c.push[number][worker].join);
        if (before)
            before->reduced.wait();
        for (int s = 0; s < c.shards; s++)
            transfer(true, worker, s);
        for (int s = 0; s < c.shards; s++)
            replied[worker][s].wait();
        result[worker].happens();
    }
    double reduced_at() const override
    {
        return reduced.at;
    }
};

/* Steps around a circle of workers: `arrived[i][s]` is step s of member i at the next one. */
struct Circle {
    Exchange &x;
    vector<int> members;
    Table arrived;

    Circle(Exchange &of, const vector<int> &who, size_t steps)
        : x(of), members(who), arrived(table(who.size(), steps))
    {
    }
    size_t previous(size_t i) const
    {
        return (i + members.size() - 1) % members.size();
    }
    /* From the first step to having the last one of the previous member. */
    void play(size_t i, std::function<uint64_t(size_t step)> bytes)
    {
        const int next = members[(i + 1) % members.size()];
        for (size_t s = 0; s < arrived[i].size(); s++) {
            if (s > 0) {
                arrived[previous(i)][s - 1].wait();
                arrived[i][s - 1].wait();
            }
            x.send(members[i], next, 0, 1, s, bytes(s), arrived[i][s]);
        }
        arrived[previous(i)].back().wait();
    }
    double step_everywhere(size_t step) const
    {
        double last = 0;
        for (const Moments &steps : arrived)
            last = std::max(last, steps[step].at);
        return last;
    }
};

static vector<int> ranks(int n)
{
    vector<int> all(n);
    for (int i = 0; i < n; i++)
        all[i] = i;
    return all;
}

struct Ring : Exchange {
    Circle circle;

    Ring(const Case &of, Network &network, int n, Exchange *last)
        : Exchange(of, network, n, last), circle(*this, ranks(of.workers), 2 * of.workers - 2)
    {
    }
    void play(int worker) override
    {
        start(worker);
        circle.play(worker, [this](size_t) { return divided(bytes(), c.workers); });
        result[worker].happens();
    }
    double reduced_at() const override
    {
        return circle.step_everywhere(c.workers - 2);
    }
};

struct AllGather : Exchange {
    Circle circle;

    AllGather(const Case &of, Network &network, int n, Exchange *last)
        : Exchange(of, network, n, last), circle(*this, ranks(of.workers), of.workers - 1)
    {
    }
    void play(int worker) override
    {
        start(worker);
        circle.play(worker,
                    [this, worker](size_t s) { return bytes(int((worker + c.workers - s) % c.workers)); });
        result[worker].happens();
    }
    double reduced_at() const override /* at the first worker that has all vectors */
    {
        double first = INFINITY;
        for (const Moment &m : result)
            first = std::min(first, m.at);
        return first;
    }
};

struct HalvingDoubling : Exchange {
    int power = 1, levels = 0, folded; /* workers 2i with i < folded send all to 2i + 1 */
    Table arrived;                     /* [worker][step]: at its partner of that step */
    Moments fold, returned;

    HalvingDoubling(const Case &of, Network &network, int n, Exchange *last)
        : Exchange(of, network, n, last), fold(of.workers), returned(of.workers)
    {
        for (; power * 2 <= c.workers; power *= 2)
            levels++;
        folded = c.workers - power;
        arrived = table(c.workers, 2 * levels);
    }
    int worker_of(int place) const
    {
        return place < folded ? 2 * place + 1 : place + folded;
    }
    int place_of(int worker) const
    {
        return worker < 2 * folded ? worker / 2 : worker - folded;
    }
    void play(int worker) override
    {
        start(worker);
        if (worker < 2 * folded && worker % 2 == 0) {
            send(worker, worker + 1, 0, 0, 0, bytes(), fold[worker]);
            returned[worker].wait();
        } else {
            play_steps(worker);
        }
        result[worker].happens();
        if (worker < 2 * folded && worker % 2 == 1)
            send(worker, worker - 1, 0, 2, 0, bytes(), returned[worker - 1]);
    }
    void play_steps(int worker)
    {
        Moment *previous = nullptr; /* the partner's */
        if (worker < 2 * folded)
            fold[worker - 1].wait();
        for (int s = 0; s < 2 * levels; s++) {
            const int level =
                s < levels ? s + 1 : 2 * levels - s; /* this step carries P / 2^level over p / 2^level */
            const int partner = worker_of(place_of(worker) ^ (power >> level));
            if (s > 0) {
                previous->wait();
                arrived[worker][s - 1].wait();
            }
            send(worker, partner, 0, 1, s, divided(bytes(), uint64_t(1) << level), arrived[worker][s]);
            previous = &arrived[partner][s];
        }
        previous->wait();
    }
    double reduced_at() const override
    {
        double last = 0;
        for (int place = 0; place < power; place++)
            last = std::max(last, arrived[worker_of(place)][levels - 1].at);
        return last;
    }
};

/* The bytes of each chunk of one vector; the last chunk has the rest. */
static vector<uint64_t> chunks_of(uint64_t bytes, uint64_t chunk)
{
    vector<uint64_t> all(bytes / chunk, chunk);
    if (bytes % chunk)
        all.push_back(bytes % chunk);
    return all;
}

/* One of the two trees. A node's place is its rank, or in the second tree its rank from behind. */
struct OneTree {
    Exchange &x;
    int which, n;
    vector<uint64_t> chunk;
    Table up,
        down; /* [place][chunk]: from this place at its parent; from its parent at this place (root: all are there) */

    OneTree(Exchange &of, int tree, uint64_t bytes, uint64_t size)
        : x(of), which(tree), n(of.c.workers), chunk(chunks_of(bytes, size)), up(table(n, chunk.size())),
          down(table(n, chunk.size()))
    {
    }
    int turned(int v) const
    {
        return which == 0 ? v : n - 1 - v;
    } /* place of a rank, rank of a place */
    vector<int> children(int place) const
    {
        vector<int> all;
        for (int child = 2 * place + 1; child <= 2 * place + 2 && child < n; child++)
            all.push_back(child);
        return all;
    }
    void play_up(int place)
    {
        for (size_t k = 0; k < chunk.size(); k++) {
            for (int child : children(place))
                up[child][k].wait();
            if (place > 0)
                x.send(turned(place), turned((place - 1) / 2), which, 0, k, chunk[k], up[place][k]);
            else
                down[0][k].happens();
        }
    }
    void play_down(int place)
    {
        for (size_t k = 0; k < chunk.size(); k++) {
            down[place][k].wait();
            for (int child : children(place))
                x.send(turned(place), turned(child), which, 2, k, chunk[k], down[child][k]);
        }
    }
};

struct Tree : Exchange {
    std::deque<OneTree> trees;

    Tree(const Case &of, Network &network, int n, Exchange *last) : Exchange(of, network, n, last)
    {
        const uint64_t chunk = std::max(c.chunk, divided(bytes(), 1024)), first = divided(bytes(), 2);
        trees.emplace_back(*this, 0, first, chunk);
        trees.emplace_back(*this, 1, bytes() - first, chunk);
    }
    void play(int worker) override
    {
        start(worker);
        for (OneTree &t : trees) {
            net.play(worker, [&t, worker] { t.play_up(t.turned(worker)); });
            net.play(worker, [&t, worker] { t.play_down(t.turned(worker)); });
        }
        for (OneTree &t : trees)
            for (Moment &m : t.down[t.turned(worker)])
                m.wait();
        result[worker].happens();
    }
    double reduced_at() const override
    {
        return std::max(latest(trees[0].down[0]), latest(trees[1].down[0]));
    }
};

/* Chains inside the parts, a ring of their leaders. */
struct Hierarchical : Exchange {
    vector<vector<int>> parts; /* their workers by rank; those with lower leaders first */
    vector<uint64_t> chunk;
    std::deque<Circle> ring;
    Table towards,
        back; /* [worker][chunk]: from this worker at the next one towards the leader; at this worker, back */
    Moments gathered; /* of each worker that leads: it has all chunks of its part */

    Hierarchical(const Case &of, Network &network, int n, Exchange *last)
        : Exchange(of, network, n, last), gathered(of.workers)
    {
        std::map<int, size_t> known;
        for (int w = 0; w < c.workers; w++) {
            if (known.emplace(c.worker[w].part, parts.size()).second)
                parts.emplace_back();
            parts[known[c.worker[w].part]].push_back(w);
        }
        chunk = chunks_of(bytes(), std::max(c.chunk, divided(bytes(), 1024)));
        towards = table(c.workers, chunk.size());
        back = table(c.workers, chunk.size());
        vector<int> leaders;
        for (const vector<int> &part : parts)
            leaders.push_back(part[0]);
        ring.emplace_back(*this, leaders, 2 * leaders.size() - 2);
    }
    void play(int worker) override
    {
        start(worker);
        for (size_t p = 0; p < parts.size(); p++) {
            const vector<int> &part = parts[p];
            const size_t place = size_t(std::find(part.begin(), part.end(), worker) - part.begin());
            if (place < part.size())
                play_in(p, place);
        }
        result[worker].happens();
    }
    void play_in(size_t p, size_t place)
    {
        const vector<int> &part = parts[p];
        const int worker = part[place], far = place + 1 < part.size() ? part[place + 1] : -1;
        for (size_t k = 0; k < chunk.size(); k++) {
            if (far >= 0)
                towards[far][k].wait();
            if (place > 0)
                send(worker, part[place - 1], 0, 0, k, chunk[k], towards[worker][k]);
        }
        if (place == 0) {
            gathered[worker].happens();
            if (parts.size() > 1)
                ring[0].play(p, [this](size_t) { return divided(bytes(), parts.size()); });
        }
        for (size_t k = 0; k < chunk.size(); k++) {
            if (place > 0)
                back[worker][k].wait();
            if (far >= 0)
                send(worker, far, 0, 2, k, chunk[k], back[far][k]);
        }
    }
    double reduced_at() const override
    {
        return parts.size() > 1 ? ring[0].step_everywhere(parts.size() - 2) : gathered[parts[0][0]].at;
    }
};

static Exchange *create(const Case &c, Network &net, int number, Exchange *before)
{
    if (c.has_server())
        return new Sharded(c, net, number, before);
    if (c.kind == "ring")
        return new Ring(c, net, number, before);
    if (c.kind == "halving_doubling")
        return new HalvingDoubling(c, net, number, before);
    if (c.kind == "tree")
        return new Tree(c, net, number, before);
    if (c.kind == "hierarchical")
        return new Hierarchical(c, net, number, before);
    if (c.kind == "all_gather")
        return new AllGather(c, net, number, before);
    std::cerr << "exchanges: no exchange is called " << c.kind << "\n";
    std::exit(2);
}

static void simulate(const Case &c)
{
    vector<string> words{"exchanges",
                         "--log=root.thres:warning",
                         "--cfg=network/model:CM02",
                         "--cfg=network/crosstraffic:0",
                         "--cfg=network/weight-S:0",
                         "--cfg=network/TCP-gamma:0",
                         "--cfg=network/bandwidth-factor:1",
                         "--cfg=network/latency-factor:1",
                         "--cfg=network/optim:Full",
                         "--cfg=surf/precision:1e-12"};
    vector<char *> argv;
    for (string &word : words)
        argv.push_back(word.data());
    int argc = int(argv.size());
    sg::Engine engine(&argc, argv.data());
    Network net(c);
    vector<Exchange *> all;
    for (int e = 0; e < c.exchanges; e++) {
        all.push_back(create(c, net, e, e > 0 ? all[e - 1] : nullptr));
        all[e]->begin();
    }
    engine.run();
    for (const Exchange *x : all) {
        std::printf("reduced %.12g", x->reduced_at());
        for (const Moment &m : x->result)
            std::printf(" %.12g", m.at);
        std::printf("\n");
    }
    std::fflush(stdout);
    _exit(0); /* SimGrid's own end is not needed */
}

int main()
{
    Case c;
    while (read_case(std::cin, c)) {
        int status;
        const pid_t child = fork(); /* SimGrid has one engine in a process */
        if (child == 0)
            simulate(c);
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
            std::cerr << "exchanges: a case of " << c.kind << " has failed\n";
            return 1;
        }
    }
    return 0;
}
