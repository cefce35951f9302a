/* From bytes in (C, H, W) to normalised floats in (H, W, C), as they are or through an augmented view.
 *
 *     file      R R R R ...  G G G G ...  B B B B ...      one plane after the other
 *     input     R G B  R G B  R G B  R G B ...             channels innermost
 *
 * Every byte has one result, so a table of 256 for each channel would do. Dividing costs no more here and
 * needs no table. */
#include "models/ops/ends.h"
#include "sim/base/rng.h"

static inline float normalise(uint8_t pixel, float mean, float std)
{
    return ((float)pixel / 255.0f - mean) / std;
}

void gather_image(float *x, const struct dataset *ds, const uint8_t *pixels)
{
    size_t channels = (size_t)ds->channels, area = (size_t)ds->height * (size_t)ds->width;
    for (size_t c = 0; c < channels; c++) {
        const uint8_t *plane = pixels + c * area;
        float mean = ds->mean[c], std = ds->std[c];
        for (size_t i = 0; i < area; i++)
            x[i * channels + c] = normalise(plane[i], mean, std);
    }
}

struct view view_draw(const struct draw_at *at, int image)
{
    enum { ROW, COLUMN, FLIP, DRAWS }; /* of an image */
    struct draw_key key = {
        .seed = at->seed, .purpose = DRAW_AUGMENT, .rank = at->worker, .iteration = (uint64_t)at->iteration};
    uint64_t first = (uint64_t)image * DRAWS;
    struct view view = {0};
    if (at->augment & AUGMENT_CROP) {
        view.dy = (int)draw_below(&key, first + ROW, 2 * VIEW_PADDING + 1) - VIEW_PADDING;
        view.dx = (int)draw_below(&key, first + COLUMN, 2 * VIEW_PADDING + 1) - VIEW_PADDING;
    }
    if (at->augment & AUGMENT_FLIP)
        view.flip = draw_below(&key, first + FLIP, 2);
    return view;
}

/* One row of one channel; from: the row of the image that the view shows, NULL beyond the edge. */
static void gather_row(float *x, const struct dataset *ds, size_t c, const uint8_t *from, struct view view)
{
    float mean = ds->mean[c], std = ds->std[c];
    int column = view.dx + (view.flip ? ds->width - 1 : 0), step = view.flip ? -1 : 1;
    for (int i = 0; i < ds->width; i++, column += step, x += ds->channels)
        *x = normalise(from && column >= 0 && column < ds->width ? from[column] : 0, mean, std);
}

void gather_view(float *x, const struct dataset *ds, const uint8_t *pixels, struct view view)
{
    size_t channels = (size_t)ds->channels, height = (size_t)ds->height, width = (size_t)ds->width;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < height; i++) {
            int row = (int)i + view.dy;
            const uint8_t *from =
                row < 0 || row >= ds->height ? NULL : pixels + (c * height + (size_t)row) * width;
            gather_row(x + i * width * channels + c, ds, c, from, view);
        }
}
