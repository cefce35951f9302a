/* Shared by the files that check the configuration as a whole: finish.c calls network_checks.c and quality_checks.c. */
#ifndef SIM_CONFIG_CHECKS_H
#define SIM_CONFIG_CHECKS_H

#include "sim/config/source.h"

struct finish {
    struct config_source *src;
    struct config *cfg;
    char *error;
    size_t error_size;
};

/* ---- checks.c ---- */

/* Writes "ORIGIN: section.key: why" into the error; returns false. */
bool refuse_slot(const struct finish *f, const struct slot *slot, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct slot *slot_of(const struct finish *f, const char *section, const char *key); /* never NULL */
bool slot_given(const struct slot *slot);

/* ---- find_file.c ---- */

/* Replaces the path of each key in config_files by config_find_file(). */
void find_files(const struct finish *f);

/* ---- network_checks.c ---- */

/* Groups fit the workers, the file of sites is read, and every worker and the server have a site. */
bool check_topology(const struct finish *f);

/* ---- quality_checks.c ---- */

/* What output.quality asks for has a meaning in this run. */
bool check_quality(const struct finish *f);

#endif
