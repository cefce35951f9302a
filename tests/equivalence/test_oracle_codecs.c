/* Codecs and error feedback against a second implementation in float64 (tests/oracle/replay/codecs.py): what a
 * receiver reads of messages that follow each other. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/codecs/coding.h"
#include "sim/base/fail.h"
#include "tests/rigs/codec_rig.h"
#include "tests/rigs/oracle_fixture.h"

enum { TENSORS = 2, MOST_SETTINGS = 4 };

struct bench { /* one case: see tests/oracle/codec_cases.py */
    const struct fixture *f;
    const struct fixture_case *c;
    size_t tensor[TENSORS], rows[TENSORS];
    struct coding coding;
    char text[sizeof((struct fixture_case *)0)->name], key[MOST_SETTINGS][16];
    struct codec_setting setting[MOST_SETTINGS + 1];
    float *v, *residual, *scratch, *told; /* (c->n) */
    double worst;
};

static double value_of(const struct codec *codec, const char *name, const char *text)
{
    const struct config_key *key = codec->keys;
    while (strcmp(key->name, name) != 0)
        key++;
    if (key->type == KEY_BOOL)
        return !strcmp(text, "yes");
    if (key->type != KEY_CHOICE)
        return strtod(text, NULL);
    int value = 0;
    while (strcmp(key->choices[value], text) != 0)
        value++;
    return value;
}

/* "CODEC NUMBER KEY=VALUE ...", the last of which may be again=N: another draw. */
static void read_settings(struct bench *b)
{
    int settings = 0;
    char *rest = b->text;
    memcpy(b->text, b->c->name, sizeof b->text);
    for (char *word = strtok_r(b->text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *equals = strchr(word, '=');
        if (!equals || !strncmp(word, "again=", sizeof "again=" - 1))
            continue;
        *equals = 0;
        snprintf(b->key[settings], sizeof b->key[settings], "%s", word);
        b->setting[settings] =
            (struct codec_setting){b->key[settings], value_of(b->coding.codec, word, equals + 1)};
        settings++;
    }
}

static void open_case(struct bench *b)
{
    size_t n = (size_t)b->c->n;
    b->tensor[0] = (size_t)b->c->w;
    b->tensor[1] = n - b->tensor[0];
    b->rows[0] = 1;
    b->rows[1] = (size_t)b->c->h;
    b->coding = (struct coding){.codec = codec_named(b->c->kind),
                                .tensors = TENSORS,
                                .tensor = b->tensor,
                                .rows = b->rows,
                                .error_feedback = b->c->bias};
    read_settings(b);
    b->coding.params = codec_params(b->coding.codec, b->setting);
    b->v = need(n * sizeof *b->v);
    b->residual = need(n * sizeof *b->residual);
    b->scratch = need(n * sizeof *b->scratch);
    b->told = need(n * sizeof *b->told);
}

static void close_case(struct bench *b)
{
    free((void *)b->coding.params);
    free(b->v);
    free(b->residual);
    free(b->scratch);
    free(b->told);
}

/* vector() of tests/oracle/codec_cases.py */
static void draw_vector(struct bench *b, int message)
{
    char name[16];
    snprintf(name, sizeof name, "v%d", message);
    uint64_t key = oracle_key(b->f, b->c, name);
    for (size_t i = 0; i < (size_t)b->c->n; i++)
        b->v[i] = i % 16 == 5 ? 0 : ldexpf(oracle_value(key, i), -2 * (int)(i % 8));
}

static void send_one(struct bench *b, int message)
{
    const struct draw_key draw = coding_key((int64_t)b->f->seed, b->c->c, message);
    uint8_t *wire = need(coding_bytes(&b->coding, message));
    int bad;
    draw_vector(b, message);
    assert_true(coding_encode(&b->coding, &draw, b->v, b->residual, b->scratch, wire, &bad));
    coding_decode(&b->coding, &draw, wire, b->told);
    free(wire);
}

static void check(struct bench *b, int message)
{
    char name[32];
    snprintf(name, sizeof name, "message %d", message);
    const struct expected *e = fixture_find(b->c, name);
    assert_non_null(e);
    double error = fixture_error(b->f, b->c, e, b->told);
    if (!(error <= b->c->rate))
        fail_msg("%s, %s error feedback, message %d: error %g of %g, expected at most %g", b->c->name,
                 b->c->bias ? "with" : "without", message, error, e->largest, b->c->rate);
    b->worst = fmax(b->worst, error);
}

static double run(const struct fixture *f, const struct fixture_case *c)
{
    struct bench b = {.f = f, .c = c};
    open_case(&b);
    for (int message = c->training; message < c->training + c->steps; message++) {
        send_one(&b, message);
        check(&b, message);
    }
    close_case(&b);
    return b.worst;
}

static void codecs_match_the_second_implementation(void **state)
{
    const struct fixture *f = *state;
    for (int i = 0; codec_list[i]; i++) {
        int cases = 0;
        double worst = 0;
        for (uint64_t j = 0; j < f->cases; j++) {
            if (strcmp(f->at[j].kind, codec_list[i]->name) != 0)
                continue;
            worst = fmax(worst, run(f, &f->at[j]));
            cases++;
        }
        printf("%-10s %3d cases, largest error %.1e\n", codec_list[i]->name, cases, worst);
        assert_true(cases > 0);
    }
}

static int open_fixture(void **state)
{
    *state = fixture_read("codecs");
    return 0;
}

static int close_fixture(void **state)
{
    fixture_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(codecs_match_the_second_implementation)};
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
