/*
 * Runs programs of system calls on this computer's own kernel, and prints what each call answers. Programs come
 * by standard input, one a line, in the form that program.ts describes; argv[1] is an empty folder. Each program
 * has a tmpfs of its own for its root, and is process 2 of a pid namespace, so that a program cannot reach
 * anything that is not its own.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct row {
	const char *name;
	long nr;
	const char *out;
} rows[] = {
#include "rows.h"
};

/*
 * Where each program's root is mounted, and what is above, which a program that leaves its root gets to. The
 * machine has them there too.
 */
#define ABOVE "/w"
#define ROOT "/w/w"
#define ROOM (1 << 20)
#define LOG (1 << 20)
#define MAX_ARGS 8
#define MAX_INODES 4096

/* What all processes of a program share. */
static struct shared {
	size_t len;
	int inodes;
	uint64_t root; /* device of the root */
	struct {
		uint64_t dev, ino;
	} inode[MAX_INODES];
	char log[LOG];
} *shared;

static unsigned char *room; /* user memory that calls are pointed at; nothing is mapped behind it */
static size_t used;

static void out(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	shared->len += vsnprintf(shared->log + shared->len, LOG - shared->len, format, ap);
	va_end(ap);
	if (shared->len >= LOG)
		shared->len = LOG - 1;
}

/* ---- arguments */

/* Where `size` bytes go of which `mapped` are there: -1 for all. */
static unsigned char *place(size_t size, long mapped)
{
	unsigned char *at = mapped < 0 ? room + used : room + ROOM - mapped;

	if (mapped < 0)
		used += (size + 15) & ~15ul;
	return at;
}

static void put(unsigned char *at, long mapped, size_t i, unsigned char byte)
{
	if (mapped < 0 || i < (size_t)mapped)
		at[i] = byte;
}

/* `:k` behind a token: how much is mapped. */
static long suffix(char **s)
{
	return **s == ':' ? strtol(*s + 1, s, 10) : -1;
}

static int hex(const char *s)
{
	char two[3] = { s[0], s[1], 0 };

	return strtol(two, NULL, 16);
}

/* "text" with %xx for a byte and %r255.61 for 255 of them. */
static long string(char **s)
{
	static unsigned char text[1 << 16];
	size_t n = 0;
	long mapped;
	unsigned char *at;

	for ((*s)++; **s != '"';) {
		if (**s != '%') {
			text[n++] = *(*s)++;
		} else if ((*s)[1] == 'r') {
			long times = strtol(*s + 2, s, 10);
			int byte = hex(*s + 1);

			*s += 3;
			while (times-- > 0)
				text[n++] = byte;
		} else {
			text[n++] = hex(*s + 1);
			*s += 3;
		}
	}
	(*s)++;
	text[n++] = 0;
	mapped = suffix(s);
	at = place(n, mapped);
	for (size_t i = 0; i < n; i++)
		put(at, mapped, i, text[i]);
	return (long)at;
}

static long argument(char **s);

static long array(char **s, char end, int size)
{
	unsigned char *at = place(256, -1);
	int64_t word;

	for (int n = 0; **s != end; n++) {
		(*s)++;
		if (**s == end)
			break;
		word = strtoll(*s, s, 10);
		memcpy(at + size * n, &word, size);
	}
	(*s)++;
	return (long)at;
}

static long vector(char **s)
{
	struct iovec *iov = (struct iovec *)place(16 * sizeof *iov, -1);

	for (int n = 0; **s != '}'; n++) {
		(*s)++;
		if (**s == '}')
			break;
		iov[n].iov_base = (void *)argument(s);
		(*s)++;
		iov[n].iov_len = strtoll(*s, s, 10);
	}
	(*s)++;
	return (long)iov;
}

static long argument(char **s)
{
	unsigned char *at;
	size_t size;
	long first, mapped;

	switch (**s) {
	case '"':
		return string(s);
	case '[':
		return array(s, ']', 8);
	case '(':
		return array(s, ')', 4);
	case '{':
		return vector(s);
	case '@':
		size = strtol(*s + 1, s, 10);
		mapped = suffix(s);
		at = place(size, mapped);
		for (size_t i = 0; i < size && size <= 4096; i++)
			put(at, mapped, i, 0);
		return (long)at;
	case '$':
		size = strtol(*s + 1, s, 10);
		first = strtol(*s + 1, s, 10);
		mapped = suffix(s);
		at = place(size, mapped);
		for (size_t i = 0; i < size; i++)
			put(at, mapped, i, 'a' + (first + i) % 26);
		return (long)at;
	default:
		return strtoll(*s, s, 10);
	}
}

/* ---- what a call leaves in memory */

static void bytes(const unsigned char *at, long n)
{
	uint32_t hash = 2166136261u;

	out(" '");
	for (long i = 0; i < n && i < 32; i++) {
		if (at[i] > 32 && at[i] < 127 && at[i] != '%' && at[i] != '\'')
			out("%c", at[i]);
		else
			out("%%%02x", at[i]);
	}
	out("'");
	if (n <= 32)
		return;
	for (long i = 0; i < n; i++)
		hash = (hash ^ at[i]) * 16777619u;
	out("~%08x", hash);
}

/* Inode numbers are the host's own: what is told is which are the same. */
static void inode(uint64_t dev, uint64_t ino)
{
	int k = 0;

	while (k < shared->inodes && (shared->inode[k].ino != ino || shared->inode[k].dev != dev))
		k++;
	if (k == shared->inodes && k < MAX_INODES) {
		shared->inode[k].dev = dev;
		shared->inode[k].ino = ino;
		shared->inodes++;
	}
	out(" #%d", k);
}

/* A stamp that was not set by the program is from now, whenever that is. */
static void stamp(char which, int64_t sec, int64_t nsec)
{
	if (sec > 1200000000 && sec < 4000000000)
		out(" %cnow", which);
	else
		out(" %c%lld.%lld", which, (long long)sec, (long long)nsec);
}

static void stat_data(const struct stat *st)
{
	inode(st->st_dev, st->st_ino);
	out(" %o n%ld %d:%d s%lld %ld", st->st_mode, (long)st->st_nlink, st->st_uid, st->st_gid, (long long)st->st_size,
	    (long)st->st_blksize);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		out(" r%lx", (long)st->st_rdev);
	stamp('a', st->st_atim.tv_sec, st->st_atim.tv_nsec);
	stamp('m', st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
	stamp('c', st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
}

static void statx_data(const struct statx *st)
{
	inode(makedev(st->stx_dev_major, st->stx_dev_minor), st->stx_ino);
	out(" %o n%d %d:%d s%lld %d", st->stx_mode, st->stx_nlink, st->stx_uid, st->stx_gid, (long long)st->stx_size,
	    st->stx_blksize);
	stamp('a', st->stx_atime.tv_sec, st->stx_atime.tv_nsec);
	stamp('m', st->stx_mtime.tv_sec, st->stx_mtime.tv_nsec);
	stamp('c', st->stx_ctime.tv_sec, st->stx_ctime.tv_nsec);
}

static void dirents(const unsigned char *at, long n)
{
	for (long i = 0; i < n;) {
		const struct dirent64 *d = (const void *)(at + i);

		bytes((const unsigned char *)d->d_name, strlen(d->d_name));
		inode(shared->root, d->d_ino);
		out(" t%d", d->d_type);
		i += d->d_reclen;
	}
}

static void scattered(const struct iovec *iov, long n)
{
	for (; n > 0; iov++) {
		long part = (long)iov->iov_len < n ? (long)iov->iov_len : n;

		bytes(iov->iov_base, part);
		n -= part;
	}
}

static void datum(char kind, int n, long ret, const long *args)
{
	const void *at = (const void *)args[n];
	const int64_t *words = at;
	const int *ints = at;

	/* A call that did nothing may not have looked at a bad address. */
	if (ret < 0 || (args[n] >= -4096 && args[n] < 4096))
		return;
	switch (kind) {
	case 'b':
		bytes(at, ret);
		break;
	case 's':
		stat_data(at);
		break;
	case 'x':
		statx_data(at);
		break;
	case 'f': {
		const struct statfs *s = at;

		out(" %lx %ld %ld %ld %ld", (long)s->f_type, (long)s->f_bsize, (long)s->f_blocks, (long)s->f_namelen, (long)s->f_frsize);
		break;
	}
	case 'd':
		dirents(at, ret);
		break;
	case 'i':
		out(" %d", ints[0]);
		break;
	case 'p':
		out(" %d %d", ints[0], ints[1]);
		break;
	case 'w':
		if (ret > 0)
			out(" %x", ints[0]);
		break;
	case 'g':
		for (long i = 0; i < ret && args[0] > 0; i++)
			out(" %d", ints[i]);
		break;
	case 'q':
		out(" %llx", (long long)words[0]);
		break;
	case 'r':
		out(" %lld %lld", (long long)words[0], (long long)words[1]);
		break;
	case 'l': {
		const struct flock *l = at;

		if (args[1] == F_GETLK || args[1] == 36)
			out(" %d %d %lld %lld %d", l->l_type, l->l_whence, (long long)l->l_start, (long long)l->l_len, l->l_pid);
		break;
	}
	case 'v':
		scattered(at, ret);
		break;
	}
}

/* ---- programs */

static void become(int uid)
{
	gid_t groups[] = { uid, uid + 1000 };
	long ret = setgroups(2, groups);

	ret = ret < 0 ? ret : setresgid(uid, uid, uid);
	ret = ret < 0 ? ret : setresuid(uid, uid, uid);
	out("%ld\n", ret < 0 ? -errno : 0l);
}

/* Run calls up to the `end` of this process, and go out with its status. */
static void run(char *s);

/* Behind the `end` that belongs to a `fork`. */
static char *behind(char *s)
{
	for (int depth = 1; depth > 0;) {
		while (*s == ' ' || *s == ';')
			s++;
		if (*s == 0)
			return s;
		if (strncmp(s, "fork", 4) == 0)
			depth++;
		if (strncmp(s, "end", 3) == 0)
			depth--;
		while (*s != 0 && *s != ';')
			s++;
	}
	return s;
}

static char *child(char *s)
{
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		run(s);
	/* What the child answers stands in front of what the fork does. */
	if (pid > 0)
		syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOWAIT, NULL);
	out("%d\n", pid < 0 ? -errno : pid);
	return behind(s);
}

static void call(const char *name, char **s)
{
	long args[MAX_ARGS] = { 0 };
	long ret = -ENOSYS;
	unsigned i = 0;

	used = 0;
	for (int n = 0; **s == ' ' && n < MAX_ARGS; n++) {
		(*s)++;
		args[n] = argument(s);
	}
	if (strcmp(name, "become") == 0) {
		become(args[0]);
		return;
	}
	while (i < sizeof rows / sizeof *rows && strcmp(rows[i].name, name) != 0)
		i++;
	if (i == sizeof rows / sizeof *rows) {
		out("%ld\n", ret);
		return;
	}
	ret = syscall(rows[i].nr, args[0], args[1], args[2], args[3], args[4], args[5]);
	if (ret == -1)
		ret = -errno;
	out("%ld", ret);
	for (const char *o = rows[i].out; *o != 0; o += 2)
		datum(o[0], o[1] - '0', ret, args);
	out("\n");
}

static void run(char *s)
{
	char name[32];

	for (;;) {
		int n = 0;

		while (*s == ' ' || *s == ';')
			s++;
		while (*s != 0 && *s != ' ' && *s != ';' && n < 31)
			name[n++] = *s++;
		name[n] = 0;
		if (n == 0)
			_exit(0);
		if (strcmp(name, "end") == 0)
			_exit(strtol(s, NULL, 10));
		if (strcmp(name, "fork") == 0)
			s = child(s);
		else
			call(name, &s);
	}
}

/* Root of a sandboxed host may not raise limits: so nobody does. */
static void drop_resource(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		_exit(112);
	data[0].permitted &= ~(1u << CAP_SYS_RESOURCE);
	data[0].effective &= data[0].permitted;
	if (syscall(SYS_capset, &header, data) < 0)
		_exit(112);
}

static void program(char *line)
{
	const struct rlimit files = { 1024, 4096 };
	const struct rlimit none = { 0, 0 };
	struct stat root;
	sigset_t all;

	sigfillset(&all);
	if (chdir(ROOT) < 0 || chroot(".") < 0 || stat("/", &root) < 0)
		_exit(111);
	shared->root = root.st_dev;
	setsid();
	syscall(SYS_close_range, 0, ~0u, 0);
	umask(022);
	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_CORE, &none);
	drop_resource();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	run(line);
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(3);
}

/* Wait for `pid`, but not for ever: its status, or -1. */
static int status_of(pid_t pid)
{
	const struct timespec patience = { 10, 0 };
	sigset_t chld;
	int status;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	for (;;) {
		/* Orphans stay zombies until the end, so that nobody can tell when they go. */
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid)
			return status;
		if (got == 0 && sigtimedwait(&chld, NULL, &patience) < 0 && errno == EAGAIN)
			return -1;
		if (got < 0)
			return -1;
	}
}

/* Leave the host's files behind: what is left is `folder`, empty, with ABOVE in it. */
static void pivot(const char *folder)
{
	if (mount("hostdiff", folder, "tmpfs", 0, "mode=755") < 0 || chdir(folder) < 0)
		die("mount");
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0)
		die("pivot_root");
	if (chdir("/") < 0 || mkdir(ABOVE, 0755) < 0)
		die("mkdir");
}

static void supervise(char *line, int last_pid)
{
	int status;
	pid_t pid;

	shared->len = shared->inodes = 0;
	if (mount("hostdiff", ABOVE, "tmpfs", 0, "mode=755") < 0 || mkdir(ROOT, 0755) < 0)
		die("mount");
	if (mount("hostdiff", ROOT, "tmpfs", 0, "size=" SIZE) < 0)
		die("mount");
	if (pwrite(last_pid, "1", 1, 0) != 1)
		die("ns_last_pid");
	pid = fork();
	if (pid == 0)
		program(line);
	status = status_of(pid);
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	if (umount2(ABOVE, MNT_DETACH) < 0)
		die("umount");
	fwrite(shared->log, 1, shared->len, stdout);
	if (status < 0)
		printf("hangs\n\n");
	else if (WIFEXITED(status))
		printf("exited %d\n\n", WEXITSTATUS(status));
	else
		printf("killed %d\n\n", WTERMSIG(status));
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	sigset_t chld;
	int status, last_pid;

	if (argc != 2)
		return 2;
	if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC) < 0)
		die("unshare");
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die("mount");
	if (fork() != 0) {
		wait(&status);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	last_pid = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	if (last_pid < 0)
		die("ns_last_pid");
	pivot(argv[1]);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	room = mmap(NULL, ROOM + 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || room == MAP_FAILED || mprotect(room, ROOM, PROT_READ | PROT_WRITE) < 0)
		die("mmap");
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	while ((n = getline(&line, &size, stdin)) > 0) {
		line[strcspn(line, "\n")] = 0;
		/* The last program may have set it for all that its user has. */
		setpriority(PRIO_PROCESS, 0, 0);
		supervise(line, last_pid);
	}
	return fflush(stdout) == 0 ? 0 : 3;
}
