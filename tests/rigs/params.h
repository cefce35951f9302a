/* An algorithm's parameters without an ini: its presets, and keys set by name where it has them. Include after cmocka.h. */
#ifndef TESTS_RIGS_PARAMS_H
#define TESTS_RIGS_PARAMS_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/keys.h"
#include "sim/base/fail.h"
#include "sim/config/values.h"

static inline void *params_preset(const struct algorithm *alg)
{
    struct config_key k;
    char *params = need(alg->params_size), error[128];
    for (int i = 0; alg_key(alg, i, &k); i++) {
        value_unset(&k, params + k.offset);
        assert_true(!k.preset || value_read(&k, k.preset, params + k.offset, error, sizeof error));
    }
    return params;
}

static inline void params_write(const struct algorithm *alg, void *params, const char *name, const char *text)
{
    struct config_key k;
    char error[128];
    for (int i = 0; alg_key(alg, i, &k); i++)
        if (strcmp(k.name, name) == 0)
            assert_true(value_read(&k, text, (char *)params + k.offset, error, sizeof error));
}

static inline void params_set(const struct algorithm *alg, void *params, const char *name, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    params_write(alg, params, name, text);
}

static inline void params_free(const struct algorithm *alg, const void *params)
{
    struct config_key k;
    for (int i = 0; alg_key(alg, i, &k); i++)
        value_free(&k, (char *)params + k.offset);
    free((void *)params);
}

#endif
