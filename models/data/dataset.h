/* Data sets: one read-only copy in memory, read before fork and shared by every process. */
#ifndef MODELS_DATA_DATASET_H
#define MODELS_DATA_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct split {
    uint32_t n;
    const uint8_t *pixels; /* (n, channels, height, width), as in the files */
    const uint8_t *labels; /* (n) 0 .. classes-1 */
};

struct dataset {
    char name[32];
    char origin[512]; /* folder the files came from; "generated" */
    bool synthetic;   /* said aloud in every output file */
    int channels, height, width, classes;
    struct split train, test;
    float mean[4], std[4]; /* per channel: input = (pixel / 255 - mean) / std */
};

struct dataset_options {
    uint64_t seed;
    const char *shape;       /* synthetic: "cifar" (3x32x32) or "mnist" (1x28x28) */
    int64_t train_n, test_n; /* use only the first so many images; -1: all (synthetic: its default) */
    /* The script that fetches missing ones, where it is installed; NULL: `make data` does. */
    const char *fetcher;
};

/* One kind of data set: one file, one exported symbol, one line in list.c. */
struct dataset_def {
    const char *name, *summary, *source;
    /* Where its files may lie below a folder of the search path ("mnist", "MNIST/raw", "."), the first that
     * holds them is taken; ended by NULL. NULL: needs no files. */
    const char *const *folders;
    const char *package; /* Debian's, that has it; NULL: none has */
    const char *probe;   /* the file whose presence (plain or with .gz) says that the set is in a folder */
    /* Optional: files below a folder of the search path, ended by NULL, which say that there is something of
     * no use instead, and the words that tell it apart. */
    const char *const *lookalikes, *lookalike;
    /* Fills ds (name, origin and splits are zeroed before); dir: the folder found, NULL for generated ones.
     * A bad file ends the program with EXIT_DATA and one line that names file, expectation and finding. */
    void (*load)(struct dataset *ds, const char *dir, const struct dataset_options *options);
};

extern const struct dataset_def *const dataset_list[]; /* ended by NULL */

/* Finds `name` along `paths` (in this order; missing folders are passed over) and reads it. Ends the program
 * with EXIT_DATA when nowhere: the line says which folders and files were looked for and how to get them. */
const struct dataset *dataset_open(const char *name, const char *const *paths,
                                   const struct dataset_options *options);
void dataset_close(const struct dataset *ds);

#endif
