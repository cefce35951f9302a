#include "algorithms/schedule.h"

#include <math.h>

const char *const schedule_words[] = {[FORM_CONSTANT] = "constant",
                                      [FORM_STEP] = "step",
                                      [FORM_COSINE] = "cosine",
                                      [FORM_LINEAR] = "linear",
                                      [FORM_POLYNOMIAL] = "polynomial",
                                      [FORM_LIST] = "list",
                                      NULL};

double schedule_at(const struct schedule *s, double done, double total)
{
    double x = total > 0 ? fmin(done / total, 1) : 0;
    if (x < s->warmup)
        return s->base * x / s->warmup;
    if (s->form == FORM_COSINE)
        return s->base * 0.5 * (1 + cos(M_PI * (x - s->warmup) / (1 - s->warmup)));
    double value = s->base;
    for (int i = 0; s->form == FORM_STEP && i < s->step_at.n && x >= s->step_at.at[i]; i++)
        value *= s->step_factor;
    return value;
}
