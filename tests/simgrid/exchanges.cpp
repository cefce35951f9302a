/* Exchanges of all workers' vectors in SimGrid (S4U): each message as docs/model_of_time.md says, played by actors, on stars,
 * groups and sites. tests/simgrid/exchanges.py draws the cases and says what their lines mean.
 *
 * usage: exchanges <CASES    prints a line "reduced ..." for each exchange of each case */
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "exchange.hpp"
#include "trees.hpp"

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
    }
    /* No order of exchanges, but one upload at a time. */
    void play(int worker) override
    {
        sg::this_actor::sleep_until(c.push[number][worker].join);
        for (int s = 0; before && s < c.shards; s++)
            static_cast<Sharded *>(before)->pushed[worker][s].wait();
        for (int s = 0; s < c.shards; s++)
            transfer(true, worker, s);
        for (int s = 0; s < c.shards; s++)
            replied[worker][s].wait();
        result[worker].happens();
    }
    double reduced_at() const override
    {
        double last = 0;
        for (const Moments &parts : pushed)
            last = std::max(last, latest(parts));
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
    bool is_folded(int worker) const
    {
        return worker < 2 * folded && worker % 2 == 0;
    }
    bool has_fold(int worker) const
    {
        return worker < 2 * folded && worker % 2 == 1;
    }
    /* This step carries P / 2^level over a distance of p / 2^level. */
    int level_of(int step) const
    {
        return step < levels ? step + 1 : 2 * levels - step;
    }
    int partner_of(int worker, int step) const
    {
        return worker_of(place_of(worker) ^ (power >> level_of(step)));
    }
    void play(int worker) override
    {
        start(worker);
        if (is_folded(worker)) {
            send(worker, worker + 1, 0, 0, 0, bytes(), fold[worker]);
            returned[worker].wait();
            result[worker].happens();
            return;
        }
        net.play(worker, [this, worker] { send_all(worker); });
        for (int s = 0; s < 2 * levels; s++)
            arrived[partner_of(worker, s)][s].wait();
        result[worker].happens();
        if (has_fold(worker))
            send(worker, worker - 1, 0, 2, 0, bytes(), returned[worker - 1]);
    }
    void send_all(int worker)
    {
        if (has_fold(worker))
            fold[worker - 1].wait();
        for (int s = 0; s < 2 * levels; s++) {
            if (s > 0) {
                arrived[partner_of(worker, s - 1)][s - 1].wait();
                arrived[worker][s - 1].wait();
            }
            send(worker, partner_of(worker, s), 0, 1, s, divided(bytes(), uint64_t(1) << level_of(s)),
                 arrived[worker][s]);
        }
    }
    double reduced_at() const override
    {
        double last = 0;
        for (int place = 0; place < power; place++)
            last = std::max(last, arrived[worker_of(place)][levels - 1].at);
        return last;
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
