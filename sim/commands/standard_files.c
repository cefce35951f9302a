#include "sim/commands/standard_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/output/json.h"

/* A file that is opened must not become standard output because the caller closed that. */
void standard_files_open(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* A reader that went away (| head) is no failure; a full disk is one, and so is a limit (ulimit -f). */
void standard_output_close(void)
{
    if (fflush(stdout) == 0)
        errno = json_lost();
    if (errno && errno != EPIPE)
        die_errno(errno == EFBIG ? EXIT_RESOURCE : EXIT_FAILED, "writing to standard output");
}
