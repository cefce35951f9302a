/* server: every worker pushes to the PS, and the PS replies. Li et al., OSDI 2014. */
#include "sim/exchange/kind.h"

const struct exchange_kind exchange_server = {
    .name = "server",
    .label = "parameter server",
    .summary = "every worker pushes to the parameter server, which replies",
    .source = "Li et al., OSDI 2014",
    .least_workers = 1,
};
