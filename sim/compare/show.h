/* A verdict on the terminal and in files. */
#ifndef SIM_COMPARE_SHOW_H
#define SIM_COMPARE_SHOW_H

#include "sim/compare/verdict.h"

extern const char verdict_json_file[], verdict_csv_file[];

/* The table of the final runs, that of the claims, and their sentences, on stdout. */
void verdict_print(const struct comparison_verdict *v);

/* verdict.json and verdict.csv in the folder. */
void verdict_write(const struct comparison_verdict *v, const char *folder);
void verdict_write_json(const struct comparison_verdict *v, const char *folder); /* verdict.json alone */

/* --json: a line for each claim; the last line. */
void verdict_print_json(const struct comparison_verdict *v);
void verdict_json_end(const char *folder, int exit_status);

#endif
