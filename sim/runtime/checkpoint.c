/* Writes and reads the checkpoint file. Several processes write one file: each appends its section in turn
 * (pause.c gives the turns), and the PS writes the head last, so that a file without a valid head was
 * never finished.
 *
 *   checkpoint_begin    FOLDER/checkpoint.tmp  | zeros |
 *   checkpoint_append                          | zeros | head 0 | bytes 0 | head 1 | bytes 1 | ...
 *   checkpoint_commit                          | head  | head 0 | bytes 0 | head 1 | bytes 1 | ...   sync
 *                       rename                 checkpoint -> checkpoint.old, checkpoint.tmp -> checkpoint
 *
 *   head      struct head: magic, format, identity of the run, ends of the tables, size, hash of the head
 *   head i    struct section_head: length and XXH3 of section i; the seed is i, so that no section can
 *             stand in another section's place
 *   bytes i   the state, written by the persist functions: no names, no types, values in a fixed order */
#include "sim/runtime/checkpoint.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"

#define MAGIC         "ospsim checkpoint"
#define FORMAT        6
#define MOST_SECTIONS 1024
#define MOST_VALUE    256               /* largest size of a value in a queue, in bytes */
#define BLOCK         ((size_t)1 << 20) /* bytes written and hashed at a time, while they are in the cache */

struct head {
    char magic[24];
    uint32_t format, sections;
    struct identity identity;
    struct rows rows;
    uint64_t bytes; /* of the whole file */
    uint64_t hash;  /* of all members above */
};

struct section_head {
    uint64_t bytes; /* bytes of the section, which follow */
    uint64_t hash;  /* of these bytes; the seed is the section's number */
};

struct checkpoint { /* the file in memory */
    const char *bytes;
    size_t size;
    struct head head;
    size_t section[MOST_SECTIONS]; /* where the bytes of each section begin */
};

struct section {
    bool saves;
    FILE *file; /* saving: write_section asks for errors at the end */
    XXH3_state_t *hash;
    uint64_t bytes;
    const char *from, *end; /* loading */
    _Atomic uint64_t *progress;
};

static uint64_t head_hash(const struct head *h)
{
    return XXH3_64bits(h, offsetof(struct head, hash));
}

/* ---- one section ---- */

bool section_saves(const struct section *s)
{
    return s->saves;
}

static void save(struct section *s, const char *data, size_t bytes)
{
    XXH3_64bits_update(s->hash, data, bytes);
    fwrite(data, 1, bytes, s->file);
    s->bytes += bytes;
}

/* Called when a value does not fit although the checksum is right. Then another program wrote the section. */
static _Noreturn void unfit(void)
{
    die(EXIT_DATA, "the state in the checkpoint is not that of this run");
}

static void load(struct section *s, char *data, size_t bytes)
{
    if (bytes > (size_t)(s->end - s->from))
        unfit();
    memcpy(data, s->from, bytes);
    s->from += bytes;
}

void section_bytes(struct section *s, void *data, size_t bytes)
{
    for (char *at = data, *end = at + bytes; at < end;) {
        size_t left = (size_t)(end - at), piece = left < BLOCK ? left : BLOCK;
        if (s->saves)
            save(s, at, piece);
        else
            load(s, at, piece);
        at += piece;
        if (s->progress)
            atomic_fetch_add_explicit(s->progress, 1, memory_order_relaxed);
    }
}

size_t section_count(struct section *s, size_t n, size_t each)
{
    uint64_t count = n;
    section_bytes(s, &count, sizeof count);
    if (!s->saves && count > (size_t)(s->end - s->from) / each)
        unfit();
    return (size_t)count;
}

void section_choice(struct section *s, int32_t *value, int32_t from, int32_t to)
{
    section_bytes(s, value, sizeof *value);
    if (*value < from || *value > to)
        unfit();
}

void section_floats(struct section *s, float *v, size_t n)
{
    if (v)
        section_bytes(s, v, n * sizeof *v);
}

void section_fifo(struct section *s, struct fifo *f)
{
    char value[MOST_VALUE];
    size_t n = section_count(s, f->count, f->size);
    assert(f->size <= sizeof value);
    for (size_t i = 0; i < n; i++) {
        if (s->saves)
            memcpy(value, fifo_at(f, i), f->size);
        section_bytes(s, value, f->size);
        if (!s->saves)
            fifo_put(f, value);
    }
}

/* ---- saving ---- */

static char *path_of(const char *folder, const char *suffix)
{
    return text_format("%s/checkpoint%s", folder, suffix);
}

static bool complain(const char *what, const char *path)
{
    warn("no checkpoint: %s %s: %s", what, path, strerror(errno));
    return false;
}

bool checkpoint_begin(const char *folder)
{
    char *path = path_of(folder, ".tmp");
    struct head nothing = {.magic = ""};
    FILE *file = fopen(path, "wbe");
    bool good = file && fwrite(&nothing, sizeof nothing, 1, file) == 1;
    good = file && fclose(file) == 0 && good;
    if (!good)
        complain("making", path);
    free(path);
    return good;
}

static bool write_section(FILE *file, const struct persistent *persistent, uint64_t number)
{
    struct section s = {
        .saves = true, .file = file, .hash = XXH3_createState(), .progress = persistent->progress};
    struct section_head head = {0};
    if (!s.hash)
        return false;
    XXH3_64bits_reset_withSeed(s.hash, number);
    off_t at = ftello(file);
    fwrite(&head, sizeof head, 1, file);
    persistent->persist(persistent->context, &s);
    head = (struct section_head){.bytes = s.bytes, .hash = XXH3_64bits_digest(s.hash)};
    XXH3_freeState(s.hash);
    return fseeko(file, at, SEEK_SET) == 0 && fwrite(&head, sizeof head, 1, file) == 1 && !ferror(file);
}

/* The head counts the sections written so far; this count is the number of the new section. */
static bool append(FILE *file, const struct persistent *persistent)
{
    struct head head;
    if (fread(&head, sizeof head, 1, file) != 1 || fseeko(file, 0, SEEK_END))
        return false;
    if (!write_section(file, persistent, head.sections))
        return false;
    head.sections++;
    return fseeko(file, 0, SEEK_SET) == 0 && fwrite(&head, sizeof head, 1, file) == 1;
}

bool checkpoint_append(const char *folder, const struct persistent *persistent)
{
    char *path = path_of(folder, ".tmp");
    FILE *file = fopen(path, "r+be");
    bool good = file && append(file, persistent);
    good = file && fclose(file) == 0 && good;
    if (!good)
        complain("writing", path);
    free(path);
    return good;
}

static bool write_head(FILE *file, const struct identity *identity, const struct rows *rows, uint64_t *bytes)
{
    struct head head;
    if (fread(&head, sizeof head, 1, file) != 1 || fseeko(file, 0, SEEK_END))
        return false;
    memcpy(head.magic, MAGIC, sizeof MAGIC);
    head.format = FORMAT;
    head.identity = *identity;
    head.rows = *rows;
    *bytes = head.bytes = (uint64_t)ftello(file);
    head.hash = head_hash(&head);
    return fseeko(file, 0, SEEK_SET) == 0 && fwrite(&head, sizeof head, 1, file) == 1 && fflush(file) == 0 &&
           disk_sync(fileno(file));
}

static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && disk_sync(fd);
    if (fd >= 0)
        close(fd);
    return good;
}

/* Called when the file is whole and on the disk. The file takes the place of the checkpoint before, which
 * is kept as checkpoint.old. */
static bool install(const char *folder, const char *temporary)
{
    char *path = path_of(folder, ""), *old = path_of(folder, ".old");
    bool good =
        (rename(path, old) == 0 || errno == ENOENT) && rename(temporary, path) == 0 && sync_folder(folder);
    free(path);
    free(old);
    return good;
}

bool checkpoint_commit(const char *folder, const struct identity *identity, const struct rows *rows,
                       uint64_t *bytes)
{
    char *path = path_of(folder, ".tmp");
    FILE *file = fopen(path, "r+be");
    bool good = file && write_head(file, identity, rows, bytes);
    good = file && fclose(file) == 0 && good;
    good = good && install(folder, path);
    if (!good)
        complain("writing", path);
    free(path);
    return good;
}

static void drop(const char *folder, const char *suffix)
{
    char *path = path_of(folder, suffix);
    if (unlink(path) && errno != ENOENT)
        warn("cannot remove %s: %s", path, strerror(errno));
    free(path);
}

void checkpoint_forget(const char *folder)
{
    drop(folder, ".tmp");
}

void checkpoint_remove(const char *folder)
{
    drop(folder, ".tmp");
    drop(folder, ".old");
    drop(folder, "");
}

/* ---- loading ---- */

static bool refuse(char *why, size_t size, const char *reason)
{
    snprintf(why, size, "%s", reason);
    return false;
}

/* Every check names what differs: after a change of program or configuration the user must see why. Texts
 * are compared as whole arrays, which are padded with zeros. */
static bool right_identity(const struct identity *is, const struct identity *want, char *why, size_t size)
{
    if (memcmp(is->program, want->program, sizeof is->program) != 0) {
        snprintf(why, size, "is of version %.*s, this is %s", (int)sizeof is->program, is->program,
                 want->program);
        text_one_line(why);
        return false;
    }
    if (memcmp(is->kernels, want->kernels, sizeof is->kernels) != 0) {
        snprintf(why, size, "was calculated by %.*s, this is %s (host.kernels)", (int)sizeof is->kernels,
                 is->kernels, want->kernels);
        text_one_line(why);
        return false;
    }
    if (memcmp(is->algorithm, want->algorithm, sizeof is->algorithm) != 0)
        return refuse(why, size, "is of another algorithm");
    if (is->config != want->config)
        return refuse(why, size, "is of a run with another configuration");
    return is->data == want->data || refuse(why, size, "is of a run on other data");
}

static bool right_head(const struct checkpoint *c, const struct identity *identity, uint32_t sections,
                       char *why, size_t size)
{
    const struct head *h = &c->head;
    if (memcmp(h->magic, MAGIC, sizeof MAGIC) != 0)
        return refuse(why, size, "is no checkpoint");
    if (h->format != FORMAT)
        return refuse(why, size, "is of another format");
    if (h->hash != head_hash(h))
        return refuse(why, size, "is damaged in its head");
    if (h->bytes != c->size)
        return refuse(why, size, "is not whole");
    if (!right_identity(&h->identity, identity, why, size))
        return false;
    return h->sections == sections || refuse(why, size, "is of another number of processes");
}

/* Finds section i, the head of which begins at `at`. Returns where the next section begins; 0: section i
 * is damaged. */
static size_t find_section(struct checkpoint *c, uint32_t i, size_t at)
{
    struct section_head head;
    if (c->size - at < sizeof head)
        return 0;
    memcpy(&head, c->bytes + at, sizeof head);
    size_t begin = at + sizeof head;
    if (head.bytes > c->size - begin ||
        XXH3_64bits_withSeed(c->bytes + begin, (size_t)head.bytes, i) != head.hash)
        return 0;
    c->section[i] = begin;
    return begin + (size_t)head.bytes;
}

static bool right_sections(struct checkpoint *c, char *why, size_t size)
{
    size_t at = sizeof c->head;
    for (uint32_t i = 0; i < c->head.sections; i++) {
        at = find_section(c, i, at);
        if (at == 0) {
            snprintf(why, size, "is damaged in section %" PRIu32, i);
            return false;
        }
    }
    return at == c->size || refuse(why, size, "is longer than its sections");
}

struct checkpoint *checkpoint_parse(const void *bytes, size_t n, const struct identity *identity,
                                    uint32_t sections, char *why, size_t size)
{
    struct checkpoint *c = need(sizeof *c);
    assert(sections <= MOST_SECTIONS);
    c->bytes = bytes;
    c->size = n;
    if (n >= sizeof c->head)
        memcpy(&c->head, bytes, sizeof c->head);
    if (right_head(c, identity, sections, why, size) && right_sections(c, why, size))
        return c;
    free(c);
    return NULL;
}

/* For file systems without mmap. MAP_FAILED: errno says why. */
static void *copy(int fd, size_t size)
{
    size_t done = 0;
    char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    while (bytes != MAP_FAILED && done < size) {
        ssize_t n = pread(fd, bytes + done, size - done, (off_t)done);
        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            int reason = n == 0 ? EIO : errno; /* n = 0: the file became shorter while it was read */
            munmap(bytes, size);
            errno = reason;
            return MAP_FAILED;
        }
    }
    return bytes;
}

static const void *map(const char *path, size_t *size, char *why, size_t why_size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fstat(fd, &st) == 0;
    *size = good ? (size_t)st.st_size : 0;
    void *bytes = *size ? mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (bytes == MAP_FAILED)
        bytes = copy(fd, *size);
    if (!good || bytes == MAP_FAILED) {
        snprintf(why, why_size, "cannot be read: %s", strerror(errno));
        bytes = NULL;
    } else if (!bytes) {
        refuse(why, why_size, "is empty");
    }
    if (fd >= 0)
        close(fd);
    return bytes;
}

static struct checkpoint *read_file(const char *folder, const char *path, const struct identity *identity,
                                    uint32_t sections)
{
    char why[256];
    size_t size;
    const void *bytes = map(path, &size, why, sizeof why);
    struct checkpoint *c = bytes ? checkpoint_parse(bytes, size, identity, sections, why, sizeof why) : NULL;
    if (c && !metrics_reach(folder, &c->head.rows)) {
        refuse(why, sizeof why, "is newer than the tables beside it");
        free(c);
        c = NULL;
    }
    if (!c && bytes)
        munmap((void *)bytes, size);
    if (!c)
        warn("%s %s", path, why);
    return c;
}

struct checkpoint *checkpoint_open(const char *folder, const struct identity *identity, uint32_t sections)
{
    static const char *const suffixes[] = {"", ".old"};
    struct checkpoint *c = NULL;
    bool any = false;
    for (int i = 0; i < 2 && !c; i++) {
        char *path = path_of(folder, suffixes[i]);
        bool there = access(path, F_OK) == 0 || errno != ENOENT;
        if (there)
            c = read_file(folder, path, identity, sections);
        if (c && any)
            warn("going on from the checkpoint before, %s", path);
        any |= there;
        free(path);
    }
    if (any && !c)
        die(EXIT_DATA,
            "%s: no checkpoint is fit for use; without a checkpoint the algorithm would start from the "
            "beginning",
            folder);
    return c;
}

void checkpoint_close(struct checkpoint *c)
{
    if (!c)
        return;
    munmap((void *)c->bytes, c->size);
    free(c);
}

const struct rows *checkpoint_rows(const struct checkpoint *c)
{
    return &c->head.rows;
}

void checkpoint_load(const struct checkpoint *c, uint32_t i, const struct persistent *persistent)
{
    assert(i < c->head.sections);
    size_t end = i + 1 < c->head.sections ? c->section[i + 1] - sizeof(struct section_head) : c->size;
    struct section s = {
        .from = c->bytes + c->section[i], .end = c->bytes + end, .progress = persistent->progress};
    persistent->persist(persistent->context, &s);
    if (s.from != s.end)
        unfit();
}
