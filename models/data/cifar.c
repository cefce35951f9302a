/* The format of CIFAR-10's binary version (www.cs.toronto.edu/~kriz/cifar.html): records without a header,
 *     label | red plane | green plane | blue plane          1 + 3 h w bytes, each plane row by row */
#include "models/data/reader.h"

#include "sim/base/fail.h"

static void read_records(const struct dataset *ds, struct stream *s, struct room out)
{
    size_t image = dataset_image(ds);
    for (uint32_t i = 0; i < out.n; i++) {
        stream_read(s, out.labels + i, 1);
        stream_read(s, out.pixels + i * image, image);
    }
    stream_close(s);
    dataset_check_labels(ds, s->path, out.labels, out.n);
}

static void load_split(const struct dataset *ds, const char *dir, const char *const *files, uint32_t records,
                       struct room room)
{
    size_t image = dataset_image(ds);
    for (uint32_t done = 0; done < room.n; done += records) {
        uint32_t left = room.n - done;
        struct room part = {left < records ? left : records, room.pixels + done * image, room.labels + done};
        struct stream s;
        stream_open(&s, dir, *files++, records * (1 + image));
        read_records(ds, &s, part);
    }
}

static uint32_t images(const struct cifar_set *set, const char *const *files)
{
    uint32_t n = 0;
    while (files[n])
        n++;
    return n * set->records;
}

void cifar_load(struct dataset *ds, const char *dir, const struct cifar_set *set,
                const struct dataset_options *options)
{
    struct room train = dataset_room(ds, &ds->train, images(set, set->train), options);
    struct room test = dataset_room(ds, &ds->test, images(set, set->test), options);
    load_split(ds, dir, set->train, set->records, train);
    load_split(ds, dir, set->test, set->records, test);
}
