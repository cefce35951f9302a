/* What an algorithm declares beside its protocol (protocol.h), and what it is told before the run starts. */
#ifndef ALGORITHMS_DECLARE_H
#define ALGORITHMS_DECLARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "algorithms/codecs/codec.h"

#define MAX_PRESETS 3

struct preset { /* an algorithm's own preset of a key */
    const char *key, *value;
};

/* What is known before the start. The framework fills it, and it is const in the run. */
struct setup {
    uint64_t seed;               /* of the experiment */
    int tensors;                 /* of the model */
    const struct extent *tensor; /* (tensors) as they lie in every vector; a row has one output */
    float momentum;              /* the algorithm's own (struct momentum); 0 if it has none */
    float weight_decay;          /* the algorithm's own (`decays`); 0 if it has none */
    bool decays_matrices;        /* weight decay is for tensors of two or more dimensions only */
    struct {                     /* the optimiser, at each worker or at the PS */
        const char *name;        /* sgd, nesterov or adamw */
        float momentum;          /* 0 if the algorithm has its own */
        int states;              /* vectors of the optimiser's state */
        bool restarts;           /* the state becomes zero when a worker accepts a reply */
    } optimizer;
};

/* A momentum that an algorithm has of its own. Its value, setup.momentum, is the first of these that is
 * given: the algorithm's own key; [algorithm.NAME] momentum, if more than 0; [train] momentum, if more than
 * 0; the published value. The optimiser must be sgd, and then has no momentum. */
struct momentum {
    size_t key; /* offset of the own key's double, NAN if the key is left out; 0: no own momentum */
    double published;
    /* The optimiser may be any. The algorithm takes over the momentum of sgd and nesterov; beside an
     * optimiser with moments, such as adamw, setup.momentum is 0. */
    bool any_optimizer;
};

/* Bounds that hold in every run, so that --verify can check the run's files. Each is the offset of the
 * parameter that gives the bound, an int64_t; 0: nothing is promised. */
struct promises {
    size_t fewest_steps;     /* local iterations in a push */
    size_t most_steps;       /* likewise; the parameter may be a list (struct reals): its largest number */
    size_t update_pushes;    /* pushes in an update */
    size_t slack;            /* iterations that a worker may be ahead of the slowest worker */
    size_t exchanges;        /* pushes of a worker in a step of the model */
    size_t fragments, delay; /* of a push; pushes overlap where delay > most_steps / fragments */
    size_t layout; /* of fragments, not an int64_t but a choice: the word strided lets sizes differ */
};

#endif
