/* Cross-entropy after log-softmax, in double: logits are few, and the loss is what users look at. The largest
 * logit is subtracted first, which keeps exp from overflowing and changes nothing else. A NaN stays a NaN. */
#include <math.h>

#include "models/ops/ends.h"

int loss_answer(const float *logits, size_t classes)
{
    size_t best = 0;
    for (size_t i = 1; i < classes; i++)
        if (logits[i] > logits[best])
            best = i;
    return (int)best;
}

int loss_rank(const float *logits, size_t classes, int label)
{
    int before = 0;
    for (size_t i = 0; i < classes; i++)
        before += logits[i] > logits[label] || (logits[i] == logits[label] && i < (size_t)label);
    return before;
}

/* log of the sum of exp(logits) */
static double log_sum_exp(const float *logits, size_t classes)
{
    double top = logits[loss_answer(logits, classes)], sum = 0;
    for (size_t i = 0; i < classes; i++)
        sum += exp(logits[i] - top);
    return top + log(sum);
}

double loss_sample(const float *logits, size_t classes, int label)
{
    return log_sum_exp(logits, classes) - logits[label];
}

/* d loss / d logit i = softmax(logits)[i] - [i = label] */
void loss_sample_gradient(float *dlogits, const float *logits, size_t classes, int label, double scale)
{
    double whole = log_sum_exp(logits, classes);
    for (size_t i = 0; i < classes; i++)
        dlogits[i] = (float)(scale * (exp(logits[i] - whole) - (i == (size_t)label)));
}
