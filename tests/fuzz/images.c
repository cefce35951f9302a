#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/images.h"

static struct room rooms[2];
static int n_rooms;

struct room __wrap_dataset_room(struct dataset *ds, struct split *split, uint32_t has,
                                const struct dataset_options *options);
struct room __wrap_dataset_room(struct dataset *ds, struct split *split, uint32_t has,
                                const struct dataset_options *options)
{
    int64_t asked = split == &ds->train ? options->train_n : options->test_n;
    struct room room = {.n = asked == -1 ? has : (uint32_t)asked};
    FUZZ_EXPECT(n_rooms < 2 && room.n >= 1 && room.n <= has);
    room.pixels = malloc(room.n * dataset_image(ds));
    room.labels = malloc(room.n);
    FUZZ_EXPECT(room.pixels && room.labels);
    *split = (struct split){room.n, room.pixels, room.labels};
    return rooms[n_rooms++] = room;
}

bool images_are_4d;

bool __wrap_stream_is_there(const char *dir, const char *name);
bool __wrap_stream_is_there(const char *dir, const char *name)
{
    (void)dir;
    return images_are_4d && strstr(name, "idx4");
}

enum { MOST_BYTES = 1 << 20 };

void __wrap_stream_check_size(const struct stream *s);
void __wrap_stream_check_size(const struct stream *s)
{
    if (s->size > MOST_BYTES)
        die(EXIT_DATA, "%s: expected a small file", s->path);
}

void images_begin(void)
{
    n_rooms = 0;
}

void images_end(const struct dataset *ds, int status)
{
    FUZZ_EXPECT(status == EXIT_DONE || status == EXIT_DATA);
    for (int i = 0; i < n_rooms; i++) {
        for (uint32_t j = 0; status == EXIT_DONE && j < rooms[i].n; j++)
            FUZZ_EXPECT(rooms[i].labels[j] < ds->classes);
        free(rooms[i].pixels);
        free(rooms[i].labels);
    }
}
