/* Of what accuracies are multiples: run.json says how many test samples there are. */
#include <stdlib.h>

#include "sim/base/text.h"
#include "sim/paper/paper.h"
#include "sim/verify/members.h"

double paper_step(const char *folder)
{
    int64_t samples = 0;
    struct findings ignored = {.silent = true};
    char *path = text_format("%s/run.json", folder);
    struct members *m = members_read(path, &ignored);
    if (m && !members_int(m, "test_samples", &samples))
        samples = 0;
    members_free(m);
    free(path);
    return samples > 0 ? 1 / (double)samples : 0;
}
