/* Calls a target once for each file named: what libFuzzer would do with them, without libFuzzer. Says "N inputs". */
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "tests/fuzz/harness.h"

/* In memory of exactly its size, so that a sanitizer sees the end. */
static uint8_t *contents(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        perror(path);
        exit(EXIT_FAILED);
    }
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(*size ? *size : 1);
    if (!data || fread(data, 1, *size, file) != *size) {
        perror(path);
        exit(EXIT_FAILED);
    }
    fclose(file);
    return data;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t size;
        uint8_t *data = contents(argv[i], &size);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    printf("%d inputs\n", argc - 1);
    return EXIT_DONE;
}
