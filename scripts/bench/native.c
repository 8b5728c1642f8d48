/*
 * The native side of `npm run bench`: the system calls that a benchmark's counterpart in the machine
 * stands for, timed alike.
 *
 *     native BENCHMARK FILE MILLISECONDS
 *
 * prints the nanoseconds of one turn, the best of as many batches as fit into the time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int fd;
static char buf[128];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void null_syscall(int turns)
{
	while (turns-- > 0)
		if (syscall(SYS_getpid) <= 0)
			die("getpid");
}

/* The writes of one checkpoint, in bytes: the records of an image and what the patch writes apart. */
static const size_t writes[] = { 56, 8, 65, 8, 65, 8, 65, 40, 8, 16, 16 };
/* The reads of one restart: each header by itself, then what it announces. */
static const size_t reads[] = { 8, 48, 8, 65, 8, 65, 8, 65, 8, 32, 8, 16, 8, 8 };

static void rewind_file(void)
{
	if (lseek(fd, 0, SEEK_SET) != 0)
		die("lseek");
}

static void checkpoint(int turns)
{
	while (turns-- > 0) {
		rewind_file();
		for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
			if (write(fd, buf, writes[i]) != (ssize_t)writes[i])
				die("write");
	}
}

static void restart(int turns)
{
	while (turns-- > 0) {
		rewind_file();
		for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++)
			if (read(fd, buf, reads[i]) != (ssize_t)reads[i])
				die("read");
	}
}

static const struct {
	const char *name;
	void (*run)(int turns);
	int batch;
} benchmarks[] = {
	{ "null_syscall", null_syscall, 20000 },
	{ "checkpoint", checkpoint, 1000 },
	{ "restart", restart, 1000 },
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: %s BENCHMARK FILE MILLISECONDS\n", argv[0]);
		return 2;
	}
	fd = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		die(argv[2]);
	/* Something to read back. */
	checkpoint(1);
	for (size_t i = 0; i < sizeof(benchmarks) / sizeof(benchmarks[0]); i++) {
		if (strcmp(benchmarks[i].name, argv[1]) != 0)
			continue;
		double best = 1e18, end = now() + atof(argv[3]) * 1e6, t0, t1;
		do {
			t0 = now();
			benchmarks[i].run(benchmarks[i].batch);
			t1 = now();
			if ((t1 - t0) / benchmarks[i].batch < best)
				best = (t1 - t0) / benchmarks[i].batch;
		} while (t1 < end);
		printf("%.2f\n", best);
		return 0;
	}
	fprintf(stderr, "%s: no benchmark %s\n", argv[0], argv[1]);
	return 2;
}
