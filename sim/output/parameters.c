#include "sim/output/parameters.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/json.h"

static void put(const float *v, size_t n, FILE *file, const char *path)
{
    if (fwrite(v, sizeof *v, n, file) != n)
        die_errno(EXIT_RESOURCE, "write %s", path);
}

static void save_values(const struct model *m, const float *params, const float *stats, const char *path)
{
    FILE *file = fopen(path, "wbx");
    float *tensor = need(model_params(m) * sizeof *tensor);
    if (!file)
        die_errno(EXIT_RESOURCE, "open %s", path);
    for (int i = 0; i < model_tensors(m); i++) {
        model_export(m, i, params, tensor);
        put(tensor, model_tensor(m, i)->n, file, path);
    }
    put(stats, model_stats(m), file, path);
    if (fclose(file))
        die_errno(EXIT_RESOURCE, "write %s", path);
    free(tensor);
}

static void save_names(const struct model *m, const char *path)
{
    struct json *json = json_create(path);
    size_t offset = 0;
    json_text(json, "model", model_name(m));
    json_text(json, "type", "float32, little-endian");
    json_array(json, "tensors");
    for (int i = 0; i < model_tensors(m); i++) {
        const struct tensor *t = model_tensor(m, i);
        json_object(json, NULL);
        json_text(json, "name", t->name);
        json_int(json, "offset", (int64_t)offset);
        json_array(json, "shape");
        for (int d = 0; d < t->dims; d++)
            json_int(json, NULL, t->dim[d]);
        json_end(json);
        json_end(json);
        offset += t->n * sizeof(float);
    }
    json_end(json);
    json_int(json, "statistics_offset", (int64_t)offset);
    json_int(json, "statistics", (int64_t)model_stats(m));
    json_close(json);
}

void parameters_save(const struct model *m, const float *params, const float *stats, const char *folder)
{
    char *values = text_format("%s/parameters.bin", folder),
         *names = text_format("%s/parameters.json", folder);
    save_values(m, params, stats, values);
    save_names(m, names);
    free(values);
    free(names);
}
