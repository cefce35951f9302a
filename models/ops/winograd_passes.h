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
    lanes value;
    bool begun;
};

EACH_TABLE void add(struct sum *sum, float factor, lanes x)
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
EACH_TABLE lanes row_sum(const struct table *t, int i, enum agreement where, const lanes *in, int step)
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
EACH_TABLE void transform_line(const struct table *t, lanes *out, int out_step, const lanes *in, int in_step)
{
    UNROLLED(i, t->products) {
        if (first_of_pair(t, i)) {
            lanes even = row_sum(t, i, EQUAL, in, in_step), odd = row_sum(t, i, OPPOSITE, in, in_step);
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
EACH_TABLE void transposed_line(const struct table *t, lanes *out, int out_step, const lanes *in, int in_step)
{
    lanes term[MOST_PRODUCTS];
    UNROLLED(i, t->products) {
        term[i] = in[i * in_step];
    }
    UNROLLED(pair, t->pairs) {
        lanes first = term[2 * pair + 1], second = term[2 * pair + 2];
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

/* ---- two dimensions: columns first, then rows. Each line is loaded when it is needed and stored when it is
 * done, so that few registers hold values at a time. ---- */

/* Half of a transform: the columns are done, the rows are not. (products x pixels), or the other way round. */
struct half {
    lanes at[MOST_PRODUCTS * MOST_PIXELS];
};

/* Hides from gcc that this pointer moves on with the loop around it. Otherwise gcc keeps one pointer for each of the
 * t^2 matrices, all of them in memory, and moves every one of them on. */
EACH_TABLE float *hidden(float *pointer)
{
    __asm__("" : "+r"(pointer));
    return pointer;
}

/* The last half of table in table', into number `offset` of each of the t^2 matrices: one tile's, or one
 * filter's, values of LANES channels. */
EACH_TABLE void scatter_rows(const struct table *t, struct transformed to, size_t offset,
                             const struct half *half)
{
    int p = t->products;
    float *at = hidden(to.at + offset);
    UNROLLED(i, p) {
        lanes out[MOST_PRODUCTS];
        transform_line(t, out, 1, half->at + i * t->pixels, 1);
        UNROLLED(j, p) {
            lanes_store(at, out[j]);
            at += to.step;
        }
    }
}

/* The first half of table' in table, from number `offset` of each matrix. */
EACH_TABLE void gather_columns(const struct table *t, struct half *half, struct transformed from,
                               size_t offset)
{
    int p = t->products;
    const float *at = hidden(from.at + offset);
    UNROLLED(j, p) {
        lanes in[MOST_PRODUCTS];
        UNROLLED(i, p) {
            in[i] = lanes_load(at + (size_t)(i * p) * from.step);
        }
        transposed_line(t, half->at + j, p, in, 1);
        at += from.step;
    }
}

/* Row i of its result. */
EACH_TABLE void row_back(const struct table *t, lanes *out, const struct half *half, int i)
{
    transposed_line(t, out, 1, half->at + i * t->products, 1);
}

/* ---- images ---- */

/* One tile in an image. Its lines and columns may lie outside. */
struct tile {
    int y, x;     /* its first pixel */
    ptrdiff_t at; /* where that pixel is, in floats */
    bool inside;  /* all of its pixels are inside the image */
};

EACH_TABLE struct tile tile_at(const struct table *t, const struct tiles *tiles, size_t number)
{
    const struct tiling *g = tiles->tiling;
    size_t across = (size_t)g->across, down = (size_t)g->down, image = number / across / down;
    struct tile tile = {.y = (int)(number / across % down) * g->step - g->before,
                        .x = (int)(number % across) * g->step - g->before};
    tile.at = (((ptrdiff_t)image * g->h + tile.y) * g->w + tile.x) * (ptrdiff_t)g->channels +
              (ptrdiff_t)tiles->channel;
    tile.inside = tile.y >= 0 && tile.x >= 0 && tile.y + t->pixels <= g->h && tile.x + t->pixels <= g->w;
    return tile;
}

EACH_TABLE bool line_inside(const struct tiling *g, const struct tile *tile, int i)
{
    return tile->y + i >= 0 && tile->y + i < g->h;
}

EACH_TABLE bool column_inside(const struct tiling *g, const struct tile *tile, int j)
{
    return tile->x + j >= 0 && tile->x + j < g->w;
}

EACH_TABLE ptrdiff_t pixel_offset(const struct tiling *g, const struct tile *tile, int i, int j)
{
    return tile->at + ((ptrdiff_t)i * g->w + j) * (ptrdiff_t)g->channels;
}

/* Where the lines of a tile start. A line outside the image starts in zeros, and its mask makes every distance
 * from there 0. So loading a pixel takes no branch for its line. */
struct lines {
    const float *at[MOST_PIXELS];
    ptrdiff_t mask[MOST_PIXELS];
};

EACH_TABLE void find_lines(const struct table *t, struct lines *lines, const struct tiling *g,
                           const struct tile *tile, const float *pixels)
{
    static const float zeros[LANES];
    UNROLLED(i, t->pixels) {
        bool inside = line_inside(g, tile, i);
        lines->at[i] = inside ? pixels + pixel_offset(g, tile, i, 0) : zeros;
        lines->mask[i] = -(ptrdiff_t)inside;
    }
}

/* distance: from the start of the line. */
EACH_TABLE void load_column(const struct table *t, lanes *in, const struct lines *lines, bool inside,
                            ptrdiff_t distance)
{
    UNROLLED(i, t->pixels) {
        in[i] = (lanes){0};
    }
    if (inside)
        UNROLLED(i, t->pixels) {
            in[i] = lanes_load(lines->at[i] + (distance & lines->mask[i]));
        }
}

/* One tile of LANES channels, of which the first is channel c of the image, to number `at` of each matrix. */
EACH_TABLE void transform_tile(const struct table *t, struct transformed to, size_t at,
                               const struct tiling *g, const struct tile *tile, const struct lines *lines,
                               size_t c)
{
    struct half half;
    UNROLLED(j, t->pixels) {
        lanes in[MOST_PIXELS];
        load_column(t, in, lines, column_inside(g, tile, j), (ptrdiff_t)((size_t)j * g->channels + c));
        transform_line(t, half.at + j, t->pixels, in, 1);
    }
    scatter_rows(t, to, at, &half);
}

EACH_TABLE void transform_tiles(const struct table *t, struct transformed to, const struct tiles *tiles,
                                const float *pixels)
{
    const struct tiling *g = tiles->tiling;
    for (size_t n = 0; n < tiles->count; n++) {
        struct tile tile = tile_at(t, tiles, tiles->first + n);
        struct lines lines;
        find_lines(t, &lines, g, &tile, pixels);
        for (size_t p = 0; p < to.columns; p += to.panel)
            for (size_t c = 0; c < panel_width(&to, p); c += LANES)
                transform_tile(t, to, panel_row(&to, p, n) + c, g, &tile, &lines, p + c);
    }
}

enum writing { WRITE, WRITE_BIASED, WRITE_ADDED }; /* pixel =, pixel = bias +, pixel += */

EACH_TABLE void write_row(const struct table *t, enum writing how, float *to, const lanes *out, lanes shift,
                          const bool *inside, size_t channels)
{
    UNROLLED(j, t->pixels) {
        lanes value = out[j];
        float *at = to + (size_t)j * channels;
        if (inside && !inside[j])
            continue;
        if (how == WRITE_BIASED)
            value += shift;
        if (how == WRITE_ADDED)
            value += lanes_load(at);
        lanes_store(at, value);
    }
}

/* Where a tile's pixels are written, and which of its columns are inside the image. */
struct window {
    const struct tiling *tiling;
    struct tile tile;
    bool columns[MOST_PIXELS];
    float *pixels;
};

/* One tile of LANES channels, of which the first is channel c of the image. */
EACH_TABLE void write_tile(const struct table *t, enum writing how, const struct window *w, size_t c,
                           const struct half *half, lanes shift)
{
    const struct tiling *g = w->tiling;
    UNROLLED(i, t->pixels) {
        lanes out[MOST_PIXELS];
        float *to = w->pixels + pixel_offset(g, &w->tile, i, 0) + c;
        row_back(t, out, half, i);
        if (w->tile.inside)
            write_row(t, how, to, out, shift, NULL, g->channels);
        else if (line_inside(g, &w->tile, i))
            write_row(t, how, to, out, shift, w->columns, g->channels);
    }
}

EACH_TABLE void transform_tiles_back(const struct table *t, enum writing how, float *pixels,
                                     const struct tiles *tiles, struct transformed from, const float *bias)
{
    struct window w = {.tiling = tiles->tiling, .pixels = pixels};
    for (size_t n = 0; n < tiles->count; n++) {
        w.tile = tile_at(t, tiles, tiles->first + n);
        UNROLLED(j, t->pixels) {
            w.columns[j] = column_inside(w.tiling, &w.tile, j);
        }
        for (size_t p = 0; p < from.columns; p += from.panel)
            for (size_t c = 0; c < panel_width(&from, p); c += LANES) {
                struct half half;
                lanes shift = {0};
                gather_columns(t, &half, from, panel_row(&from, p, n) + c);
                if (how == WRITE_BIASED)
                    shift = lanes_load(bias + tiles->channel + p + c);
                write_tile(t, how, &w, p + c, &half, shift);
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
EACH_TABLE lanes load_ahead(const float *from)
{
    __builtin_prefetch(from + 8 * WIDE);
    return lanes_load(from);
}

static inline void load_transposed_ahead(lanes *to, const float *from, size_t step)
{
    for (size_t row = 0; row < LANES; row++)
        __builtin_prefetch(from + row * step + 2 * WIDE);
    lanes_transpose(to, from, step);
}

/* All filters of LANES outputs, from output o on. */
EACH_TABLE void transform_filter(struct transformed u, const struct filters *f, const float *w, size_t at)
{
    int k = G.pixels;
    struct half half;
    UNROLLED(j, k) {
        lanes in[MOST_PIXELS];
        UNROLLED(i, k) {
            in[i] = load_ahead(w + (size_t)(i * k + j) * f->tap);
        }
        transform_line(&G, half.at + j, k, in, 1);
    }
    scatter_rows(&G, u, at, &half);
}

static void filter_transform(struct transformed u, const struct filters *f, const float *w)
{
    for (size_t c = 0; c < f->inputs; c++)
        for (size_t p = 0; p < u.columns; p += u.panel)
            for (size_t o = 0; o < panel_width(&u, p); o += LANES)
                transform_filter(u, f, w + c * f->outputs + f->output + p + o, panel_row(&u, p, c) + o);
}

/* A block of LANES inputs by LANES outputs: it is transposed in registers, so that reads and writes stay whole
 * vectors. `at`: where its first output's row goes; `step`: from there to the next one's. */
EACH_TABLE void transform_block(struct transformed u, const struct filters *f, const float *w, size_t at,
                                size_t step)
{
    int k = G.pixels;
    lanes block[MOST_PIXELS * MOST_PIXELS][LANES];
    for (int i = 0; i < k * k; i++)
        load_transposed_ahead(block[i], w + (size_t)i * f->tap, f->outputs);
    for (size_t row = 0; row < LANES; row++) {
        struct half half;
        UNROLLED(j, k) {
            lanes in[MOST_PIXELS];
            UNROLLED(i, k) {
                in[i] = block[i * k + j][row];
            }
            transform_line(&G, half.at + j, k, in, 1);
        }
        scatter_rows(&G, u, at + row * step, &half);
    }
}

static void filter_transform_transposed(struct transformed u, const struct filters *f, const float *w)
{
    for (size_t p = 0; p < u.columns; p += u.panel)
        for (size_t c = 0; c < panel_width(&u, p); c += LANES)
            for (size_t o = 0; o < u.rows; o += LANES)
                transform_block(u, f, w + (p + c) * f->outputs + f->output + o, panel_row(&u, p, o) + c,
                                panel_width(&u, p));
}

static void filter_gradient_transform(float *dw, const struct filters *f, struct transformed du)
{
    int k = G.pixels;
    for (size_t c = 0; c < f->inputs; c++)
        for (size_t p = 0; p < du.columns; p += du.panel)
            for (size_t o = 0; o < panel_width(&du, p); o += LANES) {
                float *to = dw + c * f->outputs + f->output + p + o;
                struct half half;
                gather_columns(&G, &half, du, panel_row(&du, p, c) + o);
                UNROLLED(i, k) {
                    lanes out[MOST_PIXELS];
                    row_back(&G, out, &half, i);
                    UNROLLED(j, k) {
                        lanes_store(to + (size_t)(i * k + j) * f->tap, out[j]);
                    }
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
