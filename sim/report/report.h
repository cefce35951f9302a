/* report.html: one page that shows a run, several side by side, or a sweep; a single file without anything outside of it, in which nothing
 * is that another time would be different: no dates, no wall times. Made from the folders of runs alone. */
#ifndef SIM_REPORT_REPORT_H
#define SIM_REPORT_REPORT_H

struct sweep;

/* At the end of a run, with its first complete algorithm: folder/report.html, by rename. What fails is a warning. */
void report_at_end(const char *folder);
void report_sweep_at_end(const struct sweep *s); /* likewise of a sweep, when any of its points is over */

/* --report: of each of runs (folders, ended by NULL) the same again, or, with an output or several runs, one page over all of them, which
 * must not be there yet (output NULL: report.html here). A folder that is no run with a complete algorithm ends the program with
 * EXIT_USAGE. Returns the exit status. */
int report_make(const char *output, char *const *runs);
int report_make_sweep(const char *output,
                      const struct sweep *s); /* likewise of a sweep; some point must be over */

#endif
