#include "sim/config/keys.h"

#include <math.h>

#include "models/optimizer.h"

#define AT(field) offsetof(struct config, field)

#define AT_LEAST(bound) .min = (bound), .max = INFINITY
#define POSITIVE        .above_min = 1

/* Bounds beyond which nothing is meant, and within which no single duration overruns the clock (292 years). */
#define LONGEST     .max = 1e6                  /* seconds */
#define SLOWEST     .min = 125, .max = INFINITY /* bytes/s: 1 kbit/s */
#define NARROWEST   0.001                       /* efficiency */
#define TCP_SEGMENT 536                         /* bytes: what every TCP takes (RFC 1122, 4.2.2.6) */

#define LONGEST_EPISODE 1000 /* every iteration looks back so far */

static const char *const clock_words[] = {[CLOCK_VIRTUAL] = "virtual", [CLOCK_REAL] = "real", NULL};
static const char *const tune_words[] = {
    [TUNE_ACCURACY] = "accuracy", [TUNE_LOSS] = "loss", [TUNE_TARGET] = "target", NULL};
static const char *const batchnorm_words[] = {
    [BATCHNORM_RUNNING] = "running", [BATCHNORM_PRECISE] = "precise", NULL};
static const char *const state_words[] = {[STATE_KEEP] = "keep", [STATE_ZERO] = "zero", NULL};
static const char *const shape_words[] = {"mnist", "cifar", NULL};

/* clang-format off */

static const struct config_key experiment[] = {
    {"name", KEY_TEXT, AT(experiment.name), NULL, .example = "alexnet_cifar",
     .help = "folder of the results; left out: the ini file's name without .ini"},
    {"algorithms", KEY_NAMES, AT(experiment.algorithms), "bsp, local_sgd, osp, losp, dqlosp",
     .help = "what is compared, one run each"},
    {"train", KEY_BOOL, AT(experiment.train), "yes", .example = "no",
     .help = "no: timing alone; nothing is computed or sent, only times and bytes are written, which are those of training"},
    {"iterations", KEY_INT, AT(experiment.iterations), NULL, AT_LEAST(1), .example = "156250",
     .help = "local iterations of all workers together; excludes epochs"},
    {"epochs", KEY_REAL, AT(experiment.epochs), NULL, POSITIVE, .max = 1e9, .example = "100",
     .help = "passes over the training samples by all workers together; excludes iterations; both left out: 1"},
    {"seed", KEY_INT, AT(experiment.seed), "1", AT_LEAST(0),
     .help = "of every random draw; equal seeds give equal results"},
    {"clock", KEY_CHOICE, AT(experiment.clock), "virtual", .choices = clock_words,
     .help = "real: iterations take what they take, messages are held back for as long as the network says; cannot be repeated to the bit"},
    {"target_accuracy", KEY_REAL, AT(experiment.target_accuracy), NULL, .max = 1, .above_min = 1, .example = "0.9",
     .help = "test accuracy whose first moment is reported"},
    {NULL}};

static const struct config_key data[] = {
    {"set", KEY_TEXT, AT(data.set), "synthetic", .help = "name of the data set; simulate --list datasets names them"},
    {"path", KEY_TEXT, AT(data.path), NULL, .example = "/srv/data", .help = "folder that is searched for the data set first"},
    {"shape", KEY_TEXT, AT(data.shape), "mnist", .choices = shape_words,
     .help = "images of the synthetic set: 1x28x28 or 3x32x32"},
    {"partition", KEY_CHOICE, AT(data.partition), "iid", .choices = partition_words,
     .help = "a worker's share: all samples, or its part by chance, by proportions drawn for each label, of some shards of few labels, "
             "of whole labels"},
    {"beta", KEY_REAL, AT(data.beta), "0.5", .min = 0, .above_min = 1, .max = 1e9,
     .help = "dirichlet: concentration; the smaller, the fewer labels a worker has"},
    {"shards_per_worker", KEY_INT, AT(data.shards_per_worker), "2", .min = 1, .max = 1e6,
     .help = "shards: how many pieces of the set, ordered by label, each worker gets"},
    {"augment", KEY_CHOICE, AT(data.augment), "none", .choices = augment_words,
     .help = "of training images; flip: mirrored with probability 1/2; crop: a random window after padding by 4 black pixels"},
    {"train_samples", KEY_INT, AT(data.train_samples), NULL, AT_LEAST(1), .example = "10000",
     .help = "use only the first so many training samples"},
    {"test_samples", KEY_INT, AT(data.test_samples), NULL, AT_LEAST(1), .example = "1000",
     .help = "use only the first so many test samples"},
    {NULL}};

static const struct config_key model[] = {
    {"name", KEY_TEXT, AT(model.name), "tiny", .help = "the network; simulate --list models names them"},
    {NULL}};

static const struct config_key train[] = {
    {"batch", KEY_INT, AT(train.batch), "32", .min = 1, .max = 65536, .help = "samples of one local iteration"},
    {"learning_rate", KEY_REAL, AT(train.learning_rate), "0.05", AT_LEAST(0), .help = "before schedule and warm-up"},
    {"momentum", KEY_REAL, AT(train.momentum), "0", .max = 1, .below_max = 1,
     .help = "of each worker's own steps (optimizer sgd and nesterov); 0: none"},
    {"optimizer", KEY_TEXT, AT(train.optimizer), "sgd", .choices = optimizer_words,
     .help = "what makes the direction of a step out of a worker's gradient"},
    {"weight_decay", KEY_REAL, AT(train.weight_decay), "0", AT_LEAST(0),
     .help = "added to the gradient, times the weight; adamw: to the direction"},
    {"beta1", KEY_REAL, AT(train.beta1), "0.9", .max = 1, .below_max = 1, .help = "adamw: decay of the mean gradient"},
    {"beta2", KEY_REAL, AT(train.beta2), "0.999", .max = 1, .below_max = 1, .help = "adamw: decay of the mean square"},
    {"epsilon", KEY_REAL, AT(train.epsilon), "1e-8", POSITIVE, .help = "adamw: added to the root of the mean square"},
    {"clip_norm", KEY_REAL, AT(train.clip_norm), "0", AT_LEAST(0),
     .help = "most length (l2) of a worker's gradient: longer ones are shortened before anything else; 0: no bound"},
    {"state_on_reset", KEY_CHOICE, AT(train.state_on_reset), "keep", .choices = state_words,
     .help = "momenta and moments when a worker accepts a reply of the server: they stay, or begin again from zero"},
    {"schedule", KEY_CHOICE, AT(train.schedule), "constant", .choices = schedule_words,
     .help = "how the learning rate falls over the run"},
    {"warmup", KEY_REAL, AT(train.warmup), "0", .max = 1, .below_max = 1,
     .help = "fraction of all iterations over which the learning rate first rises linearly from 0"},
    {"step_at", KEY_REALS, AT(train.step_at), "0.5, 0.75", .max = 1, .above_min = 1, .below_max = 1,
     .help = "schedule = step: fractions of all iterations after which the rate falls, rising"},
    {"step_factor", KEY_REAL, AT(train.step_factor), "0.1", POSITIVE, .help = "schedule = step: factor of each fall"},
    {"dropout", KEY_BOOL, AT(train.dropout), "yes", .example = "no",
     .help = "no: the network's dropout layers pass everything on, so that gradients can be compared with another program's"},
    {NULL}};

static const struct config_key cluster[] = {
    {"workers", KEY_INT, AT(cluster.workers), "8", .min = 1, .max = 1024, .help = "workers beside the parameter server"},
    {"processes", KEY_INT, AT(cluster.processes), NULL, .min = 1, .max = 1024, .example = "2",
     .help = "processes that the workers share; left out: one each"},
    {"clients", KEY_INT, AT(cluster.clients), NULL, .min = 1, .max = 1e6, .example = "1000",
     .help = "clients that have the data; in each round every worker plays another one, drawn at random; left out: the workers themselves"},
    {NULL}};

static const struct config_key compute[] = {
    {"model", KEY_CHOICE, AT(compute.model), "flops", .choices = compute_model_words,
     .help = "what a local iteration costs: its operations on the device, fixed seconds, or its CPU time here (cannot be repeated to the bit)"},
    {"seconds", KEY_SECONDS, AT(compute.seconds), NULL, POSITIVE, LONGEST, .example = "50ms",
     .help = "model = fixed: of one local iteration; must be given then"},
    {"device", KEY_FLOPS, AT(compute.device), "70GFLOP/s", AT_LEAST(1e6), .help = "model = flops: speed of a worker"},
    {"overhead", KEY_SECONDS, AT(compute.overhead), "0", .min = 0, LONGEST, .example = "2ms",
     .help = "model = flops: added to every local iteration"},
    {"jitter", KEY_REAL, AT(compute.jitter), "0", .min = 0, .max = 3, .example = "0.1",
     .help = "sigma of a lognormal factor drawn for every iteration; 0: none"},
    {"factor", KEY_REALS, AT(compute.factor), "1", .min = 1e-6, .max = 1e6, .example = "1, 1, 2, 4",
     .help = "how much slower a worker is; one value for all or one per worker"},
    {"spread", KEY_REAL, AT(compute.spread), "0", .min = 0, .max = 3, .example = "0.3",
     .help = "sigma of a lognormal factor drawn once for every worker, times factor; 0: none"},
    {"straggler_probability", KEY_REAL, AT(compute.straggler_probability), "0", .min = 0, .max = 1, .example = "0.01",
     .help = "probability that a worker begins to straggle, per iteration; 0: never"},
    {"straggler_factor", KEY_REAL, AT(compute.straggler_factor), NULL, .min = 1, .max = 1e6, .example = "5",
     .help = "how much slower it then is; must be given with straggler_probability"},
    {"straggler_duration", KEY_INT, AT(compute.straggler_duration), "1", .min = 1, .max = LONGEST_EPISODE, .example = "10",
     .help = "for how many of its iterations that lasts"},
    {"trace", KEY_TEXT, AT(compute.trace), NULL, .example = "speeds.csv",
     .help = "CSV file of factors of workers' speeds over time (0.5: half as fast): seconds,factor and perhaps worker"},
    {NULL}};

static const struct config_key network[] = {
    {"latency", KEY_SECONDS_LIST, AT(network.latency), "0.1ms", .min = 0, LONGEST,
     .help = "of a worker's link, one way; one value for all or one per worker"},
    {"jitter", KEY_REAL, AT(network.jitter), "0", .min = 0, .max = 3, .example = "0.3",
     .help = "sigma of a lognormal factor of the latency, drawn for every message; 0: none"},
    {"bandwidth", KEY_BANDWIDTH_LIST, AT(network.bandwidth), "10Gbit/s", SLOWEST, .example = "1Gbit/s, 100Mbit/s",
     .help = "of a worker's link, each way; one value for all or one per worker"},
    {"bandwidth_up", KEY_BANDWIDTH_LIST, AT(network.bandwidth_up), NULL, SLOWEST, .example = "100Mbit/s",
     .help = "towards the server; left out: bandwidth"},
    {"bandwidth_down", KEY_BANDWIDTH_LIST, AT(network.bandwidth_down), NULL, SLOWEST, .example = "1Gbit/s",
     .help = "towards the worker; left out: bandwidth"},
    {"server_bandwidth", KEY_BANDWIDTH, AT(network.server_bandwidth), "10Gbit/s", SLOWEST,
     .help = "of the server's network card, each way, shared by all workers; inf: no bound"},
    {"server_bandwidth_up", KEY_BANDWIDTH, AT(network.server_bandwidth_up), NULL, SLOWEST, .example = "10Gbit/s",
     .help = "from the workers; left out: server_bandwidth"},
    {"server_bandwidth_down", KEY_BANDWIDTH, AT(network.server_bandwidth_down), NULL, SLOWEST, .example = "10Gbit/s",
     .help = "to the workers; left out: server_bandwidth"},
    {"sharing", KEY_CHOICE, AT(network.sharing), "fair", .choices = sharing_words,
     .help = "of the server's card: all messages at once (max-min fair), or one after the other"},
    {"efficiency", KEY_REAL, AT(network.efficiency), "1", .min = NARROWEST, .max = 1, .example = "0.956",
     .help = "part of the nominal bandwidths that carries messages; 0.956 is TCP/IP on Ethernet"},
    {"trace", KEY_TEXT, AT(network.trace), NULL, .example = "links.csv",
     .help = "CSV file of factors of the bandwidths of workers' links over time: seconds,factor and perhaps worker"},
    {"server_trace", KEY_TEXT, AT(network.server_trace), NULL, .example = "card.csv",
     .help = "CSV file of factors of the bandwidth of the server's card over time: seconds,factor"},
    {"latency_factor", KEY_REAL, AT(network.latency_factor), "1", .min = 0, .max = 1000, .example = "13.01",
     .help = "multiplies every latency; SimGrid's model LV08: 13.01, with efficiency 0.97"},
    {"tcp_window", KEY_BYTES, AT(network.tcp_window), NULL, AT_LEAST(TCP_SEGMENT), .example = "4MiB",
     .help = "limits a link to window / (2 * latency), latency without its factor; SimGrid: 4MiB; left out: no limit"},
    {NULL}};

static const struct config_key server[] = {
    {"cost_per_byte", KEY_SECONDS, AT(server.cost_per_byte), "0", .min = 0, .max = 1e-3, .example = "0.1ns",
     .help = "of the server for each byte of a push on the wire"},
    {NULL}};

static const struct config_key faults[] = {
    {"crash_at", KEY_SECONDS_LIST, AT(faults.crash_at), NULL, .min = 0, LONGEST, .example = "10s, 25s",
     .help = "virtual moments at which workers crash"},
    {"crash_worker", KEY_REALS, AT(faults.crash_worker), NULL, .min = 0, .max = 1023, .example = "1, 3",
     .help = "which workers, one for each of crash_at"},
    {"crash_probability", KEY_REAL, AT(faults.crash_probability), "0", .min = 0, .max = 0.5, .example = "0.001",
     .help = "that a worker crashes in a local iteration, at a random moment of it; 0: never"},
    {"down_time", KEY_SECONDS_OR_INF, AT(faults.down_time), "5s", .min = 0, .max = INFINITY, .example = "30s",
     .help = "from a crash until the worker is back and fetches the model; inf: it never is"},
    {"detection_time", KEY_SECONDS, AT(faults.detection_time), "0", .min = 0, LONGEST, .example = "1s",
     .help = "from a crash until the server knows of it and waits for that worker no longer"},
    {"loss_probability", KEY_REAL, AT(faults.loss_probability), "0", .min = 0, .max = 0.9, .example = "0.01",
     .help = "that a message is lost, each way, those sent again as well; 0: none"},
    {"retransmit_timeout", KEY_SECONDS, AT(faults.retransmit_timeout), "200ms", .min = 0, LONGEST,
     .help = "a lost message is sent again so long after the moment at which it would have arrived"},
    {"server_crash_at", KEY_SECONDS_LIST, AT(faults.server_crash_at), NULL, .min = 0, LONGEST, .example = "60s",
     .help = "virtual moments at which the server crashes, and with it every worker's session"},
    {"server_down_time", KEY_SECONDS, AT(faults.server_down_time), "5s", .min = 0, LONGEST, .example = "30s",
     .help = "from a crash of the server until it is back with the model of its newest checkpoint"},
    {"server_checkpoint_every", KEY_INT, AT(faults.server_checkpoint_every), "100", AT_LEAST(1), .example = "500",
     .help = "updates of the model between two checkpoints of the server; the first model is one as well"},
    {NULL}};

static const struct config_key output[] = {
    {"path", KEY_TEXT, AT(output.path), "results", .help = "folder for the folders of experiments"},
    {"eval_every", KEY_INT, AT(output.eval_every), NULL, AT_LEAST(1), .example = "500",
     .help = "iterations of all workers between two evaluations; left out: an epoch"},
    {"batchnorm", KEY_CHOICE, AT(output.batchnorm), "running", .choices = batchnorm_words,
     .help = "statistics of BatchNorm that an evaluation takes; running: the mean of what the workers' training left behind; precise: "
             "measured for the evaluated model, on batches of training samples"},
    {"batchnorm_samples", KEY_INT, AT(output.batchnorm_samples), NULL, AT_LEAST(1), .example = "10000",
     .help = "batchnorm = precise: training samples that are drawn for each evaluation; left out: 2000, or all where there are fewer"},
    {"checkpoint_every", KEY_INT, AT(output.checkpoint_every), "0", AT_LEAST(0), .example = "10000",
     .help = "iterations of all workers between two checkpoints, from which --resume goes on; 0: only when a signal ends the run"},
    {"workers_every", KEY_INT, AT(output.workers_every), "1", AT_LEAST(1), .example = "100",
     .help = "thins workers.csv: rows of the pushes in every so-many-th round alone (in no round: every so-many-th push of a worker)"},
    {"trace", KEY_TEXT, AT(output.trace), "first 100 rounds",
     .help = "what the timeline (trace.json, timeline.csv) shows: 'first N rounds' (updates of the server), 'all' or 'none'"},
    {"report", KEY_BOOL, AT(output.report), "yes", .example = "no",
     .help = "report.html at the end of the run or sweep: table, figures (drawn by gnuplot where it is installed), configuration"},
    {NULL}};

static const struct config_key host[] = {
    {"patience", KEY_SECONDS, AT(host.patience), "120s", POSITIVE,
     .help = "how long a run may make no progress before it counts as hung: CPU time, times the number of processes, or time by the clock while all of them sleep; waiting for a disk does not count"},
    {"kernels", KEY_CHOICE, AT(host.kernels), "auto", .choices = kernels_words,
     .help = "of matrix products; auto: libxsmm where it is built in and fits the CPU; portable: OpenBLAS alone. They round differently"},
    {NULL}};

static const struct config_key sweep[] = {
    {"tune", KEY_CHOICE, AT(sweep.tune), "accuracy", .choices = tune_words,
     .help = "how the best value of an algorithm's own keys is chosen: by the highest mean final test accuracy over the seeds, the lowest mean final test loss, or the shortest mean time to experiment.target_accuracy"},
    {NULL}};

const char keys_sweep[] =
    "Every other key that stands here by its full name is swept: each point of the grid of all their values is run.\n"
    "\n"
    "    network.bandwidth = 100Mbit/s, 1Gbit/s, 10Gbit/s\n"
    "    network.latency = 1ms, 2ms | 5ms, 10ms\n"
    "    experiment.seed = 1..5\n"
    "    algorithm.losp.learning_rate = 0.05, 0.1, 0.2\n"
    "\n"
    "Values are separated by commas, or, where there is a `|`, by that: a value may then be a list, one element per\n"
    "worker. Whole numbers may be ranges: `1..5`, or `8..32..8` for 8, 16, 24, 32. An algorithm's own keys vary this\n"
    "algorithm alone. Not to be swept: `experiment.name`, `experiment.algorithms`, `output.path`.\n";

const struct config_section config_sections[] = {
    {"experiment", experiment, 0}, {"data", data, 0},       {"model", model, 0},
    {"train", train, 0},           {"cluster", cluster, 0}, {"compute", compute, 0},
    {"network", network, 0},       {"server", server, 0},   {"faults", faults, 0}, {"output", output, 0},
    {"host", host, 0},             {"sweep", sweep, 0}, {NULL, NULL, 0}};
/* clang-format on */
