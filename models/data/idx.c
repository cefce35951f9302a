/* IDX files (idx_set.c has the format) of any shape, for a set of the user's own: what the files of a known set must say, their headers tell
 * here. Everything else is checked: both files of a split have as many items, both splits images of one shape.
 *
 * Images are (items, rows, columns), or have three dimensions (items, rows, columns, channels) or (items, channels,
 * rows, columns): the channels are the last of the three if that has 1, 3 or 4 of them, or else the first. */
#include "models/data/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

enum {
    UNSIGNED_BYTE = 0x08,
    WORD = 4,
    MOST_DIMS = 4,
    LONGEST_SIDE = 4096,
    MOST_CHANNELS = 4 /* struct dataset has room for this many means */
};

static const size_t MOST_ELEMENTS = (size_t)1 << 50; /* times a longest side they still fit */

/* What the header of a file says. */
struct items {
    char name[64], path[PATH_MAX];
    int dims;
    uint32_t size[MOST_DIMS]; /* size[0]: items */
    size_t elements;
};

struct shape {
    int channels, height, width;
    bool last; /* channels are innermost in the file */
};

/* The two files of a split. */
struct pair {
    struct items images, labels;
    struct shape shape;
};

static uint32_t read_word(struct stream *s)
{
    uint8_t b[WORD];
    stream_read(s, b, WORD);
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static size_t header_bytes(const struct items *items)
{
    return WORD + WORD * (size_t)items->dims;
}

static void read_magic(struct stream *s, int dims)
{
    uint32_t magic = read_word(s), expected = UNSIGNED_BYTE << 8 | (uint32_t)dims;
    if (magic != expected)
        die(EXIT_DATA,
            "%s: expected an IDX file of unsigned bytes with %d dimension%s (magic %08x), found magic %08x",
            s->path, dims, dims > 1 ? "s" : "", expected, magic);
}

static void read_size(struct stream *s, struct items *items, int d)
{
    uint32_t most = d ? LONGEST_SIDE : UINT32_MAX, size = read_word(s);
    if (size < 1 || size > most)
        die(EXIT_DATA, "%s: expected a size from 1 to %u in dimension %d, found %u", s->path, most, d + 1,
            size);
    items->size[d] = size;
    items->elements *= size;
    if (items->elements > MOST_ELEMENTS)
        die(EXIT_DATA, "%s: expected at most %zu pixels, found more in its header", s->path, MOST_ELEMENTS);
}

/* Reads the header of a file, which must have `dims` dimensions. */
static void read_header(struct items *items, const char *dir, const char *name, int dims)
{
    struct stream s;
    *items = (struct items){.dims = dims, .elements = 1};
    snprintf(items->name, sizeof items->name, "%s", name);
    stream_open(&s, dir, name, header_bytes(items));
    read_magic(&s, dims);
    for (int d = 0; d < dims; d++)
        read_size(&s, items, d);
    s.size += items->elements;
    stream_check_size(&s);
    memcpy(items->path, s.path, sizeof items->path);
    stream_close(&s);
}

/* Opens the file at its first item. */
static void open_items(struct stream *s, const char *dir, const struct items *items)
{
    uint8_t header[WORD + WORD * MOST_DIMS];
    stream_open(s, dir, items->name, header_bytes(items) + items->elements);
    stream_read(s, header, header_bytes(items));
}

static bool is_channels(uint32_t size)
{
    return size == 1 || size == 3 || size == MOST_CHANNELS;
}

static struct shape shape_of(const struct items *images)
{
    const uint32_t *size = images->size;
    if (images->dims == 3)
        return (struct shape){1, (int)size[1], (int)size[2], false};
    if (is_channels(size[3]))
        return (struct shape){(int)size[3], (int)size[1], (int)size[2], true};
    if (is_channels(size[1]))
        return (struct shape){(int)size[1], (int)size[2], (int)size[3], false};
    die(EXIT_DATA,
        "%s: expected 1, 3 or 4 channels as the first or the last dimension of an image, found %ux%ux%u",
        images->path, size[1], size[2], size[3]);
}

static void read_headers(struct pair *pair, const char *dir, const char *prefix)
{
    char images[64], labels[64];
    snprintf(images, sizeof images, "%s-images-idx4-ubyte", prefix);
    snprintf(labels, sizeof labels, "%s-labels-idx1-ubyte", prefix);
    int dims = stream_is_there(dir, images) ? 4 : 3;
    snprintf(images, sizeof images, "%s-images-idx%d-ubyte", prefix, dims);
    read_header(&pair->labels, dir, labels, 1);
    read_header(&pair->images, dir, images, dims);
    pair->shape = shape_of(&pair->images);
    if (pair->images.size[0] != pair->labels.size[0])
        die(EXIT_DATA, "%s: expected %u items, one for each label, found %u", pair->images.path,
            pair->labels.size[0], pair->images.size[0]);
}

static void check_one_shape(const struct shape *train, const struct pair *test)
{
    const struct shape *s = &test->shape;
    if (s->channels != train->channels || s->height != train->height || s->width != train->width)
        die(EXIT_DATA, "%s: expected images of %dx%dx%d, as for training, found %dx%dx%d", test->images.path,
            train->channels, train->height, train->width, s->channels, s->height, s->width);
}

/* All labels of the file, also those of images that are not used: with fewer samples a model keeps its outputs. */
static uint8_t *read_labels(const char *dir, const struct items *labels, int *classes)
{
    struct stream s;
    uint32_t n = labels->size[0];
    uint8_t *all = need(n);
    open_items(&s, dir, labels);
    stream_read(&s, all, n);
    stream_close(&s);
    for (uint32_t i = 0; i < n; i++)
        *classes = all[i] >= *classes ? all[i] + 1 : *classes;
    return all;
}

/* (height, width, channels) becomes (channels, height, width). */
static void channels_first(uint8_t *out, const uint8_t *in, const struct shape *shape)
{
    size_t channels = (size_t)shape->channels, plane = (size_t)shape->height * (size_t)shape->width;
    for (size_t i = 0; i < plane; i++)
        for (size_t c = 0; c < channels; c++)
            out[c * plane + i] = in[i * channels + c];
}

static void read_images(const char *dir, const struct pair *pair, struct room room, size_t image)
{
    struct stream s;
    uint8_t *one = need(image);
    open_items(&s, dir, &pair->images);
    for (uint32_t i = 0; i < room.n; i++) {
        uint8_t *out = room.pixels + i * image;
        stream_read(&s, pair->shape.last ? one : out, image);
        if (pair->shape.last)
            channels_first(out, one, &pair->shape);
    }
    stream_close(&s);
    free(one);
}

static void check_classes(const struct dataset *ds, const char *path)
{
    if (ds->classes < 2)
        die(EXIT_DATA, "%s: expected at least two classes, found the label 0 alone", path);
}

static void load(struct dataset *ds, const char *dir, const struct dataset_options *options)
{
    struct pair train, test;
    read_headers(&train, dir, "train");
    read_headers(&test, dir, stream_is_there(dir, "test-labels-idx1-ubyte") ? "test" : "t10k");
    check_one_shape(&train.shape, &test);
    dataset_shape(ds, train.shape.channels, train.shape.height, train.shape.width);
    ds->classes = 0;
    uint8_t *train_labels = read_labels(dir, &train.labels, &ds->classes);
    uint8_t *test_labels = read_labels(dir, &test.labels, &ds->classes);
    check_classes(ds, train.labels.path);
    struct room train_room = dataset_room(ds, &ds->train, train.labels.size[0], options);
    struct room test_room = dataset_room(ds, &ds->test, test.labels.size[0], options);
    memcpy(train_room.labels, train_labels, train_room.n);
    memcpy(test_room.labels, test_labels, test_room.n);
    free(train_labels);
    free(test_labels);
    read_images(dir, &train, train_room, dataset_image(ds));
    read_images(dir, &test, test_room, dataset_image(ds));
}

static const char *const folders[] = {".", NULL};

const struct dataset_def dataset_idx = {
    .name = "idx",
    .summary = "your own images in IDX files below data.path, of any size and number",
    .source = "format: yann.lecun.com/exdb/mnist",
    .folders = folders,
    .own = true,
    .probe = "train-labels-idx1-ubyte",
    .load = load,
    .by_pixels = true,
};
