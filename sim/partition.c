#include "sim/partition.h"

#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/csv.h"

static char *header_for(int classes)
{
    char *header = text_copy("worker,samples");
    for (int c = 0; c < classes; c++) {
        char *longer = text_format("%s,class_%d", header, c);
        free(header);
        header = longer;
    }
    return header;
}

void partition_save(const struct shares *shares, int workers, const struct dataset *data, const char *folder)
{
    char *path = text_format("%s/partition.csv", folder), *header = header_for(data->classes);
    uint32_t *count = need((size_t)data->classes * sizeof *count);
    struct csv *csv = csv_create(path, header);
    for (int i = 0; i < workers; i++) {
        struct share share = shares_of(shares, i);
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

void partition_extremes(const struct shares *shares, int workers, uint32_t *least, uint32_t *most)
{
    *least = UINT32_MAX;
    *most = 0;
    for (int i = 0; i < workers; i++) {
        uint32_t n = shares_of(shares, i).n;
        *least = n < *least ? n : *least;
        *most = n > *most ? n : *most;
    }
}
