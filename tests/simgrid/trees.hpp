/* Exchanges in chunks: two mirrored trees, and chains of parts below a ring of their leaders. */
#ifndef TESTS_SIMGRID_TREES_HPP
#define TESTS_SIMGRID_TREES_HPP

#include "exchange.hpp"

/* The bytes of each chunk of one vector; the last chunk has the rest. */
inline vector<uint64_t> chunks_of(uint64_t bytes, uint64_t chunk)
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

#endif
