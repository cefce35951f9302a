#include "sim/schema/judged.h"

#include <math.h>
#include <string.h>

#include "sim/base/text.h"

const struct eval_row eval_row_unknown = {.validation_accuracy = NAN, .validation_loss = NAN};

const char *judged_word(bool has_validation)
{
    return has_validation ? JUDGED_ON_VALIDATION : JUDGED_ON_TEST;
}

bool judged_on_validation(const char *judged_on)
{
    return judged_on && strcmp(judged_on, JUDGED_ON_VALIDATION) == 0;
}

double judged_accuracy(const struct eval_row *row, const char *judged_on)
{
    return judged_on_validation(judged_on) ? row->validation_accuracy : row->test_accuracy;
}

void judged_best(struct summary *sum, const struct eval_row *row)
{
    double accuracy = judged_accuracy(row, sum->judged_on);
    if (accuracy <= sum->best_judged) /* NAN, so far: no comparison is true */
        return;
    sum->best_judged = accuracy;
    sum->best_accuracy = row->test_accuracy;
}

char *judged_target(double target, const char *judged_on)
{
    return text_format("%.4g %%%s", 100 * target, judged_on_validation(judged_on) ? " (validation)" : "");
}
