/* The passes of one Winograd algorithm (winograd.h), a template: a file defines the tables A, G and BT and
 * includes this one, which leaves `passes`. So every function here is compiled once for each algorithm with
 * its tables known: zeros vanish, ones cost no multiplication, and all loops over pixels and products are
 * unrolled. */
#ifndef MODELS_OPS_WINOGRAD_PASSES_H
#define MODELS_OPS_WINOGRAD_PASSES_H

#include "models/ops/winograd.h"

/* Inlined always: a table that is an argument would not be known otherwise. */
#define EACH_TABLE       static inline __attribute__((always_inline))
#define UNROLLED(i, end) _Pragma("GCC unroll 100") for (int i = 0; i < (end); i++)

/* ---- one dimension: a table times pixels, and a transposed table times products ---- */

/* Rows 1 and 2, 3 and 4, ... of the first pairs (struct table). */
EACH_TABLE bool first_of_pair(const struct table *t, int i)
{
    return i % 2 == 1 && i < 2 * t->pairs;
}

EACH_TABLE bool second_of_pair(const struct table *t, int i)
{
    return i > 0 && first_of_pair(t, i - 1);
}

/* A sum of a few terms, of which many have the factor 0 and are left out. */
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

/* Row i times in[0], in[step], ...: all columns, or only those where row i + 1 has the same number, or minus
 * that. */
EACH_TABLE wide row_sum(const struct table *t, int i, enum agreement where, const wide *in, int step)
{
    struct sum sum = {0};
    UNROLLED(j, t->pixels) {
        if (where == ALL || t->at[i][j] == (float)where * t->at[i + 1][j])
            add(&sum, t->at[i][j], in[j * step]);
    }
    return sum.value;
}

/* out (products) = table in (pixels). A pair of rows is the sum and the difference of its even and its odd
 * part. */
EACH_TABLE void transform_line(const struct table *t, wide *out, int out_step, const wide *in, int in_step)
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

/* The factor of term i in pixel j, once the terms of each pair have become their sum and their difference. */
EACH_TABLE float factor_of(const struct table *t, int i, int j)
{
    float factor = t->at[i][j];
    if (first_of_pair(t, i))
        return t->at[i + 1][j] == factor ? factor : 0;
    if (second_of_pair(t, i))
        return t->at[i - 1][j] == factor ? 0 : t->at[i - 1][j];
    return factor;
}

/* out (pixels) = table' in (products). */
EACH_TABLE void transposed_line(const struct table *t, wide *out, int out_step, const wide *in, int in_step)
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

/* ---- two dimensions: columns first, then rows ---- */

/* (pixels x pixels) to (products x products): table in table'. */
EACH_TABLE void transform(const struct table *t, wide *out, const wide *in)
{
    int k = t->pixels, p = t->products;
    wide half[MOST_PRODUCTS * MOST_PIXELS];
    UNROLLED(j, k) {
        transform_line(t, half + j, k, in + j, k);
    }
    UNROLLED(i, p) {
        transform_line(t, out + i * p, 1, half + i * k, 1);
    }
}

/* (products x products) to (pixels x pixels): table' in table. */
EACH_TABLE void transform_back(const struct table *t, wide *out, const wide *in)
{
    int k = t->pixels, p = t->products;
    wide half[MOST_PRODUCTS * MOST_PIXELS];
    UNROLLED(j, p) {
        transposed_line(t, half + j, p, in + j, p);
    }
    UNROLLED(i, k) {
        transposed_line(t, out + i * k, 1, half + i * p, 1);
    }
}

/* Number `offset` of each of the t^2 matrices: one tile's, or one filter's, values of WIDE channels. */
EACH_TABLE void scatter(const struct table *t, struct transformed to, size_t offset, const wide *in)
{
    UNROLLED(i, t->products * t->products) {
        wide_store(to.at + (size_t)i * to.step + offset, in[i]);
    }
}

EACH_TABLE void gather(const struct table *t, struct transformed from, size_t offset, wide *out)
{
    UNROLLED(i, t->products * t->products) {
        out[i] = wide_load(from.at + (size_t)i * from.step + offset);
    }
}

/* ---- images ---- */

struct tile {
    int y, x; /* its first pixel, possibly outside the image */
    size_t image;
    bool inside; /* all of its pixels are inside the image */
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

EACH_TABLE void transform_tiles(const struct table *t, struct transformed to, const struct tiles *tiles,
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
            transform(t, out, in);
            scatter(t, to, n * tiles->channels.count + c, out);
        }
    }
}

enum writing { WRITE, WRITE_BIASED, WRITE_ADDED }; /* pixel =, pixel = bias +, pixel += */

EACH_TABLE void transform_tiles_back(const struct table *t, enum writing how, float *pixels,
                                     const struct tiles *tiles, struct transformed from, const float *bias)
{
    const struct tiling *g = tiles->tiling;
    for (size_t n = 0; n < tiles->count; n++) {
        struct tile tile = tile_at(t, g, tiles->first + n);
        for (size_t c = 0; c < tiles->channels.count; c += WIDE) {
            wide in[MOST_PRODUCTS * MOST_PRODUCTS], out[MOST_PIXELS * MOST_PIXELS], shift = {0};
            gather(t, from, n * tiles->channels.count + c, in);
            transform_back(t, out, in);
            if (how == WRITE_BIASED)
                shift = wide_load(bias + tiles->channels.first + c);
            UNROLLED(i, t->pixels * t->pixels) {
                int y = i / t->pixels, x = i % t->pixels;
                float *at = pixels + pixel_offset(g, &tile, y, x) + tiles->channels.first + c;
                if (!pixel_inside(g, &tile, y, x))
                    continue;
                if (how == WRITE_BIASED)
                    out[i] += shift;
                if (how == WRITE_ADDED)
                    out[i] += wide_load(at);
                wide_store(at, out[i]);
            }
        }
    }
}

static void input_transform(struct transformed v, const struct tiles *tiles, const float *x)
{
    transform_tiles(&BT, v, tiles, x);
}

/* Two copies of the pass, so that neither asks for each pixel whether there is a bias. */
static void output_transform(float *y, const struct tiles *tiles, struct transformed m, const float *bias)
{
    if (bias)
        transform_tiles_back(&A, WRITE_BIASED, y, tiles, m, bias);
    else
        transform_tiles_back(&A, WRITE, y, tiles, m, NULL);
}

static void output_gradient_transform(struct transformed dm, const struct tiles *tiles, const float *dy)
{
    transform_tiles(&A, dm, tiles, dy);
}

static void input_gradient_transform(float *dx, const struct tiles *tiles, struct transformed dv)
{
    transform_tiles_back(&BT, WRITE_ADDED, dx, tiles, dv, NULL);
}

/* ---- filters ---- */

/* The taps of one filter lie far apart (C O floats): more streams than the processor prefetches by itself. */
EACH_TABLE wide load_ahead(const float *from)
{
    __builtin_prefetch(from + 8 * WIDE);
    return wide_load(from);
}

static inline void load_transposed_ahead(wide *to, const float *from, size_t step)
{
    for (size_t row = 0; row < WIDE; row++)
        __builtin_prefetch(from + row * step + 2 * WIDE);
    wide_transpose(to, from, step);
}

static void filter_transform(struct transformed u, const struct filters *f, const float *w)
{
    for (size_t c = 0; c < f->inputs; c++)
        for (size_t o = 0; o < f->channels.count; o += WIDE) {
            const float *from = w + c * f->outputs + f->channels.first + o;
            wide in[MOST_PIXELS * MOST_PIXELS], out[MOST_PRODUCTS * MOST_PRODUCTS];
            UNROLLED(i, G.pixels * G.pixels) {
                in[i] = load_ahead(from + (size_t)i * f->inputs * f->outputs);
            }
            transform(&G, out, in);
            scatter(&G, u, c * f->channels.count + o, out);
        }
}

/* Blocks of WIDE inputs by WIDE outputs: each is transposed in registers, so that reads and writes stay whole
 * vectors. */
static void filter_transform_transposed(struct transformed u, const struct filters *f, const float *w)
{
    wide block[MOST_PIXELS * MOST_PIXELS][WIDE];
    for (size_t c = 0; c < f->inputs; c += WIDE)
        for (size_t o = 0; o < f->channels.count; o += WIDE) {
            const float *from = w + c * f->outputs + f->channels.first + o;
            for (int i = 0; i < G.pixels * G.pixels; i++)
                load_transposed_ahead(block[i], from + (size_t)i * f->inputs * f->outputs, f->outputs);
            for (size_t row = 0; row < WIDE; row++) {
                wide in[MOST_PIXELS * MOST_PIXELS], out[MOST_PRODUCTS * MOST_PRODUCTS];
                UNROLLED(i, G.pixels * G.pixels) {
                    in[i] = block[i][row];
                }
                transform(&G, out, in);
                scatter(&G, u, (o + row) * f->inputs + c, out);
            }
        }
}

static void filter_gradient_transform(float *dw, const struct filters *f, struct transformed du)
{
    for (size_t c = 0; c < f->inputs; c++)
        for (size_t o = 0; o < f->channels.count; o += WIDE) {
            float *to = dw + c * f->outputs + f->channels.first + o;
            wide in[MOST_PRODUCTS * MOST_PRODUCTS], out[MOST_PIXELS * MOST_PIXELS];
            gather(&G, du, c * f->channels.count + o, in);
            transform_back(&G, out, in);
            UNROLLED(i, G.pixels * G.pixels) {
                wide_store(to + (size_t)i * f->inputs * f->outputs, out[i]);
            }
        }
}

static const struct winograd_passes passes = {.input_transform = input_transform,
                                              .filter_transform = filter_transform,
                                              .output_transform = output_transform,
                                              .output_gradient_transform = output_gradient_transform,
                                              .filter_transform_transposed = filter_transform_transposed,
                                              .input_gradient_transform = input_gradient_transform,
                                              .filter_gradient_transform = filter_gradient_transform};

#endif
