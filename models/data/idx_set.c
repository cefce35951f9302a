/* IDX, the format of MNIST (yann.lecun.com/exdb/mnist, "the IDX file format"); integers are big-endian:
 *
 *     0 0 type dims | size 0 | size 1 | ... | elements
 *     magic, 4 bytes  4 bytes each            row-major
 *
 * Only elements of unsigned bytes are of use here. The images of the known sets have rows and columns. */
#include "models/data/reader.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/fail.h"

enum { UNSIGNED_BYTE = 0x08, DIMS = 3, WORD = 4 };

struct idx_shape {
    int dims;
    uint32_t size[DIMS]; /* size[0]: items */
};

static size_t elements(const struct idx_shape *shape)
{
    size_t n = 1;
    for (int d = 0; d < shape->dims; d++)
        n *= shape->size[d];
    return n;
}

/* The magic number is two zeros, the element type and the number of dimensions. */
static void check_magic(struct stream *s, int dims)
{
    uint8_t magic[WORD];
    stream_read(s, magic, WORD);
    if (magic[0] || magic[1])
        die(EXIT_DATA, "%s: expected an IDX file (magic 0000%02x%02x), found magic %02x%02x%02x%02x", s->path,
            UNSIGNED_BYTE, (unsigned)dims, magic[0], magic[1], magic[2], magic[3]);
    if (magic[2] != UNSIGNED_BYTE)
        die(EXIT_DATA, "%s: expected IDX elements of type 0x%02x (unsigned byte), found type 0x%02x", s->path,
            UNSIGNED_BYTE, magic[2]);
    if (magic[3] != dims)
        die(EXIT_DATA, "%s: expected %d IDX dimensions, found %d", s->path, dims, magic[3]);
}

static void check_sizes(struct stream *s, const struct idx_shape *shape)
{
    static const char *const what[DIMS] = {"items", "rows", "columns"};
    for (int d = 0; d < shape->dims; d++) {
        uint8_t b[WORD];
        stream_read(s, b, WORD);
        uint32_t found = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
        if (found != shape->size[d])
            die(EXIT_DATA,
                "%s: expected %u %s, found %u (data.set = idx reads images of any size and number)", s->path,
                shape->size[d], what[d], found);
    }
}

/* Opens PREFIX-images-idx3-ubyte or PREFIX-labels-idx1-ubyte, whichever has this shape, at its first item. */
static void open_items(struct stream *s, const char *dir, const char *prefix, const struct idx_shape *shape)
{
    char name[64];
    snprintf(name, sizeof name, "%s-%s-idx%d-ubyte", prefix, shape->dims == 1 ? "labels" : "images",
             shape->dims);
    stream_open(s, dir, name, WORD + WORD * (size_t)shape->dims + elements(shape));
    check_magic(s, shape->dims);
    check_sizes(s, shape);
}

/* The headers of both files must say `has` items: images and labels belong together one by one. */
static void load_split(const struct dataset *ds, const char *dir, const char *prefix, uint32_t has,
                       struct room room)
{
    const struct idx_shape images = {3, {has, (uint32_t)ds->height, (uint32_t)ds->width}};
    const struct idx_shape labels = {1, {has}};
    struct stream s;
    open_items(&s, dir, prefix, &labels);
    stream_read(&s, room.labels, room.n);
    stream_close(&s);
    dataset_check_labels(ds, s.path, room.labels, room.n);
    open_items(&s, dir, prefix, &images);
    stream_read(&s, room.pixels, room.n * dataset_image(ds));
    stream_close(&s);
}

/* Several sets use MNIST's file names, so a folder can hold another set. Its first labels tell. */
static void check_first(const struct dataset *ds, const char *dir, const uint8_t *first)
{
    char expected[4 * FIRST_LABELS + 1] = "", found[4 * FIRST_LABELS + 1] = "";
    uint32_t n = ds->train.n < FIRST_LABELS ? ds->train.n : FIRST_LABELS;
    if (memcmp(ds->train.labels, first, n) == 0)
        return;
    for (uint32_t i = 0; i < n; i++) {
        sprintf(expected + strlen(expected), " %d", first[i]);
        sprintf(found + strlen(found), " %d", ds->train.labels[i]);
    }
    die(EXIT_DATA, "%s: expected %s (training labels begin%s), found another set (labels begin%s)", dir,
        ds->name, expected, found);
}

void idx_load(struct dataset *ds, const char *dir, const struct idx_set *set,
              const struct dataset_options *options)
{
    load_split(ds, dir, "train", set->train, dataset_room(ds, &ds->train, set->train, options));
    if (set->first)
        check_first(ds, dir, set->first);
    load_split(ds, dir, "t10k", set->test, dataset_room(ds, &ds->test, set->test, options));
}
