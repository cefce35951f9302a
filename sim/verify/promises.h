/* What algorithms and codecs promise about a run's files: the names of the keys that hold the bounds.
 * NULL: the plug-in promises nothing, or no plug-in has that name. */
#ifndef SIM_VERIFY_PROMISES_H
#define SIM_VERIFY_PROMISES_H

struct promised_keys { /* of [algorithm.NAME] */
    const char *fewest_steps, *most_steps, *update_pushes, *slack, *exchanges, *fragments, *delay, *layout;
};

struct promised_by { /* where verify asks for the keys; sim/registry.c fills this */
    struct promised_keys (*algorithm)(const char *name);
    const char *(*codec_warmup)(const char *name); /* of [codec.NAME] */
};

#endif
