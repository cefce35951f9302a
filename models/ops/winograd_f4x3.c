/* F(4 x 4, 3 x 3): polynomial interpolation at 0, +-p, +-q and infinity with p = 1 / sqrt(2), q = sqrt(2);
 * Lavin and Gray 2016 take +-1 and +-2. With p q = 1 most of B is ones, and the error is about a quarter of
 * theirs: 1.2e-6 instead of 5.7e-6 of the largest output at 64 channels. */
#include "models/ops/winograd.h"

#define P 0.70710678118654752440f
#define Q 1.41421356237309504880f

static const struct table BT = {.products = 6,
                                .pixels = 6,
                                .pairs = 2,
                                .at = {{1, 0, -2.5f, 0, 1, 0},
                                       {0, -Q, -2, P, 1, 0},
                                       {0, Q, -2, -P, 1, 0},
                                       {0, -P, -0.5f, Q, 1, 0},
                                       {0, P, -0.5f, -Q, 1, 0},
                                       {0, 1, 0, -2.5f, 0, 1}}};
static const struct table G = {.products = 6,
                               .pixels = 3,
                               .pairs = 2,
                               .at = {{1, 0, 0},
                                      {-2 / 3.f, -2 / 3.f * P, -1 / 3.f},
                                      {-2 / 3.f, 2 / 3.f * P, -1 / 3.f},
                                      {1 / 6.f, 1 / 6.f * Q, 1 / 3.f},
                                      {1 / 6.f, -1 / 6.f * Q, 1 / 3.f},
                                      {0, 0, 1}}};
static const struct table A = {.products = 6,
                               .pixels = 4,
                               .pairs = 2,
                               .at = {{1, 0, 0, 0},
                                      {1, P, 0.5f, 0.5f * P},
                                      {1, -P, 0.5f, -0.5f * P},
                                      {1, Q, 2, 2 * Q},
                                      {1, -Q, 2, -2 * Q},
                                      {0, 0, 0, 1}}};

#include "models/ops/winograd_passes.h"

const struct winograd winograd_f4x3 = {.name = "F(4x4, 3x3)",
                                       .taps = 3,
                                       .stride = 1,
                                       .outputs = 4,
                                       .inputs = 6,
                                       .products = 6,
                                       .passes = &passes};
