/* summary.json, and the numbers of the comparison worked out by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/base/text.h"
#include "sim/output/summary.h"
#include "sim/schema/judged.h"
#include "sim/schema/words.h"
#include "tests/rigs/scratch.h"

static struct summary summary_of(const char *algorithm, int64_t virtual_ns, int64_t target_ns)
{
    struct summary s = {.model = "lenet",
                        .dataset = "mnist",
                        .trained = true,
                        .workers = 4,
                        .seed = 7,
                        .rounds = 10,
                        .iterations = 40,
                        .epochs = 0.5,
                        .wall_seconds = 2.5,
                        .test_accuracy = 0.75,
                        .best_accuracy = 0.875,
                        .test_loss = 0.25,
                        .train_loss = 0.125,
                        .validation_accuracy = NAN,
                        .validation_loss = NAN,
                        .judged_on = JUDGED_ON_TEST,
                        .before_target_ns = 1000000000,
                        .target_iterations = 20,
                        .target_bytes_up = 500,
                        .target_bytes_down = 600,
                        .predicted_ns = -1,
                        .bytes_up = 1000,
                        .bytes_down = 2000,
                        .bytes_initial = 300,
                        .pushes = 40,
                        .replies = 39,
                        .compute_ns = 4000000000,
                        .communication_ns = 2000000000,
                        .overlapped_ns = 1000000000,
                        .coding_ns = 2000000000,
                        .utilisation = 0.125,
                        .wasted_iterations = 3,
                        .dropped_pushes = 2,
                        .parameters_hash = 0xabcd,
                        .replicas_equal = REPLICAS_EQUAL,
                        .status = "done"};
    snprintf(s.algorithm, sizeof s.algorithm, "%s", algorithm);
    snprintf(s.label, sizeof s.label, "Label");
    snprintf(s.variant_of, sizeof s.variant_of, "asp");
    snprintf(s.exchange, sizeof s.exchange, EXCHANGE_USUAL);
    snprintf(s.overlap, sizeof s.overlap, OVERLAP_USUAL);
    s.virtual_ns = virtual_ns;
    s.target_ns = target_ns;
    s.waiting_ns = virtual_ns; /* of 4 workers together: a quarter */
    return s;
}

static void test_summary(void **state)
{
    (void)state;
    struct summary s = summary_of("osp", 5000000000, 1500000000);
    summary_write(&s, ".");
    assert_string_equal(
        contents("summary.json"),
        "{\n  \"algorithm\": \"osp\",\n  \"label\": \"Label\",\n  \"variant_of\": \"asp\",\n  \"exchange\": "
        "\"server\",\n  \"overlap\": \"none\",\n  \"model\": "
        "\"lenet\",\n  \"dataset\": \"mnist\",\n"
        "  \"synthetic\": false,\n  \"trained\": true,\n  \"workers\": 4,\n  \"seed\": 7,\n  \"rounds\": "
        "10,\n  \"iterations\": "
        "40,\n"
        "  \"epochs\": 0.5,\n  \"virtual_ns\": 5000000000,\n  \"wall_seconds\": 2.5,\n"
        "  \"test_accuracy\": 0.75,\n  \"test_loss\": 0.25,\n  \"train_loss\": 0.125,\n"
        "  \"best_accuracy\": 0.875,\n  \"target_ns\": 1500000000,\n  \"target_iterations\": 20,\n"
        "  \"target_bytes_up\": 500,\n  \"target_bytes_down\": 600,\n  \"bytes_up\": 1000,\n"
        "  \"bytes_down\": 2000,\n  \"bytes_initial\": 300,\n  \"pushes\": 40,\n  \"replies\": 39,\n"
        "  \"compute_ns\": 4000000000,\n  \"communication_ns\": 2000000000,\n  \"waiting_ns\": 5000000000,\n"
        "  \"overlapped_ns\": 1000000000,\n  \"coding_ns\": 2000000000,\n  \"utilisation\": 0.125,\n"
        "  \"wasted_iterations\": 3,\n  \"dropped_pushes\": 2,\n  \"parameters_hash\": "
        "\"000000000000abcd\",\n"
        "  \"replicas_equal\": true,\n  \"reproducible\": true,\n  \"status\": \"done\",\n"
        "  \"validation_accuracy\": null,\n  \"validation_loss\": null,\n  \"judged_on\": \"test\",\n"
        "  \"before_target_ns\": 1000000000\n}\n");
}

static void test_summary_nulls(void **state)
{
    (void)state;
    struct summary s = summary_of("osp", 5000000000, -1);
    s.test_accuracy = NAN;
    s.replicas_equal = REPLICAS_NONE;
    summary_write(&s, ".");
    contents("summary.json");
    assert_non_null(strstr(text, "\"test_accuracy\": null,"));
    assert_non_null(strstr(text, "\"target_ns\": null,\n  \"target_iterations\": null,\n"
                                 "  \"target_bytes_up\": null,\n  \"target_bytes_down\": null,"));
    assert_non_null(strstr(text, "\"replicas_equal\": null,"));
}

#define HEADER                                                                                               \
    "algorithm,test_accuracy,best_accuracy,test_loss,iterations,rounds,virtual_s,predicted_s,target_"        \
    "accuracy,target_s,"                                                                                     \
    "speedup,bytes_up,bytes_down,bytes_initial,communication_s,idle_share,crashes,messages_lost,"            \
    "server_crashes,undone_iterations,down_s,trained,synthetic,label,variant_of,target_bytes_up,target_"     \
    "bytes_down,exchange,overlap,utilisation,coding_s,validation_accuracy,validation_loss,judged_on,before_" \
    "target_s\n"

static void test_comparison_with_target(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, 6000000000),
                          summary_of("osp", 4000000000, 1500000000), summary_of("asp", 4000000000, -1)};
    s[1].predicted_ns = 3200000000;
    s[2].test_accuracy = NAN;
    comparison_write(s, 3, &(struct comparison_terms){.target = 0.7, .budget = ""}, ".");
    assert_string_equal(
        contents("comparison.csv"), HEADER
        "bsp,0.75,0.875,0.25,40,10,8.000000000,NaN,0.7,6.000000000,1,1000,2000,300,0.5,0.25,NaN,NaN,NaN,NaN,"
        "NaN,1,0,Label,asp,500,600,server,none,0.125,0.5,NaN,NaN,test,1.000000000\n"
        "osp,0.75,0.875,0.25,40,10,4.000000000,3.200000000,0.7,1.500000000,4,1000,2000,300,0.5,0.25,NaN,NaN,"
        "NaN,NaN,NaN,1,0,Label,asp,500,600,server,none,0.125,0.5,NaN,NaN,test,1.000000000\n"
        "asp,NaN,0.875,0.25,40,10,4.000000000,NaN,0.7,NaN,NaN,1000,2000,300,0.5,0.25,NaN,NaN,NaN,NaN,NaN,1,"
        "0,Label,asp,NaN,NaN,server,none,0.125,0.5,NaN,NaN,test,NaN\n");
}

static void test_comparison_without_target(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, -1), summary_of("osp", 5000000000, -1),
                          summary_of("none", 0, -1)};
    s[1].synthetic = true;
    s[2].workers = 0;
    comparison_write(s, 3, &(struct comparison_terms){.target = NAN, .budget = ""}, ".");
    assert_string_equal(
        contents("comparison.csv"), HEADER
        "bsp,0.75,0.875,0.25,40,10,8.000000000,NaN,NaN,NaN,1,1000,2000,300,0.5,0.25,NaN,NaN,NaN,NaN,NaN,1,0,"
        "Label,asp,NaN,NaN,server,none,0.125,0.5,NaN,NaN,test,NaN\n"
        "osp,0.75,0.875,0.25,40,10,5.000000000,NaN,NaN,NaN,1.6,1000,2000,300,0.5,0.25,NaN,NaN,NaN,NaN,NaN,1,"
        "1,Label,asp,NaN,NaN,server,none,0.125,0.5,NaN,NaN,test,NaN\n"
        "none,0.75,0.875,0.25,40,10,0.000000000,NaN,NaN,NaN,NaN,1000,2000,300,NaN,NaN,NaN,NaN,NaN,NaN,NaN,1,"
        "0,Label,asp,NaN,NaN,server,none,0.125,NaN,NaN,NaN,test,NaN\n");
}

static void test_comparison_untrained(void **state)
{
    (void)state;
    struct summary s = summary_of("bsp", 8000000000, -1);
    s.trained = false;
    s.test_accuracy = s.best_accuracy = s.test_loss = NAN;
    comparison_write(&s, 1, &(struct comparison_terms){.target = NAN, .budget = ""}, ".");
    assert_string_equal(contents("comparison.csv"), HEADER
                        "bsp,NaN,NaN,NaN,40,10,8.000000000,NaN,NaN,NaN,1,1000,2000,300,0.5,0.25,NaN,"
                        "NaN,NaN,NaN,NaN,0,0,Label,asp,NaN,NaN,server,none,0.125,0.5,NaN,NaN,test,NaN\n");
    summary_write(&s, ".");
    contents("summary.json");
    assert_non_null(strstr(text, "\"trained\": false,"));
    assert_non_null(strstr(text, "\"parameters_hash\": null,"));
}

static void test_comparison_with_faults(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, -1), summary_of("osp", 4000000000, -1)};
    s[1].faulty = true;
    s[1].faults = (struct fault_totals){
        .crashes = 3, .lost = 5, .server_crashes = 1, .undone = 7, .down_ns = 2000000000};
    comparison_write(s, 2, &(struct comparison_terms){.target = NAN, .budget = ""}, ".");
    contents("comparison.csv");
    assert_non_null(strstr(
        text,
        ",0.5,0.25,NaN,NaN,NaN,NaN,NaN,1,0,Label,asp,NaN,NaN,server,none,0.125,0.5,NaN,NaN,test,NaN\nosp,"));
    assert_non_null(strstr(text, ",0.5,0.25,3,5,1,7,0.5,1,0,Label,asp,NaN,NaN,server,none,0.125,0.5,NaN,NaN,"
                                 "test,NaN\n")); /* 2 s of 4 workers */
}

static void test_comparison_first_never_there(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, -1), summary_of("osp", 5000000000, 1)};
    comparison_write(s, 2, &(struct comparison_terms){.target = 0.9, .budget = ""}, ".");
    assert_non_null(
        strstr(contents("comparison.csv"), "osp,0.75,0.875,0.25,40,10,5.000000000,NaN,0.9,0.000000001,NaN,"));
}

/* What comparison_print says, in text. */
static void print_into_text(const struct summary *s, int n, const struct comparison_terms *terms)
{
    fflush(stdout);
    int kept = dup(STDOUT_FILENO), file = open("table", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDOUT_FILENO);
    comparison_print(s, n, terms);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(file);
    contents("table");
}

static void test_budgets(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, 6000000000),
                          summary_of("osp", 8000000001, 1500000000)};
    char *budget = budget_words("8s, 1.5GiB");
    struct comparison_terms terms = {.target = NAN, .budget = budget};
    comparison_write(s, 2, &terms, ".");
    assert_non_null(
        strstr(contents("comparison.csv"), "bsp,0.75,0.875,0.25,40,10,8.000000000,NaN,NaN,NaN,NaN,"));
    print_into_text(s, 2, &terms);
    assert_non_null(strstr(text, ", seed 7, budget 8 s or 1.5 GiB; time is virtual"));
    assert_null(strstr(text, "speed-up"));
    assert_int_equal(unlink("comparison.csv"), 0);
    terms.target = 0.5; /* which one reaches first */
    comparison_write(s, 2, &terms, ".");
    assert_non_null(
        strstr(contents("comparison.csv"), "osp,0.75,0.875,0.25,40,10,8.000000001,NaN,0.5,1.500000000,4,"));
    print_into_text(s, 2, &terms);
    assert_non_null(strstr(text, "speed-up over bsp"));
    terms = (struct comparison_terms){.target = NAN, .budget = ""};
    print_into_text(s, 2, &terms);
    assert_non_null(strstr(text, ", seed 7; time is virtual, speed-up over bsp"));
    free(budget);
    budget = budget_words("");
    assert_string_equal(budget, "");
    free(budget);
}

/* Whichever budget: what counts is whether all iterations are in the model. */
static void test_budget_beside_iterations(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, -1), summary_of("osp", 4000000000, -1)};
    struct comparison_terms terms = {.target = NAN, .budget = "1 MiB", .iterations = 40};
    comparison_write(s, 2, &terms, "."); /* neither is cut */
    assert_non_null(
        strstr(contents("comparison.csv"), "osp,0.75,0.875,0.25,40,10,4.000000000,NaN,NaN,NaN,2,"));
    assert_int_equal(unlink("comparison.csv"), 0);
    s[1].iterations = 39;
    comparison_write(s, 2, &terms, ".");
    assert_non_null(
        strstr(contents("comparison.csv"), "bsp,0.75,0.875,0.25,40,10,8.000000000,NaN,NaN,NaN,1,"));
    assert_non_null(strstr(text, "osp,0.75,0.875,0.25,39,10,4.000000000,NaN,NaN,NaN,NaN,"));
    assert_int_equal(unlink("comparison.csv"), 0);
    s[0].iterations = 39, s[1].iterations = 40;
    comparison_write(s, 2, &terms, ".");
    assert_non_null(
        strstr(contents("comparison.csv"), "osp,0.75,0.875,0.25,40,10,4.000000000,NaN,NaN,NaN,NaN,"));
    print_into_text(s, 2, &terms);
    assert_null(strstr(text, "speed-up"));
}

static void test_milestones(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, -1), summary_of("osp", 4000000000, -1)};
    for (int i = 0; i < 2; i++) {
        strcpy(s[i].milestones, "60s, 1.5GiB");
        s[i].accuracy_at[0] = 0.5;
        s[i].accuracy_at[1] = i ? NAN : 0.625;
        s[i].validation_at[0] = 0.25;
        s[i].validation_at[1] = NAN;
    }
    comparison_write(s, 2, &(struct comparison_terms){.target = NAN, .budget = ""}, ".");
    contents("comparison.csv");
    assert_non_null(strstr(
        text,
        ",before_target_s,accuracy_at_60s,accuracy_at_1.5GiB,validation_at_60s,validation_at_1.5GiB\n"));
    assert_non_null(strstr(text, ",test,NaN,0.5,0.625,0.25,NaN\nosp,"));
    assert_non_null(strstr(text, ",test,NaN,0.5,NaN,0.25,NaN\n"));
    summary_write(&s[1], ".");
    assert_non_null(strstr(contents("summary.json"),
                           "null,\n  \"accuracy_at_60s\": 0.5,\n  \"accuracy_at_1.5GiB\": null,\n"
                           "  \"validation_at_60s\": 0.25,\n  \"validation_at_1.5GiB\": null\n}"));
    print_into_text(s, 2, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_non_null(strstr(text, "  at 60 s  at 1.5 GiB"));
    assert_non_null(strstr(text, "at 1.5 GiB: osp ended before\n"));
    assert_null(strstr(text, "at 60 s:"));
}

/* The table says what the target is reached on; a file says it in every row. */
static void test_judged_on_validation(void **state)
{
    (void)state;
    struct summary s = summary_of("bsp", 8000000000, 6000000000);
    const struct comparison_terms terms = {.target = 0.7, .budget = ""};
    print_into_text(&s, 1, &terms);
    assert_non_null(strstr(text, "  to 70 %  "));
    assert_null(strstr(text, "validation"));
    s.validation_accuracy = 0.875;
    s.validation_loss = 0.375;
    strcpy(s.judged_on, JUDGED_ON_VALIDATION);
    print_into_text(&s, 1, &terms);
    assert_non_null(strstr(text, "  accuracy  validation  "));
    assert_non_null(strstr(text, "  to 70 % (validation)  "));
    comparison_write(&s, 1, &terms, ".");
    assert_non_null(strstr(contents("comparison.csv"), ",0.875,0.375,validation,1.000000000\n"));
    s.trained = false; /* nothing is judged */
    print_into_text(&s, 1, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_null(strstr(text, "validation"));
}

/* The accuracy that is judged by decides which evaluation is the best; of equal ones the first. */
static void test_the_best_evaluation(void **state)
{
    (void)state;
    struct summary test = {.judged_on = JUDGED_ON_TEST, .best_accuracy = NAN, .best_judged = NAN},
                   other = {.judged_on = JUDGED_ON_VALIDATION, .best_accuracy = NAN, .best_judged = NAN};
    const struct eval_row row[] = {{.test_accuracy = 0.5, .validation_accuracy = 0.25},
                                   {.test_accuracy = 0.25, .validation_accuracy = 0.75},
                                   {.test_accuracy = 0.375, .validation_accuracy = 0.75}};
    for (int i = 0; i < 3; i++) {
        judged_best(&test, &row[i]);
        judged_best(&other, &row[i]);
    }
    assert_true(test.best_accuracy == 0.5 && other.best_accuracy == 0.25);
}

static void test_time_split(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, -1), summary_of("osp", 5000000001, -1)};
    time_split_write(s, 2, ".");
    assert_string_equal(contents("time.csv"),
                        "algorithm,compute_s,communication_s,waiting_s,overlapped_s,virtual_s\n"
                        "bsp,1,0.5,2,0.25,8.000000000\nosp,1,0.5,1.25,0.25,5.000000001\n");
}

static void test_table(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, 6000000000),
                          summary_of("a-long-name", 5000000000, -1)};
    s[0].predicted_ns = 6400000000;
    strcpy(s[1].label, "A long_name");
    s[1].test_accuracy = NAN;
    print_into_text(s, 2, &(struct comparison_terms){.target = 0.7, .budget = ""});
    assert_null(strstr(text, "SYNTHETIC"));
    assert_non_null(strstr(text, "to 70 %"));
    assert_non_null(strstr(text, "\nbsp (Label)  ")); /* beside the name where its words differ */
    assert_non_null(strstr(text, "\na-long-name  "));
    assert_non_null(strstr(text, " 75.00  "));
    assert_non_null(strstr(text, "1.00x"));
    assert_non_null(strstr(text, " +25.00  "));

    char *save;
    strtok_r(text, "\n", &save); /* the line above the table */
    char *line = strtok_r(NULL, "\n", &save);
    size_t width = strlen(line);
    for (int rows = 0; rows < 3; rows++) /* units, and two algorithms */
        assert_int_equal(strlen(strtok_r(NULL, "\n", &save)), width);
    assert_null(strtok_r(NULL, "\n", &save));
}

/* How the line with that first word ends. */
static void assert_ends(const char *first, const char *end)
{
    char begin[32];
    snprintf(begin, sizeof begin, "\n%s ", first);
    char *line = strstr(text, begin);
    assert_non_null(line);
    char *copy = text_copy(line + 1);
    copy[strcspn(copy, "\n")] = '\0';
    assert_string_equal(copy + strlen(copy) - strlen(end), end);
    free(copy);
}

static void test_table_shows_faults_where_there_may_be_some(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, -1), summary_of("osp", 4000000000, -1)};
    print_into_text(s, 2, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_ends("algorithm", "   idle  wall");
    s[1].faulty = true;
    s[1].faults = (struct fault_totals){
        .crashes = 3, .lost = 5, .server_crashes = 1, .undone = 7, .down_ns = 2000000000};
    print_into_text(s, 2, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_ends("algorithm", "  crashes  lost  restarts  undone  away  wall");
    assert_ends("bsp", "        -     -         -       -     -  2.50");
    assert_ends("osp", "        3     5         1       7   500  2.50");
}

static void test_table_names_exchanges_where_one_is_not_the_usual(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, -1), summary_of("osp", 4000000000, -1)};
    print_into_text(s, 2, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_null(strstr(text, "exchange"));
    strcpy(s[1].exchange, "ring");
    print_into_text(s, 2, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_non_null(strstr(text, "\nalgorithm    exchange  accuracy  "));
    assert_null(strstr(text, "overlap"));
    assert_non_null(strstr(text, "\nbsp (Label)    server     75.00  "));
    assert_non_null(strstr(text, "\nosp (Label)      ring     75.00  "));
    strcpy(s[0].overlap, "backward");
    print_into_text(s, 2, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_non_null(strstr(text, "\nalgorithm    exchange   overlap  accuracy  "));
}

static void test_off_theory_is_never_minus_nothing(void **state)
{
    (void)state;
    struct summary s = summary_of("bsp", 8000000000, -1);
    s.predicted_ns = 8000000001;
    print_into_text(&s, 1, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_non_null(strstr(text, "  +0.00  "));
    s.predicted_ns = 10000000000;
    print_into_text(&s, 1, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_non_null(strstr(text, "  -20.00  "));
}

static void test_table_remarks(void **state)
{
    (void)state;
    struct summary s[] = {summary_of("bsp", 8000000000, -1), summary_of("osp", 5000000000, -1)};
    s[0].synthetic = true;
    strcpy(s[0].status, "diverged");
    s[1].replicas_equal = REPLICAS_DIFFER;
    print_into_text(s, 2, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_non_null(strstr(text, "*** SYNTHETIC DATA"));
    assert_non_null(strstr(text, "bsp: diverged\n"));
    assert_non_null(strstr(text, "osp: a worker's replica DIFFERED"));
    print_into_text(s, 0, &(struct comparison_terms){.target = NAN, .budget = ""});
    assert_string_equal(text, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_summary),
        TEST(test_summary_nulls),
        TEST(test_comparison_with_target),
        TEST(test_comparison_without_target),
        TEST(test_comparison_untrained),
        TEST(test_comparison_with_faults),
        TEST(test_comparison_first_never_there),
        TEST(test_budgets),
        TEST(test_budget_beside_iterations),
        TEST(test_milestones),
        TEST(test_judged_on_validation),
        TEST(test_the_best_evaluation),
        TEST(test_time_split),
        TEST(test_table),
        TEST(test_table_shows_faults_where_there_may_be_some),
        TEST(test_table_names_exchanges_where_one_is_not_the_usual),
        TEST(test_off_theory_is_never_minus_nothing),
        TEST(test_table_remarks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
