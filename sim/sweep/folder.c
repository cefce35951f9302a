/* The folder of a sweep and the states of its points. The state of a point comes from its files alone, so a
 * sweep can go on after any interruption, and several jobs can share a folder. */
#define _GNU_SOURCE /* getline */
#include "sim/sweep/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/verify/members.h"

static bool there(const char *folder, const char *file)
{
    char *path = text_format("%s/%s", folder, file);
    bool found = disk_has(path);
    free(path);
    return found;
}

bool sweep_is(const char *folder)
{
    return there(folder, "sweep.ini");
}

/* ---- making it ---- */

char *sweep_folder_begin(const char *folder)
{
    char *begun = disk_make_folder(folder);
    if (!begun)
        die_errno(EXIT_RESOURCE, "making a folder beside %s", folder);
    return begun;
}

static void remove_file(const char *folder, const char *name, const char *ending)
{
    char *path = text_format("%s/%s%s", folder, name, ending);
    if (unlink(path) && errno != ENOENT)
        die_errno(EXIT_RESOURCE, "removing %s", path);
    free(path);
}

/* Removes a folder that has only the files which a program writes before a run starts. rmdir refuses a folder
 * with any other file, so no result can be lost. */
static void remove_files(const char *folder)
{
    static const char *const files[] = {"sweep.ini",    "compare.ini",  "given.ini", "partition.csv",
                                        "resolved.ini", "run.json.tmp", NULL};
    for (const char *const *file = files; *file; file++)
        remove_file(folder, *file, "");
    for (const char *const *key = config_files; *key; key++)
        remove_file(folder, *key, ".csv");
    if (rmdir(folder))
        die_errno(EXIT_RESOURCE, "removing %s", folder);
}

static bool equal_files(const char *one, const char *other, const char *name)
{
    char *paths[] = {text_format("%s/%s", one, name), text_format("%s/%s", other, name)};
    FILE *file[] = {fopen(paths[0], "re"), fopen(paths[1], "re")};
    int a = 0, b = 0;
    if (file[0] && file[1])
        do {
            a = getc(file[0]);
            b = getc(file[1]);
        } while (a == b && a != EOF);
    bool equal = file[0] && file[1] && a == b;
    for (int i = 0; i < 2; i++) {
        if (file[i])
            fclose(file[i]);
        free(paths[i]);
    }
    return equal;
}

/* The tables that rows of the grid name. */
static void remove_tables(const char *begun)
{
    static const char ending[] = ".csv";
    DIR *dir = opendir(begun);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name), end = strlen(ending);
        if (length > end && strcmp(entry->d_name + length - end, ending) == 0)
            remove_file(begun, entry->d_name, "");
    }
    if (dir)
        closedir(dir);
}

/* rename replaces an empty folder, but fails on a folder with files: then another job was first. */
void sweep_folder_end(const char *begun, const char *folder, bool shared)
{
    if (rename(begun, folder) == 0)
        return;
    int reason = errno;
    bool taken = reason == ENOTEMPTY || reason == EEXIST;
    bool same = taken && shared && equal_files(begun, folder, "resolved.ini");
    remove_tables(begun);
    remove_files(begun);
    if (same)
        return;
    if (taken && shared)
        die(EXIT_USAGE, "%s: expected the folder of this sweep or none, found another one", folder);
    errno = reason;
    die_errno(EXIT_RESOURCE, "making %s", folder);
}

/* ---- points ---- */

/* EXIT_STUCK has two causes: the control plane found that the run has no end (every attempt gives the same),
 * or a process hung. Only the first makes the point over. */
enum point_state point_state(const char *folder)
{
    if (!there(folder, "run.json"))
        return POINT_NEW;
    struct findings ignored = {.silent = true};
    char *path = text_format("%s/run.json", folder);
    struct members *m = members_read(path, &ignored);
    enum point_state state = POINT_BEGUN;
    int64_t status;
    bool hung; /* run.json has this member only if a process hung */
    if (m && members_is(m, "status", "done"))
        state = POINT_DONE;
    else if (m && members_is(m, "status", "left behind"))
        state = POINT_LEFT;
    else if (m && members_int(m, "exit_status", &status))
        state = status == EXIT_DIVERGED                                   ? POINT_DIVERGED
                : status == EXIT_STUCK && !members_bool(m, "hung", &hung) ? POINT_ENDLESS
                                                                          : POINT_BEGUN;
    members_free(m);
    free(path);
    return state;
}

bool point_is_over(enum point_state state)
{
    return state == POINT_DONE || state == POINT_DIVERGED || state == POINT_ENDLESS || state == POINT_LEFT;
}

/* A copy of run.json with another status. NULL: there is none, since the run was killed as it began. */
static char *with_status(const char *path, const char *status)
{
    char *line = NULL, *text = NULL;
    size_t room = 0, length;
    bool found = false;
    FILE *file = fopen(path, "re"), *out = text_begin(&text, &length);
    while (file && getline(&line, &room, file) > 0) {
        bool is = strncmp(line, "  \"status\": ", strlen("  \"status\": ")) == 0;
        if (is)
            fprintf(out, "  \"status\": \"%s\"%s\n", status, strstr(line, "\",") ? "," : "");
        else
            fputs(line, out);
        found |= is;
    }
    text_end(out, &text);
    if (file)
        fclose(file);
    free(line);
    if (found)
        return text;
    free(text);
    return NULL;
}

static void replace(const char *path, const char *text)
{
    char *temporary = text_format("%s.tmp", path);
    FILE *file = fopen(temporary, "we");
    bool good = file && fputs(text, file) >= 0 && fflush(file) == 0 && disk_sync(fileno(file));
    good = file && fclose(file) == 0 && good;
    if (!good || rename(temporary, path))
        die_errno(EXIT_RESOURCE, "writing %s", path);
    free(temporary);
}

void point_leave(const char *folder, const char *algorithm)
{
    char *path = text_format("%s/run.json", folder), *text = with_status(path, "left behind");
    char *of_algorithm = text_format("%s/%s", folder, algorithm);
    static const char *const checkpoints[] = {"checkpoint.tmp", "checkpoint.old", "checkpoint", NULL};
    for (const char *const *file = checkpoints; text && *file; file++)
        remove_file(of_algorithm, *file, "");
    if (text)
        replace(path, text);
    free(of_algorithm);
    free(text);
    free(path);
}

/* "bsp,osp" */
static int count_names(const char *names)
{
    int n = names && *names;
    for (; names && *names; names++)
        n += *names == ',';
    return n;
}

int point_retimed(const char *folder)
{
    struct findings ignored = {.silent = true};
    char *path = text_format("%s/run.json", folder);
    struct members *m = members_read(path, &ignored);
    char *names = m ? members_text(m, "retimed") : NULL;
    int n = count_names(names);
    if (m)
        members_free(m);
    free(names);
    free(path);
    return n;
}

void point_clear(const char *folder)
{
    if (access(folder, F_OK) == 0)
        remove_files(folder);
}
