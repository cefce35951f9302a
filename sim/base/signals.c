#include "sim/base/signals.h"

#include <stddef.h>

void signals_block(sigset_t *set)
{
    signal(SIGCHLD, SIG_DFL); /* ignored, as some parents leave it, it would bury the children's statuses */
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
    sigprocmask(SIG_BLOCK, set, NULL);
}
