/* The file FOLDER/checkpoint: the state of one algorithm's run that cannot be computed again cheaply. The
 * file has sections: one for each process that holds a part of the run's state, written by this process
 * (pause.h says which and when). The control plane is not in the file: the conductor is a pure function of
 * the configuration, and a resumed run plays it again from the start.
 *
 *   head       the identity of the run, so that no other run can load the file, and the size of the file
 *   sections   each with its own length and checksum (XXH3)
 *
 * The byte order is the machine's: only the same program on the same kind of machine reads the file. The
 * file gets its name by rename after all bytes are on the disk. The checkpoint before is kept as
 * FOLDER/checkpoint.old, so that one whole checkpoint always exists. */
#ifndef SIM_RUNTIME_CHECKPOINT_H
#define SIM_RUNTIME_CHECKPOINT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/fifo.h"
#include "sim/output/metrics.h"

struct identity { /* compared byte by byte, so texts are padded with zeros */
    char program[16], kernels[48], algorithm[64];
    uint64_t config, data; /* hashes of the resolved ini and of the data set */
};

/* ---- state: one function saves and loads it, by the same calls in the same order ---- */

struct section;

bool section_saves(const struct section *s);
void section_bytes(struct section *s, void *data, size_t bytes);
/* Saves n, or loads and returns the n that was saved: n values of at least `each` bytes follow. */
size_t section_count(struct section *s, size_t n, size_t each);
/* Saves a value, or loads a value, which must lie in from .. to. */
void section_choice(struct section *s, int32_t *value, int32_t from, int32_t to);
void section_floats(struct section *s, float *v, size_t n); /* v = NULL: nothing */
void section_fifo(struct section *s, struct fifo *f);       /* empty before it is loaded */

struct persistent { /* the state of one section */
    void (*persist)(void *context, struct section *s);
    void *context;
    _Atomic uint64_t *progress; /* may be NULL; rises with every piece, so that a long save is no hang */
};

/* ---- saving ---- */

/* Three steps: begin; append the sections in their order, each by any process; commit. false, with one
 * line on stderr: the file could not be written (a full disk, for instance); the checkpoint before still
 * exists. */
bool checkpoint_begin(const char *folder);
bool checkpoint_append(const char *folder, const struct persistent *persistent);
/* rows: where the tables end; they are on the disk already. *bytes: size of the file. */
bool checkpoint_commit(const char *folder, const struct identity *identity, const struct rows *rows,
                       uint64_t *bytes);
void checkpoint_forget(const char *folder); /* removes an unfinished file */
void checkpoint_remove(const char *folder); /* removes all checkpoints: the run is complete */

/* ---- loading ---- */

struct checkpoint;

/* The newest checkpoint that is whole, belongs to this run and has this number of sections. NULL: the
 * folder has no checkpoint. Ends the program with EXIT_DATA when the folder has checkpoints and none of
 * them is fit for use. */
struct checkpoint *checkpoint_open(const char *folder, const struct identity *identity, uint32_t sections);
void checkpoint_close(struct checkpoint *c);
const struct rows *checkpoint_rows(const struct checkpoint *c);
/* Loads section number i, in any process that has inherited c by fork. */
void checkpoint_load(const struct checkpoint *c, uint32_t i, const struct persistent *persistent);

/* Checks a checkpoint in memory, which is kept by pointer. NULL: `why` says what is wrong, as a predicate
 * ("is ..."). Free with free(). */
struct checkpoint *checkpoint_parse(const void *bytes, size_t n, const struct identity *identity,
                                    uint32_t sections, char *why, size_t size);

#endif
