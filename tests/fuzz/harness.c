#define _GNU_SOURCE /* memfd_create, fopencookie */
#include "tests/fuzz/harness.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "models/model.h"
#include "sim/base/fail.h"

enum { MOST_FILES = 8 };

static struct file {
    const char *name;
    struct bytes bytes;
    int fd; /* a memory file, for zlib; 0: not made yet; kept from input to input */
} files[MOST_FILES];
static int n_files;

/* The registry names models too, but clang does not build their operators. */
const struct model_def *const model_list[] = {NULL};
extern const char *const model_words[];
const char *const model_words[] = {"tiny", NULL};
bool model_name_has_sizes(const char *name);
bool model_name_has_sizes(const char *name)
{
    (void)name;
    return false;
}

static jmp_buf back;
static int died_with;
static gzFile open_gzip;

void fuzz_fail(const char *condition, const char *file, int line)
{
    dprintf(STDERR_FILENO, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

void fuzz_expect_line(const char *message)
{
    FUZZ_EXPECT(*message);
    FUZZ_EXPECT(!strpbrk(message, "\r\n"));
}

/* ---- files ---- */

void fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    FUZZ_EXPECT(n_files < MOST_FILES);
    struct file *file = &files[n_files++];
    file->name = name;
    file->bytes = (struct bytes){data, size};
}

void fuzz_no_files(void)
{
    n_files = 0;
}

static struct file *find(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (int i = 0; i < n_files; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode)
{
    struct file *file = find(path);
    return file ? fmemopen((void *)file->bytes.data, file->bytes.size, "r") : __real_fopen(path, mode);
}

gzFile __wrap_gzopen(const char *path, const char *mode);
gzFile __wrap_gzopen(const char *path, const char *mode)
{
    struct file *file = find(path);
    if (!file) {
        errno = ENOENT;
        return NULL;
    }
    if (!file->fd)
        file->fd = memfd_create(file->name, MFD_CLOEXEC);
    FUZZ_EXPECT(ftruncate(file->fd, 0) == 0 && lseek(file->fd, 0, SEEK_SET) == 0);
    FUZZ_EXPECT(pwrite(file->fd, file->bytes.data, file->bytes.size, 0) == (ssize_t)file->bytes.size);
    FUZZ_EXPECT(!open_gzip);
    return open_gzip = gzdopen(dup(file->fd), mode);
}

/* Small: room for the program's 128 KiB is most of the time that an input takes. */
int __real_gzbuffer(gzFile file, unsigned size);
int __wrap_gzbuffer(gzFile file, unsigned size);
int __wrap_gzbuffer(gzFile file, unsigned size)
{
    enum { SMALL = 512 };
    return __real_gzbuffer(file, size < SMALL ? size : SMALL);
}

int __real_gzclose_r(gzFile file);
int __wrap_gzclose_r(gzFile file);
int __wrap_gzclose_r(gzFile file)
{
    open_gzip = NULL;
    return __real_gzclose_r(file);
}

/* ---- checksums ---- */

/* All are 0, so that what is behind a checksum is reached. */
uint64_t __wrap_XXH3_64bits(const void *data, size_t size);
uint64_t __wrap_XXH3_64bits(const void *data, size_t size)
{
    (void)data, (void)size;
    return 0;
}

uint64_t __wrap_XXH3_64bits_withSeed(const void *data, size_t size, uint64_t seed);
uint64_t __wrap_XXH3_64bits_withSeed(const void *data, size_t size, uint64_t seed)
{
    (void)data, (void)size, (void)seed;
    return 0;
}

/* ---- the end of the program ---- */

static _Noreturn void come_back(int status, const char *format, va_list args)
{
    char line[4096];
    vsnprintf(line, sizeof line, format, args);
    fuzz_expect_line(line);
    died_with = status;
    longjmp(back, 1);
}

_Noreturn void __wrap_die(int status, const char *format, ...);
void __wrap_die(int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    come_back(status, format, args);
}

_Noreturn void __wrap_die_errno(int status, const char *format, ...);
void __wrap_die_errno(int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    come_back(status, format, args);
}

int fuzz_try(void (*action)(void *context), void *context)
{
    died_with = EXIT_DONE;
    if (setjmp(back) == 0)
        action(context);
    if (open_gzip)
        __wrap_gzclose_r(open_gzip);
    return died_with;
}

/* ---- the input ---- */

uint8_t fuzz_byte(struct bytes *rest)
{
    if (rest->size == 0)
        return 0;
    rest->size--;
    return *rest->data++;
}

struct bytes fuzz_piece(struct bytes *rest)
{
    size_t size = fuzz_byte(rest);
    size |= (size_t)fuzz_byte(rest) << 8;
    size = size < rest->size ? size : rest->size;
    struct bytes piece = {rest->data, size};
    rest->data += size;
    rest->size -= size;
    return piece;
}

static ssize_t drop(void *cookie, const char *text, size_t size)
{
    (void)cookie, (void)text;
    return (ssize_t)size;
}

void fuzz_silence(void)
{
    static FILE *nowhere;
    if (!nowhere)
        nowhere = fopencookie(NULL, "w", (cookie_io_functions_t){.write = drop});
    FUZZ_EXPECT(nowhere);
    stderr = nowhere;
}
