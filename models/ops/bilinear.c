#include "models/ops/bilinear.h"

/* Every function below is compiled once for each table, with the table known: zeros vanish, ones cost nothing,
 * all loops over pixels and products are unrolled. */
#define EACH_TABLE       static inline __attribute__((always_inline))
#define UNROLLED(i, end) _Pragma("GCC unroll 100") for (int i = 0; i < (end); i++)

enum { MOST_PRODUCTS = 9, MOST_PIXELS = 6 };

/* Products by pixels. The rows 1 and 2, 3 and 4, ... of the first `pairs` pairs differ in signs alone: what they
 * share is computed once. */
struct table {
    int products, pixels, pairs;
    float at[MOST_PRODUCTS][MOST_PIXELS];
};

EACH_TABLE bool first_of_pair(const struct table *t, int i)
{
    return i % 2 == 1 && i < 2 * t->pairs;
}

EACH_TABLE bool second_of_pair(const struct table *t, int i)
{
    return i > 0 && first_of_pair(t, i - 1);
}

/* A sum of a few terms, of which many have the factor 0. */
struct sum {
    wide value;
    bool begun;
};

EACH_TABLE void add(struct sum *sum, float factor, wide x)
{
    if (factor == 0)
        return;
    if (sum->begun)
        sum->value += factor * x;
    else
        sum->value = factor * x;
    sum->begun = true;
}

enum agreement { ALL, EQUAL = 1, OPPOSITE = -1 };

/* Row i times in[0], in[step], ...: all of it, or where row i + 1 has the same number, or minus that. */
EACH_TABLE wide row_sum(const struct table *t, int i, enum agreement where, const wide *in, int step)
{
    struct sum sum = {0};
    UNROLLED(j, t->pixels) {
        if (where == ALL || t->at[i][j] == (float)where * t->at[i + 1][j])
            add(&sum, t->at[i][j], in[j * step]);
    }
    return sum.value;
}

EACH_TABLE void evaluate_line(const struct table *t, wide *out, int out_step, const wide *in, int in_step)
{
    UNROLLED(i, t->products) {
        if (first_of_pair(t, i)) {
            wide even = row_sum(t, i, EQUAL, in, in_step), odd = row_sum(t, i, OPPOSITE, in, in_step);
            out[i * out_step] = even + odd;
            out[(i + 1) * out_step] = even - odd;
        } else if (!second_of_pair(t, i)) {
            out[i * out_step] = row_sum(t, i, ALL, in, in_step);
        }
    }
}

/* The factor of term i in pixel j, when the terms of a pair have become their sum and their difference. */
EACH_TABLE float factor_of(const struct table *t, int i, int j)
{
    float factor = t->at[i][j];
    if (first_of_pair(t, i))
        return t->at[i + 1][j] == factor ? factor : 0;
    if (second_of_pair(t, i))
        return t->at[i - 1][j] == factor ? 0 : t->at[i - 1][j];
    return factor;
}

/* The transpose of evaluate_line. */
EACH_TABLE void combine_line(const struct table *t, wide *out, int out_step, const wide *in, int in_step)
{
    wide term[MOST_PRODUCTS];
    UNROLLED(i, t->products) {
        term[i] = in[i * in_step];
    }
    UNROLLED(pair, t->pairs) {
        wide first = term[2 * pair + 1], second = term[2 * pair + 2];
        term[2 * pair + 1] = first + second;
        term[2 * pair + 2] = first - second;
    }
    UNROLLED(j, t->pixels) {
        struct sum sum = {0};
        UNROLLED(i, t->products) {
            add(&sum, factor_of(t, i, j), term[i]);
        }
        out[j * out_step] = sum.value;
    }
}

/* (pixels x pixels) to (products x products): columns first, then rows. */
EACH_TABLE void evaluate(const struct table *t, wide *out, const wide *in)
{
    int k = t->pixels, p = t->products;
    wide half[MOST_PRODUCTS * MOST_PIXELS];
    UNROLLED(j, k) {
        evaluate_line(t, half + j, k, in + j, k);
    }
    UNROLLED(i, p) {
        evaluate_line(t, out + i * p, 1, half + i * k, 1);
    }
}

EACH_TABLE void combine(const struct table *t, wide *out, const wide *in)
{
    int k = t->pixels, p = t->products;
    wide half[MOST_PRODUCTS * MOST_PIXELS];
    UNROLLED(j, p) {
        combine_line(t, half + j, p, in + j, p);
    }
    UNROLLED(i, k) {
        combine_line(t, out + i * k, 1, half + i * p, 1);
    }
}

EACH_TABLE void store_points(const struct table *t, struct points points, size_t offset, const wide *in)
{
    UNROLLED(i, t->products * t->products) {
        wide_store(points.at + (size_t)i * points.step + offset, in[i]);
    }
}

EACH_TABLE void load_points(const struct table *t, struct points points, size_t offset, wide *out)
{
    UNROLLED(i, t->products * t->products) {
        out[i] = wide_load(points.at + (size_t)i * points.step + offset);
    }
}

/* ---- images ---- */

struct tile {
    int y, x; /* its first pixel, possibly outside */
    size_t image;
    bool inside; /* all of it */
};

EACH_TABLE struct tile tile_at(const struct table *t, const struct tiling *g, size_t number)
{
    size_t across = (size_t)g->across, down = (size_t)g->down;
    struct tile tile = {.y = (int)(number / across % down) * g->step - g->before,
                        .x = (int)(number % across) * g->step - g->before,
                        .image = number / across / down};
    tile.inside = tile.y >= 0 && tile.x >= 0 && tile.y + t->pixels <= g->h && tile.x + t->pixels <= g->w;
    return tile;
}

EACH_TABLE bool pixel_inside(const struct tiling *g, const struct tile *tile, int i, int j)
{
    int y = tile->y + i, x = tile->x + j;
    return tile->inside || (y >= 0 && y < g->h && x >= 0 && x < g->w);
}

EACH_TABLE ptrdiff_t pixel_offset(const struct tiling *g, const struct tile *tile, int i, int j)
{
    return (((ptrdiff_t)tile->image * g->h + tile->y + i) * g->w + tile->x + j) * (ptrdiff_t)g->channels;
}

EACH_TABLE void spread(const struct table *t, struct points points, const struct tiles *tiles,
                       const float *pixels)
{
    const struct tiling *g = tiles->tiling;
    for (size_t n = 0; n < tiles->count; n++) {
        struct tile tile = tile_at(t, g, tiles->first + n);
        for (size_t c = 0; c < tiles->channels.count; c += WIDE) {
            wide in[MOST_PIXELS * MOST_PIXELS], out[MOST_PRODUCTS * MOST_PRODUCTS];
            UNROLLED(i, t->pixels * t->pixels) {
                int y = i / t->pixels, x = i % t->pixels;
                in[i] = (wide){0};
                if (pixel_inside(g, &tile, y, x))
                    in[i] = wide_load(pixels + pixel_offset(g, &tile, y, x) + tiles->channels.first + c);
            }
            evaluate(t, out, in);
            store_points(t, points, n * tiles->channels.count + c, out);
        }
    }
}

enum gathering { GATHER_SET, GATHER_SET_BIASED, GATHER_ADD };

EACH_TABLE void gather(const struct table *t, enum gathering how, struct points points,
                       const struct tiles *tiles, float *pixels, const float *bias)
{
    const struct tiling *g = tiles->tiling;
    for (size_t n = 0; n < tiles->count; n++) {
        struct tile tile = tile_at(t, g, tiles->first + n);
        for (size_t c = 0; c < tiles->channels.count; c += WIDE) {
            wide in[MOST_PRODUCTS * MOST_PRODUCTS], out[MOST_PIXELS * MOST_PIXELS], shift = {0};
            load_points(t, points, n * tiles->channels.count + c, in);
            combine(t, out, in);
            if (how == GATHER_SET_BIASED)
                shift = wide_load(bias + tiles->channels.first + c);
            UNROLLED(i, t->pixels * t->pixels) {
                int y = i / t->pixels, x = i % t->pixels;
                float *at = pixels + pixel_offset(g, &tile, y, x) + tiles->channels.first + c;
                if (!pixel_inside(g, &tile, y, x))
                    continue;
                if (how == GATHER_SET_BIASED)
                    out[i] += shift;
                if (how == GATHER_ADD)
                    out[i] += wide_load(at);
                wide_store(at, out[i]);
            }
        }
    }
}

/* ---- weights ---- */

/* Taps lie far apart: more streams than the processor follows by itself. */
EACH_TABLE wide fetch(const float *from)
{
    __builtin_prefetch(from + 8 * WIDE);
    return wide_load(from);
}

static inline void fetch_turned(wide *to, const float *from, size_t step)
{
    for (size_t row = 0; row < WIDE; row++)
        __builtin_prefetch(from + row * step + 2 * WIDE);
    wide_turn(to, from, step);
}

EACH_TABLE void weights_to_points(const struct table *t, struct points points, const struct weights *s,
                                  const float *w)
{
    for (size_t c = 0; c < s->inputs; c++)
        for (size_t o = 0; o < s->part.count; o += WIDE) {
            const float *from = w + c * s->outputs + s->part.first + o;
            wide in[MOST_PIXELS * MOST_PIXELS], out[MOST_PRODUCTS * MOST_PRODUCTS];
            UNROLLED(i, t->pixels * t->pixels) {
                in[i] = fetch(from + (size_t)i * s->inputs * s->outputs);
            }
            evaluate(t, out, in);
            store_points(t, points, c * s->part.count + o, out);
        }
}

/* WIDE inputs by WIDE outputs at a time. */
EACH_TABLE void weights_to_turned(const struct table *t, struct points points, const struct weights *s,
                                  const float *w)
{
    wide block[MOST_PIXELS * MOST_PIXELS][WIDE];
    for (size_t c = 0; c < s->inputs; c += WIDE)
        for (size_t o = 0; o < s->part.count; o += WIDE) {
            const float *from = w + c * s->outputs + s->part.first + o;
            for (int i = 0; i < t->pixels * t->pixels; i++)
                fetch_turned(block[i], from + (size_t)i * s->inputs * s->outputs, s->outputs);
            for (size_t row = 0; row < WIDE; row++) {
                wide in[MOST_PIXELS * MOST_PIXELS], out[MOST_PRODUCTS * MOST_PRODUCTS];
                UNROLLED(i, t->pixels * t->pixels) {
                    in[i] = block[i][row];
                }
                evaluate(t, out, in);
                store_points(t, points, (o + row) * s->inputs + c, out);
            }
        }
}

EACH_TABLE void points_to_weights(const struct table *t, struct points points, const struct weights *s,
                                  float *dw)
{
    for (size_t c = 0; c < s->inputs; c++)
        for (size_t o = 0; o < s->part.count; o += WIDE) {
            float *to = dw + c * s->outputs + s->part.first + o;
            wide in[MOST_PRODUCTS * MOST_PRODUCTS], out[MOST_PIXELS * MOST_PIXELS];
            load_points(t, points, c * s->part.count + o, in);
            combine(t, out, in);
            UNROLLED(i, t->pixels * t->pixels) {
                wide_store(to + (size_t)i * s->inputs * s->outputs, out[i]);
            }
        }
}

/* ---- the tables, compiled ---- */

#define SCHEME(id, what, is_whole, ...)                                                                 \
    static void id##_spread_input(struct points p, const struct tiles *t, const float *x)               \
    {                                                                                                   \
        spread(&id##_b, p, t, x);                                                                       \
    }                                                                                                   \
    static void id##_spread_output(struct points p, const struct tiles *t, const float *dy)             \
    {                                                                                                   \
        spread(&id##_a, p, t, dy);                                                                      \
    }                                                                                                   \
    static void id##_gather_output(struct points p, const struct tiles *t, float *y, const float *bias) \
    {                                                                                                   \
        if (bias)                                                                                       \
            gather(&id##_a, GATHER_SET_BIASED, p, t, y, bias);                                          \
        else                                                                                            \
            gather(&id##_a, GATHER_SET, p, t, y, NULL);                                                 \
    }                                                                                                   \
    static void id##_add_input(struct points p, const struct tiles *t, float *dx)                       \
    {                                                                                                   \
        gather(&id##_b, GATHER_ADD, p, t, dx, NULL);                                                    \
    }                                                                                                   \
    static void id##_spread_weights(struct points p, const struct weights *s, const float *w)           \
    {                                                                                                   \
        weights_to_points(&id##_g, p, s, w);                                                            \
    }                                                                                                   \
    static void id##_spread_turned(struct points p, const struct weights *s, const float *w)            \
    {                                                                                                   \
        weights_to_turned(&id##_g, p, s, w);                                                            \
    }                                                                                                   \
    static void id##_gather_weights(struct points p, const struct weights *s, float *dw)                \
    {                                                                                                   \
        points_to_weights(&id##_g, p, s, dw);                                                           \
    }                                                                                                   \
    const struct scheme scheme_##id = {.name = what,                                                    \
                                       .whole = is_whole,                                               \
                                       __VA_ARGS__,                                                     \
                                       .spread_input = id##_spread_input,                               \
                                       .spread_output = id##_spread_output,                             \
                                       .gather_output = id##_gather_output,                             \
                                       .add_input = id##_add_input,                                     \
                                       .spread_weights = id##_spread_weights,                           \
                                       .spread_turned = id##_spread_turned,                             \
                                       .gather_weights = id##_gather_weights};

/* F(4, 3) by interpolation at 0, +-p, +-q and infinity with p = 1 / sqrt(2), q = sqrt(2) (Lavin and Gray, Fast
 * Algorithms for Convolutional Neural Networks, 2016, who take 1 and 2). With p q = 1 most of B is ones, and the
 * error is about a quarter of theirs: 1.2e-6 instead of 5.7e-6 of the largest output at 64 channels. */
#define P 0.70710678118654752440f
#define Q 1.41421356237309504880f
static const struct table f4x3_b = {6,
                                    6,
                                    2,
                                    {{1, 0, -2.5f, 0, 1, 0},
                                     {0, -Q, -2, P, 1, 0},
                                     {0, Q, -2, -P, 1, 0},
                                     {0, -P, -0.5f, Q, 1, 0},
                                     {0, P, -0.5f, -Q, 1, 0},
                                     {0, 1, 0, -2.5f, 0, 1}}};
static const struct table f4x3_g = {6,
                                    3,
                                    2,
                                    {{1, 0, 0},
                                     {-2 / 3.f, -2 / 3.f * P, -1 / 3.f},
                                     {-2 / 3.f, 2 / 3.f * P, -1 / 3.f},
                                     {1 / 6.f, 1 / 6.f * Q, 1 / 3.f},
                                     {1 / 6.f, -1 / 6.f * Q, 1 / 3.f},
                                     {0, 0, 1}}};
static const struct table f4x3_a = {6,
                                    4,
                                    2,
                                    {{1, 0, 0, 0},
                                     {1, P, 0.5f, 0.5f * P},
                                     {1, -P, 0.5f, -0.5f * P},
                                     {1, Q, 2, 2 * Q},
                                     {1, -Q, 2, -2 * Q},
                                     {0, 0, 0, 1}}};
SCHEME(f4x3, "F(4x4, 3x3)", false, .taps = 3, .outputs = 4, .inputs = 6, .products = 6)

/* The same sizes with more products and less error: interpolation at 0, +-1, infinity and modulo x^2 + 1, that is
 * at +-i, where a complex product takes three real ones (Karatsuba and Ofman, 1962). B and A have no number but 0
 * and +-1, and the points lie on the unit circle, so that little cancels: the error is a third of f4x3's, at 49
 * products instead of 36. */
static const struct table t4x3_b = {7,
                                    6,
                                    2,
                                    {{1, 0, 0, 0, -1, 0},
                                     {0, 1, 1, 1, 1, 0},
                                     {0, -1, 1, -1, 1, 0},
                                     {0, -1, -1, 1, 1, 0},
                                     {0, -1, 1, 1, -1, 0},
                                     {0, 1, 0, -1, 0, 0},
                                     {0, -1, 0, 0, 0, 1}}};
static const struct table t4x3_g = {7,
                                    3,
                                    1,
                                    {{1, 0, 0},
                                     {0.25f, 0.25f, 0.25f},
                                     {0.25f, -0.25f, 0.25f},
                                     {0.5f, 0, -0.5f},
                                     {0, 0.5f, 0},
                                     {0.5f, 0.5f, -0.5f},
                                     {0, 0, 1}}};
static const struct table t4x3_a = {
    7,
    4,
    1,
    {{1, 0, 0, 0}, {1, 1, 1, 1}, {1, -1, 1, -1}, {1, 0, -1, 0}, {0, 1, 0, -1}, {1, 1, -1, -1}, {0, 0, 0, 1}}};
SCHEME(t4x3, "F(4x4, 3x3) modulo x^2 + 1", false, .taps = 3, .outputs = 4, .inputs = 6, .products = 7)

/* Two pixels, three taps, padding 1: y0 = w1 x0 + w2 x1, y1 = w0 x0 + w1 x1, a Toeplitz matrix of two rows.
 * Three products instead of the four that meet no padding, after Karatsuba (1962):
 *     y0 = w1 (x0 - x1) + (w2 + w1) x1        y1 = (w0 + w1) x0 - w1 (x0 - x1)
 * With the difference of pixels rather than their sum, since behind a ReLU no pixel is negative: the first product
 * is smaller, and so is its rounding. */
static const struct table k2x3_b = {3, 2, 0, {{1, -1}, {0, 1}, {1, 0}}};
static const struct table k2x3_g = {3, 3, 0, {{0, 1, 0}, {0, 1, 1}, {1, 1, 0}}};
static const struct table k2x3_a = {3, 2, 0, {{1, -1}, {1, 0}, {0, 1}}};
SCHEME(k2x3, "2x2 pixels, 3x3 taps", true, .taps = 3, .outputs = 2, .inputs = 2, .products = 3)

/* Four pixels, five taps, padding 2: a Toeplitz matrix of 2 x 2 blocks which are such matrices themselves; the
 * same twice, nine products instead of fourteen. */
static const struct table k4x5_b = {9,
                                    4,
                                    0,
                                    {{1, -1, -1, 1},
                                     {0, 1, 0, -1},
                                     {1, 0, -1, 0},
                                     {0, 0, 1, -1},
                                     {0, 0, 0, 1},
                                     {0, 0, 1, 0},
                                     {1, -1, 0, 0},
                                     {0, 1, 0, 0},
                                     {1, 0, 0, 0}}};
static const struct table k4x5_g = {9,
                                    5,
                                    0,
                                    {{0, 0, 1, 0, 0},
                                     {0, 0, 1, 1, 0},
                                     {0, 1, 1, 0, 0},
                                     {0, 0, 1, 0, 1},
                                     {0, 0, 1, 1, 1},
                                     {0, 1, 1, 1, 1},
                                     {1, 0, 1, 0, 0},
                                     {1, 1, 1, 1, 0},
                                     {1, 1, 1, 0, 0}}};
static const struct table k4x5_a = {9,
                                    4,
                                    0,
                                    {{1, -1, -1, 1},
                                     {1, 0, -1, 0},
                                     {0, 1, 0, -1},
                                     {1, -1, 0, 0},
                                     {1, 0, 0, 0},
                                     {0, 1, 0, 0},
                                     {0, 0, 1, -1},
                                     {0, 0, 1, 0},
                                     {0, 0, 0, 1}}};
SCHEME(k4x5, "4x4 pixels, 5x5 taps", true, .taps = 5, .outputs = 4, .inputs = 4, .products = 9)
