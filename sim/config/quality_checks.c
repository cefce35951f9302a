/* What output.quality needs of other keys. What it needs of data and model, sim/runtime/quality.c checks. */
#include "models/data/partition.h"
#include "sim/config/checks.h"
#include "sim/config/config.h"

quality_set config_quality(const struct config *cfg)
{
    const struct names *names = &cfg->output.quality;
    quality_set asked = 0;
    for (int i = 0; i < names->n; i++)
        asked |= quality_read(names->at[i]);
    return asked;
}

/* With measured times an iteration is ordered when it begins: at the moment of an evaluation the local model that a
 * worker has is not known. */
static bool check_distance(const struct finish *f, const struct slot *slot)
{
    if (f->cfg->experiment.clock == CLOCK_REAL)
        return refuse_slot(f, slot, "distance needs experiment.clock = virtual, got real");
    if (f->cfg->compute.model == COMPUTE_MEASURED)
        return refuse_slot(f, slot, "distance needs compute.model = flops or fixed, got measured");
    return true;
}

bool check_quality(const struct finish *f)
{
    quality_set asked = config_quality(f->cfg);
    const struct slot *slot = slot_of(f, "output", "quality"),
                      *samples = slot_of(f, "output", "gradient_samples");
    if (slot_given(samples) && !quality_has(asked, QUALITY_GRADIENT_NORM))
        return refuse_slot(f, samples, "needs output.quality = gradient_norm");
    if (!f->cfg->experiment.train)
        return true;
    if (quality_has(asked, QUALITY_CLIENTS) && f->cfg->data.partition == PARTITION_FULL)
        return refuse_slot(
            f, slot, "clients needs a data.partition with a share for each, such as dirichlet, got full");
    return !quality_has(asked, QUALITY_DISTANCE) || check_distance(f, slot);
}
