/* The network, as a configuration makes it, against arrivals on the same stars that others calculated or measured and
 * wrote down in the format of tests/simgrid/stars.py. */
#ifndef TESTS_RIGS_STARS_H
#define TESTS_RIGS_STARS_H

/* Plays every star of FOLDER/NAME.txt and fails when an arrival is more than `tolerance` of itself off. Says how far
 * the worst one is. */
void stars_compare(const char *folder, const char *name, double tolerance);

#endif
