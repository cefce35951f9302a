/* A verdict in sentences: the same ones on the terminal, in verdict.json and in the report. The caller frees all texts. */
#ifndef SIM_COMPARE_WORDS_H
#define SIM_COMPARE_WORDS_H

#include "sim/compare/verdict.h"

/* "losp reaches 50 % (validation) in 0.38 [0.33, 0.44] of bsp's time (5 seeds, each at its best of 12 trials)". Without
 * the setting, and without a full stop. */
char *claim_words(const struct comparison_verdict *v, const struct claim *c);

/* "0.38 [0.33, 0.44]", "+1.20 [0.50, 1.90] points", of a bound "0.29 [.., 0.37]"; "-" without an interval. */
char *claim_interval(const struct claim *c);

/* "50 % (validation)": the target of a setting, and the data that it is reached on. */
char *verdict_target(const struct comparison_verdict *v, int setting);

/* What the intervals are, in one sentence: their level, the family, when a claim is made. */
char *verdict_rule(const struct comparison_verdict *v);

/* Remark i about the whole verdict, such as that the data are synthetic; NULL: there are no more. */
char *verdict_remark(const struct comparison_verdict *v, int i);

#endif
