/* For authors of a data set: what the loaders in models/data/ share; private to that folder.
 *
 * A loader (dataset_def.load) sets shape and normalisation, gets memory for train and test, and reads them:
 *     dataset_shape, dataset_normalise, dataset_room (train, then test), stream_open .. stream_close
 * All of it happens in the launcher, before fork. No function returns an error: a bad file ends the program
 * with EXIT_DATA and one line that names the file, what was expected and what was found; missing memory with
 * EXIT_RESOURCE. */
#ifndef MODELS_DATA_READER_H
#define MODELS_DATA_READER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zlib.h>

#include "models/data/dataset.h"

/* search.c. dir = the first folder along paths that holds the set; false: none does. */
bool search_find(char dir[PATH_MAX], const struct dataset_def *def, const char *const *paths);
/* Ends the program with EXIT_DATA and a message that says where the set was looked for. */
_Noreturn void search_die_of_absence(const struct dataset_def *def, const char *const *paths,
                                     const struct dataset_options *options);
/* Ends it if path, which `place` names and which lacks the set, is no folder or has no set at all. */
void search_check_named(const struct dataset_def *def, const char *path, const char *place,
                        const struct dataset_options *options);

/* A file that is read from its start to its end, plain or compressed with gzip. */
struct stream {
    gzFile file;
    char path[PATH_MAX];
    size_t size, done; /* bytes that it must have, uncompressed; bytes read so far */
};

/* Opens dir/name, or dir/name.gz if there is no plain file. The caller owns s. */
void stream_open(struct stream *s, const char *dir, const char *name, size_t size);
/* Is this file there, plain or with .gz? */
bool stream_is_there(const char *dir, const char *name);
/* Ends the program if the open file cannot have its `size` bytes, before memory is taken for them. A plain file
 * has exactly these. */
void stream_check_size(const struct stream *s);
/* The next n bytes. Fewer are an error. */
void stream_read(struct stream *s, void *out, size_t n);
/* Closes the file. If all `size` bytes were read, more bytes or a wrong checksum of gzip are errors. A reader
 * that wants only the first images may stop early. */
void stream_close(struct stream *s);

/* Memory of one split, for as many images as the options ask for, out of the `has` that the files hold.
 * Called at most once for each split; the shape of ds must be set. Writable until load returns; dataset_close
 * frees it. An option beyond `has` ends the program with EXIT_USAGE. */
struct room {
    uint32_t n;
    uint8_t *pixels, *labels;
};
struct room dataset_room(struct dataset *ds, struct split *split, uint32_t has,
                         const struct dataset_options *options);

size_t dataset_image(const struct dataset *ds);                   /* bytes of one image */
size_t dataset_split_bytes(const struct dataset *ds, uint32_t n); /* n images and labels */
void dataset_shape(struct dataset *ds, int channels, int height, int width);
void dataset_normalise(struct dataset *ds, float mean, float std); /* the same for every channel */
/* By mean and standard deviation of each channel's training pixels, of all but the validation samples. */
void dataset_normalise_by_pixels(struct dataset *ds);

/* Makes ds->validation of a part of ds->train, which shrinks. Options that ask for none leave it as it is. A part that
 * leaves a label empty on one side ends the program with EXIT_USAGE. */
void dataset_keep_validation(struct dataset *ds, const struct dataset_options *options);

/* All n labels are classes of ds, or the program ends; path: the file, for the message. */
void dataset_check_labels(const struct dataset *ds, const char *path, const uint8_t *labels, uint32_t n);

enum { FIRST_LABELS = 10 };

/* A set of four IDX files with MNIST's names. */
struct idx_set {
    uint32_t train, test; /* images; the headers of the files must say the same */
    /* The first FIRST_LABELS training labels, since several sets have the same file names; NULL: any. */
    const uint8_t *first;
};
void idx_load(struct dataset *ds, const char *dir, const struct idx_set *set,
              const struct dataset_options *options);

/* A set in the format of CIFAR-10's binary version: each file holds `records` records of a label byte and the
 * red, the green and the blue plane. */
struct cifar_set {
    const char *const *train, *const *test; /* files in order, ended by NULL */
    uint32_t records;                       /* of one file */
};
void cifar_load(struct dataset *ds, const char *dir, const struct cifar_set *set,
                const struct dataset_options *options);

#endif
