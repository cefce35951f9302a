/* Augmentation: what is drawn, what is cut, and that nothing else changes. */
#include "tests/rigs/model_rig.h"

#include "models/ops/ends.h"

enum { SIDE = 9, CANVAS = SIDE + 2 * VIEW_PADDING };

static const struct draw_at AT = {.seed = 5, .worker = 3, .iteration = 77, .augment = AUGMENT_CROP_FLIP};

static bool same_view(struct view a, struct view b)
{
    return a.dy == b.dy && a.dx == b.dx && a.flip == b.flip;
}

/* ---- what is cut ---- */

/* The rows of an image of 2x3 by hand; P is padding. A second channel holds the same numbers plus 100. */
static void views_are_as_computed_by_hand(void **state)
{
    (void)state;
    enum { P = -100 };
    static const uint8_t pixels[12] = {10, 20, 30, 40, 50, 60, 110, 120, 130, 140, 150, 160};
    static const struct {
        struct view view;
        int expected[6];
    } cases[] = {{{0, 0, false}, {10, 20, 30, 40, 50, 60}}, {{0, 0, true}, {30, 20, 10, 60, 50, 40}},
                 {{1, -1, false}, {P, 40, 50, P, P, P}},    {{1, -1, true}, {50, 40, P, P, P, P}},
                 {{-1, 2, false}, {P, P, P, 30, P, P}},     {{-1, 2, true}, {P, P, P, P, P, 30}},
                 {{0, 3, false}, {P, P, P, P, P, P}},       {{-4, 4, true}, {P, P, P, P, P, P}}};
    const struct dataset ds = {
        .channels = 2, .height = 2, .width = 3, .mean = {0.5f, 0.25f}, .std = {0.5f, 0.125f}};
    float x[12];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gather_view(x, &ds, pixels, cases[i].view);
        for (int j = 0; j < 6; j++) {
            int first = cases[i].expected[j] == P ? 0 : cases[i].expected[j];
            int second = cases[i].expected[j] == P ? 0 : cases[i].expected[j] + 100;
            assert_true(x[2 * j] == ((float)first / 255.0f - 0.5f) / 0.5f);
            assert_true(x[2 * j + 1] == ((float)second / 255.0f - 0.25f) / 0.125f);
        }
    }
}

/* As torchvision does it: pad, cut, mirror; in bytes. */
static void cut(uint8_t *out, const uint8_t *pixels, int channels, struct view view)
{
    for (int c = 0; c < channels; c++) {
        uint8_t canvas[CANVAS][CANVAS] = {0};
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                canvas[y + VIEW_PADDING][x + VIEW_PADDING] = pixels[(c * SIDE + y) * SIDE + x];
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                out[(c * SIDE + y) * SIDE + (view.flip ? SIDE - 1 - x : x)] =
                    canvas[y + view.dy + VIEW_PADDING][x + view.dx + VIEW_PADDING];
    }
}

static void every_view_is_a_window_of_the_padded_image(void **state)
{
    (void)state;
    for (int channels = 1; channels <= 3; channels += 2) {
        enum { MOST = 3 * SIDE * SIDE };
        struct dataset ds = fake_dataset(channels, SIDE);
        uint8_t bytes[MOST];
        float expected[MOST], x[MOST];
        size_t size = (size_t)(channels * SIDE * SIDE) * sizeof *x;
        for (int i = 0; i < 9 * 9 * 2; i++) {
            struct view view = {i / 18 - VIEW_PADDING, i / 2 % 9 - VIEW_PADDING, i % 2};
            cut(bytes, ds.train.pixels, channels, view);
            gather_image(expected, &ds, bytes);
            gather_view(x, &ds, ds.train.pixels, view);
            assert_memory_equal(x, expected, size);
        }
        free((void *)ds.train.pixels);
        free((void *)ds.train.labels);
    }
}

/* ---- what is drawn ---- */

static void offsets_and_flips_are_uniform(void **state)
{
    (void)state;
    enum { CELLS = 9 * 9 * 2, EACH = 200, IN_BATCH = 32 };
    int count[CELLS] = {0};
    struct draw_at at = AT;
    for (int i = 0; i < CELLS * EACH; i++) {
        at.iteration = i / IN_BATCH;
        struct view v = view_draw(&at, i % IN_BATCH);
        assert_true(abs(v.dy) <= VIEW_PADDING && abs(v.dx) <= VIEW_PADDING);
        count[((v.dy + VIEW_PADDING) * 9 + v.dx + VIEW_PADDING) * 2 + v.flip]++;
    }
    double chi2 = 0;
    for (int i = 0; i < CELLS; i++) {
        assert_true(count[i] > 0);
        chi2 += (double)(count[i] - EACH) * (count[i] - EACH) / EACH;
    }
    assert_near(chi2, CELLS - 1, 4 * sqrt(2 * (CELLS - 1))); /* four standard deviations */
}

/* Choosing less leaves out draws and shifts none. */
static void choices_share_their_draws(void **state)
{
    (void)state;
    struct draw_at none = AT, flip = AT, crop = AT;
    none.augment = AUGMENT_NONE;
    flip.augment = AUGMENT_FLIP;
    crop.augment = AUGMENT_CROP;
    for (int i = 0; i < 100; i++) {
        struct view both = view_draw(&AT, i);
        assert_true(same_view(view_draw(&none, i), (struct view){0, 0, false}));
        assert_true(same_view(view_draw(&flip, i), (struct view){0, 0, both.flip}));
        assert_true(same_view(view_draw(&crop, i), (struct view){both.dy, both.dx, false}));
    }
}

static int drawn_alike(struct draw_at a, struct draw_at b)
{
    int alike = 0;
    for (int i = 0; i < 1000; i++)
        alike += same_view(view_draw(&a, i), view_draw(&b, i));
    return alike;
}

static void draws_depend_on_their_key_only(void **state)
{
    (void)state;
    struct draw_at seed = AT, worker = AT, iteration = AT;
    seed.seed++;
    worker.worker++;
    iteration.iteration++;
    assert_int_equal(drawn_alike(AT, AT), 1000);
    assert_true(drawn_alike(AT, seed) < 30); /* by chance 1 of 162 */
    assert_true(drawn_alike(AT, worker) < 30);
    assert_true(drawn_alike(AT, iteration) < 30);
}

/* ---- in a model ---- */

static void check_batch(enum augment augment, int n)
{
    struct rig r;
    uint32_t sample[BATCH];
    struct draw_at at = AT;
    at.augment = augment;
    rig_open(&r, find("logreg"), 3, SIDE);
    size_t pixels = shape_size(r.model->image);
    float *expected = need(pixels * sizeof *expected);
    for (int i = 0; i < n; i++)
        sample[i] = (uint32_t)(7 * i + 2) % IMAGES;
    workspace_gather(r.ws, &r.ds, sample, n, &at);
    for (int i = 0; i < n; i++) {
        const uint8_t *image = r.ds.train.pixels + sample[i] * pixels;
        if (augment == AUGMENT_NONE)
            gather_image(expected, &r.ds, image);
        else
            gather_view(expected, &r.ds, image, view_draw(&at, i));
        assert_memory_equal(r.ws->input + (size_t)i * pixels, expected, pixels * sizeof *expected);
    }
    free(expected);
    rig_close(&r);
}

/* Image i of a batch is what its number says, however long the batch is. */
static void batches_consist_of_their_images_views(void **state)
{
    (void)state;
    for (int augment = AUGMENT_NONE; augment <= AUGMENT_CROP_FLIP; augment++) {
        check_batch((enum augment)augment, BATCH);
        check_batch((enum augment)augment, 5);
    }
}

static uint64_t gradient_hash(struct rig *r, const struct dataset *ds, enum augment augment)
{
    uint32_t sample[BATCH];
    struct draw_at at = AT;
    at.augment = augment;
    for (uint32_t i = 0; i < BATCH; i++)
        sample[i] = i;
    model_gradient(r->model, r->ws, r->replica->params, r->replica->stats, ds, sample, BATCH, &at,
                   r->replica->grad);
    return vec_hash(r->replica->grad, model_params(r->model));
}

static void training_sees_the_augmented_images(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, find("tiny"), 3, SIDE);
    size_t pixels = shape_size(r.model->image);
    uint8_t *bytes = need(IMAGES * pixels);
    for (int i = 0; i < BATCH; i++)
        cut(bytes + (size_t)i * pixels, r.ds.train.pixels + (size_t)i * pixels, 3, view_draw(&AT, i));
    struct dataset by_hand = r.ds;
    by_hand.train.pixels = bytes;
    uint64_t augmented = gradient_hash(&r, &r.ds, AUGMENT_CROP_FLIP);
    assert_true(augmented == gradient_hash(&r, &by_hand, AUGMENT_NONE));
    assert_true(augmented != gradient_hash(&r, &r.ds, AUGMENT_NONE));
    free(bytes);
    rig_close(&r);
}

/* Also right after an augmented step, in the same memory: the loss is that of the plain images. */
static void evaluation_is_never_augmented(void **state)
{
    (void)state;
    struct rig r;
    int correct;
    rig_open(&r, find("tiny"), 3, SIDE);
    uint32_t sample[BATCH];
    for (uint32_t i = 0; i < BATCH; i++)
        sample[i] = 3 + i; /* where evaluate() begins; both splits are the same images */
    double plain = model_gradient(r.model, r.ws, r.replica->params, r.replica->stats, &r.ds, sample, BATCH,
                                  &(struct draw_at){0}, r.replica->grad);
    gradient_hash(&r, &r.ds, AUGMENT_CROP_FLIP);
    assert_near(evaluate(&r, r.ws, BATCH, &correct) / BATCH, plain, 1e-7);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_are_as_computed_by_hand),
        cmocka_unit_test(every_view_is_a_window_of_the_padded_image),
        cmocka_unit_test(offsets_and_flips_are_uniform),
        cmocka_unit_test(choices_share_their_draws),
        cmocka_unit_test(draws_depend_on_their_key_only),
        cmocka_unit_test(batches_consist_of_their_images_views),
        cmocka_unit_test(training_sees_the_augmented_images),
        cmocka_unit_test(evaluation_is_never_augmented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
