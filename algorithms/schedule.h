/* Schedules: a quantity as a function of the iterations done and of all iterations. */
#ifndef ALGORITHMS_SCHEDULE_H
#define ALGORITHMS_SCHEDULE_H

#include "sim/config/key.h"

enum schedule_form { FORM_CONSTANT, FORM_STEP, FORM_COSINE, FORM_LINEAR, FORM_POLYNOMIAL, FORM_LIST };
extern const char *const schedule_words[];

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

/* constant: base. step: base * factor^(number of marks passed). cosine: base * (1 + cos(pi x)) / 2 with x the
 * part done after the warm-up (Loshchilov & Hutter, SGDR, ICLR 2017, eq. 5 without restarts). */
double schedule_at(const struct schedule *s, double done, double total);

#endif
