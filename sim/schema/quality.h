/* What output.quality adds to an evaluation, beside accuracy and loss: a row of quality.csv, and a row of classes.csv
 * for each label. Both files, and the columns of quality.csv (quality_columns.h), exist only where they are asked for.
 * docs/quality.md defines each measure. */
#ifndef SIM_SCHEMA_QUALITY_H
#define SIM_SCHEMA_QUALITY_H

#include <stdbool.h>
#include <stdint.h>

enum quality {
    QUALITY_PER_CLASS,
    QUALITY_TOP5,
    QUALITY_CLIENTS,
    QUALITY_DISTANCE,
    QUALITY_GRADIENT_NORM,
    QUALITY_KINDS
};
extern const char *const quality_words[QUALITY_KINDS + 1]; /* as output.quality has them; ended by NULL */

/* Which of them are asked for: bit i is that of enum quality i. */
typedef unsigned quality_set;
static inline bool quality_has(quality_set asked, enum quality one)
{
    return asked >> one & 1;
}
/* The words, "top5, distance", as resolved.ini has them: others do not count. */
quality_set quality_read(const char *words);
bool quality_has_rows(quality_set asked); /* quality.csv */

enum judged_set { OF_TEST, OF_VALIDATION, JUDGED_SETS };

struct client_spread { /* accuracies over clients: each client counts once */
    double mean, worst, best, variance;
};

/* quality.csv. Of validation: NaN where there is no validation set. */
struct quality_row {
    int64_t round, iterations;
    int64_t virtual_ns;
    double top5[JUDGED_SETS];
    struct client_spread clients[JUDGED_SETS];
    double gradient_norm;
    int64_t compared; /* workers with a model at that moment, of which the distances are */
    double distance_mean, distance_rms, distance_max; /* NaN: there are none */
};

/* classes.csv. Of a label without samples: 0 samples, and NaN. */
struct class_row {
    int64_t round;
    int64_t virtual_ns;
    int64_t label;
    int64_t samples[JUDGED_SETS];
    double accuracy[JUDGED_SETS];
};

#endif
