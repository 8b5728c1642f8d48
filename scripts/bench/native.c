/*
 * The native side of `npm run bench`: the system calls that a benchmark's counterpart in the machine
 * stands for, timed alike.
 *
 *     native BENCHMARK FILE MILLISECONDS
 *
 * works with FILE and the folder FILE.d, and
 * prints the nanoseconds of one turn, the best of as many batches as fit into the time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int fd;
static char folder[PATH_MAX];
static char buf[32 << 10];

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

/* Into a folder of FILE.d; true where it is new. */
static int enter_folder(const char *name)
{
	int new;

	mkdir(folder, 0700);
	if (chdir(folder) < 0)
		die(folder);
	new = mkdir(name, 0700) == 0;
	if (chdir(name) < 0)
		die(name);
	return new;
}

static void stat_deep(int turns)
{
	static int there;
	struct stat st;

	if (!there) {
		there = 1;
		if (enter_folder("deep")) {
			const char *folders[] = { "a", "a/b", "a/b/c", "a/b/c/d", "a/b/c/d/e" };

			for (int i = 0; i < 5; i++)
				if (mkdir(folders[i], 0700) < 0)
					die(folders[i]);
			close(open("a/b/c/d/e/file", O_WRONLY | O_CREAT, 0600));
		}
	}
	while (turns-- > 0)
		if (syscall(SYS_newfstatat, AT_FDCWD, "a/b/c/d/e/file", &st, 0) != 0)
			die("stat");
}

static void getdents_10k(int turns)
{
	static int dir = -1;

	if (dir < 0) {
		char name[16];

		if (enter_folder("big"))
			for (int i = 0; i < 10000; i++) {
				snprintf(name, sizeof(name), "file%05d", i);
				close(open(name, O_WRONLY | O_CREAT, 0600));
			}
		dir = open(".", O_RDONLY);
	}
	while (turns-- > 0) {
		long size = 0, got;

		if (lseek(dir, 0, SEEK_SET) != 0)
			die("lseek");
		while ((got = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0)
			size += got;
		if (got < 0 || size != 2 * 24 + 10000 * 32)
			die("getdents64");
	}
}

static void stay_on_one_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("sched_setaffinity");
}

static void pipe_switch(int turns)
{
	static int to[2], from[2];

	if (to[1] == 0) {
		stay_on_one_cpu();
		if (pipe(to) < 0 || pipe(from) < 0)
			die("pipe");
		if (fork() == 0) {
			close(to[1]);
			while (read(to[0], buf, 1) == 1)
				if (write(from[1], buf, 1) != 1)
					die("write");
			_exit(0);
		}
	}
	for (; turns > 0; turns -= 2)
		if (write(to[1], buf, 1) != 1 || read(from[0], buf, 1) != 1)
			die("pipe");
}

static void fork_wait(int turns)
{
	while (turns-- > 0) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			die("fork");
	}
}

static const char *file;

static void open_write_close(int turns)
{
	static char page[4096];

	while (turns-- > 0) {
		int f = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (f < 0 || write(f, page, sizeof(page)) != sizeof(page) || close(f) != 0)
			die("open, write, close");
	}
}

static void pread_pwrite(int turns)
{
	while (turns-- > 0)
		if (pwrite(fd, buf, 64, 64) != 64 || pread(fd, buf, 64, 64) != 64)
			die("pread, pwrite");
}

static const struct {
	const char *name;
	void (*run)(int turns);
	int batch;
} benchmarks[] = {
	{ "null_syscall", null_syscall, 20000 },
	{ "checkpoint", checkpoint, 1000 },
	{ "restart", restart, 1000 },
	{ "open_write_close", open_write_close, 1000 },
	{ "pread_pwrite", pread_pwrite, 5000 },
	{ "stat_deep", stat_deep, 2000 },
	{ "getdents_10k", getdents_10k, 4 },
	{ "pipe_switch", pipe_switch, 1000 },
	{ "fork_wait", fork_wait, 20 },
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
	file = argv[2];
	fd = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		die(argv[2]);
	snprintf(folder, sizeof(folder), "%s.d", argv[2]);
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
