/* Judges the accuracies at the milestones of output.at: works them out from eval.csv. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/config/milestones.h"
#include "sim/verify/audit.h"
#include "sim/verify/members.h"

/* The last evaluation by the milestone; without accuracies: there is none, or the run ended before the milestone. */
static struct eval_row row_at(const struct audit *a, const struct milestone *milestone, int64_t ns,
                              int64_t bytes)
{
    struct eval_row last = {.test_accuracy = NAN, .validation_accuracy = NAN};
    if (!milestone_is_reached(milestone, ns, bytes))
        return last;
    for (int64_t i = 0; i < a->evals; i++) {
        const struct eval_row *row = &a->eval[i].row;
        if (milestone_includes(milestone, row->virtual_ns, sum_of(row->bytes_up, row->bytes_down)))
            last = *row;
    }
    return last;
}

/* An older program writes no accuracy on validation data. */
static void judge_milestone(struct audit *a, struct members *m, const struct field *f, double want)
{
    const char *name = f->name;
    double got;
    if ((members_has(m, name) || !f->later) && members_real(m, name, &got))
        expect_near(&a->findings, name, got, want, "the last row of eval.csv by then");
}

void milestones_compare(struct audit *a, struct members *m)
{
    int64_t ns, up, down;
    struct columns all = columns_of_summary(a->milestones);
    const char *const time = columns_name(&all, offsetof(struct summary, virtual_ns));
    bool good = members_int(m, time, &ns) &&
                members_int(m, columns_name(&all, offsetof(struct summary, bytes_up)), &up) &&
                members_int(m, columns_name(&all, offsetof(struct summary, bytes_down)), &down);
    for (int c = 0; good && c < all.n; c++) {
        struct milestone milestone;
        bool validation = all.field[c].when == VALIDATION_AT_A_MILESTONE;
        if (all.field[c].when != AT_A_MILESTONE && !validation)
            continue;
        const char *text =
            all.field[c].name + strlen(validation ? VALIDATION_MILESTONE_COLUMN : MILESTONE_COLUMN);
        if (milestone_read(text, &milestone)) {
            finding(&a->findings, "output.at: expected times and amounts of bytes, got '%s'", text);
            continue;
        }
        struct eval_row row = row_at(a, &milestone, ns, sum_of(up, down));
        judge_milestone(a, m, &all.field[c], validation ? row.validation_accuracy : row.test_accuracy);
    }
    columns_end(&all);
}
