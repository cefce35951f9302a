/* What groups and sites must fulfil, with the workers and with each other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/text.h"
#include "sim/config/checks.h"
#include "sim/config/sites_file.h"

/* ---- groups ---- */

/* "3, 3, 2" */
static char *equal_sizes(int64_t workers, int64_t groups)
{
    char *sizes = text_copy("");
    for (int64_t g = 0; g < groups; g++) {
        char *longer = text_format("%s%s%lld", sizes, g ? ", " : "",
                                   (long long)(workers / groups + (g < workers % groups)));
        free(sizes);
        sizes = longer;
    }
    return sizes;
}

enum { SIZES_SHOWN = 16 };

static bool check_number(const struct finish *f, const struct slot *slot, int64_t groups)
{
    int64_t workers = f->cfg->cluster.workers;
    if (groups <= workers && workers % groups == 0)
        return true;
    if (groups > workers || groups > SIZES_SHOWN)
        return refuse_slot(f, slot,
                           "expected a divisor of %lld (cluster.workers), or a size for each group, "
                           "got %lld",
                           (long long)workers, (long long)groups);
    char *sizes = equal_sizes(workers, groups);
    refuse_slot(f, slot,
                "expected a divisor of %lld (cluster.workers), or a size for each group, such as %s, got "
                "%lld",
                (long long)workers, sizes, (long long)groups);
    free(sizes);
    return false;
}

static bool check_sizes(const struct finish *f, const struct slot *slot)
{
    const struct reals *groups = &f->cfg->network.groups;
    double sum = 0;
    for (int i = 0; i < groups->n; i++) {
        if (groups->at[i] != floor(groups->at[i]))
            return refuse_slot(f, slot, "expected whole numbers, got %g", groups->at[i]);
        sum += groups->at[i];
    }
    if (groups->n == 1)
        return check_number(f, slot, (int64_t)groups->at[0]);
    if (sum != (double)f->cfg->cluster.workers)
        return refuse_slot(f, slot, "expected sizes that add up to %lld (cluster.workers), got %.0f",
                           (long long)f->cfg->cluster.workers, sum);
    return true;
}

static bool check_per_group(const struct finish *f, int groups)
{
    static const char *const lists[] = {"group_bandwidth", "group_bandwidth_up", "group_bandwidth_down",
                                        "group_latency",   "group_latency_up",   "group_latency_down"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct slot *slot = slot_of(f, "network", lists[i]);
        const struct reals *list = slot->field;
        if (list->n > 1 && list->n != groups)
            return refuse_slot(f, slot, "expected one value or %d (network.groups), got %d", groups, list->n);
    }
    return true;
}

static bool check_groups(const struct finish *f)
{
    const struct slot *slot = slot_of(f, "network", "groups");
    const struct reals *given = &f->cfg->network.groups;
    if (given->n == 0)
        return refuse_slot(f, slot_of(f, "network", "topology"), "groups needs network.groups, such as 4");
    if (!check_sizes(f, slot))
        return false;
    int groups = given->n > 1 ? given->n : (int)given->at[0];
    if (f->cfg->network.server_group >= groups)
        return refuse_slot(f, slot_of(f, "network", "server_group"),
                           "expected a group, 0 to %d (network.groups), got %lld", groups - 1,
                           (long long)f->cfg->network.server_group);
    return check_per_group(f, groups);
}

/* ---- sites ---- */

static bool check_sites(const struct finish *f)
{
    char why[1024];
    struct config *cfg = f->cfg;
    const struct slot *file = slot_of(f, "network", "sites");
    if (!slot_given(file))
        return refuse_slot(f, slot_of(f, "network", "topology"),
                           "sites needs network.sites, a CSV file of the links between them");
    struct sites *sites = cfg->traces.sites = sites_read(cfg->network.sites, why, sizeof why);
    if (!sites)
        return refuse_slot(f, file, "%s", why);
    if (!sites_place(sites, cfg->network.site_of, (int)cfg->cluster.workers, why, sizeof why))
        return refuse_slot(f, slot_of(f, "network", "site_of"), "%s", why);
    if (cfg->network.server_site)
        sites->server = sites_find(sites, cfg->network.server_site, why, sizeof why);
    return sites->server >= 0 || refuse_slot(f, slot_of(f, "network", "server_site"), "%s", why);
}

bool check_topology(const struct finish *f)
{
    switch (f->cfg->network.topology) {
    case TOPOLOGY_GROUPS:
        return check_groups(f);
    case TOPOLOGY_SITES:
        return check_sites(f);
    case TOPOLOGY_STAR:
        break;
    }
    return true;
}
