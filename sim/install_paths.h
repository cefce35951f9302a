/* Paths of files that are installed with the program, by kind: "experiments", "plots". The search order is
 *   1. beside the program, as in the source tree after a build;
 *   2. ../share/ospsim from the folder of the program, as after an installation, also if the tree was moved;
 *   3. DATADIR, which `make PREFIX=...` has set.
 * Every call searches again; no result is stored. */
#ifndef SIM_INSTALL_PATHS_H
#define SIM_INSTALL_PATHS_H

/* The path of a regular file ("curve.gp", or "plots/curve.gp") in the first folder that has the file; NULL:
 * none has. A name that is empty, begins with '/' or '.', or contains ".." means a file of the user and is
 * never found. The caller frees. */
char *install_find(const char *kind, const char *name);

/* The names of the kind's files with this ending (".ini"), without it: of all folders, sorted, each once. Ended by
 * NULL; the caller frees them and the array. */
char **install_names(const char *kind, const char *ending);

/* The installed script that fetches data sets. NULL: there is none, or the program runs from the source tree,
 * where `make data` calls the script. The caller frees. */
char *install_fetcher(void);

/* The ini to read for a FILE of the command line: FILE itself if it exists, else the installed experiment of
 * this name. If neither exists, the program ends with EXIT_USAGE and names the folders of the search and the
 * nearest name. A folder is refused in the same way, with a hint. The caller frees. */
char *install_experiment(const char *file);

#endif
