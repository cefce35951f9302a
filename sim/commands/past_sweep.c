#include "sim/commands/past_sweep.h"

#include <stdlib.h>

#include "sim/config/milestones.h"

struct past_sweep past_sweep_open(struct program *p, const char *folder)
{
    char error[1024];
    struct past_sweep past = {.sweep.folder = folder};
    p->options.resume = folder;
    program_configure(p);
    past.sweep.tune = p->cfg.sweep.tune;
    past.sweep.halving = (int)p->cfg.sweep.halving;
    past.milestones = milestones_text(&p->cfg.output.at);
    past.sweep.milestones = past.milestones;
    need_ok(grid_read(&past.sweep.grid, p->source, error, sizeof error), error);
    return past;
}

void past_sweep_close(struct past_sweep *past)
{
    grid_free(&past->sweep.grid);
    free(past->milestones);
}
