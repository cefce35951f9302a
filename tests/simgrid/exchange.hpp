/* What all exchanges share, and steps around a circle of workers. */
#ifndef TESTS_SIMGRID_EXCHANGE_HPP
#define TESTS_SIMGRID_EXCHANGE_HPP

#include <algorithm>
#include <deque>

#include "cluster.hpp"

inline uint64_t divided(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

using Moments = std::deque<Moment>; /* its members never move */
using Table = std::deque<Moments>;

inline Table table(size_t rows, size_t columns)
{
    Table t(rows);
    for (Moments &row : t)
        row.resize(columns);
    return t;
}

inline double latest(const Moments &moments)
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
    void send_all(size_t i, std::function<uint64_t(size_t step)> bytes)
    {
        const int next = members[(i + 1) % members.size()];
        for (size_t s = 0; s < arrived[i].size(); s++) {
            if (s > 0) {
                arrived[previous(i)][s - 1].wait();
                arrived[i][s - 1].wait();
            }
            x.send(members[i], next, 0, 1, s, bytes(s), arrived[i][s]);
        }
    }
    /* From the first step to having the last one of the previous member: own messages may still be on their way. */
    void play(size_t i, std::function<uint64_t(size_t step)> bytes)
    {
        x.net.play(members[i], [this, i, bytes] { send_all(i, bytes); });
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

#endif
