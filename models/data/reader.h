/* What the readers of data sets share; private to models/data/. Every bad file ends the program with
 * EXIT_DATA and one line that names the file, what was expected and what was found. */
#ifndef MODELS_DATA_READER_H
#define MODELS_DATA_READER_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include <zlib.h>

#include "models/data/dataset.h"

/* A file that is read from its start, plain or gzip compressed. */
struct stream {
    gzFile file;
    char path[PATH_MAX];
    size_t size, done; /* bytes it must have when uncompressed; bytes read so far */
};

/* Opens dir/name, or dir/name.gz when there is no plain one. */
void stream_open(struct stream *s, const char *dir, const char *name, size_t size);
void stream_read(struct stream *s, void *out, size_t n);
/* Closes it. When all `size` bytes were read, nothing may follow them, and a gzip checksum must be right. */
void stream_close(struct stream *s);

/* Memory for the images of one split that options ask for, out of `has`; at most one room a split. Writable
 * until dataset_open seals it. The shape of ds must be set. */
struct room {
    uint32_t n;
    uint8_t *pixels, *labels;
};
struct room dataset_room(struct dataset *ds, struct split *split, uint32_t has,
                         const struct dataset_options *options);

size_t dataset_image(const struct dataset *ds); /* bytes of one image */
void dataset_shape(struct dataset *ds, int channels, int height, int width);
void dataset_normalise(struct dataset *ds, float mean, float std); /* the same for every channel */

void dataset_check_labels(const struct dataset *ds, const char *path, const uint8_t *labels, uint32_t n);

/* A set of four IDX files under MNIST's names. */
struct idx_set {
    uint32_t train, test; /* images, which is what the files' headers must say */
    const uint8_t
        *first; /* the first FIRST_LABELS training labels, since several sets share the names; NULL: any */
};
enum { FIRST_LABELS = 10 };
void idx_load(struct dataset *ds, const char *dir, const struct idx_set *set,
              const struct dataset_options *options);

/* A set in the format of CIFAR-10's binary version: files of `records` times label, red, green and blue
 * plane. */
struct cifar_set {
    const char *const *train, *const *test; /* files in order, ended by NULL */
    uint32_t records;                       /* a file */
};
void cifar_load(struct dataset *ds, const char *dir, const struct cifar_set *set,
                const struct dataset_options *options);

#endif
