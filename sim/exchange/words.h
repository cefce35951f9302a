/* The names of exchanges, for the tables of keys. */
#ifndef SIM_EXCHANGE_WORDS_H
#define SIM_EXCHANGE_WORDS_H

extern const char *const exchange_words[]; /* list.c; ended by NULL; the first one is server */

#endif
