/* Codecs over whole vectors: sizes of messages, one draw key a tensor, error feedback. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/codecs/coding.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "tests/rigs/codec_rig.h"

enum { CODEC_IDENTITY, CODEC_MAXABS, CODEC_NUMPY_L2 }; /* places in codec_list */

static const struct draw_key draw = {
    .seed = 5, .purpose = DRAW_CODEC, .rank = 1, .round = 2, .iteration = 99};

/* rounding: of maxabs alone. */
static void *params_of(const struct codec *c, int bits, int stochastic)
{
    struct codec_setting set[] = {{"bits", bits}, {"rounding", stochastic}, {NULL, 0}};
    if (c != codec_list[CODEC_MAXABS])
        set[1].key = NULL;
    return codec_params(c, set);
}

/* ---- sizes of the four models' messages ---- */

struct sizes {
    int n;
    size_t at[64];
};

static void add_conv_bn(struct sizes *s, size_t in, size_t out, size_t kernel)
{
    s->at[s->n++] = in * out * kernel * kernel;
    s->at[s->n++] = out;
    s->at[s->n++] = out;
}

/* Basic blocks, two a stage; the first of a later stage has a shortcut convolution. */
static struct sizes resnet(size_t width, int stages, size_t shortcut)
{
    struct sizes s = {0};
    size_t in = width;
    add_conv_bn(&s, 3, width, 3);
    for (int stage = 0; stage < stages; stage++)
        for (int block = 0; block < 2; block++) {
            size_t out = width << stage;
            add_conv_bn(&s, in, out, 3);
            add_conv_bn(&s, out, out, 3);
            if (in != out)
                add_conv_bn(&s, in, out, shortcut);
            in = out;
        }
    s.at[s.n++] = in * 10;
    s.at[s.n++] = 10;
    return s;
}

static void messages_have_the_documented_sizes(void **state)
{
    const struct {
        struct sizes tensors;
        size_t dense, b16, b8, b4, b2;
    } models[] = {
        {{8, {288, 32, 18432, 64, 1179648, 128, 1280, 10}}, 4799528, 2399796, 1199914, 599973, 300003},
        {{12,
          {64 * 3 * 121, 64, 192 * 64 * 25, 192, 384 * 192 * 9, 384, 256 * 384 * 9, 256, 256 * 256 * 9, 256,
           2560, 10}},
         9889064,
         4944580,
         2472314,
         1236181,
         618115},
        {resnet(16, 3, 3), 782952, 391664, 195926, 98057, 49123},
        {resnet(64, 4, 1), 44695848, 22348172, 11174210, 5587229, 2793739},
    };
    (void)state;
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        struct coding c = {.codec = codec_list[CODEC_IDENTITY],
                           .params = NULL,
                           .tensors = models[m].tensors.n,
                           .tensor = models[m].tensors.at};
        const struct {
            int bits;
            size_t bytes;
        } coded[] = {{16, models[m].b16}, {8, models[m].b8}, {4, models[m].b4}, {2, models[m].b2}};
        assert_int_equal(coding_bytes(&c, 0), models[m].dense);
        for (int codec = CODEC_MAXABS; codec <= CODEC_NUMPY_L2; codec++)
            for (int b = 0; b < 4; b++) {
                void *params = params_of(codec_list[codec], coded[b].bits, 0);
                c.codec = codec_list[codec];
                c.params = params;
                assert_int_equal(coding_bytes(&c, 0), coded[b].bytes);
                free(params);
            }
    }
}

/* ---- a small vector of tensors of odd sizes ---- */

static const size_t tensors[] = {1, 1030, 7, 513};
enum { TENSORS = 4, N = 1 + 1030 + 7 + 513 };

static uint8_t out[8 * N];
static float v[N], back[N], residual[N], scratch[N];

static void tensor_by_tensor(void **state)
{
    (void)state;
    for (int codec = CODEC_IDENTITY; codec <= CODEC_NUMPY_L2; codec++) {
        void *params = params_of(codec_list[codec], 5, 1);
        struct coding c = {
            .codec = codec_list[codec], .params = params, .tensors = TENSORS, .tensor = tensors};
        uint8_t alone[4 * 1030], *at = out;
        float *w = v, *decoded = back, one[1030];
        int bad = -1;
        codec_gaussian(v, N, 1);
        uint64_t before = vec_hash(v, N);
        assert_true(coding_encode(&c, &draw, v, NULL, NULL, out, &bad));
        assert_int_equal(vec_hash(v, N), before);
        coding_decode(&c, &draw, out, back);
        for (int t = 0; t < TENSORS; t++) { /* each as if it were alone, with a key of its own */
            struct draw_key key = draw;
            size_t bytes = c.codec->bytes(params, vector_of(tensors[t]));
            key.iteration = (uint64_t)t;
            assert_true(c.codec->encode(params, &key, w, vector_of(tensors[t]), alone));
            assert_memory_equal(at, alone, bytes);
            c.codec->decode(params, &key, alone, vector_of(tensors[t]), one);
            assert_memory_equal(decoded, one, tensors[t] * sizeof *one);
            at += bytes;
            w += tensors[t];
            decoded += tensors[t];
        }
        assert_int_equal(at - out, coding_bytes(&c, 0));
        free(params);
    }
}

static void the_bad_tensor_is_named(void **state)
{
    void *params = params_of(codec_list[CODEC_MAXABS], 8, 0);
    (void)state;
    for (int feedback = 0; feedback < 2; feedback++) {
        struct coding c = {.codec = codec_list[CODEC_MAXABS],
                           .params = params,
                           .tensors = TENSORS,
                           .tensor = tensors,
                           .error_feedback = feedback};
        int bad = -1;
        codec_gaussian(v, N, 1);
        memset(residual, 0, N * sizeof *residual);
        v[1 + 1030 + 3] = NAN;
        assert_false(coding_encode(&c, &draw, v, residual, scratch, out, &bad));
        assert_int_equal(bad, 2);
    }
    free(params);
}

static float larger(float a, float b)
{
    return fmaxf(fabsf(a), fabsf(b));
}

/* One message after another: e + Q^-1 = p to the last place each time, and what was sent plus what is left is
 * what was produced. Stochastic: to the last place of the larger one, for a small p may be sent as a whole
 * step. */
static void check_feedback(const struct coding *c, int stochastic)
{
    enum { ROUNDS = 50 };
    static double produced[N], sent[N];
    memset(produced, 0, sizeof produced);
    memset(sent, 0, sizeof sent);
    memset(residual, 0, N * sizeof *residual);
    for (uint64_t r = 0; r < ROUNDS; r++) {
        struct draw_key key = draw;
        int bad;
        key.round = r;
        codec_gaussian(v, N, r);
        uint64_t before = vec_hash(v, N);
        assert_true(coding_encode(c, &key, v, residual, scratch, out, &bad));
        assert_int_equal(vec_hash(v, N), before);
        coding_decode(c, &key, out, back);
        for (int i = 0; i < N; i++) {
            float p = scratch[i], sum = residual[i] + back[i];
            float size = larger(p, stochastic ? back[i] : 0), ulp = nextafterf(size, FLT_MAX) - size;
            assert_true(fabsf(sum - p) <= ulp);
            produced[i] += v[i];
            sent[i] += back[i];
        }
    }
    for (int i = 0; i < N; i++) /* a float rounding a round, of numbers below 1 */
        assert_true(fabs(sent[i] + residual[i] - produced[i]) <= ROUNDS * FLT_EPSILON);
}

static void nothing_is_lost_with_error_feedback(void **state)
{
    (void)state;
    for (int bits = 2; bits <= 16; bits += 2)
        for (int stochastic = 0; stochastic < 2; stochastic++) {
            void *params = params_of(codec_list[CODEC_MAXABS], bits, stochastic);
            struct coding c = {.codec = codec_list[CODEC_MAXABS],
                               .params = params,
                               .tensors = TENSORS,
                               .tensor = tensors,
                               .error_feedback = true};
            check_feedback(&c, stochastic);
            free(params);
        }
}

static void nothing_is_lost_by_other_codecs(void **state)
{
    const struct {
        const char *codec;
        struct codec_setting set[3];
    } uses[] = {{"float16", {{0}}},
                {"bfloat16", {{0}}},
                {"fp4", {{0}}},
                {"sign", {{0}}},
                {"terngrad", {{"clip", 0}}},
                {"qsgd", {{"norm", 1}, {"bucket", 100}}},
                {"topk", {{"ratio", 0.1}}},
                {"randomk", {{"ratio", 0.1}}},
                {"lowrank", {{0}}}};
    (void)state;
    for (size_t u = 0; u < sizeof uses / sizeof *uses; u++) {
        const struct codec *codec = codec_named(uses[u].codec);
        void *params = codec_params(codec, uses[u].set);
        check_feedback(&(struct coding){.codec = codec,
                                        .params = params,
                                        .tensors = TENSORS,
                                        .tensor = tensors,
                                        .error_feedback = true},
                       1);
        free(params);
    }
}

static void identity_leaves_no_residual(void **state)
{
    struct coding c = {.codec = codec_list[CODEC_IDENTITY],
                       .params = NULL,
                       .tensors = TENSORS,
                       .tensor = tensors,
                       .error_feedback = true};
    (void)state;
    check_feedback(&c, 0);
    for (int i = 0; i < N; i++)
        assert_true(residual[i] == 0);
    assert_memory_equal(back, v, sizeof v);
}

/* ---- what travels as it is ---- */

static const int dims[] = {1, 4, 1, 2}; /* of `tensors` */
enum { CODED_AT = 1, CODED = 1030, LAST_AT = N - 513, LAST = 513 };

static struct coding coding_with(const char *codec, void *params)
{
    return (struct coding){.codec = codec_named(codec),
                           .params = params,
                           .tensors = TENSORS,
                           .tensor = tensors,
                           .dims = dims,
                           .min_dimensions = 2,
                           .error_feedback = true};
}

static void send_one(const struct coding *c, uint64_t round)
{
    struct draw_key key = draw;
    int bad;
    key.round = round;
    codec_gaussian(v, N, round);
    memset(out, 0xa5, sizeof out);
    assert_true(coding_encode(c, &key, v, residual, scratch, out, &bad));
    for (size_t i = coding_bytes(c, (int64_t)round); i < sizeof out; i++)
        assert_int_equal(out[i], 0xa5);
    coding_decode(c, &key, out, back);
}

static bool is_whole(size_t at, size_t n)
{
    return memcmp(back + at, v + at, n * sizeof *v) == 0;
}

static void short_tensors_are_raw(void **state)
{
    void *params = codec_params(codec_named("sign"), NULL);
    struct coding c = coding_with("sign", params);
    (void)state;
    memset(residual, 0, sizeof residual);
    assert_int_equal(coding_bytes(&c, 0), 4 * (1 + 7) + (4 + 129) + (4 + 65));
    assert_false(coding_resizes(&c));
    for (uint64_t round = 0; round < 5; round++) {
        send_one(&c, round);
        assert_true(is_whole(0, 1) && is_whole(CODED_AT + CODED, 7));
        assert_false(is_whole(CODED_AT, CODED) || is_whole(LAST_AT, LAST));
    }
    for (int i = 0; i < N; i++)
        assert_int_equal(residual[i] == 0, i < CODED_AT || (i >= CODED_AT + CODED && i < LAST_AT));
    free(params);
}

/* topk of more than half is longer than the floats. */
static void first_messages_are_raw(void **state)
{
    void *params = codec_params(codec_named("topk"), (struct codec_setting[]){{"ratio", 0.7}, {NULL, 0}});
    struct coding c = coding_with("topk", params);
    (void)state;
    c.compress_after = 2;
    memset(residual, 0, sizeof residual);
    assert_int_equal(coding_bytes(&c, 0), 4 * N);
    assert_int_equal(coding_bytes(&c, 1), 4 * N);
    assert_int_equal(coding_bytes(&c, 2), 4 * 8 + 2 * 4 + 8 * (721 + 359));
    assert_int_equal(coding_most_bytes(&c), coding_bytes(&c, 2));
    assert_true(coding_resizes(&c));
    for (uint64_t round = 0; round < 4; round++) {
        send_one(&c, round);
        for (int t = 0; t < TENSORS; t++)
            assert_int_equal(coding_is_raw(&c, t, (int64_t)round), round < 2 || dims[t] < 2);
        assert_int_equal(is_whole(0, N), round < 2);
    }
    free(params);
}

/* Messages of strided fragments: each has the length of its part, and one vector. */
static void parts_of_several_lengths(void **state)
{
    static const size_t part[] = {100, 900, 37};
    void *params = codec_params(codec_named("maxabs"), (struct codec_setting[]){{"bits", 16}, {NULL, 0}});
    struct coding c = {
        .codec = codec_named("maxabs"), .params = params, .tensors = 1, .tensor = part, .parts = 3};
    (void)state;
    for (int64_t message = 0; message < 9; message++)
        assert_int_equal(coding_bytes(&c, message), 4 + 2 * part[message % 3]);
    assert_int_equal(coding_most_bytes(&c), 4 + 2 * 900);
    assert_true(coding_resizes(&c));
    c.compress_after = 3; /* each part is raw once */
    for (int64_t message = 0; message < 9; message++)
        assert_int_equal(coding_bytes(&c, message),
                         message < 3 ? 4 * part[message] : 4 + 2 * part[message % 3]);
    assert_int_equal(coding_most_bytes(&c), 4 * 900);
    for (uint64_t round = 0; round < 6; round++) {
        memset(back, 0, sizeof back);
        send_one(&c, round);
        assert_int_equal(is_whole(0, part[round % 3]), round < 3);
        for (size_t i = part[round % 3]; i < N; i++)
            assert_true(back[i] == 0);
    }
    free(params);
}

/* What the codec makes of the tensors that are coded, one after the other. */
static void one_topk_for_all(void **state)
{
    enum { JOINT = CODED + LAST, K = 158 };
    struct codec_setting all[] = {{"ratio", 0.103}, {"scope", 1}, {NULL, 0}},
                         each[] = {{"ratio", 0.103}, {NULL, 0}};
    void *params = codec_params(codec_named("topk"), all), *usual = codec_params(codec_named("topk"), each);
    struct coding c = coding_with("topk", params);
    static float joint[JOINT], told[JOINT];
    static uint8_t alone[4 + 8 * K];
    (void)state;
    memset(residual, 0, sizeof residual);
    assert_int_equal(coding_bytes(&c, 0), 4 * 8 + sizeof alone);
    for (uint64_t round = 0; round < 5; round++) {
        static float before[N];
        vec_copy(before, residual, N);
        send_one(&c, round);
        for (int i = 0; i < JOINT; i++) {
            int at = i < CODED ? CODED_AT + i : LAST_AT + i - CODED;
            joint[i] = v[at] + before[at];
        }
        assert_true(c.codec->encode(usual, &draw, joint, vector_of(JOINT), alone));
        c.codec->decode(usual, &draw, alone, vector_of(JOINT), told);
        assert_memory_equal(out + 4 * 8, alone, sizeof alone);
        for (int i = 0; i < JOINT; i++) {
            int at = i < CODED ? CODED_AT + i : LAST_AT + i - CODED;
            assert_true(back[at] == told[i] && residual[at] == joint[i] - told[i]);
        }
        assert_true(is_whole(0, 1) && is_whole(CODED_AT + CODED, 7));
        assert_true(residual[0] == 0 && residual[CODED_AT + CODED] == 0);
    }
    free(params);
    free(usual);
}

static void one_topk_names_the_bad_tensor(void **state)
{
    struct codec_setting all[] = {{"scope", 1}, {NULL, 0}};
    void *params = codec_params(codec_named("topk"), all);
    struct coding c = coding_with("topk", params);
    int bad = -1;
    (void)state;
    memset(residual, 0, sizeof residual);
    codec_gaussian(v, N, 1);
    v[0] = INFINITY; /* a raw one: as it is */
    assert_true(coding_encode(&c, &draw, v, residual, scratch, out, &bad));
    v[LAST_AT + 5] = NAN;
    assert_false(coding_encode(&c, &draw, v, residual, scratch, out, &bad));
    assert_int_equal(bad, 3);
    c.min_dimensions = 5; /* nothing is left to choose from */
    assert_int_equal(coding_bytes(&c, 0), 4 * N);
    assert_true(coding_encode(&c, &draw, v, residual, scratch, out, &bad));
    coding_decode(&c, &draw, out, back);
    assert_true(is_whole(0, N));
    free(params);
}

/* ---- the residual and the learning rate ---- */

static void a_residual_follows_the_rate(void **state)
{
    static const struct {
        float before, now, factor;
    } uses[] = {{0, 0.5f, 1}, {0.5f, 0.125f, 4}, {0.125f, 0, 1}, {0, 1, 1}, {1, 4, 0.25f}, {4, 4, 1}};
    float rate = 0;
    (void)state;
    for (size_t u = 0; u < sizeof uses / sizeof *uses; u++) {
        float kept[] = {3, -0.7f};
        assert_true(rate == uses[u].before);
        coding_follow(kept, 2, &rate, uses[u].now);
        assert_true(kept[0] == 3 * uses[u].factor && kept[1] == -0.7f * uses[u].factor);
    }
}

static void every_codec_says_what_it_keeps(void **state)
{
    (void)state;
    for (int i = 0; codec_list[i]; i++) {
        const char *name = codec_list[i]->name;
        bool step = !strcmp(name, "sign") || !strcmp(name, "topk") || !strcmp(name, "randomk");
        assert_int_equal(codec_list[i]->feedback, step ? FEEDBACK_STEP : FEEDBACK_GRADIENT);
    }
}

/* Raw messages and halves add up, and random values at places that all senders share. */
static void codes_that_add_up(void **state)
{
    (void)state;
    static const struct {
        const char *codec;
        struct codec_setting set[2];
        bool adds_up;
    } codecs[] = {
        {"identity", {{NULL, 0}}, true},  {"float16", {{NULL, 0}}, true},    {"bfloat16", {{NULL, 0}}, true},
        {"randomk", {{"mask", 0}}, true}, {"randomk", {{"mask", 1}}, false}, {"fp4", {{NULL, 0}}, false},
        {"maxabs", {{NULL, 0}}, false},   {"numpy_l2", {{NULL, 0}}, false},  {"sign", {{NULL, 0}}, false},
        {"terngrad", {{NULL, 0}}, false}, {"qsgd", {{NULL, 0}}, false},      {"topk", {{NULL, 0}}, false},
        {"lowrank", {{NULL, 0}}, false}};
    struct coding none = {.codec = NULL};
    assert_true(coding_adds_up(&none, 0));
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        struct coding c = {.codec = codec_named(codecs[i].codec), .compress_after = 2};
        void *params = codec_params(c.codec, codecs[i].set);
        c.params = params;
        assert_true(coding_adds_up(&c, 1)); /* a dense message */
        if (coding_adds_up(&c, 2) != codecs[i].adds_up)
            fail_msg("%s", codecs[i].codec);
        free(params);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_have_the_documented_sizes),
        cmocka_unit_test(tensor_by_tensor),
        cmocka_unit_test(the_bad_tensor_is_named),
        cmocka_unit_test(nothing_is_lost_with_error_feedback),
        cmocka_unit_test(nothing_is_lost_by_other_codecs),
        cmocka_unit_test(identity_leaves_no_residual),
        cmocka_unit_test(short_tensors_are_raw),
        cmocka_unit_test(first_messages_are_raw),
        cmocka_unit_test(parts_of_several_lengths),
        cmocka_unit_test(one_topk_for_all),
        cmocka_unit_test(one_topk_names_the_bad_tensor),
        cmocka_unit_test(a_residual_follows_the_rate),
        cmocka_unit_test(every_codec_says_what_it_keeps),
        cmocka_unit_test(codes_that_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
