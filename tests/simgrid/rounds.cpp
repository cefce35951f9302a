/* BSP or ASP on a star in SimGrid (S4U), for tests/bench/timing.sh: the exchanges of a run of simulate --no-train, with the
 * compute times that the run has written, so that both do the same work.
 *
 * usage: rounds bsp|asp WORKERS LATENCY LINK SERVER BYTES [SIMGRID OPTION...] <TIMES
 * seconds, bytes/s, and the bytes of a push and of a reply; TIMES: a line WORKER SECONDS for each push, those of a worker in
 * their order. Prints the virtual seconds at the end, and the wall seconds that SimGrid has taken, without making the star. */
#include <simgrid/s4u.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace sg = simgrid::s4u;

struct star {
    sg::Host *server;
    std::vector<sg::Host *> worker;
};

static sg::Link *link(sg::NetZone *zone, const std::string &name, double bandwidth, double latency)
{
    sg::Link *made = zone->create_link(name, bandwidth);
    made->set_latency(latency);
    made->seal();
    return made;
}

/* Each host has a link out and a link in; those of the server are the server link. */
static sg::Host *host(sg::NetZone *zone, const std::string &name, double bandwidth, double latency)
{
    sg::Host *made = zone->create_host(name, 1e9);
    made->seal();
    for (bool out : {true, false}) {
        std::vector<sg::LinkInRoute> route{
            sg::LinkInRoute(link(zone, name + (out ? "-out" : "-in"), bandwidth, latency))};
        zone->add_route(out ? made->get_netpoint() : nullptr, out ? nullptr : made->get_netpoint(), nullptr,
                        nullptr, route, false);
    }
    return made;
}

static star make_star(size_t workers, double latency, double bandwidth, double server)
{
    sg::NetZone *zone = sg::create_star_zone("star");
    star s{host(zone, "server", server, 0), {}};
    for (size_t w = 0; w < workers; w++)
        s.worker.push_back(host(zone, "worker-" + std::to_string(w), bandwidth, latency));
    zone->seal();
    return s;
}

int main(int argc, char **argv)
{
    sg::Engine engine(&argc, argv);
    if (argc != 7) {
        std::cerr << "usage: rounds bsp|asp WORKERS LATENCY LINK SERVER BYTES <TIMES\n";
        return 2;
    }
    const bool waits = std::string(argv[1]) == "bsp";
    const size_t workers = std::strtoul(argv[2], nullptr, 10), bytes = std::strtoul(argv[6], nullptr, 10);
    const star s = make_star(workers, std::atof(argv[3]), std::atof(argv[4]), std::atof(argv[5]));

    std::vector<std::vector<double>> times(workers);
    size_t worker;
    for (double seconds; std::cin >> worker >> seconds;)
        times.at(worker).push_back(seconds);
    sg::BarrierPtr barrier = sg::Barrier::create((unsigned)workers);

    for (size_t w = 0; w < workers; w++)
        sg::Actor::create("worker", s.worker[w], [&, w] {
            for (double seconds : times[w]) {
                sg::this_actor::sleep_for(seconds);
                sg::Comm::sendto(s.worker[w], s.server, bytes);
                if (waits)
                    barrier->wait();
                sg::Comm::sendto(s.server, s.worker[w], bytes);
            }
        });

    const auto begun = std::chrono::steady_clock::now();
    engine.run();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begun;
    std::printf("%.9f %.6f\n", sg::Engine::get_clock(), wall.count());
    return 0;
}
