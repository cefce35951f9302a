/* Exchanges on networks of links, as an exchange_spec makes them, against times that others calculated and
 * wrote down in the format of tests/simgrid/exchanges.py. */
#ifndef TESTS_RIGS_EXCHANGE_CASES_H
#define TESTS_RIGS_EXCHANGE_CASES_H

/* Plays every case of FOLDER/NAME.txt and fails when a moment at which an exchange is reduced, or a result is
 * at a worker, is more than `tolerance` of itself off. Says how far the worst one is. */
void exchange_cases_compare(const char *folder, const char *name, double tolerance);

#endif
