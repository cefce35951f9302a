#define _GNU_SOURCE /* tdestroy */
#include "sim/base/texts.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

struct node {
    char *text;
    int number;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct node *)a)->text, ((const struct node *)b)->text);
}

static void free_node(void *node)
{
    free(((struct node *)node)->text);
    free(node);
}

int *texts_number(struct texts *t, char *text)
{
    struct node *new = need(sizeof *new);
    *new = (struct node){text, -1};
    struct node **found = tsearch(new, &t->tree, by_text);
    if (!found)
        die(EXIT_RESOURCE, "no memory for a set of texts");
    if (*found != new)
        free_node(new);
    return &(*found)->number;
}

void texts_free(struct texts *t)
{
    tdestroy(t->tree, free_node);
    t->tree = NULL;
}
