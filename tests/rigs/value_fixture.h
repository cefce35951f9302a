/* What the tests of sim/config/values share: the text of a value, and a value that is refused. */
#ifndef TESTS_RIGS_VALUE_FIXTURE_H
#define TESTS_RIGS_VALUE_FIXTURE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* open_memstream */
#endif
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "sim/config/values.h"

static char error[512];

static inline char *printed(const struct config_key *key, const void *field)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    value_print(key, field, out);
    fclose(out);
    return text;
}

static inline void assert_refused(const struct config_key *key, const char *text, const char *because)
{
    union field field;
    value_unset(key, &field);
    error[0] = '\0';
    if (value_read(key, text, &field, error, sizeof error))
        fail_msg("'%s' was accepted", text);
    assert_null(strchr(error, '\n'));
    if (!strstr(error, because))
        fail_msg("'%s' gave \"%s\" without \"%s\"", text, error, because);
}

#endif
