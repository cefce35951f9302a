/* Data sets: one read-only copy in memory, which is read before fork and shared by all processes. */
#ifndef MODELS_DATA_DATASET_H
#define MODELS_DATA_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct split {
    uint32_t n;            /* images */
    const uint8_t *pixels; /* (n, channels, height, width), as in the files */
    const uint8_t *labels; /* (n) 0 .. classes - 1 */
};

struct dataset {
    char name[32];
    char origin[512]; /* the folder that the files came from; "generated" */
    bool synthetic;   /* generated: every output file says so */
    int channels, height, width, classes;
    struct split train, test;
    struct split validation; /* samples kept from training; they lie behind train.n's; n = 0: none */
    float mean[4], std[4];   /* for each channel: input = (pixel / 255 - mean) / std */
};

struct dataset_options {
    uint64_t seed;
    const char *shape; /* of the synthetic set: "cifar" (3x32x32) or "mnist" (1x28x28) */
    int64_t train_n,
        test_n;          /* use only this number of images, the first ones; -1: all, or the set's default */
    double validation;   /* of the training images: a fraction below 1, or a count; 0: none */
    uint64_t split_seed; /* which of them */
    const char *fetcher; /* the installed script that fetches missing sets; NULL: `make data` does */
};

/* One kind of data set: one file, one exported symbol `dataset_NAME`, one line in list.c. */
struct dataset_def {
    const char *name, *summary, *source;
    /* Folders below a folder of the search path in which its files may lie ("mnist", "MNIST/raw", "."), ended
     * by NULL; the first one that holds the probe is taken. NULL: the set needs no files. */
    const char *const *folders;
    bool own;            /* the user's own files: searched in data.path alone, which must be given */
    const char *package; /* the Debian package that has it; NULL: none has */
    const char *probe;   /* the file that says, plain or with .gz, that the set is in a folder */
    /* Optional, for a better message. Files below a folder of the search path, ended by NULL, that show that
     * another form of the set is there, and words that say which form. */
    const char *const *lookalikes, *lookalike;
    /* Called once, in the launcher before fork. Fills ds (name and origin are set, the rest is zero) from
     * folder dir; NULL for a set without files. See reader.h for its helpers. A bad file ends the program
     * with EXIT_DATA and one line that names the file, what was expected and what was found. */
    void (*load)(struct dataset *ds, const char *dir, const struct dataset_options *options);
    bool by_pixels; /* after load, and without the validation samples: normalised by the training pixels */
};

extern const struct dataset_def *const dataset_list[]; /* ended by NULL */

/* Looks for the set `name` along `paths` (ended by NULL), in this order; folders that do not exist are
 * skipped. Reads it and makes its memory read-only. If it is nowhere, the program ends with EXIT_DATA: the
 * message says which folders and files were looked for and how to get them. */
const struct dataset *dataset_open(const char *name, const char *const *paths,
                                   const struct dataset_options *options);
/* No data: training samples without content, labels 0 .. 9 in turn, and one test sample. For a model that is not
 * trained, so that workers have shares and epochs a length. Of the options only validation and split_seed count. */
const struct dataset *dataset_none(uint32_t samples, const struct dataset_options *options);
void dataset_close(const struct dataset *ds);

/* Whether the set is in a folder that the user names; a set without files is everywhere. A path that is no
 * folder, or a folder without any set, is a mistake that the rest of the search path would hide: the program
 * ends with EXIT_DATA. `place` says for the message who names the folder: "x.ini:3: data.path". */
bool dataset_is_in(const char *name, const char *path, const char *place,
                   const struct dataset_options *options);

#endif
