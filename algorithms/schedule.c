#include "algorithms/schedule.h"

#include <math.h>
#include <stdio.h>

const char *const schedule_words[] = {[FORM_CONSTANT] = "constant",
                                      [FORM_STEP] = "step",
                                      [FORM_COSINE] = "cosine",
                                      [FORM_LINEAR] = "linear",
                                      [FORM_POLYNOMIAL] = "polynomial",
                                      [FORM_LIST] = "list",
                                      NULL};

const char *const schedule_words_without_lists[] = {[FORM_CONSTANT] = "constant",
                                                    [FORM_STEP] = "step",
                                                    [FORM_COSINE] = "cosine",
                                                    [FORM_LINEAR] = "linear",
                                                    NULL};

static double stepped(const struct schedule *s, double x)
{
    double value = s->base;
    for (int i = 0; i < s->step_at.n && x >= s->step_at.at[i]; i++)
        value *= s->step_factor;
    return value;
}

static double listed(const struct schedule *s, double x)
{
    double factor = 1;
    for (int i = 0; i < s->list_at.n && x >= s->list_at.at[i]; i++)
        factor = s->list_factors.at[i];
    return s->base * factor;
}

/* x: the part of all iterations that is done. */
static double after_warmup(const struct schedule *s, double x)
{
    double left = 1 - (x - s->warmup) / (1 - s->warmup); /* of the iterations after the warm-up */
    switch (s->form) {
    case FORM_STEP:
        return stepped(s, x);
    case FORM_COSINE:
        return s->base * 0.5 * (1 + cos(M_PI * (x - s->warmup) / (1 - s->warmup)));
    case FORM_LINEAR:
        return s->base * left;
    case FORM_POLYNOMIAL:
        return s->base * pow(left, s->power);
    case FORM_LIST:
        return listed(s, x);
    case FORM_CONSTANT:
        break;
    }
    return s->base;
}

double schedule_at(const struct schedule *s, double done, double total)
{
    double x = total > 0 ? fmin(done / total, 1) : 0;
    if (x >= s->warmup)
        return after_warmup(s, x);
    double risen = fmin((done + s->ahead) / total / s->warmup, 1);
    return s->base * (s->warmup_from + (1 - s->warmup_from) * risen);
}

bool schedule_steps_rise(const struct schedule *s, const char *key, char *error, size_t error_size)
{
    const struct reals *at = &s->step_at;
    for (int i = 1; i < at->n; i++)
        if (at->at[i] <= at->at[i - 1]) {
            snprintf(error, error_size, "%s: expected rising fractions, got %g after %g", key, at->at[i],
                     at->at[i - 1]);
            return false;
        }
    return true;
}
