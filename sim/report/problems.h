/* Problems: a network on a data set. Numbers of one problem say nothing about another, so a report has a
 * table and figures for each problem. plots/list_curves.sh finds the same problems. */
#ifndef SIM_REPORT_PROBLEMS_H
#define SIM_REPORT_PROBLEMS_H

#include "sim/report/runs.h"

struct problem {
    char *name; /* "lenet on cifar10 (SYNTHETIC DATA)" */
    char *id;   /* of its part of the page: "problem-2" */
    bool synthetic;
    struct report_runs runs;
};

struct problems {
    int n;
    struct problem *at; /* (n) in the order of the runs */
};

/* Borrows from runs, which must live longer. */
struct problems problems_find(const struct report_runs *runs);
void problems_free(struct problems *p);

#endif
