/* The tables of --table. */
#ifndef SIM_PAPER_TABLE_H
#define SIM_PAPER_TABLE_H

#include <stdio.h>

struct comparison_verdict;
struct results;
struct sweep;

/* Write in a format of --table. Folders without a complete run end the program with EXIT_USAGE. NULL ends the runs: a table
 * for each problem. experiment: the title where a sweep is over problems. */
void table_write_runs(const char *format, char *const *runs, FILE *out);
void table_write_sweep(const char *format, const struct sweep *s, const char *experiment, FILE *out);

/* Of the final runs of a comparison, which are all over. */
void table_write_comparison(const char *format, const struct comparison_verdict *verdict,
                            const char *experiment, FILE *out);

#endif
