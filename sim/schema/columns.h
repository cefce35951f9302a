/* Every column of a run's CSV files and every member of summary.json, once: its name, how its value is
 * written, and where the value stands in the row's struct (rows.h). Writers (sim/output/), --verify,
 * --resume, --export and the reports walk these tables and repeat no name and no order. A new column is a
 * member of the struct, and one line in columns.c at the column's place in the file. */
#ifndef SIM_SCHEMA_COLUMNS_H
#define SIM_SCHEMA_COLUMNS_H

#include <stddef.h>

#include "sim/schema/rows.h"

/* The member's type, and the text of its value. JSON writes null for NaN. */
enum field_kind {
    FIELD_INT,            /* int64_t */
    FIELD_REAL,           /* double; CSV: nine digits, or NaN; JSON: seventeen */
    FIELD_SECONDS,        /* int64_t, ns; 12.345678901 */
    FIELD_SECONDS_OR_NAN, /* int64_t, ns; as FIELD_SECONDS; below 0: NaN */
    FIELD_COUNT_OR_NAN,   /* int64_t; below 0: NaN */
    FIELD_WORD,           /* an enum, written as words[its value] */
    FIELD_TEXT,           /* const char * */
    /* In JSON alone: */
    FIELD_NAME, /* char[] */
    FIELD_BOOL, /* bool */
    FIELD_WIDE, /* int128 */
    FIELD_HASH, /* uint64_t; sixteen hexadecimal digits as text: JSON readers may keep 53 bits of a number */
    FIELD_REPLICAS,     /* enum replicas; null, false or true */
    FIELD_REPRODUCIBLE, /* enum clocked; true: CLOCKED_BY_MODEL */
};

/* When a field has a value. Without faults, totals.csv and summary.json leave out the fields WITH_FAULTS.
 * Without a target or without training, summary.json has null. */
enum field_when {
    ALWAYS,
    WITH_FAULTS,
    WITH_TARGET,
    WITH_TRAINING,
    WITH_VALIDATION,
    AT_A_MILESTONE,
    VALIDATION_AT_A_MILESTONE,
    WITH_MESSAGES
};

/* How the table on the terminal and a report show a value. */
enum field_form { FORM_SHARE, FORM_REAL, FORM_COUNT, FORM_TIME, FORM_OFF, FORM_TIMES, FORM_BYTES, FORM_WORD };

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    enum field_when when;
    const char *const *words; /* FIELD_WORD; ended by NULL */
    const char *json_name;    /* name in a JSON line, if different: times are whole ns there */
    bool later;               /* older programs do not write it: a reader goes without */
    /* comparison.csv: heading and form of the column on the terminal and in a report; NULL: not shown
     * there. */
    const char *head;
    enum field_form form;
    const char *usual; /* FORM_WORD: where all rows have this word, a table leaves the column out */
    bool report_only;  /* shown in a report only: the terminal has no room */
    bool foremost; /* where a table is wider than the page, the report has this column in the first of two */
};

struct columns {
    const char *file;
    const struct field *field; /* (n) in the order of the file */
    int n;
};

extern const struct columns eval_columns;       /* struct eval_row */
extern const struct columns workers_columns;    /* struct push_row */
extern const struct columns faults_columns;     /* struct fault_row */
extern const struct columns time_columns;       /* struct time_row */
extern const struct columns comparison_columns; /* struct comparison_row */
extern const struct columns summary_members;    /* struct summary */

/* The columns of struct worker_total. The columns WITH_FAULTS come last. */
struct columns totals_columns(bool faults);
/* The columns of struct interval_row. The columns WITH_MESSAGES, of exchanges, come last. */
struct columns timeline_columns(bool messages);

#define MILESTONE_COLUMN            "accuracy_at_"
#define VALIDATION_MILESTONE_COLUMN "validation_at_"

/* The columns, and behind them one for each milestone of output.at: "accuracy_at_60s", with the heading "at 60 s"; then
 * one more for each, "validation_at_60s". milestones: as in resolved.ini, "60s, 10GiB". The offsets are those of a
 * double[MOST_MILESTONES] each in the row's struct. columns_end frees what this adds. */
struct columns columns_at_milestones(const struct columns *columns, const char *milestones, size_t offset,
                                     size_t validation_offset);
void columns_end(struct columns *columns);

/* The same for summary.json and comparison.csv. */
struct columns columns_of_summary(const char *milestones);
struct columns columns_of_comparison(const char *milestones);

/* The columns that tables show, those with a heading, in the order of the tables: words come first, accuracy on
 * validation data stands behind that on test data, and the accuracies at milestones behind the time to the target. The
 * caller frees the array; NULL ends it. */
const struct field **columns_shown(const struct columns *columns);

/* The heading of a column: "to 50 %"; target NAN: "to its target", as rows have different ones. judged_on
 * (sim/schema/judged.h): "to 50 % (validation)". The caller frees. */
char *columns_heading(const struct field *f, double target, const char *judged_on);

/* "round,iterations,...": the caller frees. */
char *columns_header(const struct columns *columns);

/* The number, and the name, of the column that holds the struct's member at this offset. There must be
 * one. */
int columns_at(const struct columns *columns, size_t offset);
const char *columns_name(const struct columns *columns, size_t offset);

#endif
