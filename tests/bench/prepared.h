/* A run of AlexNet with 8 workers as the program prepares it: its messages, rings and codecs are the ones
 * measured. */
#ifndef TESTS_BENCH_PREPARED_H
#define TESTS_BENCH_PREPARED_H

#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/config/config.h"
#include "sim/registry.h"
#include "sim/runtime/prepare.h"

/* setting: "section.key=value", or NULL. Nothing is ever given back: the bench ends with it. */
static inline struct run *prepared(const char *algorithm, const char *setting)
{
    char error[1024] = "";
    int n;
    const void *params;
    const char *nowhere = NULL;
    struct config *cfg = need(sizeof *cfg);
    struct run *run = need(sizeof *run);
    const struct config_section *sections = registry_sections(&n);
    struct config_source *source = config_begin(cfg, sections, n);
    if ((setting && !config_set(source, setting, error, sizeof error)) ||
        !config_finish(source, error, sizeof error))
        die(EXIT_USAGE, "%s", error);
    struct setting all = {
        .cfg = cfg,
        .data = dataset_open("synthetic", &nowhere,
                             &(struct dataset_options){.shape = "cifar", .train_n = 256, .test_n = 1}),
        .model = model_build(registry_model("alexnet"), 3, 32, 32, 10, error, sizeof error),
        .codec = registry_codec};
    if (!all.model)
        die(EXIT_USAGE, "%s", error);
    all.shares = prepare_shares(cfg, all.data);
    const struct algorithm *alg = registry_algorithm(cfg, algorithm, &params);
    const struct variant variant = variant_plain(alg, params);
    run_prepare(run, &all, &variant);
    return run;
}

#endif
