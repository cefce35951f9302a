#include "sim/time/topology.h"

const char *const topology_words[] = {
    [TOPOLOGY_STAR] = "star", [TOPOLOGY_GROUPS] = "groups", [TOPOLOGY_SITES] = "sites", NULL};
