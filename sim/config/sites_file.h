/* The file of network.sites: CSV, a row for each ordered pair of sites.
 *
 *   from,to,bandwidth,latency          or         from,to,bandwidth,ping
 *   tokyo,paris,800Mbit/s,110ms                   tokyo,paris,800Mbit/s,220ms
 *   paris,tokyo,950Mbit/s,112ms                   ...
 *
 * bandwidth is what all messages from one site to the other share; latency is one way, ping there and back (half
 * of it counts in each direction). Sites get their numbers in the order in which the file names them. A file that
 * has each pair in one direction only is symmetric. Rows from a site to itself are ignored. */
#ifndef SIM_CONFIG_SITES_FILE_H
#define SIM_CONFIG_SITES_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum { MOST_SITES = 256 };

struct sites {
    int n;
    char **name;                 /* (n) */
    double *bandwidth, *latency; /* (n x n) from row to column: bytes/s, seconds one way; the diagonal is 0 */
    int *of;                     /* (workers) sites_place() */
    int server;                  /* sites_find() */
};

/* NULL, with "path:line: why" (or "path: why") in error: it cannot be read, or a pair is missing. */
struct sites *sites_read(const char *path, char *error, size_t error_size);
void sites_free(struct sites *sites); /* NULL is fine */

/* The number of a site; -1, with the reason in error: there is none of this name. */
int sites_find(const struct sites *sites, const char *name, char *error, size_t error_size);

/* Fills in `of`. names: one for all workers, or one for each, with commas between; NULL: the first sites get the
 * first workers, all sites equal numbers, or the first ones one more. */
bool sites_place(struct sites *sites, const char *names, int workers, char *error, size_t error_size);

#endif
