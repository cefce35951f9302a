/* Files that come with the program, by their kind: "experiments", "plots". They are looked for
 *   beside the program, where it was built;
 *   in ../share/ospsim from there, where it was installed, also after the whole tree has been moved;
 *   in DATADIR, where `make PREFIX=...` meant it to be installed.
 * Nothing is remembered: every call looks anew. */
#ifndef SIM_INSTALL_PATHS_H
#define SIM_INSTALL_PATHS_H

/* The path of a regular file ("curve.gp", or "plots/curve.gp"), in the first of these folders that has it; NULL: none
 * has. A name that is empty, or begins with '/' or '.', or goes up (".."), means a place of the user's and is never
 * found. The caller frees. */
char *install_find(const char *kind, const char *name);

/* The installed script that fetches data sets. NULL: there is none, or the program is where it was built, with its
 * experiments beside it: there `make data` calls it. The caller frees. */
char *install_fetcher(void);

/* The ini to read for a FILE of the command line: FILE where that is there, else the experiment of this name. Neither:
 * EXIT_USAGE, with the folders that were searched and the nearest name. A folder likewise, with what may have been meant. The caller frees. */
char *install_experiment(const char *file);

#endif
