/* Writes the final model of a run, and its hash.
 *
 *   parameters.bin   | tensor 0 | tensor 1 | ... | BatchNorm's statistics |
 *   parameters.json  name, offset and shape of each */
#include "sim/output/parameters.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/base/vec.h"
#include "sim/output/json.h"

static size_t count(const struct model *m)
{
    return model_params(m) + model_stats(m);
}

/* The content of parameters.bin; the caller frees. model_export turns the model's own memory layout into
 * PyTorch's. */
static float *in_order(const struct model *m, const float *params, const float *stats)
{
    float *all = need(count(m) * sizeof *all), *at = all;
    for (int i = 0; i < model_tensors(m); i++) {
        model_export(m, i, params, at);
        at += model_tensor(m, i)->n;
    }
    vec_copy(at, stats, model_stats(m));
    return all;
}

uint64_t parameters_hash(const struct model *m, const float *params, const float *stats)
{
    float *all = in_order(m, params, stats);
    uint64_t hash = vec_hash(all, count(m));
    free(all);
    return hash;
}

static void save_values(const struct model *m, const float *params, const float *stats, const char *path)
{
    FILE *file = fopen(path, "wbx");
    float *all = in_order(m, params, stats);
    if (!file)
        die_errno(EXIT_RESOURCE, "open %s", path);
    if (fwrite(all, sizeof *all, count(m), file) != count(m))
        die_errno(EXIT_RESOURCE, "write %s", path);
    if (fclose(file))
        die_errno(EXIT_RESOURCE, "write %s", path);
    free(all);
}

/* offset: of this tensor, in bytes. Returns the offset of the next tensor. */
static size_t save_name(struct json *json, const struct tensor *t, size_t offset)
{
    json_object(json, NULL);
    json_text(json, "name", t->name);
    json_int(json, "offset", (int64_t)offset);
    json_array(json, "shape");
    for (int d = 0; d < t->dims; d++)
        json_int(json, NULL, t->dim[d]);
    json_end(json);
    json_end(json);
    return offset + t->n * sizeof(float);
}

static void save_names(const struct model *m, const char *path)
{
    struct json *json = json_create(path);
    size_t offset = 0;
    json_text(json, "model", model_name(m));
    json_text(json, "type", "float32, little-endian");
    json_array(json, "tensors");
    for (int i = 0; i < model_tensors(m); i++)
        offset = save_name(json, model_tensor(m, i), offset);
    json_end(json);
    json_int(json, "statistics_offset", (int64_t)offset);
    json_int(json, "statistics", (int64_t)model_stats(m));
    json_array(json, "buffers");
    for (int i = 0; i < model_buffers(m); i++)
        offset = save_name(json, model_buffer(m, i), offset);
    json_end(json);
    json_close(json);
}

void parameters_save(const struct model *m, const float *params, const float *stats, const char *folder)
{
    char *values = text_format("%s/parameters.bin", folder),
         *names = text_format("%s/parameters.json", folder);
    disk_begin();
    save_values(m, params, stats, values);
    disk_end();
    save_names(m, names);
    free(values);
    free(names);
}
