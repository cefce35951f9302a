/* The CPU time of reading tables as a plain program reads them: getline, and strtod on every field. What --verify, --export
 * and --report take is compared with it. Fields end at a comma, a colon, an equals sign, a quote or a blank.
 *
 * usage: reading < NAMES     a path per line; prints seconds */
#define _GNU_SOURCE /* getline */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "sim/base/fail.h"

static const char ends[] = ",:=\" \n";

static double sum_of(char *line)
{
    double sum = 0;
    for (char *field = line; *field; field += *field != '\0') {
        sum += strtod(field, NULL);
        field += strcspn(field, ends);
    }
    return sum;
}

static double read_file(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    double sum = 0;
    if (!file)
        die_errno(EXIT_RESOURCE, "reading %s", path);
    while (getline(&line, &room, file) > 0)
        sum += sum_of(line);
    free(line);
    fclose(file);
    return sum;
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

int main(void)
{
    char *path = NULL;
    size_t room = 0;
    volatile double sum = 0;
    struct rusage used;
    while (getline(&path, &room, stdin) > 0) {
        path[strcspn(path, "\n")] = '\0';
        sum += read_file(path);
    }
    free(path);
    getrusage(RUSAGE_SELF, &used);
    printf("%.6f\n", seconds_of(used.ru_utime) + seconds_of(used.ru_stime));
    return EXIT_DONE;
}
