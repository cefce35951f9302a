/* Reads the numbers of a run that has trained (sim/runtime/numbers.h) from its files, while its conductor is played
 * again: every row must be the one that the conductor makes, but for losses and accuracies. So files of a program that
 * would give other times are found out. */
#ifndef SIM_RETIME_READER_H
#define SIM_RETIME_READER_H

#include "sim/retime/compare.h"
#include "sim/runtime/numbers.h"

struct reader;

/* run: the run that has trained, in this folder of the algorithm. A file that cannot be read ends the program with
 * EXIT_DATA. */
struct reader *reader_open(const struct run *run, const char *folder, const struct summary *summary);
void reader_task(void *reader, const struct task *task); /* for struct listener */

/* The numbers; the caller frees. Only after the last task, and once. */
struct numbers *reader_take(struct reader *r);
void reader_close(struct reader *r);

#endif
