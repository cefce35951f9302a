/* A set of ranks 0 .. n - 1, of which the lowest is taken out. */
#ifndef SIM_TIME_RANKS_H
#define SIM_TIME_RANKS_H

#include <stdint.h>

enum { RANK_BITS = 64 };

struct ranks {
    uint64_t *bits;  /* of ranks */
    uint64_t *words; /* of words of `bits` that are not 0 */
    int n;           /* ranks in the set */
};

static inline int ranks_words(int ranks) /* how many hold as many bits */
{
    return (ranks + RANK_BITS - 1) / RANK_BITS;
}

static inline void ranks_add(struct ranks *set, int rank) /* not in the set */
{
    int word = rank / RANK_BITS;
    set->bits[word] |= (uint64_t)1 << rank % RANK_BITS;
    set->words[word / RANK_BITS] |= (uint64_t)1 << word % RANK_BITS;
    set->n++;
}

static inline int ranks_lowest(const struct ranks *set) /* there must be one */
{
    int i = 0;
    while (set->words[i] == 0)
        i++;
    int word = i * RANK_BITS + __builtin_ctzll(set->words[i]);
    return word * RANK_BITS + __builtin_ctzll(set->bits[word]);
}

static inline void ranks_remove(struct ranks *set, int rank) /* in the set */
{
    int word = rank / RANK_BITS;
    set->bits[word] &= ~((uint64_t)1 << rank % RANK_BITS);
    if (set->bits[word] == 0)
        set->words[word / RANK_BITS] &= ~((uint64_t)1 << word % RANK_BITS);
    set->n--;
}

#endif
