/* --export: the results of a run in formats of other programs. npz: the final model, for numpy and PyTorch.
 * csv: the evaluations, one number per row. All input of all algorithms is read and checked before any file
 * is written. */
#ifndef SIM_EXPORT_EXPORT_H
#define SIM_EXPORT_EXPORT_H

/* format: npz or csv, as options.c has checked. run: the folder of a run, of one of its algorithms,
 * or of a sweep. The files go to output/ALGORITHM/ (of a sweep: output/POINT/ALGORITHM/), or to export/ in the
 * folder of each algorithm if output is NULL. Of a sweep, algorithms that are not complete are left out with
 * a warning. Prints
 * their names on stdout. Returns EXIT_DONE, or EXIT_FAILED after one line on stderr if the folder is damaged
 * or not complete. A folder that is no run, or a file that exists already, ends the program with
 * EXIT_USAGE. */
int export_run(const char *format, const char *run, const char *output);

#endif
