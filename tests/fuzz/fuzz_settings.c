/* --verify's reader of resolved.ini. */
#include <string.h>

#include "sim/verify/settings.h"
#include "tests/fuzz/harness.h"

static struct promised_keys all_of(const char *algorithm)
{
    (void)algorithm;
    return (struct promised_keys){"min_local_steps", "max_local_steps", "k",     "slack",
                                  "exchanges",       "fragments",       "delay", "layout"};
}

static const char *warmup_of(const char *codec)
{
    (void)codec;
    return "warmup";
}

static void ask(struct settings *s)
{
    int64_t workers, every;
    bool trained;
    const char *name;
    if (settings_workers(s, &workers))
        FUZZ_EXPECT(workers >= 1);
    settings_trained(s, &trained);
    if (settings_server_every(s, &every))
        FUZZ_EXPECT(every >= 1);
    for (int i = 0; (name = settings_algorithm(s, i)); i++)
        FUZZ_EXPECT(*name && !strpbrk(name, ", "));
    struct limits limits = settings_limits(s, &(struct promised_by){all_of, warmup_of}, "losp");
    struct ends ends = settings_ends(s, "losp");
    bool own, asks = settings_overlap(s, "losp", &own);
    settings_codes(s);
    settings_validates(s);
    FUZZ_EXPECT(settings_target(s) >= 0);
    FUZZ_EXPECT(ends.iterations >= 0 && ends.ns >= 0 && ends.bytes >= 0 && ends.epochs >= 0);
    FUZZ_EXPECT(asks || !own);
    FUZZ_EXPECT(limits.least_k >= 0 && limits.most_k >= 0 && limits.group >= 0 && limits.slack >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct findings findings = {0};
    fuzz_silence();
    fuzz_file("resolved.ini", data, size);
    struct settings *s = settings_read("resolved.ini", &findings);
    FUZZ_EXPECT(!s == (findings.n > 0));
    if (s)
        ask(s);
    settings_free(s);
    fuzz_no_files();
    return 0;
}
