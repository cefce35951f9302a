/* sim/tune: from the rows of [tune] to the sweep that tunes, what is unfair, and the values that are chosen from its
 * results. */
#include "tests/rigs/config_fixture.h"

#include "sim/base/text.h"
#include "sim/sweep/results.h"
#include "sim/tune/tuning.h"

#define BEGIN "[experiment]\nalgorithms = a: losp, b: losp\nseed = 1\n[data]\nvalidation = 0.1\n"

static struct tuning read_tuning(struct fixture *f, const char *text)
{
    struct tuning t;
    restart(f);
    accepts(f, text);
    finishes(f);
    if (!tuning_read(&t, f->src, f->error, sizeof f->error))
        fail_msg("%s", f->error);
    return t;
}

static char section[2048]; /* of sweep_section() */

/* [sweep] as resolved.ini has it. */
static const char *sweep_section(const struct fixture *f)
{
    char *all = NULL;
    size_t length;
    FILE *out = text_begin(&all, &length);
    config_dump(f->src, out, false);
    text_end(out, &all);
    const char *from = strstr(all, "\n[sweep]\n");
    assert_non_null(from);
    const char *to = strstr(from + 1, "\n[");
    snprintf(section, sizeof section, "%.*s", to ? (int)(to - from) : (int)strlen(from), from);
    free(all);
    return section;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no '%s' in: %s", part, text);
}

/* The sweep */

static void a_random_search_is_a_sweep(void **state)
{
    struct fixture *f = *state;
    struct tuning t =
        read_tuning(f, BEGIN "[sweep]\nnetwork.latency = 1ms, 2ms\n[tune]\ntrials = 3\nby = loss\nseeds = 2\n"
                             "algorithm.*.rate = log(0.01, 1)\nalgorithm.b.steps = choice(8, 16)\n"
                             "algorithm.b.rate = uniform(0, 1)\n");
    assert_true(t.method == SEARCH_RANDOM && t.trials == 3 && t.keys == 3);
    char *words = tuning_words(&t);
    assert_string_equal(
        words, "random search (not all rows are lists): 3 trials of each algorithm, 2 seeds (from 1000001), "
               "by validation loss");
    free(words);
    config_drop_compare(f->src);
    assert_true(tuning_sweep(&t, f->src, f->error, sizeof f->error));
    has(sweep_section(f), "\ntune = loss\n");
    has(section, "\nown_values = trials\n");
    has(section, "\nnetwork.latency = 1ms, 2ms\nexperiment.seed = 1000001..1000002\nalgorithm.a.rate = ");
    struct grid g;
    assert_true(grid_read(&g, f->src, f->error, sizeof f->error));
    assert_true(g.rows == 5 && g.points == 2 * 2 * (3 + 3) && g.own == OWN_TRIALS);
    grid_free(&g);
    tuning_free(&t);
}

/* The draws of a key are those of all algorithms, whichever other keys are tuned. */
static void draws_are_shared(void **state)
{
    struct fixture *f = *state;
    static const char *const others[] = {
        "", "algorithm.b.steps = uniform(1, 100)\nalgorithm.a.drain = yes, no\n"};
    char *first = NULL;
    for (int i = 0; i < 2; i++) {
        char text[512];
        snprintf(text, sizeof text, BEGIN "[tune]\n%salgorithm.*.rate = log(0.01, 1)\n", others[i]);
        struct tuning t = read_tuning(f, text);
        assert_true(tuning_sweep(&t, f->src, f->error, sizeof f->error));
        struct grid g;
        assert_true(grid_read(&g, f->src, f->error, sizeof f->error));
        for (int row = 0; row < g.rows; row++)
            if (strstr(g.row[row].key, ".rate")) {
                char *values = swept_values(&g.row[row]);
                if (first)
                    assert_string_equal(values, first);
                else
                    first = strdup(values);
                free(values);
            }
        grid_free(&g);
        tuning_free(&t);
    }
    free(first);
}

static void lists_are_a_grid(void **state)
{
    struct fixture *f = *state;
    struct tuning t =
        read_tuning(f, BEGIN "[tune]\nalgorithm.*.rate = choice(0.1, 0.2, 0.4)\nalgorithm.a.steps = 1, 2\n"
                             "algorithm.b.parts = 0.1, 0.2 | 0.3\n");
    assert_true(t.method == SEARCH_GRID && t.trials == 6);
    assert_true(tuning_sweep(&t, f->src, f->error, sizeof f->error));
    has(sweep_section(f), "\nown_values = combine\n");
    has(sweep_section(f),
        "\nalgorithm.a.rate = 0.1, 0.2, 0.4\nalgorithm.a.steps = 1, 2\nalgorithm.b.rate = 0.1, 0.2, 0.4\n"
        "algorithm.b.parts = 0.1, 0.2 | 0.3");
    tuning_free(&t);
    t = read_tuning(f, BEGIN "[tune]\nmethod = halving\nalgorithm.*.rate = 0.1, 0.2, 0.4\n");
    assert_true(t.method == SEARCH_HALVING && t.trials == 12);
    char *words = tuning_words(&t);
    assert_string_equal(
        words,
        "successive halving (of each rung one trial in 3 goes on): 12 trials of each algorithm, 1 seed "
        "(1000001), by validation accuracy");
    free(words);
    assert_true(tuning_sweep(&t, f->src, f->error, sizeof f->error));
    has(sweep_section(f), "\nown_values = trials\n");
    has(sweep_section(f), "\nhalving = 3\n");
    tuning_free(&t);
}

static void without_rows_nothing_is_tuned(void **state)
{
    struct fixture *f = *state;
    struct tuning t = read_tuning(f, "[experiment]\nalgorithms = a: losp\nseed = 1\n");
    assert_int_equal(t.keys, 0);
    tuning_free(&t);
}

/* What is refused */

static void tunings_that_are_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text;
        int line;
        const char *error;
    } rows[] = {
        {BEGIN "[tune]\nalgorithm.*.rate = log(1, 0.1)\n", 7,
         "algorithm.*.rate: expected a range that rises, from LOW to HIGH, got 'log(1, 0.1)'"},
        {BEGIN "[tune]\nalgorithm.a.rate = log(0.1, 1)\n", 7,
         "algorithm.a.rate: expected rows of all algorithms or of none, got none of b: its rivals would have "
         "an "
         "advantage (algorithm.*.KEY is a row of each)"},
        {"[experiment]\nalgorithms = a: losp, bsp\nseed = 1\n[data]\nvalidation = 0.1\n[tune]\n"
         "algorithm.*.rate = log(0.1, 1)\n",
         7,
         "algorithm.*.rate: expected a key that each algorithm has, got one that bsp lacks; name the others "
         "(algorithm.NAME.rate)"},
        {BEGIN "[tune]\nmethod = grid\nalgorithm.*.rate = log(0.1, 1)\n", 8,
         "algorithm.a.rate: expected choice(A, B) or a list with tune.method = grid, got log(0.1, 1) (random "
         "and "
         "halving draw from it)"},
        {BEGIN "[tune]\nmethod = grid\nalgorithm.a.rate = 1, 2\nalgorithm.b.rate = 1, 2, 3\n", 7,
         "tune.method: expected equal numbers of combinations with grid, got 2 of a and 3 of b: set "
         "tune.method = "
         "random, which gives each algorithm tune.trials"},
        {BEGIN "[tune]\nalgorithm.*.rate = 1\n", 7,
         "algorithm.a.rate: expected 2 to 1000 combinations of values to choose from, got one"},
        {BEGIN "[tune]\nmethod = random\nalgorithm.a.rate = 1\nalgorithm.b.rate = log(1, 2)\n", 8,
         "algorithm.a.rate: expected several values to choose from, got 1"},
        {BEGIN "[tune]\ntrials = 16\nalgorithm.*.rate = 1, 2\n", 7,
         "tune.trials: has no effect with tune.method = grid (the rows are lists): the lists say how many; "
         "leave it "
         "out, or set tune.method = random"},
        {BEGIN "[tune]\neta = 2\nalgorithm.*.rate = log(1, 2)\n", 7,
         "tune.eta: has no effect: only tune.method = halving uses it; leave it out, or choose halving"},
        {BEGIN "[tune]\nby = target\nalgorithm.*.rate = 1, 2\n", 7,
         "tune.by: target needs experiment.target_accuracy"},
        {BEGIN "[tune]\nby = at\nalgorithm.*.rate = 1, 2\n", 7,
         "tune.by: at needs output.at, such as output.at = 60s"},
        {BEGIN "[tune]\nseed = 5\nalgorithm.*.rate = 1, 2\n", 7,
         "tune.seed: expected other seeds than those of the final runs (1 to 5: experiment.seed and "
         "compare.seeds), got "
         "5"},
        {BEGIN "[tune]\nseed = 0\nseeds = 2\nalgorithm.*.rate = 1, 2\n", 7,
         "tune.seed: expected other seeds than those of the final runs (1 to 5: experiment.seed and "
         "compare.seeds), got "
         "0 to 1"},
        {BEGIN "[tune]\nseed = 9223372036854775807\nseeds = 2\nalgorithm.*.rate = 1, 2\n", 7,
         "tune.seed: expected at most 9223372036854775805, as tune.seeds counts on from it, got "
         "9223372036854775807"},
        {BEGIN "[sweep]\nalgorithm.a.steps = 1, 2\n[tune]\nalgorithm.*.rate = 1, 2\n", 7,
         "algorithm.a.steps: expected the row in [tune] (--tune): a comparison chooses an algorithm's own "
         "values by "
         "runs that do not count"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tuning t;
        restart(f);
        accepts(f, rows[i].text);
        finishes(f);
        if (tuning_read(&t, f->src, f->error, sizeof f->error))
            fail_msg("accepted: %s", rows[i].text);
        error_is(f, rows[i].line, rows[i].error);
        tuning_free(&t);
    }
}

static void refused(struct fixture *f, const char *error)
{
    struct tuning t;
    finishes(f);
    assert_false(tuning_read(&t, f->src, f->error, sizeof f->error));
    assert_string_equal(f->error, error);
    tuning_free(&t);
}

static void no_validation_data(void **state)
{
    struct fixture *f = *state;
    accepts(f, "[experiment]\nalgorithms = a: losp, b: losp\nseed = 1\n[tune]\nalgorithm.*.rate = 1, 2\n");
    refused(f, "data.validation: expected a part of the training samples to tune by (data.validation = 0.1), "
               "got none: "
               "values that the test data choose look better there than they are");
}

static void set_and_tuned_exclude_each_other(void **state)
{
    struct fixture *f = *state;
    accepts(f, BEGIN);
    sets(f, "algorithm.a.rate=3");
    assert_true(config_tune(f->src, "algorithm.*.rate=1, 2", f->error, sizeof f->error));
    refused(f, "--set: algorithm.a.rate is tuned (--tune): expected --tune algorithm.a.rate=... to change "
               "its values");
}

/* What is chosen */

struct scene {
    struct tuning tuning;
    struct sweep sweep;
    struct results *results;
};

static void open_scene(struct scene *s, struct fixture *f, const char *text)
{
    *s = (struct scene){.tuning = read_tuning(f, text)};
    assert_true(tuning_sweep(&s->tuning, f->src, f->error, sizeof f->error));
    assert_true(grid_read(&s->sweep.grid, f->src, f->error, sizeof f->error));
    s->sweep.folder = "/nowhere/tune";
    s->sweep.milestones = "";
    s->sweep.tune = s->tuning.by;
    s->results = results_read(&s->sweep);
}

static void close_scene(struct scene *s)
{
    results_free(s->results);
    grid_free(&s->sweep.grid);
    tuning_free(&s->tuning);
}

/* Every trial has ended with this validation accuracy, which is the larger, the nearer its rate is to the best one; the
 * test accuracy says the contrary. NAN: it diverged. */
static void end_with(struct scene *s, int algorithm, const double *best)
{
    struct results *r = s->results;
    const struct grid *g = r->grid;
    for (int setting = 0; setting < g->settings; setting++)
        for (int v = 0; v < results_combinations(r, algorithm); v++)
            for (int seed = 0; seed < g->seeds; seed++) {
                struct outcome *o = &results_at(r, setting, algorithm, v)[seed];
                o->over = true;
                o->done = !isnan(best[setting]);
                o->cell = calloc((size_t)r->columns, sizeof *o->cell);
                o->value = calloc((size_t)r->columns, sizeof *o->value);
                for (int c = 0; c < r->columns; c++)
                    o->cell[c] = c == r->at.judged_on ? "validation" : "0";
                for (int i = 0; i < g->rows; i++)
                    if (g->row[i].algorithm == algorithm && strstr(g->row[i].key, ".rate")) {
                        double rate = strtod(g->row[i].number[o->point->value[i]], NULL);
                        o->value[r->at.validation_accuracy] = 1 - fabs(log(rate / best[setting])) / 10;
                        o->value[r->at.accuracy] = -o->value[r->at.validation_accuracy];
                    }
                o->value[r->at.trained] = 1;
            }
}

#define TWO_SETTINGS BEGIN "[sweep]\nnetwork.latency = 1ms, 2ms\n"

/* To what the final runs get. */
static void choose(struct scene *s, struct fixture *f, const char *text)
{
    results_choose(s->results);
    restart(f);
    accepts(f, text);
    finishes(f);
    config_drop_compare(f->src);
}

static void the_best_trial_of_each_setting_is_chosen(void **state)
{
    struct fixture *f = *state;
    static const char text[] = TWO_SETTINGS "[tune]\nalgorithm.*.rate = 0.1, 0.2, 0.4, 0.8\n";
    struct scene s;
    open_scene(&s, f, text);
    end_with(&s, 0, (const double[]){0.19, 0.41});
    end_with(&s, 1, (const double[]){0.9, 0.3});
    choose(&s, f, text);
    assert_true(tuning_choose(&s.tuning, s.results, f->src, f->error, sizeof f->error));
    has(sweep_section(f), "\nown_values = settings\n");
    has(sweep_section(f), "\nalgorithm.a.rate = 0.2, 0.4\nalgorithm.b.rate = 0.8, 0.4");
    char *one = tuning_values(&s.tuning, s.results, 0, 0), *none = tuning_warning(&s.tuning, s.results, 0),
         *edge = tuning_warning(&s.tuning, s.results, 1);
    assert_string_equal(one, "rate = 0.2");
    assert_null(none);
    assert_string_equal(
        edge, "b.rate = 0.8 is the largest value of the list and the best one at 1 of 2 points of the "
              "other keys: a larger one may be better (0.1, 0.2, 0.4, 0.8)");
    free(one);
    free(edge);
    close_scene(&s);
}

/* Of a range the trials are the list; of a choice the choice, also where its ends are not drawn. */
static void an_edge_of_trials_is_said(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    open_scene(&s, f,
               BEGIN "[tune]\nmethod = random\nalgorithm.a.rate = log(0.01, 1)\n"
                     "algorithm.b.rate = choice(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)\ntrials = 2\n");
    const struct swept *a = &s.sweep.grid.row[1], *b = &s.sweep.grid.row[2];
    double low = fmin(strtod(a->number[0], NULL), strtod(a->number[1], NULL)),
           high = fmax(strtod(b->number[0], NULL), strtod(b->number[1], NULL));
    assert_true(high < 0.8 && !isnan(low));
    end_with(&s, 0, &low);
    end_with(&s, 1, &high);
    results_choose(s.results);
    char wanted[256], *edge = tuning_warning(&s.tuning, s.results, 0),
                      *none = tuning_edge(&s.tuning, s.results, 1);
    snprintf(
        wanted, sizeof wanted,
        "a.rate = %.4g is the smallest value of the trials and the best one: a smaller one may be better "
        "(log(0.01, 1))",
        low);
    assert_string_equal(edge, wanted);
    assert_null(none);
    free(edge);
    close_scene(&s);
}

static void no_best_trial(void **state)
{
    struct fixture *f = *state;
    static const char text[] = TWO_SETTINGS "[tune]\nalgorithm.*.rate = 0.1, 0.2\n";
    struct scene s;
    open_scene(&s, f, text);
    end_with(&s, 0, (const double[]){0.1, 0.1});
    end_with(&s, 1, (const double[]){0.1, NAN});
    choose(&s, f, text);
    assert_false(tuning_choose(&s.tuning, s.results, f->src, f->error, sizeof f->error));
    assert_string_equal(f->error,
                        "/nowhere/tune: b has no best trial at latency=2ms: none of 2 ends with every seed; "
                        "smaller values in [tune] may train");
    close_scene(&s);
}

/* A chosen value that is itself a list cannot be the only one of a row. */
static void a_list_is_chosen(void **state)
{
    struct fixture *f = *state;
    static const char text[] = BEGIN "[tune]\nalgorithm.*.rate = 1, 2\nalgorithm.*.parts = 0.1, 0.2 | 0.3\n";
    struct scene s;
    open_scene(&s, f, text);
    end_with(&s, 0, (const double[]){1});
    end_with(&s, 1, (const double[]){2});
    choose(&s, f, text);
    assert_true(tuning_choose(&s.tuning, s.results, f->src, f->error, sizeof f->error));
    has(sweep_section(f), "\nalgorithm.a.rate = 1\nalgorithm.b.rate = 2");
    const struct params *a = config_params(&f->cfg, "algorithm", "a");
    assert_true(a->parts.n == 2 && a->parts.at[1] == 0.2);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_random_search_is_a_sweep),
        UNIT(draws_are_shared),
        UNIT(lists_are_a_grid),
        UNIT(without_rows_nothing_is_tuned),
        UNIT(tunings_that_are_refused),
        UNIT(no_validation_data),
        UNIT(set_and_tuned_exclude_each_other),
        UNIT(the_best_trial_of_each_setting_is_chosen),
        UNIT(an_edge_of_trials_is_said),
        UNIT(no_best_trial),
        UNIT(a_list_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
