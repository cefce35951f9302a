/* The table of the program's keys: a row names a key, its type, its field in struct config, its default,
 * its bounds and its help text. A new key is a field in config.h and a row here. */
#include "sim/config/keys.h"

#include <math.h>

#include "models/optimizer.h"
#include "models/words.h"
#include "sim/config/profile_file.h"
#include "sim/exchange/words.h"
#include "sim/schema/quality.h"

#define AT(field) offsetof(struct config, field)

#define AT_LEAST(bound) .min = (bound), .max = INFINITY
#define POSITIVE        .above_min = 1

/* Bounds that no sensible value exceeds. Within them no single duration overflows the clock (292 years). */
#define LONGEST     .max = 1e6                  /* seconds */
#define DEAREST     .max = MOST_COST            /* seconds a byte */
#define SLOWEST     .min = 125, .max = INFINITY /* bytes/s: 1 kbit/s */
#define NARROWEST   0.001                       /* efficiency */
#define WITH_GROUPS .with_key = "topology", .with_words = "groups", .strict = true
#define WITH_SITES  .with_key = "topology", .with_words = "sites", .strict = true
#define TCP_SEGMENT 536 /* bytes: the segment that every TCP accepts (RFC 1122, 4.2.2.6) */

#define MOST_BUDGET 0x1p60 /* bytes: below what the counters of a run hold (conductor.c) */

#define LONGEST_EPISODE 1000 /* iterations: every iteration looks back over a whole episode (compute.c) */

static const char *const clock_words[] = {[CLOCK_VIRTUAL] = "virtual", [CLOCK_REAL] = "real", NULL};
static const char *const stop_words[] = {[STOP_BUDGET] = "budget", [STOP_TARGET] = "target", NULL};
static const char *const tune_words[] = {[TUNE_ACCURACY] = "accuracy", [TUNE_LOSS] = "loss",
                                         [TUNE_TARGET] = "target",     [TUNE_AT] = "at",
                                         [TUNE_NONE] = "none",         NULL};
static const char *const retime_words[] = {[RETIME_AUTO] = "auto", [RETIME_NO] = "no", NULL};
static const char *const own_words[] = {
    [OWN_COMBINE] = "combine", [OWN_TRIALS] = "trials", [OWN_SETTINGS] = "settings", NULL};
static const char *const search_words[] = {
    [SEARCH_GRID] = "grid", [SEARCH_RANDOM] = "random", [SEARCH_HALVING] = "halving", NULL};
static const char *const by_words[] = {
    [TUNE_ACCURACY] = "accuracy", [TUNE_LOSS] = "loss", [TUNE_TARGET] = "target", [TUNE_AT] = "at", NULL};
static const char *const pairs_words[] = {[PAIRS_REFERENCE] = "reference", [PAIRS_ALL] = "all", NULL};
static const char *const batchnorm_words[] = {
    [BATCHNORM_RUNNING] = "running", [BATCHNORM_PRECISE] = "precise", NULL};
static const char *const shape_words[] = {"mnist", "cifar", NULL};

/* clang-format off */

static const struct config_key experiment[] = {
    {"name", KEY_TEXT, AT(experiment.name), NULL, .example = "alexnet_cifar",
     .help = "folder of the results; left out: the ini file's name without .ini"},
    {"algorithms", KEY_NAMES, AT(experiment.algorithms), "bsp, local_sgd, osp, losp, dqlosp", .kind = "algorithm",
     .help = "algorithms to compare; each is one run; topk1: bsp is a variant: bsp with the name topk1 and the "
             "settings of a section [algorithm.topk1] alone",
     .example = "bsp, topk1: bsp"},
    {"train", KEY_BOOL, AT(experiment.train), "yes", .example = "no",
     .help = "no: timing only; the run computes and sends nothing and writes only times and bytes, the "
             "same as in training"},
    {"iterations", KEY_INT, AT(experiment.iterations), NULL, AT_LEAST(1), .example = "156250",
     .help = "local iterations of all workers together after which the run ends; excludes epochs"},
    {"epochs", KEY_REAL, AT(experiment.epochs), NULL, POSITIVE, .max = 1e9, .example = "100",
     .help = "passes over the training samples by all workers together, instead of iterations; 1 if "
             "iterations, virtual_time and bytes are left out, too"},
    {"virtual_time", KEY_SECONDS, AT(experiment.virtual_time), NULL, POSITIVE, .max = 1e9, .example = "5min",
     .help = "budget: the run ends with the first update at this virtual time or later; with iterations, "
             "epochs or bytes: at whichever comes first; the learning rate's schedule then follows the used "
             "part of the budget"},
    {"bytes", KEY_BYTES, AT(experiment.bytes), NULL, .min = 1, .max = MOST_BUDGET, .example = "10GiB",
     .help = "budget: the run ends with the first update before which the workers and the server have sent "
             "this many bytes, each message counted once, at its sender, and the first model not; otherwise "
             "as virtual_time"},
    {"seed", KEY_INT, AT(experiment.seed), "1", AT_LEAST(0),
     .help = "seed of every random draw; equal seeds give equal results"},
    {"clock", KEY_CHOICE, AT(experiment.clock), "virtual", .choices = clock_words,
     .help = "real: an iteration takes as long as it takes here, and messages are delayed by the network's "
             "times; not repeatable to the bit"},
    {"target_accuracy", KEY_REAL, AT(experiment.target_accuracy), NULL, .max = 1, .above_min = 1, .example = "0.9",
     .help = "report when accuracy on the validation data (data.validation; without them: on the test set) "
             "first reaches this value"},
    {"stop", KEY_CHOICE, AT(experiment.stop), "budget", .choices = stop_words,
     .help = "budget: the run ends at the first of its bounds; target: also at the first evaluation after the one "
             "that reaches target_accuracy. Without data.validation that is accuracy on the test set: a run "
             "that it ends must not report a test accuracy as if the test set had not been used"},
    {NULL}};

static const struct config_key data[] = {
    {"set", KEY_TEXT, AT(data.set), "synthetic", .choices = dataset_words, .choice = "a name from --list datasets",
     .help = "name of the data set"},
    {"path", KEY_TEXT, AT(data.path), NULL, .example = "/srv/data",
     .help = "folder to search for the data set first"},
    {"shape", KEY_TEXT, AT(data.shape), "mnist", .choices = shape_words,
     .help = "image size of the synthetic set: 1x28x28 or 3x32x32"},
    {"partition", KEY_CHOICE, AT(data.partition), "iid", .choices = partition_words,
     .help = "how training samples are split: full (every worker has all of them), iid, dirichlet (label "
             "proportions drawn per worker), shards (a few label-sorted shards each), label (whole labels)"},
    {"beta", KEY_REAL, AT(data.beta), "0.5", .min = 0, .above_min = 1, .max = 1e9,
     .help = "dirichlet: concentration; a smaller value gives each worker fewer labels"},
    {"shards_per_worker", KEY_INT, AT(data.shards_per_worker), "2", .min = 1, .max = 1e6,
     .help = "shards: how many pieces of the label-sorted set each worker gets"},
    {"augment", KEY_CHOICE, AT(data.augment), "none", .choices = augment_words,
     .help = "augmentation of training images; flip: mirrored with probability 1/2; crop: a random window "
             "after padding by 4 black pixels"},
    {"train_samples", KEY_INT, AT(data.train_samples), NULL, AT_LEAST(1), .example = "10000",
     .help = "use only this many training samples, the first ones"},
    {"test_samples", KEY_INT, AT(data.test_samples), NULL, AT_LEAST(1), .example = "1000",
     .help = "use only this many test samples, the first ones"},
    {"validation", KEY_REAL, AT(data.validation), "0", .min = 0, .max = 4e9, .example = "0.1",
     .help = "part of the training samples that is kept for validation: a fraction below 1, or a number; drawn from "
             "those that train_samples leaves, equally from each label; no worker trains on them, and all that "
             "chooses (experiment.target_accuracy, experiment.stop, sweep.tune) then goes by them"},
    {"split_seed", KEY_INT, AT(data.split_seed), "1", AT_LEAST(0),
     .help = "which samples data.validation keeps; experiment.seed plays no part in it"},
    {NULL}};

static const struct config_key model[] = {
    {"name", KEY_TEXT, AT(model.name), "tiny", .choices = model_words, .choice = "a name from --list models",
     .help = "the network; profile: only the sizes of its tensors, which [profile] gives"},
    {NULL}};

static const struct config_key profile[] = {
    {"parameters", KEY_INT, AT(profile.parameters), NULL, .min = 1, .max = MOST_PARAMETERS, .example = "1000000000",
     .help = "model.name = profile: parameters of the model"},
    {"layers", KEY_INT, AT(profile.layers), NULL, .min = 1, .max = MOST_TENSORS, .example = "24",
     .help = "equal layers, each one tensor, into which profile.parameters are divided; left out: 1"},
    {"file", KEY_TEXT, AT(profile.file), NULL, .example = "bert.csv",
     .help = "CSV file of the tensors, instead of profile.parameters: columns tensor, parameters and perhaps shape "
             "(64x3x7x7), operations (multiply-accumulates of a sample, forward), and "
             "backward_share, the tensor's share of the time of backward, by which buckets are ready; forward_share, "
             "too, is read, but forward comes before all of backward and compute.forward says how long it takes"},
    {NULL}};

static const struct config_key train[] = {
    {"batch", KEY_INT, AT(train.batch), "32", .min = 1, .max = 65536,
     .help = "samples in one batch; a local iteration has train.accumulate of them"},
    {"accumulate", KEY_INT, AT(train.accumulate), "1", .min = 1, .max = 65536,
     .help = "batches in one local iteration, which takes the mean of their gradients"},
    {"learning_rate", KEY_REAL, AT(train.learning_rate), "0.05", AT_LEAST(0),
     .help = "learning rate before schedule and warm-up"},
    {"momentum", KEY_REAL, AT(train.momentum), "0", .max = 1, .below_max = 1,
     .help = "momentum of the optimiser (sgd and nesterov); 0: none"},
    {"optimizer", KEY_TEXT, AT(train.optimizer), "sgd", .choices = optimizer_words,
     .help = "how a gradient becomes the direction of a step"},
    {"optimizer_at", KEY_CHOICE, AT(train.optimizer_at), "auto", .choices = optimizer_at_words,
     .help = "where the optimiser is; server: one optimiser, for the mean gradient of each update, as in "
             "data-parallel training; worker: one at each worker, for its own gradients; auto: at the "
             "server where workers push single gradients, otherwise at the worker"},
    {"weight_decay", KEY_REAL, AT(train.weight_decay), "0", AT_LEAST(0),
     .help = "times the weight, added to the gradient; adamw: added to the direction"},
    {"weight_decay_on", KEY_CHOICE, AT(train.weight_decay_on), "all", .choices = weight_decay_on_words,
     .help = "what decays; matrices: tensors of two or more dimensions, so neither biases nor BatchNorm's "
             "scales and shifts"},
    {"beta1", KEY_REAL, AT(train.beta1), "0.9", .max = 1, .below_max = 1,
     .help = "adamw: decay of the mean gradient"},
    {"beta2", KEY_REAL, AT(train.beta2), "0.999", .max = 1, .below_max = 1,
     .help = "adamw: decay of the mean square"},
    {"epsilon", KEY_REAL, AT(train.epsilon), "1e-8", POSITIVE,
     .help = "adamw: added to the root of the mean square"},
    {"clip_norm", KEY_REAL, AT(train.clip_norm), "0", AT_LEAST(0),
     .help = "largest l2 norm of the gradient that the optimiser gets: a longer one is shortened to it "
             "(Pascanu et al., 2013); 0: no bound"},
    {"state_on_reset", KEY_CHOICE, AT(train.state_on_reset), "keep", .choices = state_on_reset_words,
     .help = "momenta and moments of a worker that accepts a reply of the server: kept, or set to zero"},
    {"schedule", KEY_CHOICE, AT(train.schedule), "constant", .choices = schedule_words,
     .help = "how the learning rate falls during the run"},
    {"warmup", KEY_REAL, AT(train.warmup), "0", .max = 1, .below_max = 1,
     .help = "fraction of all iterations over which the learning rate first rises linearly"},
    {"warmup_from", KEY_REAL, AT(train.warmup_from), "0", .max = 1,
     .help = "fraction of the learning rate from which the warm-up rises (Goyal et al. 2017: 1 / workers)"},
    {"step_at", KEY_REALS, AT(train.step_at), "0.5, 0.75", .max = 1, .above_min = 1, .below_max = 1,
     .help = "schedule = step: fractions of all iterations at which the rate falls, in rising order"},
    {"step_factor", KEY_REAL, AT(train.step_factor), "0.1", POSITIVE,
     .help = "schedule = step: factor of each fall"},
    {"power", KEY_REAL, AT(train.power), "1", POSITIVE, .max = 100,
     .help = "schedule = polynomial: exponent of the part of the run that is left; 1: linear (Chen et al., "
             "arXiv:1606.00915: 0.9)"},
    {"list_at", KEY_REALS, AT(train.list_at), NULL, .max = 1, .below_max = 1, .example = "0, 0.3, 0.8",
     .help = "schedule = list: fractions of all iterations, in rising order, from which each factor of "
             "list_factors counts; before the first: 1"},
    {"list_factors", KEY_REALS, AT(train.list_factors), NULL, AT_LEAST(0), .example = "1, 0.2, 0.04",
     .help = "schedule = list: factors of the learning rate, one for each fraction of list_at"},
    {"dropout", KEY_BOOL, AT(train.dropout), "yes", .example = "no",
     .help = "no: the network's dropout layers pass everything on, so that another program's gradients can "
             "be compared"},
    {NULL}};

static const struct config_key cluster[] = {
    {"workers", KEY_INT, AT(cluster.workers), "8", .min = 1, .max = LARGEST_CLUSTER,
     .help = "number of workers; the parameter server is not counted; at most 1024 with training"},
    {"processes", KEY_INT, AT(cluster.processes), NULL, .min = 1, .max = 1024, .example = "2",
     .help = "processes that the workers share; left out: one per worker"},
    {"clients", KEY_INT, AT(cluster.clients), NULL, .min = 1, .max = 1e6, .example = "1000",
     .help = "clients that own the data; in each round every worker plays another client, drawn at random; "
             "left out: the workers are the clients"},
    {NULL}};

static const struct config_key compute[] = {
    {"model", KEY_CHOICE, AT(compute.model), "flops", .choices = compute_model_words,
     .help = "cost of a local iteration: its operations on the device, fixed seconds, or its CPU time here "
             "(not repeatable to the bit)"},
    {"seconds", KEY_SECONDS, AT(compute.seconds), NULL, POSITIVE, LONGEST, .example = "50ms",
     .help = "model = fixed: duration of one batch; required then"},
    {"device", KEY_FLOPS, AT(compute.device), "70GFLOP/s", AT_LEAST(1e6),
     .help = "model = flops: speed of a worker"},
    {"overhead", KEY_SECONDS, AT(compute.overhead), "0", .min = 0, LONGEST, .example = "2ms",
     .help = "model = flops: time added to every batch"},
    {"encode_cost", KEY_SECONDS, AT(compute.encode_cost), "0", .min = 0, DEAREST, .example = "0.2ns",
     .help = "time in which a sender encodes each byte of what it codes, before coding (4 bytes a float); the keys of "
             "this name of an algorithm and of a codec come first"},
    {"decode_cost", KEY_SECONDS, AT(compute.decode_cost), "0", .min = 0, DEAREST, .example = "0.1ns",
     .help = "time in which a receiver decodes each byte of what it gets, counted after decoding; the keys of this "
             "name of an algorithm and of a codec come first"},
    {"coding_factor", KEY_REAL, AT(compute.coding_factor), "1", .min = 0, .max = 1e6, .example = "0.5",
     .help = "factor of all costs of encoding and decoding; 0: coding takes no time; 0.5: a device that codes twice as "
             "fast"},
    {"jitter", KEY_REAL, AT(compute.jitter), "0", .min = 0, .max = 3, .example = "0.1",
     .help = "sigma of a lognormal factor drawn for every iteration; 0: none"},
    {"factor", KEY_REALS, AT(compute.factor), "1", .min = 1e-6, .max = 1e6, .example = "1, 1, 2, 4",
     .help = "how much slower a worker is; one value for all or one per worker"},
    {"spread", KEY_REAL, AT(compute.spread), "0", .min = 0, .max = 3, .example = "0.3",
     .help = "sigma of a lognormal factor drawn once for every worker, multiplied with factor; 0: none"},
    {"straggler_probability", KEY_REAL, AT(compute.straggler_probability), "0", .min = 0, .max = 1, .example = "0.01",
     .help = "probability that a worker begins to straggle, per iteration; 0: never"},
    {"straggler_factor", KEY_REAL, AT(compute.straggler_factor), NULL, .min = 1, .max = 1e6, .example = "5",
     .help = "how much slower a straggling worker is; required with straggler_probability"},
    {"straggler_duration", KEY_INT, AT(compute.straggler_duration), "1", .min = 1, .max = LONGEST_EPISODE, .example = "10",
     .help = "iterations of the worker for which it straggles"},
    {"trace", KEY_TEXT, AT(compute.trace), NULL, .example = "speeds.csv",
     .help = "CSV file of factors of workers' speeds over time (0.5: half as fast): columns seconds, "
             "factor and optionally worker"},
    {"forward", KEY_FRACTION, AT(compute.forward), "1/3", .min = 0, .max = 1, .below_max = 1, .example = "1/3",
     .help = "network.overlap = backward: the part of an iteration that is forward, before back-propagation begins"},
    {NULL}};

static const struct config_key network[] = {
    {"latency", KEY_SECONDS_LIST, AT(network.latency), "0.1ms", .min = 0, LONGEST,
     .help = "latency of a worker's link, one way; one value for all or one per worker"},
    {"jitter", KEY_REAL, AT(network.jitter), "0", .min = 0, .max = 3, .example = "0.3",
     .help = "sigma of a lognormal factor of the latency, drawn for every message; 0: none"},
    {"bandwidth", KEY_BANDWIDTH_LIST, AT(network.bandwidth), "10Gbit/s", SLOWEST, .example = "1Gbit/s, 100Mbit/s",
     .help = "bandwidth of a worker's link, in each direction; one value for all or one per worker"},
    {"bandwidth_up", KEY_BANDWIDTH_LIST, AT(network.bandwidth_up), NULL, SLOWEST, .example = "100Mbit/s",
     .help = "bandwidth towards the server; left out: bandwidth"},
    {"bandwidth_down", KEY_BANDWIDTH_LIST, AT(network.bandwidth_down), NULL, SLOWEST, .example = "1Gbit/s",
     .help = "bandwidth towards the worker; left out: bandwidth"},
    {"server_bandwidth", KEY_BANDWIDTH, AT(network.server_bandwidth), "10Gbit/s", SLOWEST,
     .help = "bandwidth of the server's link, or of each shard's, in each direction, shared by all workers; inf: no "
             "bound"},
    {"server_bandwidth_up", KEY_BANDWIDTH, AT(network.server_bandwidth_up), NULL, SLOWEST, .example = "10Gbit/s",
     .help = "bandwidth of the server's link from the workers; left out: server_bandwidth"},
    {"server_bandwidth_down", KEY_BANDWIDTH, AT(network.server_bandwidth_down), NULL, SLOWEST, .example = "10Gbit/s",
     .help = "bandwidth of the server's link to the workers; left out: server_bandwidth"},
    {"sharing", KEY_CHOICE, AT(network.sharing), "fair", .choices = sharing_words,
     .help = "how messages share the server's link: all at once (max-min fair), or one after the other; fifo: only "
             "exchange = server over topology = star"},
    {"efficiency", KEY_REAL, AT(network.efficiency), "1", .min = NARROWEST, .max = 1, .example = "0.956",
     .help = "fraction of the nominal bandwidths that carries messages; TCP/IP on Ethernet: 0.956"},
    {"trace", KEY_TEXT, AT(network.trace), NULL, .example = "links.csv",
     .help = "CSV file of factors of the bandwidths of workers' links over time: columns seconds, factor "
             "and optionally worker"},
    {"server_trace", KEY_TEXT, AT(network.server_trace), NULL, .example = "server_link.csv",
     .help = "CSV file of factors of the bandwidth of the server's link over time: columns seconds, factor"},
    {"latency_factor", KEY_REAL, AT(network.latency_factor), "1", .min = 0, .max = 1000, .example = "13.01",
     .help = "multiplies every latency; SimGrid's model LV08: 13.01, with efficiency 0.97"},
    {"tcp_window", KEY_BYTES, AT(network.tcp_window), NULL, AT_LEAST(TCP_SEGMENT), .example = "4MiB",
     .help = "limits a link to window / (2 * latency), where latency is without its factor; SimGrid: 4MiB; "
             "left out: no limit"},
    {"topology", KEY_CHOICE, AT(network.topology), "star", .choices = topology_words, .example = "groups",
     .help = "links of the cluster; star: one of each worker and of the server; groups: also one of each group "
             "of workers to a core; sites: also one between each two sites of a WAN"},
    {"groups", KEY_REALS, AT(network.groups), NULL, .min = 1, .max = LARGEST_CLUSTER, WITH_GROUPS, .example = "4",
     .help = "topology = groups: the number of equal groups, or the size of each group, in the order of the "
             "workers"},
    {"group_bandwidth", KEY_BANDWIDTH_LIST, AT(network.group_bandwidth), "10Gbit/s", SLOWEST, WITH_GROUPS,
     .example = "40Gbit/s",
     .help = "topology = groups: bandwidth of a group's link to the core, in each direction; one value for all "
             "or one per group"},
    {"group_bandwidth_up", KEY_BANDWIDTH_LIST, AT(network.group_bandwidth_up), NULL, SLOWEST, WITH_GROUPS,
     .example = "10Gbit/s", .help = "bandwidth towards the core; left out: group_bandwidth"},
    {"group_bandwidth_down", KEY_BANDWIDTH_LIST, AT(network.group_bandwidth_down), NULL, SLOWEST, WITH_GROUPS,
     .example = "10Gbit/s", .help = "bandwidth towards the group; left out: group_bandwidth"},
    {"group_latency", KEY_SECONDS_LIST, AT(network.group_latency), "0.1ms", .min = 0, LONGEST, WITH_GROUPS,
     .help = "topology = groups: latency of a group's link to the core, one way; one value for all or one per "
             "group"},
    {"group_latency_up", KEY_SECONDS_LIST, AT(network.group_latency_up), NULL, .min = 0, LONGEST, WITH_GROUPS,
     .example = "1ms", .help = "latency towards the core; left out: group_latency"},
    {"group_latency_down", KEY_SECONDS_LIST, AT(network.group_latency_down), NULL, .min = 0, LONGEST, WITH_GROUPS,
     .example = "1ms", .help = "latency towards the group; left out: group_latency"},
    {"server_group", KEY_INT, AT(network.server_group), NULL, .min = 0, .max = LARGEST_CLUSTER - 1, WITH_GROUPS,
     .example = "0",
     .help = "topology = groups: the group, counted from 0, in which the server is; left out: it is at the core"},
    {"sites", KEY_TEXT, AT(network.sites), NULL, WITH_SITES, .example = "sites.csv",
     .help = "topology = sites: CSV file of the links between sites: columns from, to, bandwidth and latency "
             "(one way) or ping (there and back)"},
    {"site_of", KEY_TEXT, AT(network.site_of), NULL, WITH_SITES, .example = "tokyo, tokyo, paris",
     .help = "topology = sites: each worker's site; left out: equal shares, in the order of the file"},
    {"server_site", KEY_TEXT, AT(network.server_site), NULL, WITH_SITES, .example = "paris",
     .help = "topology = sites: the server's site; left out: the file's first"},
    {"exchange", KEY_TEXT, AT(network.exchange), "server", .choices = exchange_words, .example = "ring",
     .help = "how pushes become an update and its result comes back, see --list exchanges; an algorithm that "
             "cannot use it takes server"},
    {"all_gather", KEY_BOOL, AT(network.all_gather), "yes", .example = "no",
     .help = "exchange without a server: codes that do not add up (all but 16-bit floats and a shared mask) are "
             "gathered at every worker; no: they travel as if they added up, which no cluster can do, to see what "
             "the gathering costs"},
    {"chunk", KEY_BYTES, AT(network.chunk), "4MiB", .min = 1, .max = 1e15,
     .help = "exchange = tree or hierarchical: bytes of a message; more where a push would have over 1024 "
             "chunks"},
    {"collective_overhead", KEY_SECONDS, AT(network.collective_overhead), "0", .min = 0, LONGEST, .example = "0.1ms",
     .help = "exchange without a server: time before a worker's first message of each exchange, such as that "
             "of starting a kernel of NCCL"},
    {"overlap", KEY_CHOICE, AT(network.overlap), "none", .choices = overlap_words, .example = "backward",
     .help = "backward: a push departs in buckets while back-propagation goes on, each an exchange of its own, as in "
             "PyTorch's DDP and Horovod; an algorithm that cannot do so has none"},
    {"bucket", KEY_BYTES, AT(network.bucket), "25MiB", .min = 0, .max = 1e15,
     .help = "overlap = backward: a bucket closes when its parameters have this number of bytes as floats (PyTorch's DDP: "
             "25MiB); 0: one bucket for each layer"},
    {"first_bucket", KEY_BYTES, AT(network.first_bucket), "1MiB", .min = 1, .max = 1e15,
     .help = "overlap = backward: the same for the first bucket (PyTorch's DDP: 1MiB)"},
    {"preset", KEY_TEXT, AT(network.preset), NULL, .example = "ethernet_10gbit",
     .help = "name from --list networks, which gives the keys of this section that are not given"},
    {NULL}};

static const struct config_key server[] = {
    {"cost_per_byte", KEY_SECONDS, AT(server.cost_per_byte), "0", .min = 0, .max = 1e-3, .example = "0.1ns",
     .help = "time that the server, or each shard, takes for each byte of a push on the wire"},
    {"shards", KEY_INT, AT(server.shards), NULL, .min = 1, .max = LARGEST_CLUSTER, .example = "4",
     .help = "exchange = sharded: servers with a card each, which share every push; left out: one per worker"},
    {"colocated", KEY_BOOL, AT(server.colocated), "no",
     .help = "exchange = sharded: shard j is at worker j and uses its link"},
    {NULL}};

static const struct config_key faults[] = {
    {"crash_at", KEY_SECONDS_LIST, AT(faults.crash_at), NULL, .min = 0, LONGEST, .example = "10s, 25s",
     .help = "virtual times at which workers crash"},
    {"crash_worker", KEY_REALS, AT(faults.crash_worker), NULL, .min = 0, .max = LARGEST_CLUSTER - 1, .example = "1, 3",
     .help = "workers that crash, one for each time of crash_at"},
    {"crash_probability", KEY_REAL, AT(faults.crash_probability), "0", .min = 0, .max = 0.5, .example = "0.001",
     .help = "probability that a worker crashes in a local iteration, at a random time in it; 0: never"},
    {"down_time", KEY_SECONDS_OR_INF, AT(faults.down_time), "5s", .min = 0, .max = INFINITY, .example = "30s",
     .help = "time from a crash until the worker recovers and fetches the model; inf: it never recovers"},
    {"detection_time", KEY_SECONDS, AT(faults.detection_time), "0", .min = 0, LONGEST, .example = "1s",
     .help = "time from a crash until the server knows of it and stops waiting for the worker"},
    {"loss_probability", KEY_REAL, AT(faults.loss_probability), "0", .min = 0, .max = 0.9, .example = "0.01",
     .help = "probability that a message is lost, in either direction, also when it is sent again; 0: none"},
    {"retransmit_timeout", KEY_SECONDS, AT(faults.retransmit_timeout), "200ms", .min = 0, LONGEST,
     .help = "time from the arrival that a lost message would have had until it is sent again"},
    {"server_crash_at", KEY_SECONDS_LIST, AT(faults.server_crash_at), NULL, .min = 0, LONGEST, .example = "60s",
     .help = "virtual times at which the server crashes; every worker loses its session"},
    {"server_down_time", KEY_SECONDS, AT(faults.server_down_time), "5s", .min = 0, LONGEST, .example = "30s",
     .help = "time from a crash of the server until it is back with the model of its newest restart point"},
    {"server_checkpoint_every", KEY_INT, AT(faults.server_checkpoint_every), "100", AT_LEAST(1), .example = "500",
     .help = "updates of the model between two restart points of the server; the first model is one, too"},
    {NULL}};

static const struct config_key output[] = {
    {"path", KEY_TEXT, AT(output.path), "results",
     .help = "folder that holds the folders of experiments"},
    {"eval_every", KEY_INT, AT(output.eval_every), NULL, AT_LEAST(1), .example = "500",
     .help = "iterations of all workers between two evaluations; left out: an epoch"},
    {"at", KEY_MILESTONES, AT(output.at), NULL, .example = "60s, 10GiB",
     .help = "virtual times and amounts of bytes at which the tables compare the test accuracy: that of the "
             "last evaluation by then, so eval_every sets how fine; bytes: of pushes and replies together, "
             "without the first model; left out: none"},
    {"batchnorm", KEY_CHOICE, AT(output.batchnorm), "running", .choices = batchnorm_words,
     .help = "BatchNorm statistics for an evaluation; running: the mean of the workers' running "
             "statistics; precise: measured for the evaluated model on batches of training samples"},
    {"batchnorm_samples", KEY_INT, AT(output.batchnorm_samples), NULL, AT_LEAST(1), .example = "10000",
     .help = "batchnorm = precise: training samples drawn for each evaluation; left out: 2000, or all if "
             "there are fewer"},
    {"quality", KEY_NAMES, AT(output.quality), NULL, .choices = quality_words, .example = "per_class, distance",
     .help = "more that each evaluation measures (docs/quality.md): accuracy per_class (classes.csv); in quality.csv top5 "
             "accuracy, its spread over clients, l2 distance of the workers' models from the server's, and gradient_norm, "
             "of the training loss; left out: none"},
    {"gradient_samples", KEY_INT, AT(output.gradient_samples), NULL, AT_LEAST(1), .example = "10000",
     .help = "quality has gradient_norm: training samples drawn once, by the seed; left out: all, as the norm over "
             "fewer is larger by their noise"},
    {"checkpoint_every", KEY_INT, AT(output.checkpoint_every), "0", AT_LEAST(0), .example = "10000",
     .help = "iterations of all workers between two checkpoints, from which --resume goes on; 0: only when "
             "a signal ends the run"},
    {"workers_every", KEY_INT, AT(output.workers_every), "1", AT_LEAST(1), .example = "100",
     .help = "keep only every N-th round in workers.csv (for pushes in no round: every N-th push of a "
             "worker)"},
    {"trace", KEY_TEXT, AT(output.trace), "first 100 rounds",
     .help = "what the timeline (trace.json, timeline.csv) shows: 'first N rounds' (updates of the "
             "server), 'all' or 'none'"},
    {"report", KEY_BOOL, AT(output.report), "yes", .example = "no",
     .help = "write report.html at the end of the run or sweep: table, figures (if gnuplot is installed), "
             "configuration"},
    {NULL}};

static const struct config_key host[] = {
    {"patience", KEY_SECONDS, AT(host.patience), "120s", POSITIVE,
     .help = "how long a run may make no progress before it counts as hung: CPU time, multiplied by the "
             "number of processes, or clock time while all processes sleep; waiting for a disk does not "
             "count"},
    {"kernels", KEY_CHOICE, AT(host.kernels), "auto", .choices = kernels_words,
     .help = "library of matrix products; auto: libxsmm if it is built in and fits the CPU; portable: "
             "OpenBLAS only. They round differently"},
    {NULL}};

static const struct config_key sweep[] = {
    {"count_by", KEY_TEXT, AT(sweep.count_by), NULL, .example = "network.bandwidth, network.latency",
     .help = "swept keys: for each combination of their values the program counts the points of the sweep at which an "
             "algorithm is faster than the first one of experiment.algorithms; with a budget that needs "
             "experiment.target_accuracy"},
    {"tune", KEY_CHOICE, AT(sweep.tune), "accuracy", .choices = tune_words,
     .help = "how the best value of an algorithm's own keys is chosen: by the highest mean final validation "
             "accuracy over the seeds, the lowest mean final validation loss, the shortest mean time to "
             "experiment.target_accuracy, or the highest mean validation accuracy at the first value of output.at; "
             "this needs data.validation; none: nothing is chosen, and all values are shown"},
    {"retime", KEY_CHOICE, AT(sweep.retime), "auto", .choices = retime_words,
     .help = "auto: of points with the same numbers (a model does not depend on how fast the network is, unless its "
             "algorithm looks at the time), one trains, and the others take its accuracies and make times of their own, "
             "with the same results; no: every point trains"},
    {"own_values", KEY_CHOICE, AT(sweep.own_values), "combine", .choices = own_words,
     .help = "how the values of an algorithm's own keys (algorithm.NAME.KEY) belong together; combine: each combination "
             "of them runs; trials: the first ones of all its keys are its first trial, and so on, so that each key has as "
             "many values; settings: the first values are for the first combination of the other keys, and so on, one "
             "value for all of them: then nothing is chosen. Values may be repeated in trials and settings"},
    {"halving", KEY_INT, AT(sweep.halving), "0", .min = 0, .max = 1000, .example = "3",
     .help = "successive halving by this factor among the values of an algorithm's own keys (Li et al. 2018): all run a "
             "part of the run, the best floor(n / 3) of n go on to three times that part, and so on; only the last ones "
             "come to the end; 0: all do. A run that goes on continues from its checkpoint. The choice by sweep.tune is "
             "then among those that came to the end; before, accuracy decides, or loss with sweep.tune = loss"},
    {NULL}};

static const struct config_key tune[] = {
    {"method", KEY_CHOICE, AT(tune.method), NULL, .choices = search_words, .example = "random",
     .help = "grid: all combinations of the lists; random: trials drawn at random (Bergstra and Bengio 2012); halving: random "
             "trials that begin with a small part of the budget, of which the best go on (successive halving: Jamieson and "
             "Talwalkar 2016, Li et al. 2018); left out: grid if each row is a list or choice, else random"},
    {"trials", KEY_INT, AT(tune.trials), "12", .min = 2, .max = 1000, .example = "16",
     .help = "random, halving: trials of each algorithm"},
    {"seeds", KEY_INT, AT(tune.seeds), "1", .min = 1, .max = 1000, .example = "3",
     .help = "seeds with which each trial runs; the mean over them counts"},
    {"seed", KEY_INT, AT(tune.seed), "1000001", AT_LEAST(0),
     .help = "the first seed of tuning, also of the draws of trials; the seeds of the final runs are others"},
    {"by", KEY_CHOICE, AT(tune.by), "accuracy", .choices = by_words,
     .help = "which trial is best, by validation data: as sweep.tune"},
    {"eta", KEY_INT, AT(tune.eta), "3", .min = 2, .max = 1000, .example = "2",
     .help = "halving: of the trials of a rung, one in eta goes on, with eta times the budget"},
    {NULL}};

static const struct config_key compare[] = {
    {"seeds", KEY_INT, AT(compare.seeds), "5", .min = 2, .max = 1000, .example = "20",
     .help = "final runs of each algorithm: experiment.seed and the next ones; differences are taken seed by seed"},
    {"reference", KEY_TEXT, AT(compare.reference), NULL, .example = "bsp",
     .help = "the algorithm with which each of the others is compared; left out: the first one of "
             "experiment.algorithms"},
    {"pairs", KEY_CHOICE, AT(compare.pairs), "reference", .choices = pairs_words,
     .help = "reference: each rival against the reference; all: each two algorithms, which are more claims, so that each "
             "needs stronger evidence"},
    {"measures", KEY_TEXT, AT(compare.measures), NULL, .example = "time, accuracy",
     .help = "what is compared: time (virtual time to experiment.target_accuracy), accuracy (test accuracy of the last "
             "evaluation); left out: both with a target, else accuracy"},
    {"accuracy_resolution", KEY_REAL, AT(compare.accuracy_resolution), "0.01", POSITIVE, .max = 1,
     .help = "difference of accuracy that matters, 0.01: 1 point; the verdict says how many seeds would make an interval "
             "this wide on each side"},
    {"time_resolution", KEY_REAL, AT(compare.time_resolution), "0.05", POSITIVE, .max = 10,
     .help = "the same for times, as a share: 0.05 is 5 %"},
    {"accuracy_margin", KEY_REAL, AT(compare.accuracy_margin), NULL, POSITIVE, .max = 1, .example = "0.005",
     .help = "two algorithms count as equal if their difference is surely within this one (two one-sided tests, TOST: "
             "Schuirmann 1987); left out: none counts as equal"},
    {"time_margin", KEY_REAL, AT(compare.time_margin), NULL, POSITIVE, .max = 10, .example = "0.1",
     .help = "the same for times, as a share: 0.1 is from 1/1.1 to 1.1 of the time"},
    {NULL}};

const struct config_section config_sections[] = {
    {"experiment", experiment, 0, NULL}, {"data", data, 0, NULL},       {"model", model, 0, NULL}, {"profile", profile, 0, NULL},
    {"train", train, 0, NULL},           {"cluster", cluster, 0, NULL}, {"compute", compute, 0, NULL},
    {"network", network, 0, NULL},       {"server", server, 0, NULL},   {"faults", faults, 0, NULL}, {"output", output, 0, NULL},
    {"host", host, 0, NULL},             {"sweep", sweep, 0, NULL},     {"tune", tune, 0, NULL},
    {"compare", compare, 0, NULL}, {NULL, NULL, 0, NULL}};
/* clang-format on */
