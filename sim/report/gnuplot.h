/* Runs gnuplot on the scripts of plots/, one figure at a time. install_paths.h says where the scripts are. No
 * error ends the program: the figure is then missing, and `why` has the reason. */
#ifndef SIM_REPORT_GNUPLOT_H
#define SIM_REPORT_GNUPLOT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct gnuplot {
    char *scripts;      /* the folder of the scripts; NULL: there is none */
    const char *runs;   /* gnuplot's working folder: a run, or a folder with links to several */
    const char *tables; /* a folder with tables for the scripts (tables.h); NULL: none */
    const char *data;   /* first argument of a script, below `runs`: ".", or the sheet of a sweep */
    int64_t deadline;   /* as clock_ns(), for all figures together */
    int wanted, drawn;  /* number of figures */
    int signal;         /* a signal that asked for the end; 0: none */
    char why[256];      /* the first error; "": none */
};

/* The signals that end the program, and gnuplot with it. SIGHUP is left out if the parent ignores it
 * (nohup). */
void gnuplot_signals(sigset_t *ends);

void gnuplot_open(struct gnuplot *g, const char *runs);
void gnuplot_close(struct gnuplot *g);

/* Returns the output of `gnuplot -d -c SCRIPT DATA ARGUMENT... html`. NULL ends the arguments. Result NULL:
 * there is no figure, see `why`. The caller frees. The caller must block the signals of gnuplot_signals: such
 * a signal ends gnuplot, and `signal` then has it. */
char *gnuplot_draw(struct gnuplot *g, const char *script, const char *const *arguments);

#endif
