/* --export: what a run left, in the formats of others. npz: the final model, for numpy and PyTorch. csv: the
 * evaluations, one row a number. Everything is read and checked, of all algorithms, before anything is written. */
#ifndef SIM_EXPORT_EXPORT_H
#define SIM_EXPORT_EXPORT_H

/* format: npz or csv (options.c has seen to it). run: the folder of a run or of one of its algorithms. output: NULL, and each algorithm's
 * file goes to its folder, into export/; otherwise to output/ALGORITHM/. Names the files on stdout. Returns EXIT_DONE, or
 * EXIT_FAILED after one line on stderr when the folder is damaged or not complete; a folder that is no run, or a file that
 * is there already, ends the program with EXIT_USAGE. */
int export_run(const char *format, const char *run, const char *output);

#endif
