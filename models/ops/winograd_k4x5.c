/* Four pixels, five taps, padding 2: a Toeplitz matrix of 2 x 2 blocks, each of which is a Toeplitz matrix as
 * in winograd_k2x3.c. The same identity is used twice, once for blocks and once inside them: nine products
 * instead of fourteen. */
#include "models/ops/winograd.h"

static const struct table BT = {.products = 9,
                                .pixels = 4,
                                .at = {{1, -1, -1, 1},
                                       {0, 1, 0, -1},
                                       {1, 0, -1, 0},
                                       {0, 0, 1, -1},
                                       {0, 0, 0, 1},
                                       {0, 0, 1, 0},
                                       {1, -1, 0, 0},
                                       {0, 1, 0, 0},
                                       {1, 0, 0, 0}}};
static const struct table G = {.products = 9,
                               .pixels = 5,
                               .at = {{0, 0, 1, 0, 0},
                                      {0, 0, 1, 1, 0},
                                      {0, 1, 1, 0, 0},
                                      {0, 0, 1, 0, 1},
                                      {0, 0, 1, 1, 1},
                                      {0, 1, 1, 1, 1},
                                      {1, 0, 1, 0, 0},
                                      {1, 1, 1, 1, 0},
                                      {1, 1, 1, 0, 0}}};
static const struct table A = {.products = 9,
                               .pixels = 4,
                               .at = {{1, -1, -1, 1},
                                      {1, 0, -1, 0},
                                      {0, 1, 0, -1},
                                      {1, -1, 0, 0},
                                      {1, 0, 0, 0},
                                      {0, 1, 0, 0},
                                      {0, 0, 1, -1},
                                      {0, 0, 1, 0},
                                      {0, 0, 0, 1}}};

#include "models/ops/winograd_passes.h"

const struct winograd winograd_k4x5 = {.name = "4x4 pixels, 5x5 taps",
                                       .whole = true,
                                       .taps = 5,
                                       .stride = 1,
                                       .outputs = 4,
                                       .inputs = 4,
                                       .products = 9,
                                       .passes = &passes};
