/* The tables of columns, in the order of the files. AT gives the place of a member in the row's struct:
 * writers and readers reach the value by this offset, so no other file repeats a name or an order. */
#include "sim/schema/columns.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/schema/judged.h"
#include "sim/schema/words.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

const char *const fault_words[FAULT_KINDS + 1] = {
    [FAULT_CRASH] = "crash",
    [FAULT_BACK] = "back",
    [FAULT_PUSH_LOST] = "push_lost",
    [FAULT_PUSH_RESENT] = "push_resent",
    [FAULT_REPLY_LOST] = "reply_lost",
    [FAULT_REPLY_RESENT] = "reply_resent",
    [FAULT_MODEL_LOST] = "model_lost",
    [FAULT_MODEL_RESENT] = "model_resent",
    [FAULT_SERVER_CRASH] = "server_crash",
    [FAULT_SERVER_BACK] = "server_back",
};

/* ---- the files of one algorithm ---- */

#define AT(member) .offset = offsetof(struct eval_row, member)
static const struct field eval[] = {
    {"round", FIELD_INT, AT(round)},
    {"iterations", FIELD_INT, AT(iterations)},
    {"epoch", FIELD_REAL, AT(epoch)},
    {"virtual_s", FIELD_SECONDS, AT(virtual_ns), .json_name = "virtual_ns"},
    {"test_accuracy", FIELD_REAL, AT(test_accuracy)},
    {"test_loss", FIELD_REAL, AT(test_loss)},
    {"train_loss", FIELD_REAL, AT(train_loss)},
    {"bytes_up", FIELD_INT, AT(bytes_up)},
    {"bytes_down", FIELD_INT, AT(bytes_down)},
    {"validation_accuracy", FIELD_REAL, AT(validation_accuracy), .later = true},
    {"validation_loss", FIELD_REAL, AT(validation_loss), .later = true},
};
#undef AT
const struct columns eval_columns = {"eval.csv", eval, COUNT(eval)};

#define AT(member) .offset = offsetof(struct push_row, member)
static const struct field workers[] = {
    {"worker", FIELD_INT, AT(worker)},
    {"round", FIELD_INT, AT(round)},
    {"k", FIELD_INT, AT(k)},
    {"train_loss", FIELD_REAL, AT(train_loss)},
    {"depart_ns", FIELD_INT, AT(depart_ns)},
    {"arrive_ns", FIELD_INT, AT(arrive_ns)},
    {"reply_ns", FIELD_INT, AT(reply_ns)},
    {"accept_ns", FIELD_INT, AT(accept_ns)},
    {"compute_ns", FIELD_INT, AT(compute_ns)},
    {"communication_ns", FIELD_INT, AT(communication_ns)},
    {"waiting_ns", FIELD_INT, AT(waiting_ns)},
    {"bytes_up", FIELD_INT, AT(bytes_up)},
    {"bytes_down", FIELD_INT, AT(bytes_down)},
    {"staleness", FIELD_INT, AT(staleness)},
    {"coding_ns", FIELD_INT, AT(coding_ns), .later = true},
};
#undef AT
const struct columns workers_columns = {"workers.csv", workers, COUNT(workers)};

#define AT(member) .offset = offsetof(struct worker_total, member)
static const struct field totals[] = {
    {"worker", FIELD_INT, AT(worker)},
    {"iterations", FIELD_INT, AT(iterations)},
    {"wasted", FIELD_INT, AT(wasted)},
    {"compute_ns", FIELD_INT, AT(compute_ns)},
    {"communication_ns", FIELD_INT, AT(communication_ns)},
    {"waiting_ns", FIELD_INT, AT(waiting_ns)},
    {"overlapped_ns", FIELD_INT, AT(overlapped_ns)},
    {"coding_ns", FIELD_INT, AT(coding_ns), .later = true},
    {"crashes", FIELD_INT, AT(crashes), .when = WITH_FAULTS},
    {"down_ns", FIELD_INT, AT(down_ns), .when = WITH_FAULTS},
};
#undef AT

/* All n columns, or those before the last ones that come with something. */
static struct columns up_to(const char *file, const struct field *field, int n, bool all,
                            enum field_when with)
{
    while (!all && field[n - 1].when == with)
        n--;
    return (struct columns){file, field, n};
}

struct columns totals_columns(bool faults)
{
    return up_to("totals.csv", totals, COUNT(totals), faults, WITH_FAULTS);
}

#define AT(member) .offset = offsetof(struct fault_row, member)
static const struct field faults[] = {
    {"virtual_ns", FIELD_INT, AT(virtual_ns)},
    {"worker", FIELD_INT, AT(worker)},
    {"what", FIELD_WORD, AT(what), .words = fault_words},
    {"bytes", FIELD_INT, AT(bytes)},
};
#undef AT
const struct columns faults_columns = {"faults.csv", faults, COUNT(faults)};

#define AT(member) .offset = offsetof(struct interval_row, member)
static const struct field timeline[] = {
    {"worker", FIELD_INT, AT(worker)},
    {"what", FIELD_TEXT, AT(what)},
    {"begin_ns", FIELD_INT, AT(begin_ns)},
    {"end_ns", FIELD_INT, AT(end_ns)},
    {"version", FIELD_INT, AT(version)},
    {"bytes", FIELD_INT, AT(bytes)},
    {"receiver", FIELD_INT, AT(receiver), .when = WITH_MESSAGES},
    {"from", FIELD_INT, AT(from), .when = WITH_MESSAGES},
    {"to", FIELD_INT, AT(to), .when = WITH_MESSAGES},
    {"phase", FIELD_TEXT, AT(phase), .when = WITH_MESSAGES},
    {"step", FIELD_INT, AT(step), .when = WITH_MESSAGES},
    {"bucket", FIELD_INT, AT(bucket), .when = WITH_MESSAGES},
};
#undef AT

struct columns timeline_columns(bool messages)
{
    return up_to("timeline.csv", timeline, COUNT(timeline), messages, WITH_MESSAGES);
}

#define AT(member) .offset = offsetof(struct summary, member)
static const struct field summary[] = {
    {"algorithm", FIELD_NAME, AT(algorithm)},
    {"label", FIELD_NAME, AT(label)},
    {"variant_of", FIELD_NAME, AT(variant_of)},
    {"exchange", FIELD_NAME, AT(exchange), .later = true},
    {"overlap", FIELD_NAME, AT(overlap), .later = true},
    {"model", FIELD_NAME, AT(model)},
    {"dataset", FIELD_NAME, AT(dataset)},
    {"synthetic", FIELD_BOOL, AT(synthetic)},
    {"trained", FIELD_BOOL, AT(trained)},
    {"workers", FIELD_INT, AT(workers)},
    {"seed", FIELD_INT, AT(seed)},
    {"rounds", FIELD_INT, AT(rounds)},
    {"iterations", FIELD_INT, AT(iterations)},
    {"epochs", FIELD_REAL, AT(epochs)},
    {"virtual_ns", FIELD_INT, AT(virtual_ns)},
    {"wall_seconds", FIELD_REAL, AT(wall_seconds)},
    {"test_accuracy", FIELD_REAL, AT(test_accuracy)},
    {"test_loss", FIELD_REAL, AT(test_loss)},
    {"train_loss", FIELD_REAL, AT(train_loss)},
    {"best_accuracy", FIELD_REAL, AT(best_accuracy)},
    {"target_ns", FIELD_INT, AT(target_ns), .when = WITH_TARGET},
    {"target_iterations", FIELD_INT, AT(target_iterations), .when = WITH_TARGET},
    {"target_bytes_up", FIELD_INT, AT(target_bytes_up), .when = WITH_TARGET},
    {"target_bytes_down", FIELD_INT, AT(target_bytes_down), .when = WITH_TARGET},
    {"bytes_up", FIELD_INT, AT(bytes_up)},
    {"bytes_down", FIELD_INT, AT(bytes_down)},
    {"bytes_initial", FIELD_INT, AT(bytes_initial)},
    {"pushes", FIELD_INT, AT(pushes)},
    {"replies", FIELD_INT, AT(replies)},
    {"compute_ns", FIELD_WIDE, AT(compute_ns)},
    {"communication_ns", FIELD_WIDE, AT(communication_ns)},
    {"waiting_ns", FIELD_WIDE, AT(waiting_ns)},
    {"overlapped_ns", FIELD_WIDE, AT(overlapped_ns)},
    {"coding_ns", FIELD_WIDE, AT(coding_ns), .later = true},
    {"utilisation", FIELD_REAL, AT(utilisation), .later = true},
    {"wasted_iterations", FIELD_INT, AT(wasted_iterations)},
    {"dropped_pushes", FIELD_INT, AT(dropped_pushes)},
    {"crashes", FIELD_INT, AT(faults.crashes), .when = WITH_FAULTS},
    {"down_ns", FIELD_WIDE, AT(faults.down_ns), .when = WITH_FAULTS},
    {"models_fetched", FIELD_INT, AT(faults.fetches), .when = WITH_FAULTS},
    {"messages_lost", FIELD_INT, AT(faults.lost), .when = WITH_FAULTS},
    {"bytes_fetched", FIELD_INT, AT(faults.bytes_fetched), .when = WITH_FAULTS},
    {"bytes_resent_up", FIELD_INT, AT(faults.bytes_resent_up), .when = WITH_FAULTS},
    {"bytes_resent_down", FIELD_INT, AT(faults.bytes_resent_down), .when = WITH_FAULTS},
    {"server_crashes", FIELD_INT, AT(faults.server_crashes), .when = WITH_FAULTS},
    {"undone_iterations", FIELD_INT, AT(faults.undone), .when = WITH_FAULTS},
    {"parameters_hash", FIELD_HASH, AT(parameters_hash), .when = WITH_TRAINING},
    {"replicas_equal", FIELD_REPLICAS, AT(replicas_equal)},
    {"reproducible", FIELD_REPRODUCIBLE, AT(clocked)},
    {"status", FIELD_NAME, AT(status)},
    {"validation_accuracy", FIELD_REAL, AT(validation_accuracy), .later = true},
    {"validation_loss", FIELD_REAL, AT(validation_loss), .later = true},
    {"judged_on", FIELD_NAME, AT(judged_on), .later = true},
    {"before_target_ns", FIELD_INT, AT(before_target_ns), .when = WITH_TARGET},
};
#undef AT
const struct columns summary_members = {"summary.json", summary, COUNT(summary)};

/* ---- the files of a run: a row for each algorithm ---- */

#define AT(member) .offset = offsetof(struct time_row, member)
static const struct field time_split[] = {
    {"algorithm", FIELD_TEXT, AT(algorithm)},
    {"compute_s", FIELD_REAL, AT(compute_s)},
    {"communication_s", FIELD_REAL, AT(communication_s)},
    {"waiting_s", FIELD_REAL, AT(waiting_s)},
    {"overlapped_s", FIELD_REAL, AT(overlapped_s)},
    {"virtual_s", FIELD_SECONDS, AT(virtual_ns)},
};
#undef AT
const struct columns time_columns = {"time.csv", time_split, COUNT(time_split)};

#define AT(member)       .offset = offsetof(struct comparison_row, member)
#define SHOWN(name, how) .head = name, .form = how
static const struct field comparison[] = {
    {"algorithm", FIELD_TEXT, AT(algorithm)},
    {"test_accuracy", FIELD_REAL, AT(test_accuracy), SHOWN("accuracy", FORM_SHARE), .foremost = true},
    {"best_accuracy", FIELD_REAL, AT(best_accuracy), SHOWN("best", FORM_SHARE), .report_only = true},
    {"test_loss", FIELD_REAL, AT(test_loss), SHOWN("loss", FORM_REAL)},
    {"iterations", FIELD_INT, AT(iterations), SHOWN("iterations", FORM_COUNT)},
    {"rounds", FIELD_INT, AT(rounds), SHOWN("rounds", FORM_COUNT)},
    {"virtual_s", FIELD_SECONDS, AT(virtual_ns), SHOWN("time", FORM_TIME), .foremost = true},
    {"predicted_s", FIELD_SECONDS_OR_NAN, AT(predicted_ns), SHOWN("vs formula", FORM_OFF)},
    {"target_accuracy", FIELD_REAL, AT(target_accuracy)},
    {"target_s", FIELD_SECONDS_OR_NAN, AT(target_ns), .when = WITH_TARGET, SHOWN("to target", FORM_TIME),
     .foremost = true},
    {"speedup", FIELD_REAL, AT(speedup), SHOWN("speed-up", FORM_TIMES), .foremost = true},
    {"bytes_up", FIELD_INT, AT(bytes_up), SHOWN("up", FORM_BYTES), .foremost = true},
    {"bytes_down", FIELD_INT, AT(bytes_down), SHOWN("down", FORM_BYTES), .foremost = true},
    {"bytes_initial", FIELD_INT, AT(bytes_initial)},
    {"communication_s", FIELD_REAL, AT(communication_s)},
    {"idle_share", FIELD_REAL, AT(idle_share), SHOWN("idle", FORM_SHARE)},
    {"crashes", FIELD_COUNT_OR_NAN, AT(crashes), .when = WITH_FAULTS, SHOWN("crashes", FORM_COUNT)},
    {"messages_lost", FIELD_COUNT_OR_NAN, AT(messages_lost), .when = WITH_FAULTS, SHOWN("lost", FORM_COUNT)},
    {"server_crashes", FIELD_COUNT_OR_NAN, AT(server_crashes), .when = WITH_FAULTS,
     SHOWN("restarts", FORM_COUNT)},
    {"undone_iterations", FIELD_COUNT_OR_NAN, AT(undone_iterations), .when = WITH_FAULTS,
     SHOWN("undone", FORM_COUNT)},
    {"down_s", FIELD_REAL, AT(down_s), .when = WITH_FAULTS, SHOWN("away", FORM_TIME)},
    {"trained", FIELD_INT, AT(trained)},
    {"synthetic", FIELD_INT, AT(synthetic)},
    {"label", FIELD_TEXT, AT(label)},
    {"variant_of", FIELD_TEXT, AT(variant_of)},
    {"target_bytes_up", FIELD_COUNT_OR_NAN, AT(target_bytes_up), .when = WITH_TARGET,
     SHOWN("up to target", FORM_BYTES), .report_only = true},
    {"target_bytes_down", FIELD_COUNT_OR_NAN, AT(target_bytes_down), .when = WITH_TARGET,
     SHOWN("down to target", FORM_BYTES), .report_only = true},
    {"exchange", FIELD_TEXT, AT(exchange), .later = true, SHOWN("exchange", FORM_WORD),
     .usual = EXCHANGE_USUAL, .foremost = true},
    {"overlap", FIELD_TEXT, AT(overlap), .later = true, SHOWN("overlap", FORM_WORD), .usual = OVERLAP_USUAL,
     .foremost = true},
    {"utilisation", FIELD_REAL, AT(utilisation), .later = true}, /* tables say how idle workers are */
    {"coding_s", FIELD_REAL, AT(coding_s), .later = true},
    {"validation_accuracy", FIELD_REAL, AT(validation_accuracy), .when = WITH_VALIDATION, .later = true,
     SHOWN("validation", FORM_SHARE), .foremost = true},
    {"validation_loss", FIELD_REAL, AT(validation_loss), .when = WITH_VALIDATION, .later = true},
    {"judged_on", FIELD_TEXT, AT(judged_on), .later = true, SHOWN("judged on", FORM_WORD),
     .usual = JUDGED_ON_TEST, .report_only = true},
    {"before_target_s", FIELD_SECONDS_OR_NAN, AT(before_target_ns), .when = WITH_TARGET, .later = true},
};
#undef AT
const struct columns comparison_columns = {"comparison.csv", comparison, COUNT(comparison)};

/* ---- output.at ---- */

static const char between[] = ", "; /* milestones */

static int count_milestones(const char *milestones)
{
    int n = 0;
    for (milestones += strspn(milestones, between); *milestones; milestones += strspn(milestones, between)) {
        milestones += strcspn(milestones, between);
        n++;
    }
    return n;
}

/* "60s" -> "at 60 s", "validation at 60 s" */
static char *heading_of(const char *milestone, int length, bool validation)
{
    char *words = quantity_words(milestone, length),
         *heading = text_format("%sat %s", validation ? "validation " : "", words);
    free(words);
    return heading;
}

/* One column for each milestone. */
static void add_milestones(struct field *at, const char *milestones, size_t offset, bool validation)
{
    const char *name = validation ? VALIDATION_MILESTONE_COLUMN : MILESTONE_COLUMN;
    for (milestones += strspn(milestones, between); *milestones; milestones += strspn(milestones, between)) {
        int length = (int)strcspn(milestones, between);
        *at++ = (struct field){.name = text_format("%s%.*s", name, length, milestones),
                               .kind = FIELD_REAL,
                               .offset = offset,
                               .when = validation ? VALIDATION_AT_A_MILESTONE : AT_A_MILESTONE,
                               .later = validation,
                               .head = heading_of(milestones, length, validation),
                               .form = FORM_SHARE,
                               .report_only = validation,
                               .foremost = true};
        offset += sizeof(double);
        milestones += length;
    }
}

struct columns columns_at_milestones(const struct columns *columns, const char *milestones, size_t offset,
                                     size_t validation_offset)
{
    int n = count_milestones(milestones);
    struct field *all = need((size_t)(columns->n + 2 * n) * sizeof *all);
    memcpy(all, columns->field, (size_t)columns->n * sizeof *all);
    add_milestones(all + columns->n, milestones, offset, false);
    add_milestones(all + columns->n + n, milestones, validation_offset, true);
    return (struct columns){columns->file, all, columns->n + 2 * n};
}

static bool is_at_a_milestone(const struct field *f)
{
    return f->when == AT_A_MILESTONE || f->when == VALIDATION_AT_A_MILESTONE;
}

void columns_end(struct columns *columns)
{
    for (int c = 0; c < columns->n; c++)
        if (is_at_a_milestone(&columns->field[c])) {
            free((char *)columns->field[c].name);
            free((char *)columns->field[c].head);
        }
    free((struct field *)columns->field);
    *columns = (struct columns){0};
}

struct columns columns_of_summary(const char *milestones)
{
    return columns_at_milestones(&summary_members, milestones, offsetof(struct summary, accuracy_at),
                                 offsetof(struct summary, validation_at));
}

struct columns columns_of_comparison(const char *milestones)
{
    return columns_at_milestones(&comparison_columns, milestones,
                                 offsetof(struct comparison_row, accuracy_at),
                                 offsetof(struct comparison_row, validation_at));
}

/* The column behind which tables show this one, although the file has it elsewhere; NULL: they keep the order. */
static const char *stands_behind(const struct field *f)
{
    if (f->when == WITH_VALIDATION)
        return "test_accuracy";
    return is_at_a_milestone(f) || (f->when == WITH_TARGET && f->form == FORM_BYTES) ? "target_s" : NULL;
}

/* Words say what a row is about: they stand beside its name. */
static const struct field **show_words(const struct field **at, const struct columns *columns)
{
    for (const struct field *f = columns->field; f < columns->field + columns->n; f++)
        if (f->head && f->form == FORM_WORD)
            *at++ = f;
    return at;
}

const struct field **columns_shown(const struct columns *columns)
{
    const struct field **shown = need((size_t)(columns->n + 1) * sizeof *shown);
    const struct field **at = show_words(shown, columns);
    const struct field *end = columns->field + columns->n;
    for (const struct field *f = columns->field; f < end; f++) {
        if (!f->head || stands_behind(f) || f->form == FORM_WORD)
            continue;
        *at++ = f;
        for (const struct field *m = f + 1; m < end; m++)
            if (m->head && stands_behind(m) && strcmp(stands_behind(m), f->name) == 0)
                *at++ = m;
    }
    return shown;
}

char *columns_heading(const struct field *f, double target, const char *judged_on)
{
    static const char end[] = "target";
    size_t before = strlen(f->head) - strlen(end);
    if (f->when != WITH_TARGET)
        return text_copy(f->head);
    if (isnan(target))
        return text_format("%.*sits target", (int)before, f->head);
    char *words = judged_target(target, judged_on);
    char *heading = text_format("%.*s%s", (int)before, f->head, words);
    free(words);
    return heading;
}

/* ---- all tables ---- */

char *columns_header(const struct columns *columns)
{
    size_t length = 0;
    for (int c = 0; c < columns->n; c++)
        length += strlen(columns->field[c].name) + 1; /* and a comma, or the end */
    char *header = need(length), *at = header;
    for (int c = 0; c < columns->n; c++) {
        if (c > 0)
            *at++ = ',';
        at = stpcpy(at, columns->field[c].name);
    }
    return header;
}

int columns_at(const struct columns *columns, size_t offset)
{
    int c = 0;
    while (c < columns->n && columns->field[c].offset != offset)
        c++;
    assert(c < columns->n);
    return c;
}

const char *columns_name(const struct columns *columns, size_t offset)
{
    return columns->field[columns_at(columns, offset)].name;
}

bool exchange_is_untrue(const char *name)
{
    return strstr(name, EXCHANGE_IF_ADDITIVE);
}
