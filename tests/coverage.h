/* Included into everything by `make coverage` (-include): a process of a run ends with _exit(), and would take what gcov has counted
 * with it. */
void __gcov_dump(void);
void _exit(int status);
static inline __attribute__((noreturn)) void coverage_exit(int status)
{
    __gcov_dump();
    _exit(status);
    __builtin_unreachable();
}
#define _exit(status) coverage_exit(status)
