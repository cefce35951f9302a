/* Quantities of the ini as tables and legends show them. The caller frees what these return. */
#ifndef SIM_SCHEMA_WORDS_H
#define SIM_SCHEMA_WORDS_H

/* The first `length` characters of "60s, 10GiB": "60 s". */
char *quantity_words(const char *quantity, int length);

/* Of experiment.virtual_time and bytes, as milestones are written: "100s, 10GiB" -> "100 s or 10 GiB"; "" -> "". */
char *budget_words(const char *bounds);

#endif
