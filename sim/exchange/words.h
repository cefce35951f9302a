/* The names of exchanges and of overlaps, for the tables of keys. */
#ifndef SIM_EXCHANGE_WORDS_H
#define SIM_EXCHANGE_WORDS_H

extern const char *const exchange_words[]; /* list.c; ended by NULL; the first one is server */

/* Whether messages depart while the iteration that they belong to goes on. */
enum overlap { OVERLAP_NONE, OVERLAP_BACKWARD };
extern const char *const overlap_words[]; /* buckets.c; ended by NULL */

#endif
