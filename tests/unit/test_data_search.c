/* Where a data set is looked for, and what is said of one that is nowhere. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "models/data/dataset.h"
#include "sim/base/fail.h"
#include "tests/rigs/scratch.h"

#define IMAGES "train-images-idx3-ubyte"
#define LABELS "train-labels-idx1-ubyte"

static struct dataset_options options;

static int enter(void **state)
{
    options = (struct dataset_options){.train_n = -1, .test_n = -1};
    return scratch_enter(state);
}

static void put_at(const char *path) /* an empty file, with the folders above it */
{
    char command[512];
    snprintf(command, sizeof command, "mkdir -p $(dirname %s) && : > %s", path, path);
    assert_int_equal(system(command), 0);
}

/* A folder is taken because it has the probe, and then misses the rest, which the message shows. */

static const char *wanted;
static const char *paths[3];

static void open_wanted(void)
{
    dataset_close(dataset_open(wanted, paths, &options));
}

static void assert_found(const char *name, const char *probe, const char *missing)
{
    wanted = name;
    put_at(probe);
    assert_dies(open_wanted, EXIT_DATA, missing);
}

static void test_search(void **state)
{
    (void)state;
    paths[0] = "one";
    paths[1] = "two";
    wanted = "mnist";
    assert_dies(open_wanted, EXIT_DATA,
                "data set mnist: " IMAGES "[.gz] not found in: one/mnist, one/MNIST/raw, one, two/mnist, "
                "two/MNIST/raw, two; `make data` fetches it");
    options.fetcher = "/there/fetch.sh";
    assert_dies(open_wanted, EXIT_DATA, "two; /there/fetch.sh data mnist fetches it into ./data");
    /* each next one goes before the others */
    assert_found("mnist", "two/" IMAGES ".gz", "simulate: two/" LABELS ": expected");
    assert_found("mnist", "two/MNIST/raw/" IMAGES, "simulate: two/MNIST/raw/" LABELS ": expected");
    assert_found("mnist", "two/mnist/" IMAGES ".gz", "simulate: two/mnist/" LABELS ": expected");
    assert_found("mnist", "one/" IMAGES, "simulate: one/" LABELS ": expected");
    assert_found("mnist", "one/mnist/" IMAGES, "simulate: one/mnist/" LABELS ": expected");
}

static void test_search_fashion(void **state)
{
    (void)state;
    paths[0] = "data";
    paths[1] = NULL;
    assert_found("fashion_mnist", "data/FashionMNIST/raw/" IMAGES, "data/FashionMNIST/raw/" LABELS);
    assert_found("fashion_mnist", "data/fashion-mnist/" IMAGES, "data/fashion-mnist/" LABELS);
    wanted = "mnist";
    assert_dies(open_wanted, EXIT_DATA, "not found in: data/mnist, ");
}

static void test_search_cifar(void **state)
{
    (void)state;
    paths[0] = "data";
    paths[1] = NULL;
    wanted = "cifar10";
    put_at("data/cifar-10-batches-py/data_batch_1");
    assert_dies(
        open_wanted, EXIT_DATA,
        "data/cifar-10-batches-py/data_batch_1 is of the Python version of the set, which torchvision "
        "downloads; the binary version is needed");
    put_at("data/cifar-10/cifar-10-batches-bin/data_batch_1.bin");
    assert_dies(open_wanted, EXIT_DATA,
                "data/cifar-10/cifar-10-batches-bin/data_batch_1.bin: expected 30730000 bytes");
    put_at("data/cifar-10-batches-bin/data_batch_1.bin");
    assert_dies(open_wanted, EXIT_DATA,
                "data/cifar-10-batches-bin/data_batch_1.bin: expected 30730000 bytes");
}

/* A folder that the user names: a path that is none, or that has no set at all, is a mistake. */

static const char *named;

static void look_into_named(void)
{
    dataset_is_in(wanted, named, "x.ini:3: data.path", &options);
}

static void test_named_folder(void **state)
{
    (void)state;
    wanted = "mnist";
    named = "nowhere";
    assert_dies(
        look_into_named, EXIT_DATA,
        "simulate: x.ini:3: data.path: expected a folder that holds a data set, got 'nowhere': No such "
        "file or directory; `make data` fetches it");
    put_at("file");
    named = "file";
    assert_dies(look_into_named, EXIT_DATA, "got 'file': Not a directory");
    put_at("empty/file");
    named = "empty";
    assert_dies(look_into_named, EXIT_DATA, "got 'empty', in which mnist and all other sets are missing");
    assert_true(dataset_is_in("synthetic", "nowhere", "", &options));
    put_at("other/cifar-10-batches-bin/data_batch_1.bin");
    assert_false(dataset_is_in("mnist", "other", "", &options));
    assert_true(dataset_is_in("cifar10", "other", "", &options));
    put_at("lookalike/cifar-10-batches-py/data_batch_1");
    assert_false(dataset_is_in("cifar10", "lookalike", "", &options));
}

static void test_unknown_name(void **state)
{
    (void)state;
    wanted = "imagenet";
    assert_dies(open_wanted, EXIT_USAGE, "got imagenet");
}

#define SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH(test_search),       SCRATCH(test_search_fashion), SCRATCH(test_search_cifar),
        SCRATCH(test_named_folder), SCRATCH(test_unknown_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
