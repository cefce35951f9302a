/* Every column of a run's CSV files and every member of summary.json, once: its name, how its value is
 * written, and where that value stands in the row's struct (rows.h). Writers (sim/output/), --verify,
 * --resume, --export and the reports walk these tables and repeat no name and no order. A new column: a
 * member of the struct, and one line in columns.c at the place where it shall stand in the file. */
#ifndef SIM_SCHEMA_COLUMNS_H
#define SIM_SCHEMA_COLUMNS_H

#include <stddef.h>

#include "sim/schema/rows.h"

/* The member's type, and the text of its value. JSON writes null for NaN. */
enum field_kind {
    FIELD_INT,            /* int64_t */
    FIELD_REAL,           /* double; CSV: nine digits, or NaN; JSON: seventeen */
    FIELD_SECONDS,        /* int64_t, ns; 12.345678901 */
    FIELD_SECONDS_OR_NAN, /* likewise; below 0: NaN */
    FIELD_COUNT_OR_NAN,   /* int64_t; below 0: NaN */
    FIELD_WORD,           /* an enum, written as words[its value] */
    FIELD_TEXT,           /* const char * */
    /* In JSON alone: */
    FIELD_NAME, /* char[] */
    FIELD_BOOL, /* bool */
    FIELD_WIDE, /* int128 */
    FIELD_HASH, /* uint64_t; sixteen hexadecimal digits as text: many readers keep only 53 bits of a number */
    FIELD_REPLICAS,     /* enum replicas; null, false or true */
    FIELD_REPRODUCIBLE, /* enum clocked; true: clocked by the model */
};

/* When a field has a value. Without faults totals.csv and summary.json leave it out; without the other two
 * summary.json says null. */
enum field_when { ALWAYS, WITH_FAULTS, WITH_TARGET, WITH_TRAINING };

/* How people are shown a value: in the table on the terminal and in a report. */
enum field_form { FORM_SHARE, FORM_REAL, FORM_COUNT, FORM_TIME, FORM_OFF, FORM_TIMES, FORM_BYTES };

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    enum field_when when;
    const char *const *words; /* FIELD_WORD; ended by NULL */
    const char *json_name;    /* in a JSON line, where it differs: times are whole ns there */
    /* comparison.csv: heading and form of the column where people read it; NULL: they do not. */
    const char *head;
    enum field_form form;
    bool report_only; /* the table on the terminal has no room for it */
};

struct columns {
    const char *file;
    const struct field *field; /* (n) in the order of the file */
    int n;
};

extern const struct columns eval_columns;       /* struct eval_row */
extern const struct columns workers_columns;    /* struct push_row */
extern const struct columns faults_columns;     /* struct fault_row */
extern const struct columns timeline_columns;   /* struct interval_row */
extern const struct columns time_columns;       /* struct time_row */
extern const struct columns comparison_columns; /* struct comparison_row */
extern const struct columns summary_members;    /* struct summary */

/* struct worker_total; its columns WITH_FAULTS come last. */
struct columns totals_columns(bool faults);

/* "round,iterations,...": the caller frees. */
char *columns_header(const struct columns *columns);

/* Which column of the file holds the struct's member at this offset, and its name; there is one. */
int columns_at(const struct columns *columns, size_t offset);
const char *columns_name(const struct columns *columns, size_t offset);

#endif
