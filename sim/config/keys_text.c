/* What KEYS.md says above the tables of [sweep] and [tune]: both have rows beside their keys. */
#include "sim/config/keys.h"

/* clang-format off */

const char keys_sweep[] =
    "Every other key is named in full, such as `network.bandwidth`, and is swept: the program runs each point of the grid\n"
    "of all values.\n"
    "\n"
    "    network.bandwidth = 100Mbit/s, 1Gbit/s, 10Gbit/s\n"
    "    network.latency = 1ms, 2ms | 5ms, 10ms\n"
    "    experiment.seed = 1..5\n"
    "    algorithm.losp.learning_rate = 0.05, 0.1, 0.2\n"
    "\n"
    "Commas separate the values. If there is a `|`, it separates the values instead, and a value may be a list with one\n"
    "element per worker. Whole numbers may be ranges: `1..5`, or `8..32..8` for 8, 16, 24, 32. An algorithm's own key\n"
    "varies only that algorithm. These keys cannot be swept: `experiment.name`, `experiment.algorithms`, `output.path`,\n"
    "`output.at`.\n";

const char keys_tune[] =
    "Every other line names an algorithm's key in full, and the values to search for the algorithm before it is compared;\n"
    "`*` stands for each algorithm of the experiment.\n"
    "\n"
    "    algorithm.*.learning_rate = log(0.01, 1)\n"
    "    algorithm.losp.max_local_steps = choice(8, 16, 32)\n"
    "    algorithm.osp.momentum = uniform(0, 0.9)\n"
    "\n"
    "`log` draws the logarithm evenly between the two ends, `uniform` the value itself; `choice`, or a list without a word,\n"
    "has the values. A row makes a comparison of the experiment, and needs `data.validation`.\n";

/* clang-format on */
