/* Runs gnuplot on the scripts of plots/, one figure at a time. The scripts are looked for beside the program, then
 * where they were installed (DATADIR). Whatever goes wrong is no end of the program: there is no figure then, and a
 * reason. */
#ifndef SIM_REPORT_GNUPLOT_H
#define SIM_REPORT_GNUPLOT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct gnuplot {
    char *scripts;     /* the folder; NULL: there is none */
    const char *runs;  /* where it works: the folder of a run, or one with several */
    const char *data;  /* what there a script is given: ".", or the sheet of a sweep */
    int64_t deadline;  /* of clock_ns(), for all figures together */
    int wanted, drawn; /* figures */
    int signal;        /* that asked for the end meanwhile; 0: none */
    char why[256];     /* the first thing that went wrong; "": nothing did */
};

/* The signals that end a program and a figure. Where the parent has chosen that a hang-up is ignored (nohup) it is
 * not among them. */
void gnuplot_signals(sigset_t *ends);

void gnuplot_open(struct gnuplot *g, const char *runs);
void gnuplot_close(struct gnuplot *g);

/* What `gnuplot -d -c SCRIPT DATA ARGUMENT... html` writes; arguments are ended by NULL. NULL: nothing, see why.
 * Caller frees. Signals that end a program must be blocked: one that comes ends gnuplot and is left for the caller,
 * in `signal`. */
char *gnuplot_draw(struct gnuplot *g, const char *script, const char *const *arguments);

#endif
