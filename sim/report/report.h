/* report.html: one page that shows a run, several runs side by side, or a sweep. The page is a single file
 * that loads nothing from outside. It is made from the folders of the runs alone and has no dates and no wall
 * times, so the same runs give the same page. */
#ifndef SIM_REPORT_REPORT_H
#define SIM_REPORT_REPORT_H

struct compared;
struct sweep;

/* At the end of a run that has a complete algorithm: writes folder/report.html. An error is only a
 * warning. */
void report_at_end(const char *folder);

/* The same for a sweep. Writes nothing if no point is over. */
void report_sweep_at_end(const struct sweep *s);

/* --report. NULL ends the folders. One folder and no output: replaces report.html in the folder. Otherwise:
 * one page over all runs, written to output (NULL: ./report.html), which must not exist. A folder without a
 * complete algorithm ends the program with EXIT_USAGE. Returns the exit status. */
int report_make(const char *output, char *const *runs);

/* The same for a sweep. Some point must be over. */
int report_make_sweep(const char *output, const struct sweep *s);

/* The same for a comparison at its end, and for one or several with complete final runs (sim/compare/profiles.h). */
void report_comparison_at_end(const struct compared *one);
int report_make_comparisons(const char *output, const struct compared *all, int n);

#endif
