#include "sim/runtime/numbers.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

struct loss_of { /* of a push */
    int64_t number;
    double value;
};

struct numbers *numbers_create(const char *folder, int workers)
{
    struct numbers *n = need(sizeof *n);
    *n = (struct numbers){.folder = text_copy(folder), .workers = workers};
    n->losses = need((size_t)workers * sizeof *n->losses);
    for (int i = 0; i < workers; i++)
        fifo_init(&n->losses[i], sizeof(struct loss_of));
    fifo_init(&n->evaluations, sizeof(struct eval_row));
    fifo_init(&n->quality, sizeof(struct quality_row));
    fifo_init(&n->classes, sizeof(struct class_row));
    return n;
}

void numbers_free(struct numbers *n)
{
    if (!n)
        return;
    for (int i = 0; i < n->workers; i++)
        fifo_free(&n->losses[i]);
    fifo_free(&n->evaluations);
    fifo_free(&n->quality);
    fifo_free(&n->classes);
    free(n->losses);
    free(n->folder);
    free(n);
}

void numbers_add_push(struct numbers *n, const struct push_row *row)
{
    fifo_put(&n->losses[row->worker], &(struct loss_of){row->number, row->train_loss});
}

void numbers_add_evaluation(struct numbers *n, const struct eval_row *row)
{
    fifo_put(&n->evaluations, row);
}

void numbers_take_push(struct numbers *n, struct push_row *row)
{
    struct loss_of loss = {.number = -1};
    while (loss.number < row->number) {
        bool any = fifo_take(&n->losses[row->worker], &loss);
        assert(any);
        (void)any;
    }
    assert(loss.number == row->number);
    row->train_loss = loss.value;
}

void numbers_take_evaluation(struct numbers *n, struct eval_row *row)
{
    struct eval_row results;
    bool any = fifo_take(&n->evaluations, &results);
    assert(any && results.round == row->round);
    (void)any;
    row->test_accuracy = results.test_accuracy;
    row->test_loss = results.test_loss;
    row->validation_accuracy = results.validation_accuracy;
    row->validation_loss = results.validation_loss;
    row->train_loss = results.train_loss;
}

/* ---- output.quality ---- */

void numbers_add_quality(struct numbers *n, const struct quality_row *row)
{
    fifo_put(&n->quality, row);
}

void numbers_add_class(struct numbers *n, const struct class_row *row)
{
    fifo_put(&n->classes, row);
}

struct quality_row numbers_take_quality(struct numbers *n, const struct eval_row *evaluation)
{
    struct quality_row row;
    bool any = fifo_take(&n->quality, &row);
    assert(any && row.round == evaluation->round && row.iterations == evaluation->iterations);
    (void)any;
    row.virtual_ns = evaluation->virtual_ns;
    return row;
}

struct class_row numbers_take_class(struct numbers *n, const struct eval_row *evaluation)
{
    struct class_row row;
    bool any = fifo_take(&n->classes, &row);
    assert(any && row.round == evaluation->round);
    (void)any;
    row.virtual_ns = evaluation->virtual_ns;
    return row;
}
