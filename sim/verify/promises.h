/* What algorithms and codecs promise of a run's files: the keys of their sections that give the bounds, by name. NULL:
 * nothing is promised, which is also so where no plug-in has that name. */
#ifndef SIM_VERIFY_PROMISES_H
#define SIM_VERIFY_PROMISES_H

struct promised_keys { /* of [algorithm.NAME] */
    const char *fewest_steps, *most_steps, *update_pushes, *slack, *exchanges, *fragments, *delay;
};

struct promised_by { /* who knows them */
    struct promised_keys (*algorithm)(const char *name);
    const char *(*codec_warmup)(const char *name); /* of [codec.NAME] */
};

#endif
