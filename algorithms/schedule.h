/* Schedules: a quantity as a function of the iterations done and of all iterations. */
#ifndef ALGORITHMS_SCHEDULE_H
#define ALGORITHMS_SCHEDULE_H

#include <stdbool.h>

#include "sim/config/key.h"

enum schedule_form { FORM_CONSTANT, FORM_STEP, FORM_COSINE, FORM_LINEAR, FORM_POLYNOMIAL, FORM_LIST };
extern const char *const schedule_words[];
/* Those forms that need neither `power` nor lists, for a quantity that has no keys for these. */
extern const char *const schedule_words_without_lists[];

struct schedule {
    enum schedule_form form;
    double base;          /* the value that everything below scales */
    double warmup;        /* fraction of all iterations over which the value rises linearly ... */
    double warmup_from;   /* ... from this part of itself ... */
    double ahead;         /* ... counted this many iterations ahead, so that the first value is not 0 */
    struct reals step_at; /* step: fractions of all iterations at which the value is multiplied ... */
    double step_factor;   /* ... by this */
    double power;         /* polynomial: exponent */
    struct reals list_at, list_factors; /* list: from each fraction of all iterations on, this factor */
};

/* During the warm-up, with w = warmup * total and f = warmup_from:
 *     base * (f + (1 - f) * min(1, (done + ahead) / w))
 * Afterwards, with x the part of the iterations after the warm-up that is done:
 *     constant    base
 *     step        base * step_factor^(number of marks passed)
 *     cosine      base * (1 + cos(pi x)) / 2      Loshchilov & Hutter, SGDR, ICLR 2017, eq. 5, no restarts
 *     linear      base * (1 - x)
 *     polynomial  base * (1 - x)^power            "poly" of Chen et al., DeepLab, arXiv:1606.00915
 *     list        base * the factor of the last mark passed; 1 before the first
 * The marks of step and list are fractions of all iterations. */
double schedule_at(const struct schedule *s, double done, double total);

/* false: step_at does not rise; error names the key. */
bool schedule_steps_rise(const struct schedule *s, const char *key, char *error, size_t error_size);

#endif
