/* Tables for experiments/KEYS.md and docs/algorithms.md (`make keys`), made from what the plug-ins declare.
 * In the columns for memory and messages, d is the number of parameters and N the number of workers. */
#include "sim/commands/markdown.h"

#include <string.h>

#include "algorithms/keys.h"
#include "sim/base/fail.h"
#include "sim/registry.h"

/* n vectors of d floats: "3 d". */
static void print_vectors(FILE *out, int n)
{
    if (n == 1)
        fprintf(out, "d");
    else
        fprintf(out, "%d d", n);
}

/* The vectors of a message; those that the codec encodes are in brackets: "d + [d, topk]". */
static void print_spans(FILE *out, const struct span *span, int spans, const char *codec)
{
    int coded = 0;
    for (int i = 0; i < spans; i++)
        coded += span[i].coded;
    if (spans > coded)
        print_vectors(out, spans - coded);
    if (!coded)
        return;
    fprintf(out, spans > coded ? " + [" : "[");
    print_vectors(out, coded);
    fprintf(out, strcmp(codec, "none") == 0 ? "]" : ", %s]", codec);
}

/* A message may carry one fragment of its vectors, or at most its vectors, in several exchanges. */
static void print_share(FILE *out, const struct algorithm *alg, const void *params)
{
    if (alg->fragments)
        fprintf(out, " / %d", (int)alg->fragments(params));
    if (alg->exchanges)
        fprintf(out, " at most, in %d exchanges", (int)alg->exchanges(params));
}

static void print_algorithm(FILE *out, const struct config *cfg, const struct algorithm *alg)
{
    const void *params = config_params(cfg, "algorithm", alg->name);
    const struct protocol *p = alg_protocol(alg, params);
    const char *codec = ((const struct alg_common *)params)->codec;
    fprintf(out, "| `%s` | %s | %s | ", alg->name, alg->summary, alg->paper);
    print_vectors(out, 1 + p->n_worker_vectors + protocol_pushes(p, THE_GRADIENT));
    fprintf(out, " | ");
    print_vectors(out, 1 + p->n_server_vectors);
    if (p->n_peer_vectors)
        fprintf(out, p->n_peer_vectors == 1 ? " + N d" : " + %d N d", p->n_peer_vectors);
    fprintf(out, " | ");
    print_spans(out, p->push, p->push_spans, codec);
    print_share(out, alg, params);
    fprintf(out, " | ");
    print_spans(out, p->reply, p->reply_spans, codec);
    print_share(out, alg, params);
    fprintf(out, " |\n");
}

/* What an algorithm declares may depend on its parameters. The table is for the defaults. */
static void print_algorithms(FILE *out)
{
    int n;
    struct config cfg;
    const struct config_section *sections = registry_sections(&n);
    struct config_source *defaults = config_begin(&cfg, sections, n);
    fprintf(out,
            "| name | what it does | source | worker | PS | push | reply |\n|---|---|---|---|---|---|---|\n");
    for (int i = 0; alg_list[i]; i++)
        print_algorithm(out, &cfg, alg_list[i]);
    config_end(defaults);
}

static void print_keys(FILE *out)
{
    int n;
    const struct config_section *sections = registry_sections(&n);
    config_list_keys(sections, n, out, true);
}

static void print_codecs(FILE *out)
{
    fprintf(out, "| name | what is sent | bytes | source |\n|---|---|---|---|\n");
    for (int i = 0; codec_list[i]; i++) {
        const struct codec *c = codec_list[i];
        fprintf(out, "| `%s` | %s | %s | %s |\n", c->name, c->summary, c->size, c->paper ? c->paper : "");
    }
}

void markdown_print(const char *what, FILE *out)
{
    if (strcmp(what, "keys") == 0)
        print_keys(out);
    else if (strcmp(what, "algorithms") == 0)
        print_algorithms(out);
    else if (strcmp(what, "codecs") == 0)
        print_codecs(out);
    else
        die(EXIT_USAGE, "--markdown: expected keys, algorithms or codecs, got '%s'", what);
}
