/* What --verify may rely on: each promise of an algorithm or codec is a whole number of its own section. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "algorithms/keys.h"
#include "sim/registry.h"

static enum key_type type_of(const struct algorithm *alg, const char *name)
{
    struct config_key row;
    for (int i = 0; alg_key(alg, i, &row); i++)
        if (strcmp(row.name, name) == 0)
            return row.type;
    fail_msg("%s has no key %s", alg->name, name);
    return KEY_TEXT;
}

/* One promise: its key is there if and only if the algorithm gives an offset. */
static void check(const struct algorithm *alg, size_t offset, const char *key)
{
    assert_true((offset > 0) == (key != NULL));
    if (key)
        assert_int_equal(type_of(alg, key), KEY_INT);
}

/* The same for most_steps, which may be a list. */
static void check_most_steps(const struct algorithm *alg, size_t offset, const char *key)
{
    if (key && type_of(alg, key) == KEY_REALS)
        assert_true(offset > 0);
    else
        check(alg, offset, key);
}

static void promises_of_algorithms_are_whole_numbers(void **state)
{
    (void)state;
    for (int i = 0; alg_list[i]; i++) {
        const struct algorithm *alg = alg_list[i];
        static const struct promises none;
        const struct promises *p = alg->promises ? alg->promises : &none;
        const struct promised_keys keys = registry_promises.algorithm(alg->name);
        check(alg, p->fewest_steps, keys.fewest_steps);
        check_most_steps(alg, p->most_steps, keys.most_steps);
        check(alg, p->update_pushes, keys.update_pushes);
        check(alg, p->slack, keys.slack);
        check(alg, p->exchanges, keys.exchanges);
        check(alg, p->fragments, keys.fragments);
        check(alg, p->delay, keys.delay);
    }
}

static void a_family_promises_the_same(void **state)
{
    (void)state;
    assert_string_equal(registry_promises.algorithm("losp").fewest_steps, "min_local_steps");
    assert_string_equal(registry_promises.algorithm("dqlosp").most_steps, "max_local_steps");
    assert_string_equal(registry_promises.algorithm("streaming_diloco").most_steps, "local_steps");
    assert_string_equal(registry_promises.algorithm("loscar").most_steps, "local_steps");
    assert_string_equal(registry_promises.algorithm("k_async").update_pushes, "k");
    assert_string_equal(registry_promises.algorithm("ssp").slack, "slack");
}

static void an_unknown_name_promises_nothing(void **state)
{
    (void)state;
    assert_null(registry_promises.algorithm("no_such").most_steps);
    assert_null(registry_promises.codec_warmup("no_such"));
    assert_null(registry_promises.codec_warmup("none"));
}

static void a_warmup_is_a_key_of_the_codec(void **state)
{
    (void)state;
    for (int i = 0; codec_list[i]; i++)
        assert_true((codec_list[i]->warmup > 0) ==
                    (registry_promises.codec_warmup(codec_list[i]->name) != NULL));
    assert_string_equal(registry_promises.codec_warmup("topk"), "warmup");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(promises_of_algorithms_are_whole_numbers),
                                       cmocka_unit_test(a_family_promises_the_same),
                                       cmocka_unit_test(an_unknown_name_promises_nothing),
                                       cmocka_unit_test(a_warmup_is_a_key_of_the_codec)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
