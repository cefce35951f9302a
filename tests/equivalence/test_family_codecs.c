/* Equal algorithms (test_family.c) of which coding, or sending less, is a part. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/family.h"

static const struct row rows[] = {
    {EXACT, {"doublesqueeze", {"algorithm.doublesqueeze.codec=identity"}}, {"bsp", {NULL}}},
    {EXACT,
     {"doublesqueeze",
      {"algorithm.doublesqueeze.codec=none", "algorithm.doublesqueeze.reply_codec=identity"}},
     {"bsp", {NULL}}},
    {EXACT,
     {"doublesqueeze",
      {"algorithm.doublesqueeze.codec=sign", "algorithm.doublesqueeze.reply_codec=none",
       "algorithm.doublesqueeze.error_feedback=no"}},
     {"bsp", {"algorithm.bsp.codec=sign"}}},
    {EXACT, {"dgc", {"algorithm.dgc.codec=identity", "algorithm.dgc.correction=0"}}, {"bsp", {NULL}}},
    {EXACT,
     {"dgc", {"algorithm.dgc.codec=none", "algorithm.dgc.masking=no", "algorithm.dgc.correction=0.75"}},
     {"bsp", {"algorithm.bsp.momentum=0.75", "train.optimizer_at=worker"}}},
    {ROUNDING,
     {"dgc",
      {"algorithm.dgc.codec=none", "algorithm.dgc.masking=no", "algorithm.dgc.momentum=0.75",
       "train.weight_decay=0.1"}},
     {"bsp", {"algorithm.bsp.momentum=0.75", "train.weight_decay=0.1"}}},
    /* Where nothing is smaller as factors, everything goes as it is. */
    {EXACT,
     {"powersgd", {"algorithm.powersgd.rank=1024", "algorithm.powersgd.aggregate_momentum=0"}},
     {"bsp", {NULL}}},
    {ROUNDING,
     {"powersgd",
      {"algorithm.powersgd.rank=1024", "algorithm.powersgd.exchanges=4",
       "algorithm.powersgd.aggregate_momentum=0.75", "algorithm.powersgd.momentum_form=heavy_ball",
       "train.weight_decay=0.1"}},
     {"bsp", {"algorithm.bsp.momentum=0.75", "train.weight_decay=0.1"}}},
    /* W - W_given comes to the worker whole, but for the rounding of one subtraction and one addition. */
    {ROUNDING,
     {"dgs", {"algorithm.dgs.codec=identity", "algorithm.dgs.waiting_momentum=0"}},
     {"asp", {NULL}}},
    {ROUNDING, {"dgs", {"algorithm.dgs.codec=none", "algorithm.dgs.waiting_momentum=0"}}, {"asp", {NULL}}},
    {ROUNDING,
     {"dgs",
      {"algorithm.dgs.codec=identity", "algorithm.dgs.waiting_momentum=0.5", "train.learning_rate=0.01"}},
     {"asp", {"algorithm.asp.momentum=0.5", "train.optimizer_at=worker", "train.learning_rate=0.01"}}},
    {EXACT, {"bsp", {"algorithm.bsp.codec=topk", "codec.topk.ratio=1"}}, {"bsp", {NULL}}},
    {EXACT,
     {"bsp", {"algorithm.bsp.codec=topk", "codec.topk.ratio=1", "algorithm.bsp.error_feedback=yes"}},
     {"bsp", {NULL}}},
    {EXACT,
     {"bsp", {"algorithm.bsp.codec=topk", "codec.topk.ratio=1", "codec.topk.scope=model"}},
     {"bsp", {NULL}}},
    /* At one rate a residual in units of the step is one in units of the gradient. */
    {EXACT,
     {"bsp", {"algorithm.bsp.codec=sign", "algorithm.bsp.error_feedback=step"}},
     {"bsp", {"algorithm.bsp.codec=sign", "algorithm.bsp.error_feedback=gradient"}}},
    {EXACT,
     {"bsp", {"algorithm.bsp.codec=sign", "algorithm.bsp.error_feedback=yes", "train.schedule=cosine"}},
     {"bsp", {"algorithm.bsp.codec=sign", "algorithm.bsp.error_feedback=step", "train.schedule=cosine"}}},
    {EXACT,
     {"bsp", {"algorithm.bsp.codec=maxabs", "algorithm.bsp.error_feedback=yes", "train.schedule=cosine"}},
     {"bsp",
      {"algorithm.bsp.codec=maxabs", "algorithm.bsp.error_feedback=gradient", "train.schedule=cosine"}}},
    {EXACT,
     {"doublesqueeze",
      {"algorithm.doublesqueeze.codec=sign", "algorithm.doublesqueeze.error_feedback=yes",
       "train.schedule=cosine"}},
     {"doublesqueeze",
      {"algorithm.doublesqueeze.codec=sign", "algorithm.doublesqueeze.error_feedback=gradient",
       "train.schedule=cosine"}}},
    {EXACT,
     {"diloco",
      {STEPS("diloco", "4"), "algorithm.diloco.codec=sign", "algorithm.diloco.error_feedback=step",
       "train.schedule=cosine"}},
     {"diloco",
      {STEPS("diloco", "4"), "algorithm.diloco.codec=sign", "algorithm.diloco.error_feedback=gradient",
       "train.schedule=cosine"}}},
    /* What travels as it is loses nothing. */
    {EXACT,
     {"bsp",
      {"algorithm.bsp.codec=sign", "algorithm.bsp.error_feedback=yes", "algorithm.bsp.compress_after=1000"}},
     {"bsp", {NULL}}},
    {EXACT,
     {"bsp", {LINEAR, "algorithm.bsp.codec=sign", "algorithm.bsp.min_dimensions=3"}},
     {"bsp", {LINEAR}}},
    {EXACT,
     {"doublesqueeze", {"algorithm.doublesqueeze.codec=sign", "algorithm.doublesqueeze.compress_after=1000"}},
     {"bsp", {NULL}}},
    {EXACT,
     {"dgc",
      {"algorithm.dgc.compress_after=1000", "algorithm.dgc.momentum=0.75", "train.optimizer_at=worker"}},
     {"bsp", {"algorithm.bsp.momentum=0.75", "train.optimizer_at=worker"}}},
    {EXACT,
     {"dgc",
      {LINEAR, "algorithm.dgc.min_dimensions=3", "algorithm.dgc.momentum=0.75", "train.optimizer_at=worker"}},
     {"bsp", {LINEAR, "algorithm.bsp.momentum=0.75", "train.optimizer_at=worker"}}},
    {EXACT,
     {"powersgd", {"algorithm.powersgd.compress_after=1000", "algorithm.powersgd.aggregate_momentum=0"}},
     {"bsp", {NULL}}},
    {EXACT,
     {"powersgd",
      {LINEAR, "algorithm.powersgd.min_dimensions=3", "algorithm.powersgd.exchanges=4",
       "algorithm.powersgd.aggregate_momentum=0"}},
     {"bsp", {LINEAR}}},
};

static void both_sides_are_the_same(void **state)
{
    (void)state;
    rows_hold(rows, sizeof rows / sizeof *rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_sides_are_the_same, scratch_enter, scratch_leave),
    };
    alarm(500);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
