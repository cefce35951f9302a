/* F(4 x 4, 3 x 3) with more products and less error: interpolation at 0, +-1, infinity and modulo x^2 + 1,
 * that is at +-i, where one complex product takes three real ones (Karatsuba and Ofman, 1962). B and A hold
 * only 0 and +-1, and the points lie on the unit circle, so little cancels: the error is a third of
 * winograd_f4x3's, with 49 products instead of 36. */
#include "models/ops/winograd.h"

static const struct table BT = {.products = 7,
                                .pixels = 6,
                                .pairs = 2,
                                .at = {{1, 0, 0, 0, -1, 0},
                                       {0, 1, 1, 1, 1, 0},
                                       {0, -1, 1, -1, 1, 0},
                                       {0, -1, -1, 1, 1, 0},
                                       {0, -1, 1, 1, -1, 0},
                                       {0, 1, 0, -1, 0, 0},
                                       {0, -1, 0, 0, 0, 1}}};
static const struct table G = {.products = 7,
                               .pixels = 3,
                               .pairs = 1,
                               .at = {{1, 0, 0},
                                      {0.25f, 0.25f, 0.25f},
                                      {0.25f, -0.25f, 0.25f},
                                      {0.5f, 0, -0.5f},
                                      {0, 0.5f, 0},
                                      {0.5f, 0.5f, -0.5f},
                                      {0, 0, 1}}};
static const struct table A = {.products = 7,
                               .pixels = 4,
                               .pairs = 1,
                               .at = {{1, 0, 0, 0},
                                      {1, 1, 1, 1},
                                      {1, -1, 1, -1},
                                      {1, 0, -1, 0},
                                      {0, 1, 0, -1},
                                      {1, 1, -1, -1},
                                      {0, 0, 0, 1}}};

#include "models/ops/winograd_passes.h"

const struct winograd winograd_f4x3_accurate = {.name = "F(4x4, 3x3) modulo x^2 + 1",
                                                .taps = 3,
                                                .stride = 1,
                                                .outputs = 4,
                                                .inputs = 6,
                                                .products = 7,
                                                .passes = &passes};
