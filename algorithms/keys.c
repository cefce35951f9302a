#include "algorithms/keys.h"

#include "algorithms/schedule.h"
#include "models/optimizer.h"
#include "sim/exchange/words.h"

#include <string.h>

const struct config_key alg_common_keys[] = {
    {"label", KEY_TEXT, offsetof(struct alg_common, label), NULL,
     .help = "name in pictures and reports; left out: the algorithm's, or, of a variant, the variant's name",
     .example = "top-k 1 %"},
    {"learning_rate", KEY_REAL, offsetof(struct alg_common, learning_rate), NULL, .min = 0, .max = -1,
     .help = "learning rate of this algorithm, instead of [train] learning_rate", .example = "0.1"},
    {"momentum", KEY_REAL, offsetof(struct alg_common, momentum), NULL, .min = 0, .max = 0.999999,
     .help = "momentum of this algorithm, instead of [train] momentum", .example = "0.9"},
    {"optimizer", KEY_TEXT, offsetof(struct alg_common, optimizer), NULL, .choices = optimizer_words,
     .help = "optimiser of this algorithm, instead of [train] optimizer", .example = "adamw"},
    {"optimizer_at", KEY_CHOICE, offsetof(struct alg_common, optimizer_at), NULL,
     .choices = optimizer_at_words, .help = "where the optimiser is, instead of [train] optimizer_at",
     .example = "worker"},
    {"weight_decay", KEY_REAL, offsetof(struct alg_common, weight_decay), NULL, .min = 0, .max = -1,
     .help = "weight decay of this algorithm, instead of [train] weight_decay", .example = "1e-4"},
    {"clip_norm", KEY_REAL, offsetof(struct alg_common, clip_norm), NULL, .min = 0, .max = -1,
     .help = "largest norm of the gradient, instead of [train] clip_norm", .example = "1"},
    {"state_on_reset", KEY_CHOICE, offsetof(struct alg_common, state_on_reset), NULL,
     .choices = state_on_reset_words,
     .help = "what a reply does to a worker's momenta and moments, instead of [train] state_on_reset",
     .example = "zero"},
    {"schedule", KEY_CHOICE, offsetof(struct alg_common, schedule), NULL, .choices = schedule_words,
     .help = "how the learning rate falls, instead of [train] schedule", .example = "cosine"},
    {"warmup", KEY_REAL, offsetof(struct alg_common, warmup), NULL, .min = 0, .max = 0.999999,
     .help = "fraction of all iterations over which the learning rate rises, instead of [train] warmup",
     .example = "0.05"},
    {"exchange_by", KEY_TEXT, offsetof(struct alg_common, exchange_by), NULL, .choices = exchange_words,
     .help = "how pushes become an update and its result comes back, instead of [network] exchange",
     .example = "ring"},
    {"overlap", KEY_CHOICE, offsetof(struct alg_common, overlap), NULL, .choices = overlap_words,
     .help = "whether a push departs during back-propagation, instead of [network] overlap",
     .example = "none"},
    {"encode_cost", KEY_SECONDS, offsetof(struct alg_common, cost.encode), NULL, .min = 0, .max = MOST_COST,
     .help = "time in which a sender encodes each byte of what it codes, instead of the codec's encode_cost "
             "and of [compute] encode_cost",
     .example = "0.2ns"},
    {"decode_cost", KEY_SECONDS, offsetof(struct alg_common, cost.decode), NULL, .min = 0, .max = MOST_COST,
     .help = "time in which a receiver decodes each byte of what it gets, instead of the codec's decode_cost "
             "and of [compute] decode_cost",
     .example = "0.1ns"},
    {"codec", KEY_NAME, offsetof(struct alg_common, codec), "none", .kind = "codec",
     .help = "codec of the messages, see --list codecs; none: 32-bit floats; topk1: topk is topk with the "
             "settings "
             "of [codec.topk1]",
     .example = "topk1: topk"},
    {"error_feedback", KEY_CHOICE, offsetof(struct alg_common, error_feedback), "no",
     .choices = feedback_words,
     .help =
         "the sender keeps what coding has lost and adds it to its next message; gradient: as it is (Seide "
         "et al. "
         "2014); step: in units of the step, so that it follows the learning rate (Karimireddy et al. 2019); "
         "yes: as the algorithm's paper has it, or else the codec's"},
    {"min_dimensions", KEY_INT, offsetof(struct alg_common, min_dimensions), "0", .min = 0, .max = 4,
     .help = "tensors with fewer dimensions travel uncompressed: 2 leaves out biases and BatchNorm "
             "(published: 2 in DGC and PowerSGD)"},
    {"compress_after", KEY_INT, offsetof(struct alg_common, compress_after), "0", .min = 0, .max = 1e15,
     .help =
         "first messages of each sender that travel uncompressed, which is the number of updates where each "
         "update has a push of every worker; with exchanges: steps of the model (PyTorch's PowerSGD hook: "
         "1000)"},
    {NULL}};

const struct config_key alg_reply_codec_keys[] = {
    {"reply_codec", KEY_NAME, offsetof(struct alg_common, reply_codec), NULL, .kind = "codec",
     .help = "codec of replies only; left out: the same as codec", .example = "maxabs"},
    {NULL}};

static const struct config_key *row_at(const struct algorithm *alg, int i)
{
    for (int table = 0; table < MAX_KEY_TABLES && alg->keys[table]; table++)
        for (const struct config_key *row = alg->keys[table]; row->name; row++)
            if (i-- == 0)
                return row;
    return NULL;
}

bool alg_key(const struct algorithm *alg, int i, struct config_key *row)
{
    const struct config_key *found = row_at(alg, i);
    if (!found)
        return false;
    *row = *found;
    for (const struct preset *own = alg->presets; own < alg->presets + MAX_PRESETS && own->key; own++)
        if (strcmp(row->name, own->key) == 0)
            row->preset = own->value;
    return true;
}
