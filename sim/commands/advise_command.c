#include "sim/commands/advise_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/config/source.h"

/* A word of a shell: in single quotes unless it is plain. */
static void put_word(FILE *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:=%@+-";
    if (*word && word[strspn(word, plain)] == '\0') {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (; *word; word++)
        fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, out);
    fputc('\'', out);
}

static void put_set(FILE *out, const char *option, char *assignment) /* frees it */
{
    fprintf(out, " %s ", option);
    put_word(out, assignment);
    free(assignment);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The user's own settings, but for the algorithms, which the command has itself, and those of --advise. */
static void put_given(FILE *out, const struct options *o)
{
    static const char algorithms[] = "experiment.algorithms";
    for (int i = 0; i < o->n_set; i++) {
        const struct assignment *a = &o->set[i];
        const char *key = a->key ? a->key : a->value;
        if (strcmp(a->option, "--advise") == 0 || strcmp(a->option, "--no-train") == 0 ||
            begins(key, algorithms))
            continue;
        fprintf(out, " %s ", a->option);
        put_word(out, a->value);
    }
}

static void put_algorithms(FILE *out, const struct advice *a)
{
    char *names = text_copy(a->at[a->reference].name);
    const struct candidate *c;
    for (int rank = 1; rank <= MOST_CHOICES && (c = advice_of_rank(a, rank)); rank++) {
        char *longer = text_join(names, ",", c->name);
        free(names);
        names = longer;
    }
    fputs(" --algorithm ", out);
    put_word(out, names);
    free(names);
    for (int rank = 1; rank <= MOST_CHOICES && (c = advice_of_rank(a, rank)); rank++)
        if (c->key)
            put_set(out, "--set",
                    text_format("algorithm.%.*s.%s=%lld", (int)strcspn(c->name, ":"), c->name, c->key,
                                (long long)c->steps));
}

/* A comparison is fair if each algorithm has its own learning rate, chosen on data that no worker has. */
static void put_tuning(FILE *out, const struct program *p)
{
    int rows;
    const struct config *cfg = &p->cfg;
    config_tune_rows(p->source, &rows);
    if (rows > 0)
        return;
    put_set(out, "--tune",
            text_format("algorithm.*.learning_rate=log(%.3g, %.3g)", cfg->train.learning_rate / 10,
                        cfg->train.learning_rate * 10));
    if (cfg->data.validation == 0)
        put_set(out, "--set", text_copy("data.validation=0.1"));
}

void advise_command(const struct program *p, const struct advice *a, const char *program)
{
    const struct options *o = &p->options;
    if (!advice_of_rank(a, 1)) {
        printf("no algorithm needs less time or fewer bytes here than %s\n", a->at[a->reference].name);
        return;
    }
    if (model_has_only_sizes(p->model)) {
        puts("model.name has no network to train: these figures are all that can be known of it");
        return;
    }
    fputs("to see what they reach, each with a learning rate of its own:\n  ", stdout);
    put_word(stdout, program);
    fputs(" --compare ", stdout);
    put_word(stdout, o->file);
    put_given(stdout, o);
    put_algorithms(stdout, a);
    put_tuning(stdout, p);
    putchar('\n');
}
