#include "sim/config/checks.h"

#include <assert.h>
#include <stdarg.h>

#include "sim/config/values.h"

bool refuse_slot(const struct finish *f, const struct slot *slot, const char *format, ...)
{
    char why[512], place[512];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    snprintf(f->error, f->error_size, "%s: %s.%s: %s", source_origin(slot, place, sizeof place),
             slot->section->name, slot->key->name, why);
    return false;
}

struct slot *slot_of(const struct finish *f, const char *section, const char *key)
{
    struct slot *slot = source_find(f->src, section, key);
    assert(slot);
    return slot;
}

bool slot_given(const struct slot *slot)
{
    return value_given(slot->key, slot->field);
}
