#include "algorithms/keys.h"

#include "models/optimizer.h"

const struct config_key alg_common_keys[] = {
    {"learning_rate", KEY_REAL, offsetof(struct alg_common, learning_rate), NULL, .min = 0, .max = -1,
     .help = "learning rate of this algorithm, instead of [train] learning_rate", .example = "0.1"},
    {"momentum", KEY_REAL, offsetof(struct alg_common, momentum), NULL, .min = 0, .max = 0.999999,
     .help = "momentum at the worker, instead of [train] momentum", .example = "0.9"},
    {"optimizer", KEY_TEXT, offsetof(struct alg_common, optimizer), NULL, .choices = optimizer_words,
     .help = "optimiser at the worker, instead of [train] optimizer", .example = "adamw"},
    {"codec", KEY_TEXT, offsetof(struct alg_common, codec), "none",
     .help = "codec of the messages, see --list codecs; none: 32-bit floats"},
    {"error_feedback", KEY_BOOL, offsetof(struct alg_common, error_feedback), "no",
     .help = "the sender keeps what coding has lost and adds it to its next message"},
    {NULL}};

const struct config_key alg_reply_codec_keys[] = {
    {"reply_codec", KEY_TEXT, offsetof(struct alg_common, reply_codec), NULL,
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
    if (alg->codec && row->offset == offsetof(struct alg_common, codec))
        row->preset = alg->codec;
    return true;
}
