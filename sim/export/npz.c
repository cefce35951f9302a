/* Writes a zip file of numpy arrays without any library but zlib's CRC.
 *
 *   | local header | name | .npy head | floats | ... next array ... | central directory | end record |
 */
#include "sim/export/npz.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

/* Signatures of APPNOTE 4.3.7, 4.3.12 and 4.3.16; version 1.0 as the version needed to extract; 1980-01-01,
 * the first date of the format. */
enum { LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50, VERSION = 10, DATE = 1 << 5 | 1 };

enum { NPY_HEAD = 10, NPY_ALIGN = 64, NPY_MOST = 256 };

struct entry { /* a file in the zip */
    char name[80];
    char head[NPY_MOST]; /* the .npy header before the numbers */
    size_t head_bytes;
    const struct array *array;
    uint32_t crc, offset;
};

struct zip {
    FILE *file;
    uint32_t written;
    struct entry *entry;
    int entries;
};

/* ---- .npy ---- */

/* Magic, version, length of the text, and the text. Blanks pad the text so that the numbers begin at a
 * multiple of 64 bytes. */
static void make_head(struct entry *e)
{
    const struct array *a = e->array;
    char *text = e->head + NPY_HEAD;
    size_t room = sizeof e->head - NPY_HEAD, n;
    n = (size_t)snprintf(text, room, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (int i = 0; i < a->dims; i++)
        n += (size_t)snprintf(text + n, room - n, "%" PRId64 "%s", a->dim[i],
                              a->dims == 1       ? ","
                              : i == a->dims - 1 ? ""
                                                 : ", ");
    n += (size_t)snprintf(text + n, room - n, "), }");
    while ((NPY_HEAD + n + 1) % NPY_ALIGN)
        text[n++] = ' ';
    text[n++] = '\n';
    memcpy(e->head, "\x93NUMPY\x01\x00", 8);
    e->head[8] = (char)(n & 0xff);
    e->head[9] = (char)(n >> 8);
    e->head_bytes = NPY_HEAD + n;
}

static uint32_t bytes_of(const struct entry *e)
{
    return (uint32_t)(e->head_bytes + e->array->bytes);
}

static void make_entry(struct entry *e, const struct array *array)
{
    e->array = array;
    snprintf(e->name, sizeof e->name, "%s.npy", array->name);
    make_head(e);
    uLong crc = crc32_z(0, (const Bytef *)e->head, e->head_bytes);
    e->crc = (uint32_t)crc32_z(crc, (const Bytef *)array->data, array->bytes);
}

/* ---- zip ---- */

static void put(struct zip *z, const void *data, size_t bytes)
{
    z->written += (uint32_t)fwrite(data, 1, bytes, z->file);
}

/* Little-endian on every machine. */
static void put_number(struct zip *z, uint32_t value, int bytes)
{
    unsigned char byte[4] = {0};
    for (int i = 0; i < bytes; i++)
        byte[i] = (unsigned char)(value >> 8 * i);
    put(z, byte, (size_t)bytes);
}

static void put16(struct zip *z, uint32_t value)
{
    put_number(z, value, 2);
}

static void put32(struct zip *z, uint32_t value)
{
    put_number(z, value, 4);
}

/* The fields that the local header and the central directory have in common, up to the lengths of name and
 * extra field. */
static void put_common(struct zip *z, const struct entry *e)
{
    put16(z, VERSION);
    put16(z, 0); /* flags */
    put16(z, 0); /* method: stored */
    put16(z, 0); /* time */
    put16(z, DATE);
    put32(z, e->crc);
    put32(z, bytes_of(e)); /* compressed */
    put32(z, bytes_of(e));
    put16(z, (uint32_t)strlen(e->name));
    put16(z, 0); /* extra field */
}

static void put_file(struct zip *z, struct entry *e)
{
    e->offset = z->written;
    put32(z, LOCAL);
    put_common(z, e);
    put(z, e->name, strlen(e->name));
    put(z, e->head, e->head_bytes);
    put(z, e->array->data, e->array->bytes);
}

static void put_directory_entry(struct zip *z, const struct entry *e)
{
    put32(z, CENTRAL);
    put16(z, VERSION); /* made by */
    put_common(z, e);
    put16(z, 0); /* comment */
    put16(z, 0); /* disk */
    put16(z, 0); /* attributes */
    put32(z, 0);
    put32(z, e->offset);
    put(z, e->name, strlen(e->name));
}

static void put_all(struct zip *z)
{
    for (int i = 0; i < z->entries; i++)
        put_file(z, &z->entry[i]);
    uint32_t directory = z->written;
    for (int i = 0; i < z->entries; i++)
        put_directory_entry(z, &z->entry[i]);
    uint32_t end = z->written;
    put32(z, END);
    put32(z, 0); /* disks */
    put16(z, (uint32_t)z->entries);
    put16(z, (uint32_t)z->entries);
    put32(z, end - directory);
    put32(z, directory);
    put16(z, 0); /* comment */
}

static _Noreturn void failed(const char *temporary, const char *path)
{
    int reason = errno;
    unlink(temporary);
    errno = reason;
    die_errno(EXIT_RESOURCE, "writing %s", path);
}

void npz_write(const char *path, const struct tensors *t)
{
    char *temporary = text_format("%s.tmp", path);
    struct zip z = {.file = fopen(temporary, "wbe"), .entries = t->n};
    if (!z.file)
        die_errno(EXIT_RESOURCE, "making %s", temporary);
    z.entry = need((size_t)t->n * sizeof *z.entry);
    for (int i = 0; i < t->n; i++)
        make_entry(&z.entry[i], &t->at[i]);
    put_all(&z);
    if (fflush(z.file) || ferror(z.file) || fclose(z.file) || rename(temporary, path))
        failed(temporary, path);
    free(z.entry);
    free(temporary);
}
