#include "sim/sweep/halving.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

static int power(int eta, int n)
{
    int product = 1;
    while (n-- > 0)
        product *= eta;
    return product;
}

int halving_rungs(int trials, int eta)
{
    int rungs = 1;
    for (int left = trials; eta > 1 && left >= eta; left /= eta)
        rungs++;
    return rungs;
}

/* floor(floor(n / eta) / eta) = floor(n / eta^2) */
int halving_trials(int trials, int eta, int rung)
{
    return rung > 0 ? halving_trials(trials / eta, eta, rung - 1) : trials;
}

/* One division, so that a part of whole numbers equals the same part that a run has reached. */
double halving_part(int rungs, int eta, int rung)
{
    return 1 / (double)power(eta, rungs - 1 - rung);
}

double halving_work(int trials, int eta)
{
    int rungs = halving_rungs(trials, eta);
    double work = 0, before = 0;
    for (int r = 0; r < rungs; r++) {
        double part = halving_part(rungs, eta, r);
        work += halving_trials(trials, eta, r) * (part - before);
        before = part;
    }
    return work;
}

char *halving_words(int trials, int eta)
{
    char *words = NULL;
    size_t length;
    FILE *out = text_begin(&words, &length);
    int rungs = halving_rungs(trials, eta);
    for (int r = 0; r < rungs - 1; r++)
        fprintf(out, "%d to 1/%d, ", halving_trials(trials, eta, r), power(eta, rungs - 1 - r));
    fprintf(out, "%d to the end: the work of %.3g runs instead of %d", halving_trials(trials, eta, rungs - 1),
            halving_work(trials, eta), trials);
    text_end(out, &words);
    return words;
}

void halving_keep(const double *score, int n, int most, bool *kept)
{
    for (int i = 0; i < n; i++) {
        int better = 0;
        for (int j = 0; j < n; j++)
            better += score[j] > score[i] || (score[j] == score[i] && j < i);
        kept[i] = better < most && score[i] > -INFINITY;
    }
}
