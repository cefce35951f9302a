#include "sim/commands/advise_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/commands/advise_play.h"
#include "sim/commands/comparison.h"
#include "sim/config/source.h"

/* ---- its options ---- */

static void add(struct options *o, const char *option, const char *key, char *value)
{
    o->set[o->n_set++] = (struct assignment){option, key, value};
}

/* The user's own settings, but for the algorithms, which the command has itself, and for what trains nothing. */
static bool is_kept(const struct assignment *a)
{
    static const char algorithms[] = "experiment.algorithms";
    const char *key = a->key ? a->key : a->value;
    return strcmp(a->option, "--advise") != 0 && strcmp(a->option, "--no-train") != 0 &&
           strncmp(key, algorithms, strlen(algorithms)) != 0;
}

static void add_algorithms(struct options *o, const struct advice *a)
{
    char *names = text_copy(a->at[a->reference].name);
    const struct candidate *c;
    for (int rank = 1; rank <= MOST_CHOICES && (c = advice_of_rank(a, rank)); rank++) {
        char *longer = text_join(names, ",", c->name);
        free(names);
        names = longer;
    }
    add(o, "--algorithm", "experiment.algorithms", names);
    for (int rank = 1; rank <= MOST_CHOICES && (c = advice_of_rank(a, rank)); rank++)
        if (c->key)
            add(o, "--set", NULL,
                text_format("algorithm.%.*s.%s=%lld", (int)strcspn(c->name, ":"), c->name, c->key,
                            (long long)c->steps));
}

/* A comparison is fair if each algorithm has its own learning rate, chosen on data that no worker has. */
static void add_tuning(struct options *o, const struct program *p)
{
    int rows;
    const struct config *cfg = &p->cfg;
    config_tune_rows(p->source, &rows);
    if (rows > 0)
        return;
    add(o, "--tune", NULL,
        text_format("algorithm.*.learning_rate=log(%.3g, %.3g)", cfg->train.learning_rate / 10,
                    cfg->train.learning_rate * 10));
    if (cfg->data.validation == 0)
        add(o, "--set", NULL, text_copy("data.validation=0.1"));
}

static struct options options_of(const struct program *p, const struct advice *a)
{
    struct options o = p->options;
    o.action = ACT_CHECK;
    o.compare = true;
    o.n_set = 0;
    o.set = need(((size_t)p->options.n_set + MOST_CHOICES + 4) * sizeof *o.set);
    for (int i = 0; i < p->options.n_set; i++)
        if (is_kept(&p->options.set[i]))
            add(&o, p->options.set[i].option, p->options.set[i].key, text_copy(p->options.set[i].value));
    add_algorithms(&o, a);
    add_tuning(&o, p);
    return o;
}

/* ---- printed ---- */

/* A word of a shell: in single quotes unless it is plain. */
static void put_word(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:=%@+-";
    if (*word && word[strspn(word, plain)] == '\0') {
        fputs(word, stdout);
        return;
    }
    putchar('\'');
    for (; *word; word++)
        fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, stdout);
    putchar('\'');
}

static void put(const struct options *o, const char *program)
{
    fputs("  ", stdout);
    put_word(program);
    fputs(" --compare ", stdout);
    put_word(o->file);
    for (int i = 0; i < o->n_set; i++) {
        printf(" %s ", o->set[i].option);
        put_word(o->set[i].value);
    }
    putchar('\n');
}

/* Ends its process where the comparison would be refused. */
static void try_comparison(const void *context)
{
    const struct program *p = context;
    struct program all = {.options = p->options, .given = p->given};
    struct plan plan;
    program_configure(&all);
    plan_read(&plan, &all);
}

void advise_command(const struct program *p, const struct advice *a, const char *program)
{
    if (!advice_of_rank(a, 1)) {
        printf("no algorithm needs less time or fewer bytes here than %s\n", a->at[a->reference].name);
        return;
    }
    if (model_has_only_sizes(p->model)) {
        puts("model.name has no network to train: these figures are all that can be known of it");
        return;
    }
    struct program compared = {.options = options_of(p, a), .given = p->given};
    char *refusal = advise_refusal(try_comparison, &compared);
    puts("to see what they reach, each with a learning rate of its own:");
    put(&compared.options, program);
    if (refusal)
        printf("but the comparison is refused as things are: %s\n", refusal);
    free(refusal);
    for (int i = 0; i < compared.options.n_set; i++)
        free((char *)compared.options.set[i].value);
    free(compared.options.set);
}
