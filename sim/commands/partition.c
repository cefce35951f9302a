/* Writes partition.csv from the shares that prepare.c has drawn, and prints for --check the sizes of the
 * shares. */
#include "sim/commands/partition.h"

#include <stdlib.h>

#include "models/data/dataset.h"
#include "models/data/partition.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/output/csv.h"

static char *header_for(const char *owner, int classes)
{
    char *header = text_format("%s,samples", owner);
    for (int c = 0; c < classes; c++) {
        char *longer = text_format("%s,class_%d", header, c);
        free(header);
        header = longer;
    }
    return header;
}

void partition_save(const struct run *run, const char *folder)
{
    const struct dataset *data = run->data;
    char *path = text_format("%s/partition.csv", folder),
         *header = header_for(run->sampling ? "client" : "worker", data->classes);
    uint32_t *count = need((size_t)data->classes * sizeof *count);
    struct csv *csv = csv_create(path, header);
    for (int i = 0; i < run_clients(run->cfg); i++) {
        struct share share = shares_of(run->shares, i);
        share_classes(&share, data->train.labels, data->classes, count);
        csv_int(csv, i);
        csv_int(csv, share.n);
        for (int c = 0; c < data->classes; c++)
            csv_int(csv, count[c]);
        csv_end_row(csv);
    }
    csv_close(csv);
    free(count);
    free(header);
    free(path);
}

void partition_extremes(const struct run *run, uint32_t *least, uint32_t *most)
{
    *least = UINT32_MAX;
    *most = 0;
    for (int i = 0; i < run_clients(run->cfg); i++) {
        uint32_t n = shares_of(run->shares, i).n;
        *least = n < *least ? n : *least;
        *most = n > *most ? n : *most;
    }
}
