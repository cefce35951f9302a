/* Judges the accuracies at the milestones of output.at: works them out from eval.csv. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/config/milestones.h"
#include "sim/verify/audit.h"
#include "sim/verify/members.h"

/* Of the last evaluation by the milestone; NAN: there is none, or the run ended before the milestone. */
static double accuracy_at(const struct audit *a, const struct milestone *milestone, int64_t ns, int64_t bytes)
{
    double accuracy = NAN;
    if (!milestone_is_reached(milestone, ns, bytes))
        return NAN;
    for (int64_t i = 0; i < a->evals; i++) {
        const struct eval_row *row = &a->eval[i].row;
        if (milestone_includes(milestone, row->virtual_ns, sum_of(row->bytes_up, row->bytes_down)))
            accuracy = row->test_accuracy;
    }
    return accuracy;
}

static void judge_milestone(struct audit *a, struct members *m, const char *name, double want)
{
    double got;
    if (members_real(m, name, &got))
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
        if (all.field[c].when != AT_A_MILESTONE)
            continue;
        const char *text = all.field[c].name + strlen(MILESTONE_COLUMN);
        if (milestone_read(text, &milestone))
            finding(&a->findings, "output.at: expected times and amounts of bytes, got '%s'", text);
        else
            judge_milestone(a, m, all.field[c].name, accuracy_at(a, &milestone, ns, sum_of(up, down)));
    }
    columns_end(&all);
}
