#include "sim/commands/reach.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/runtime/account.h"

void reach_note(struct reach *reach, const struct run *run, const struct totals *totals)
{
    const struct milestones *all = &run->cfg->output.at;
    int64_t bytes = totals->bytes_up + totals->bytes_down;
    reach->runs++;
    if (totals->at_once && reach->at_once++ == 0) {
        snprintf(reach->first, sizeof reach->first, "%s", run->name);
        reach->budget = account_budget_key(&run->conductor.budget);
    }
    if (!run->trains)
        return;
    for (int i = 0; i < all->n; i++) {
        double end = all->at[i].bytes ? (double)bytes : (double)totals->virtual_ns / 1e9;
        if (milestone_is_reached(&all->at[i], totals->virtual_ns, bytes))
            continue;
        if (reach->before[i]++ == 0 || end < reach->least[i]) {
            reach->least[i] = end;
            snprintf(reach->name[i], sizeof reach->name[i], "%s", run->name);
        }
    }
}

void reach_say(const struct reach *reach, const struct config *cfg)
{
    const struct milestones *all = &cfg->output.at;
    if (reach->at_once > 0)
        warn("%s: %d of %d runs end with their first update, which is past the budget; the first is %s",
             reach->budget, reach->at_once, reach->runs, reach->first);
    for (int i = 0; i < all->n; i++) {
        char end[32];
        const struct milestones one = {1, &all->at[i]};
        if (reach->before[i] == 0)
            continue;
        if (all->at[i].bytes)
            text_bytes_real(end, sizeof end, reach->least[i]);
        else
            text_duration_real(end, sizeof end, 1e9 * reach->least[i]);
        char *milestone = milestones_text(&one);
        warn("output.at: %s: %d of %d runs end before, and have no accuracy there; the first is %s, at %s",
             milestone, reach->before[i], reach->runs, reach->name[i], end);
        free(milestone);
    }
}
