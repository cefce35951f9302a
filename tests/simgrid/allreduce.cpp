/* One MPI_Allreduce in SMPI, SimGrid's implementation of MPI, for tests/simgrid/smpi.py.
 *
 * usage: smpirun ... allreduce COUNT    floats; prints a line RANK SECONDS for each rank: when it has the result */
#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const int count = argc > 1 ? std::atoi(argv[1]) : 1;
    std::vector<float> own(count), sum(count);
    MPI_Allreduce(own.data(), sum.data(), count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    std::printf("%d %.12g\n", rank, MPI_Wtime());
    MPI_Finalize();
    return 0;
}
