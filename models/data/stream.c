/* Reads a file of known size through zlib, which reads plain files too. */
#include "models/data/reader.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/fail.h"

enum { BUFFER = 1 << 17 }; /* zlib's default, 8 KiB, makes many system calls */

/* 0, or -1 with errno set. */
static int try_open(struct stream *s, const char *dir, const char *name, const char *suffix)
{
    if (snprintf(s->path, sizeof s->path, "%s/%s%s", dir, name, suffix) >= (int)sizeof s->path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    struct stat status;
    if (stat(s->path, &status) == 0 && !S_ISREG(status.st_mode)) /* a pipe would block */
        die(EXIT_DATA, "%s: expected a regular file", s->path);
    errno = ENOMEM; /* zlib sets no errno if it has no memory */
    s->file = gzopen(s->path, "rb");
    return s->file ? 0 : -1;
}

void stream_open(struct stream *s, const char *dir, const char *name, size_t size)
{
    s->size = size;
    s->done = 0;
    if (try_open(s, dir, name, "") && errno == ENOENT && try_open(s, dir, name, ".gz") && errno == ENOENT)
        die(EXIT_DATA, "%s/%s: expected this file, plain or with .gz; found neither", dir, name);
    if (!s->file) {
        die_if_short("opening %s", s->path);
        die_errno(EXIT_DATA, "%s", s->path);
    }
    gzbuffer(s->file, BUFFER);
}

bool stream_is_there(const char *dir, const char *name)
{
    char path[PATH_MAX];
    for (int zipped = 0; zipped < 2; zipped++)
        if (snprintf(path, sizeof path, "%s/%s%s", dir, name, zipped ? ".gz" : "") < (int)sizeof path &&
            access(path, F_OK) == 0)
            return true;
    return false;
}

enum {
    MOST_PACKED = 1032
}; /* bytes that deflate makes one byte of, at most (zlib.net, "Technical Details") */

void stream_check_size(const struct stream *s)
{
    struct stat status;
    if (stat(s->path, &status))
        die_errno(EXIT_DATA, "%s", s->path);
    size_t bytes = (size_t)status.st_size;
    if (gzdirect(s->file) ? bytes != s->size : s->size / MOST_PACKED > bytes)
        die(EXIT_DATA, "%s: expected %zu bytes%s (so says its header), found %s%zu", s->path, s->size,
            gzdirect(s->file) ? "" : " when uncompressed", gzdirect(s->file) ? "" : "a gzip file of ", bytes);
}

/* Ends the program if zlib met an error. The end of the file within a gzip stream is one. */
static void check(const struct stream *s)
{
    int error;
    const char *message = gzerror(s->file, &error);
    if (error == Z_MEM_ERROR)
        die(EXIT_RESOURCE, "no memory to read %s", s->path);
    if (error == Z_ERRNO)
        die_errno(EXIT_DATA, "%s", s->path);
    if (error != Z_OK && error != Z_STREAM_END)
        die(EXIT_DATA, "%s: expected a whole gzip file, found a damaged one (%s)", s->path, message);
}

void stream_read(struct stream *s, void *out, size_t n)
{
    size_t got = gzfread(out, 1, n, s->file);
    s->done += got;
    if (got == n)
        return;
    check(s);
    die(EXIT_DATA, "%s: expected %zu bytes%s, found only %zu", s->path, s->size,
        gzdirect(s->file) ? "" : " when uncompressed", s->done);
}

void stream_close(struct stream *s)
{
    char more;
    if (s->done == s->size) {
        if (gzfread(&more, 1, 1, s->file))
            die(EXIT_DATA, "%s: expected %zu bytes%s, found more", s->path, s->size,
                gzdirect(s->file) ? "" : " when uncompressed");
        check(s);
    }
    gzclose_r(s->file);
}
