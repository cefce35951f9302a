/* What a reader calls to fill a data set: its shape, the memory of a split, checks. The readers need these calls, and
 * dataset.c needs the readers. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "models/data/reader.h"
#include "sim/base/fail.h"

size_t dataset_image(const struct dataset *ds)
{
    return (size_t)ds->channels * (size_t)ds->height * (size_t)ds->width;
}

void dataset_shape(struct dataset *ds, int channels, int height, int width)
{
    ds->channels = channels;
    ds->height = height;
    ds->width = width;
    ds->classes = 10; /* all sets here */
}

void dataset_normalise(struct dataset *ds, float mean, float std)
{
    for (int c = 0; c < ds->channels; c++) {
        ds->mean[c] = mean;
        ds->std[c] = std;
    }
}

void dataset_normalise_by_pixels(struct dataset *ds)
{
    size_t plane = (size_t)ds->height * (size_t)ds->width, image = dataset_image(ds);
    double n = (double)ds->train.n * (double)plane;
    for (int c = 0; c < ds->channels; c++) {
        uint64_t sum = 0, squares = 0; /* exact, so the order of the pixels plays no part */
        for (uint32_t i = 0; i < ds->train.n; i++) {
            const uint8_t *pixel = ds->train.pixels + i * image + (size_t)c * plane;
            for (size_t j = 0; j < plane; j++) {
                sum += pixel[j];
                squares += (uint64_t)pixel[j] * pixel[j];
            }
        }
        double mean = (double)sum / n, variance = (double)squares / n - mean * mean;
        ds->mean[c] = (float)(mean / 255);
        ds->std[c] = variance > 0 ? (float)(sqrt(variance) / 255) : 1;
    }
}

void dataset_check_labels(const struct dataset *ds, const char *path, const uint8_t *labels, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (labels[i] >= ds->classes)
            die(EXIT_DATA, "%s: expected labels 0 .. %d, found %d (image %u)", path, ds->classes - 1,
                labels[i], i);
}

size_t dataset_split_bytes(const struct dataset *ds, uint32_t n)
{
    return n * (dataset_image(ds) + 1);
}

struct room dataset_room(struct dataset *ds, struct split *split, uint32_t has,
                         const struct dataset_options *options)
{
    bool train = split == &ds->train;
    int64_t asked = train ? options->train_n : options->test_n;
    if (asked != -1 && (asked < 1 || asked > has))
        die(EXIT_USAGE, "%s: expected 1 .. %u (what %s has), got %lld",
            train ? "data.train_samples" : "data.test_samples", has, ds->name, (long long)asked);
    split->n = asked == -1 ? has : (uint32_t)asked;
    uint8_t *memory = mmap(NULL, dataset_split_bytes(ds, split->n), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        die_errno(EXIT_RESOURCE, "memory for the images of %s (%zu bytes)", ds->name,
                  dataset_split_bytes(ds, split->n));
    split->pixels = memory;
    split->labels = memory + split->n * dataset_image(ds);
    return (struct room){split->n, memory, memory + split->n * dataset_image(ds)};
}
