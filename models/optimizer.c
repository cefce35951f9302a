#include "models/optimizer.h"

const char *const optimizer_at_words[] = {
    [AT_AUTO] = "auto", [AT_WORKER] = "worker", [AT_SERVER] = "server", NULL};

const char *const state_on_reset_words[] = {[STATE_KEEP] = "keep", [STATE_ZERO] = "zero", NULL};

const char *const weight_decay_on_words[] = {[DECAY_ALL] = "all", [DECAY_MATRICES] = "matrices", NULL};
