/* What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput (llvm.org/docs/LibFuzzer.html): it
 * gives arbitrary bytes to a reader of the program. libFuzzer calls it (`make fuzz`); so does replay.c, without
 * clang, on the committed corpus (tests/cli/test_fuzz_corpus.sh).
 *
 * The program is linked with --wrap (Makefile): fopen and gzopen look among the files of fuzz_file first, and die()
 * comes back to fuzz_try. Nothing is written to a disk. */
#ifndef TESTS_FUZZ_HARNESS_H
#define TESTS_FUZZ_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* From now on any path that ends in /name, or is name, opens these bytes. Both are kept by pointer. */
void fuzz_file(const char *name, const uint8_t *data, size_t size);
void fuzz_no_files(void); /* forgets all: call it at the end */

/* Calls action; EXIT_DONE when it came back, the status when it ended in die(). gzip files left open are closed. */
int fuzz_try(void (*action)(void *context), void *context);

/* The input as several pieces, for targets with several files: each but the last begins with its length in two
 * bytes, the lower one first. A piece is never longer than what is left. */
struct bytes {
    const uint8_t *data;
    size_t size;
};
struct bytes fuzz_piece(struct bytes *rest);
uint8_t fuzz_byte(struct bytes *rest); /* 0 at the end */

/* A message for people: not empty, and one line. */
void fuzz_expect_line(const char *message);

void fuzz_silence(void); /* drops what the program prints on stderr; libFuzzer's and the sanitizers' stays */

/* What must hold for every input. */
#define FUZZ_EXPECT(condition) ((condition) ? (void)0 : fuzz_fail(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_fail(const char *condition, const char *file, int line);

#endif
