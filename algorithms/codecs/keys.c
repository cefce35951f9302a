/* The section of a codec: its own parameters, and behind them what every codec has. */
#include <string.h>

#include "algorithms/codecs/codec.h"

static const struct config_key common[] = {
    {"encode_cost", KEY_SECONDS, offsetof(struct coding_cost, encode), NULL, .min = 0, .max = MOST_COST,
     .help = "time in which a sender encodes each byte with this codec, instead of [compute] encode_cost",
     .example = "0.2ns"},
    {"decode_cost", KEY_SECONDS, offsetof(struct coding_cost, decode), NULL, .min = 0, .max = MOST_COST,
     .help = "time in which a receiver decodes each byte with this codec, instead of [compute] decode_cost",
     .example = "0.1ns"},
};

enum { COMMON = sizeof common / sizeof *common };

/* Where the costs begin: a struct of doubles. */
static size_t costs_at(const struct codec *codec)
{
    return (codec->params_size + sizeof(double) - 1) / sizeof(double) * sizeof(double);
}

bool codec_key(const struct codec *codec, int i, struct config_key *row)
{
    const struct config_key *own = codec->keys;
    for (; own && own->name && i > 0; own++)
        i--;
    if (own && own->name) {
        *row = *own;
        return true;
    }
    if (i >= COMMON)
        return false;
    *row = common[i];
    row->offset += costs_at(codec);
    return true;
}

size_t codec_section_size(const struct codec *codec)
{
    return costs_at(codec) + sizeof(struct coding_cost);
}

struct coding_cost codec_cost(const struct codec *codec, const void *params)
{
    struct coding_cost cost;
    memcpy(&cost, (const char *)params + costs_at(codec), sizeof cost);
    return cost;
}
