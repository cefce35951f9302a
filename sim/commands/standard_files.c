/* Standard input, output and error must be open, and what is written to standard output must arrive. */
#include "sim/commands/standard_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/output/json.h"

/* If the caller has closed descriptor 1, the next file that is opened would become standard output, and
 * tables would go into a CSV. So descriptors 0 to 2 are filled with /dev/null. */
void standard_files_open(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* A reader that has closed the pipe (| head) is no failure. A full disk or a limit (ulimit -f) is one. */
void standard_output_close(void)
{
    if (fflush(stdout) == 0)
        errno = json_lost();
    if (errno && errno != EPIPE)
        die_errno(errno == EFBIG ? EXIT_RESOURCE : EXIT_FAILED, "writing to standard output");
}
