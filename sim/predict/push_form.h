/* The closed form of the pushes of all workers with one number: of their exchange, or of the exchanges of their buckets
 * (sim/exchange/buckets.h). It takes the sizes from the conductor's specification, and the times from closed_form.h, or
 * from exchange_form.h for what is not a server over a star. */
#ifndef SIM_PREDICT_PUSH_FORM_H
#define SIM_PREDICT_PUSH_FORM_H

#include "sim/engine/conductor.h"
#include "sim/time/closed_form.h"

/* Times count from the moment at which all workers have computed the push and encoded it. early: its buckets have
 * departed one after the other before, while its last local iteration was computed; otherwise while they were encoded.
 * up = NAN: there is no closed form. */
struct closed_form push_form(const struct conductor_spec *spec, int64_t number, bool early);

/* The time of one local iteration of a worker, without jitter; of the slowest one; ns. */
double push_form_compute(const struct conductor_spec *spec, int worker);
double push_form_slowest(const struct conductor_spec *spec);

#endif
