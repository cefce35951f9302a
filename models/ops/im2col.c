/* With channels innermost, one line of a window is one run of K C floats, in the image as in the column
 * matrix. So im2col only copies runs, and cuts those that reach beyond the left or the right edge:
 *
 *     image line          |........edge
 *     line of the window       [ inside | after ]      after: zeros in the column matrix */
#include "models/ops/im2col.h"

#include "models/ops/wide.h"

static inline void add_run(float *to, const float *from, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        lanes_store(to + i, lanes_load(to + i) + lanes_load(from + i));
    for (; i < n; i++)
        to[i] += from[i];
}

/* One line of the window of one output pixel, cut at the edges. */
struct run {
    size_t before, inside, after; /* floats beyond the left edge, inside, beyond the right edge */
    size_t x;                     /* where the inside starts in the input */
};

/* Line iy of the image, from pixel ix on, either possibly outside. */
static inline struct run cut_run(const struct layer *l, size_t image, int iy, int ix)
{
    int k = l->row->kernel, c = l->in.c;
    if (iy < 0 || iy >= l->in.h)
        return (struct run){.before = (size_t)(k * c)};
    int from = ix < 0 ? -ix : 0;
    int to = ix + k > l->in.w ? l->in.w - ix : k;
    if (to <= from)
        return (struct run){.before = (size_t)(k * c)};
    return (struct run){
        .before = (size_t)(from * c),
        .inside = (size_t)((to - from) * c),
        .after = (size_t)((k - to) * c),
        .x = ((image * (size_t)l->in.h + (size_t)iy) * (size_t)l->in.w + (size_t)(ix + from)) * (size_t)c};
}

static void line_im2col(float *col, const float *x, const struct layer *l, size_t line)
{
    const struct layer_row *r = l->row;
    size_t image = line / (size_t)l->out.h;
    int top = (int)(line % (size_t)l->out.h) * r->stride - r->pad;
    for (int ox = 0; ox < l->out.w; ox++)
        for (int ky = 0; ky < r->kernel; ky++) {
            struct run run = cut_run(l, image, top + ky, ox * r->stride - r->pad);
            zero_run(col, run.before);
            copy_run(col + run.before, x + run.x, run.inside);
            zero_run(col + run.before + run.inside, run.after);
            col += r->kernel * l->in.c;
        }
}

static void line_col2im_add(float *dx, const float *col, const struct layer *l, size_t line)
{
    const struct layer_row *r = l->row;
    size_t image = line / (size_t)l->out.h;
    int top = (int)(line % (size_t)l->out.h) * r->stride - r->pad;
    for (int ox = 0; ox < l->out.w; ox++)
        for (int ky = 0; ky < r->kernel; ky++) {
            struct run run = cut_run(l, image, top + ky, ox * r->stride - r->pad);
            add_run(dx + run.x, col + run.before, run.inside);
            col += r->kernel * l->in.c;
        }
}

static size_t line_size(const struct layer *l)
{
    return (size_t)(l->out.w * l->row->kernel * l->row->kernel * l->in.c);
}

void im2col(float *col, const float *x, const struct layer *l, size_t first, size_t lines)
{
    for (size_t i = 0; i < lines; i++)
        line_im2col(col + i * line_size(l), x, l, first + i);
}

void col2im_add(float *dx, const float *col, const struct layer *l, size_t first, size_t lines)
{
    for (size_t i = 0; i < lines; i++)
        line_col2im_add(dx, col + i * line_size(l), l, first + i);
}
