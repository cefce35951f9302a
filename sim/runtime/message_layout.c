/* Decides which spans of pushes and replies are coded and by which codec, and computes the sizes of all
 * messages. The sizes go two ways: to the rings (run->layout), and to the conductor (run->conductor),
 * which simulates the network.
 *
 *   push      | frame | span 0 | span 1 ... | BatchNorm's statistics |    wire: WIRE_HEADER + all spans
 *   reply     | frame | span 0 | span 1 ... | BatchNorm's statistics |
 *   snapshot  | frame | model  | BatchNorm's statistics              |    also the size of a fetched model */
#include "sim/runtime/message_layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "algorithms/keys.h"
#include "sim/base/fail.h"
#include "sim/runtime/fragments.h"

/* ---- which spans are coded, and how ---- */

static const struct alg_common *common(const struct run *run)
{
    return run->params;
}

static bool any_coded(const struct span *span, int spans)
{
    bool coded = false;
    for (int i = 0; i < spans; i++)
        coded |= span[i].coded;
    return coded;
}

static void do_without_codec(struct span *span, int spans)
{
    for (int i = 0; i < spans; i++)
        span[i].coded = false;
}

/* A message with whole vectors is coded tensor by tensor. A fragment is coded as one vector. */
static void fill_tensors(const struct run *run, struct coding *c)
{
    const struct fragments *f = &run->layout.fragments;
    bool part = f->count > 1;
    c->tensors = part ? 1 : run->setup.tensors;
    c->parts = part && f->differ ? f->count : 1;
    size_t lengths = (size_t)(c->parts > 1 ? c->parts : c->tensors);
    size_t *length = need(lengths * sizeof *length);
    size_t *rows = need((size_t)c->tensors * sizeof *rows);
    int *dims = need((size_t)c->tensors * sizeof *dims);
    for (size_t i = 0; i < lengths; i++)
        length[i] = part ? fragments_length(run, (int64_t)i) : run->setup.tensor[i].n;
    for (int i = 0; i < c->tensors; i++) {
        rows[i] = part ? 1 : run->setup.tensor[i].rows;
        dims[i] = part ? 1 : run->setup.tensor[i].dims;
    }
    c->tensor = length;
    c->rows = rows;
    c->dims = dims;
}

/* `yes` is what the algorithm's paper has, or else the codec's. */
static enum feedback feedback_of(const struct run *run, const struct codec *codec)
{
    enum feedback asked = common(run)->error_feedback;
    if (asked != FEEDBACK_YES)
        return asked;
    return run->alg->feedback ? run->alg->feedback : codec->feedback;
}

static struct coding coding_of(const struct run *run, const struct setting *setting, const char *name,
                               const char *codec)
{
    struct coding c = {.min_dimensions = common(run)->min_dimensions,
                       .compress_after = common(run)->compress_after};
    char key[128];
    snprintf(key, sizeof key, "algorithm.%s.%s", run->name, name);
    c.codec = setting->codec(setting->cfg, key, codec, &c.params);
    c.error_feedback = feedback_of(run, c.codec) != FEEDBACK_NO;
    c.follows_rate = feedback_of(run, c.codec) == FEEDBACK_STEP;
    fill_tensors(run, &c);
    return c;
}

static bool is_none(const char *codec)
{
    return strcmp(codec, "none") == 0;
}

static bool any_in_gradients(const struct span *span, int spans)
{
    bool any = false;
    for (int i = 0; i < spans; i++)
        any |= span[i].coded && span[i].gradient;
    return any;
}

/* A reply to one worker has no residual. */
static void say_feedback(const struct run *run)
{
    const struct protocol *p = run->protocol;
    bool pushes = any_coded(p->push, p->push_spans), replies = any_coded(p->reply, p->reply_spans);
    bool rescaled = any_in_gradients(p->push, p->push_spans) ||
                    (p->answers == ANSWER_ALL && any_in_gradients(p->reply, p->reply_spans));
    if (common(run)->error_feedback == FEEDBACK_STEP && (pushes || replies) && !rescaled)
        warn("algorithm.%s.error_feedback: expected gradient, got step: what %s codes is in units of the "
             "model, "
             "which no learning rate scales, so both are the same",
             run->name, run->name);
}

static void check_min_dimensions(const struct run *run)
{
    const struct fragments *f = &run->layout.fragments;
    if (common(run)->min_dimensions > 0 && f->count > 1 && !f->floats)
        die(EXIT_USAGE,
            "algorithm.%s.min_dimensions: expected 0 with %" PRId64 " fragments, got %" PRId64
            ": a fragment is coded as one vector",
            run->name, f->count, common(run)->min_dimensions);
}

static void prepare_coding(struct run *run, const struct setting *setting)
{
    const char *codec = common(run)->codec,
               *reply = common(run)->reply_codec ? common(run)->reply_codec : codec;
    struct protocol *p = &run->plain;
    *p = *run->protocol;
    run->protocol = p;
    bool pushes = any_coded(p->push, p->push_spans), replies = any_coded(p->reply, p->reply_spans);
    if (run->alg->exchanges && (pushes || replies))
        die(EXIT_FAILED, "algorithm %s declares coded spans: spans of exchanges cannot be coded", run->name);
    if (!is_none(codec) && !pushes && !replies)
        die(EXIT_USAGE,
            "algorithm.%s.codec: expected none, got %s: with these settings the algorithm sends nothing that "
            "is coded",
            run->name, codec);
    if (pushes && !is_none(codec))
        run->layout.push_coding = coding_of(run, setting, "codec", codec);
    else
        do_without_codec(p->push, p->push_spans);
    if (replies && !is_none(reply))
        run->layout.reply_coding =
            coding_of(run, setting, common(run)->reply_codec ? "reply_codec" : "codec", reply);
    else
        do_without_codec(p->reply, p->reply_spans);
}

/* ---- sizes ---- */

static size_t span_bytes(const struct run *run, const struct span *span, const struct coding *coding,
                         int64_t number)
{
    return span->coded ? coding_bytes(coding, number) : fragments_floats(run, number) * sizeof(float);
}

static void resize_push(struct message_layout *p, int64_t number)
{
    const struct run *run = p->context;
    for (int i = 0; i < run->protocol->push_spans; i++)
        p->bytes[i] = span_bytes(run, &run->protocol->push[i], &run->layout.push_coding, number);
}

static void resize_reply(struct message_layout *p, int64_t number)
{
    const struct run *run = p->context;
    for (int i = 0; i < run->protocol->reply_spans; i++)
        p->bytes[i] = span_bytes(run, &run->protocol->reply[i], &run->layout.reply_coding, number);
}

static uint64_t wire_bytes(const struct message_layout *p, int64_t number)
{
    struct message_layout own = message_layout_of(p, number);
    return WIRE_HEADER + message_layout_bytes(&own);
}

static uint64_t push_size(const void *run, int64_t number)
{
    return wire_bytes(&((const struct run *)run)->layout.push, number);
}

static uint64_t reply_size(const void *run, int64_t number)
{
    return wire_bytes(&((const struct run *)run)->layout.reply, number);
}

static void widen(struct message_layout *p, int64_t number, void (*resize)(struct message_layout *, int64_t))
{
    struct message_layout one = {.context = p->context};
    resize(&one, number);
    for (int s = 0; s < p->spans; s++)
        p->bytes[s] = one.bytes[s] > p->bytes[s] ? one.bytes[s] : p->bytes[s];
}

/* The layout with the largest size of each span over all fragments or exchanges: of the first messages, or of
 * the first ones that are compressed; later ones are no larger. */
static struct message_layout layout_with(const struct run *run, int spans,
                                         void (*resize)(struct message_layout *, int64_t))
{
    struct message_layout p = {.spans = spans, .context = run};
    int64_t count = run->layout.fragments.count;
    for (int64_t i = 0; i < count; i++) {
        widen(&p, i, resize);
        widen(&p, common(run)->compress_after * (run->layout.fragments.floats ? count : 1) + i, resize);
    }
    if (run->stats)
        p.bytes[p.spans++] = run->stats * sizeof(float);
    return p;
}

static void prepare_bytes(struct run *run)
{
    const struct protocol *protocol = run->protocol;
    struct conductor_spec *c = &run->conductor;
    run->layout.push = layout_with(run, protocol->push_spans, resize_push);
    run->layout.reply = layout_with(run, protocol->reply_spans, resize_reply);
    run->layout.snapshot = (struct message_layout){
        .spans = 1 + (run->stats > 0), .bytes = {run->n * sizeof(float), run->stats * sizeof(float)}};
    c->push_bytes = wire_bytes(&run->layout.push, 0); /* resize is not set yet: this is the largest size */
    c->reply_bytes = wire_bytes(&run->layout.reply, 0);
    c->model_bytes = wire_bytes(&run->layout.snapshot, 0);
    c->size_context = run;
    bool differ = run->layout.fragments.floats || run->layout.fragments.differ;
    if (differ || coding_resizes(&run->layout.push_coding)) {
        run->layout.push.resize = resize_push;
        c->push_size = push_size;
    }
    if (differ || coding_resizes(&run->layout.reply_coding)) {
        run->layout.reply.resize = resize_reply;
        c->reply_size = reply_size;
    }
}

void message_layouts_prepare(struct run *run, const struct setting *setting)
{
    prepare_coding(run, setting);
    if (!setting->again)
        say_feedback(run);
    check_min_dimensions(run);
    prepare_bytes(run);
}
