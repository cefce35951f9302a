/* The file FOLDER/checkpoint: everything of one algorithm's run that cannot be calculated again cheaply. It
 * is made of sections, one for each process that has a part of the run's state (pause.h says which and
 * when), each written by that process. Control is not in it: the conductor is a pure function of the
 * configuration and is played again from the start.
 *
 *   head       what the run is, so that no other run takes it up, and how much follows
 *   sections   each with its own length and checksum (XXH3)
 *
 * In the machine's own byte order, for the program and the machine that wrote it. It appears by rename
 * after everything has reached the disk; the one before is kept as FOLDER/checkpoint.old, so that there is
 * always one that is whole. */
#ifndef SIM_RUNTIME_CHECKPOINT_H
#define SIM_RUNTIME_CHECKPOINT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/fifo.h"
#include "sim/output/metrics.h"

struct identity { /* texts and hashes; all bytes count, so padded with zeros */
    char program[16], kernels[48], algorithm[64];
    uint64_t config, data; /* hashes of the resolved ini and of the data set */
};

/* ---- state, by the same calls in the same order to save and to load it ---- */

struct section;

bool section_saves(const struct section *s);
void section_bytes(struct section *s, void *data, size_t bytes);
/* Saves n, or loads it: how many values of at least `each` bytes follow. */
size_t section_count(struct section *s, size_t n, size_t each);
/* Saves a value, or loads one, which must be from `from` to `to`. */
void section_choice(struct section *s, int32_t *value, int32_t from, int32_t to);
void section_floats(struct section *s, float *v, size_t n); /* v = NULL: nothing */
void section_fifo(struct section *s, struct fifo *f);       /* empty before it is loaded */

struct persistent { /* the state of one section */
    void (*persist)(void *context, struct section *s);
    void *context;
    _Atomic uint64_t *progress; /* may be NULL; rises with every piece */
};

/* ---- saving ---- */

/* Three steps: begin; the sections, one after the other, in their order, each by any process; commit.
 * false, with one line on stderr: the disk is full or the like; the checkpoint before is still there. */
bool checkpoint_begin(const char *folder);
bool checkpoint_append(const char *folder, const struct persistent *persistent);
/* rows: where the tables end, which are on the disk. bytes: of the whole file. */
bool checkpoint_commit(const char *folder, const struct identity *identity, const struct rows *rows,
                       uint64_t *bytes);
void checkpoint_forget(const char *folder); /* one that was begun */
void checkpoint_remove(const char *folder); /* all that there are: the run is complete */

/* ---- loading ---- */

struct checkpoint;

/* The newest one that is whole and belongs to this run and has that many sections; NULL: there is none at
 * all. Ends the program with EXIT_DATA when there are some and none is fit. */
struct checkpoint *checkpoint_open(const char *folder, const struct identity *identity, uint32_t sections);
void checkpoint_close(struct checkpoint *c);
const struct rows *checkpoint_rows(const struct checkpoint *c);
/* Section number i, by any process that has inherited c. */
void checkpoint_load(const struct checkpoint *c, uint32_t i, const struct persistent *persistent);

/* One that is in memory, kept by pointer: NULL and why not (a predicate: "is ..."). Free with free(). */
struct checkpoint *checkpoint_parse(const void *bytes, size_t n, const struct identity *identity,
                                    uint32_t sections, char *why, size_t size);

#endif
