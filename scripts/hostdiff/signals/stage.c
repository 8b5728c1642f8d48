/*
 * Runs programs of processes and signals on this computer's own kernel, and prints what comes of each step.
 * Programs come by standard input, one a line, in the form that steps.ts describes; argv[1] is an empty folder,
 * argv[2] is "up", "down" or "level".
 *
 * The actors of a program wait for their steps, and a prompter, process 1 of their pid namespace, gives one of them a step
 * when all of them sleep, are stopped or dead. They share a processor and have real-time priorities above
 * his, so what he sees is what there will be: rising with the actors' numbers for "up", falling for "down", all the same for
 * "level". A program that gives the same each way does not depend on who is faster.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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
#include <sys/syscall.h>
#include <sys/sysmacros.h>
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

#define ACTORS 8
#define BODIES 4
/* No program gets so far. */
#define PIDS 40
#define STEPS 128
#define BODY_STEPS 8
#define TEXT 32768
#define LOG 16384
#define MAX_ARGS 6
#define DEPTH 5
/* So many handlers do something, of each actor; then they only run. */
#define RUNS 30
/* Descriptors that programs do not come by. */
#define FD_SHARED 900
#define FD_PROC 901
#define FD_TAKE 910
#define FD_GIVE 930
#define MY_RESTORER 0x04000000ul

struct actor {
	int tid; /* 0 before it is born, -1 when another has its id */
	int busy, step, vfork, runs, depth;
	int closed; /* which of 0 to 2 were, before it became another program */
	unsigned called, handled;
	char calls[LOG], handlers[LOG];
};

static struct shared {
	struct actor actor[ACTORS];
	int body[BODIES][BODY_STEPS + 1]; /* where in text its steps are, 0 behind the last */
	char text[TEXT];
} *sh;

/* An actor's memory; each address space has its own. */
static unsigned char room[ACTORS][DEPTH][1024] __attribute__((aligned(16)));
static int common[64] __attribute__((aligned(64)));
static unsigned char alt[ACTORS][65536] __attribute__((aligned(16)));
static unsigned char stacks[ACTORS][65536] __attribute__((aligned(16)));

/* ---- system calls without the C library, whose errno threads would share */

static long raw(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

__asm__(".text\nrestorer:\n\tmov $15, %eax\n\tsyscall\n");
extern void restorer(void);

__attribute__((used, noreturn)) static void live(long k);
__asm__(".text\nborn:\n\txor %ebp, %ebp\n\tpop %rdi\n\tpop %rax\n\tcall *%rax\n\thlt\n");
extern void born(void);

/* The child begins in live(k), on a stack of its own. */
static long raw_clone(unsigned long flags, int *parent_tid, long child_tid, long k)
{
	long *top = (long *)(stacks[k] + sizeof stacks[k]) - 4;
	register long r10 __asm__("r10") = child_tid;
	register long r8 __asm__("r8") = 0;
	long ret;

	top[0] = k;
	top[1] = (long)live;
	__asm__ volatile("syscall\n\ttest %%rax, %%rax\n\tjz born"
			 : "=a"(ret)
			 : "a"(SYS_clone), "D"(flags), "S"(top), "d"(parent_tid), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return ret;
}

static void out(char *log, unsigned *len, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(log + *len, LOG - *len, format, ap);
	va_end(ap);
	*len = *len + n < LOG ? *len + n : LOG - 1;
}

/* ---- arguments */

struct cursor {
	char *s;
	int actor, depth;
	size_t used;
};

static void *take(struct cursor *c, size_t size)
{
	unsigned char *at = room[c->actor][c->depth] + c->used;

	c->used += (size + 15) & ~15ul;
	memset(at, 0, size);
	return at;
}

/* Numbers with commas between them, up to `end`. */
static int numbers(struct cursor *c, char end, int64_t *to)
{
	int n = 0;

	c->s++;
	while (*c->s != end) {
		to[n++] = *c->s == '-' ? strtoll(c->s, &c->s, 10) : (int64_t)strtoull(c->s, &c->s, 10);
		if (*c->s == ',')
			c->s++;
	}
	c->s++;
	return n;
}

static long argument(struct cursor *c)
{
	int64_t v[16];
	size_t size;
	int n, first;

	switch (*c->s) {
	case '[': {
		int64_t *at;

		n = numbers(c, ']', v);
		at = take(c, 8 * n);
		memcpy(at, v, 8 * n);
		return (long)at;
	}
	case '(': {
		int *at;

		n = numbers(c, ')', v);
		at = take(c, 4 * n);
		for (int i = 0; i < n; i++)
			at[i] = v[i];
		return (long)at;
	}
	case '{': {
		int *at = take(c, 128);

		numbers(c, '}', v);
		at[0] = v[0];
		at[2] = v[1];
		at[4] = v[2];
		at[5] = v[3];
		memcpy(at + 6, &v[4], 8);
		return (long)at;
	}
	case '<': {
		stack_t *at = take(c, sizeof *at);

		numbers(c, '>', v);
		at->ss_sp = alt[c->actor];
		at->ss_flags = v[0];
		at->ss_size = v[1];
		return (long)at;
	}
	case '@':
		size = strtol(c->s + 1, &c->s, 10);
		return (long)take(c, size);
	case '$': {
		unsigned char *at;

		size = strtol(c->s + 1, &c->s, 10);
		first = strtol(c->s + 1, &c->s, 10);
		at = take(c, size + 1);
		for (size_t i = 0; i < size; i++)
			at[i] = 'a' + (first + i) % 26;
		return (long)at;
	}
	case '&':
		return (long)(common + 4 * strtol(c->s + 1, &c->s, 10));
	default:
		return strtoll(c->s, &c->s, 10);
	}
}

/* ---- what a call leaves in memory */

static void datum(char *log, unsigned *len, int actor, char kind, int n, long ret, const long *args)
{
	const int *ints = (const int *)args[n];
	const int64_t *words = (const int64_t *)args[n];

	if (ret < 0 || (args[n] >= -4096 && args[n] < 4096))
		return;
	switch (kind) {
	case 'b':
		out(log, len, " '%.*s'", (int)ret, (const char *)ints);
		break;
	case 'i':
		out(log, len, " %d,%d,%d,%d,%llx", ints[0], ints[2], ints[4], ints[5], (long long)words[3]);
		break;
	case 'I':
		out(log, len, " %d,%d,%d,%d,%d", ints[0], ints[2], ints[4], ints[5], ints[6]);
		break;
	case 'k':
		out(log, len, " %x,%lld,%s", ints[2], (long long)words[2], words[0] == (long)alt[actor] ? "own" : words[0] == 0 ? "0" : "?");
		break;
	case 'n':
		out(log, len, " %d", ints[0]);
		break;
	case 'p':
		out(log, len, " %d,%d", ints[0], ints[1]);
		break;
	case 'q':
		out(log, len, " %llx", (long long)words[0]);
		break;
	case 't': /* in thousands of seconds: who is slow is not the question */
		out(log, len, " %lld,%lld", (long long)(words[0] + 999) / 1000,
		    (long long)(words[2] + (words[3] > 0) + 999) / 1000);
		break;
	case 'w':
		if (ret > 0)
			out(log, len, " %x", ints[0]);
		break;
	case 'P':
		if (args[0] == PR_GET_NAME)
			out(log, len, " '%s'", (const char *)ints);
		else if (args[0] == PR_GET_PDEATHSIG || args[0] == PR_GET_CHILD_SUBREAPER)
			out(log, len, " %d", ints[0]);
		break;
	}
}

/* ---- handlers */

static void call(int k, int depth, char *s, char *log, unsigned *len);

static int me(void)
{
	int tid = raw(SYS_gettid, 0, 0, 0, 0, 0, 0);

	for (int k = 0; k < ACTORS; k++)
		if (sh->actor[k].tid == tid)
			return k;
	return 0;
}

static void handle(int body, int sig, const siginfo_t *info)
{
	int k = me();
	struct actor *a = &sh->actor[k];
	uint64_t mask = 0;
	stack_t ss;

	raw(SYS_rt_sigprocmask, 0, 0, (long)&mask, 8, 0, 0);
	raw(SYS_sigaltstack, 0, (long)&ss, 0, 0, 0, 0);
	out(a->handlers, &a->handled, " !%d", sig);
	if (info != NULL) {
		const int *ints = (const void *)info;

		out(a->handlers, &a->handled, ":%d,%d,%d,%llx", ints[2], ints[4], ints[5], ((const long long *)info)[3]);
	}
	out(a->handlers, &a->handled, ":%llx:%x", (long long)mask, ss.ss_flags);
	if (a->depth + 1 >= DEPTH || a->runs >= RUNS)
		return;
	a->runs++;
	a->depth++;
	for (const int *at = sh->body[body]; *at != 0; at++)
		call(k, a->depth, sh->text + *at, a->handlers, &a->handled);
	a->depth--;
	out(a->handlers, &a->handled, " .");
}

#define HANDLER(n)                                                                                                     \
	static void plain##n(int sig)                                                                                  \
	{                                                                                                              \
		handle(n, sig, NULL);                                                                                  \
	}                                                                                                              \
	static void info##n(int sig, const siginfo_t *info, void *context)                                             \
	{                                                                                                              \
		(void)context;                                                                                         \
		handle(n, sig, info);                                                                                  \
	}
HANDLER(0)
HANDLER(1)
HANDLER(2)
HANDLER(3)

static const long handlers[2][BODIES] = {
	{ (long)plain0, (long)plain1, (long)plain2, (long)plain3 },
	{ (long)info0, (long)info1, (long)info2, (long)info3 },
};

struct kernel_sigaction {
	long handler;
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

/* rt_sigaction: signal, handler, flags, mask, size of the set. */
static void action(char *s, char *log, unsigned *len)
{
	struct kernel_sigaction act = { 0 }, old = { 0 };
	long sig = strtol(s, &s, 10);
	int body = -1, size;
	long handler, ret;

	while (*s == ' ')
		s++;
	if (*s == 'h')
		body = *++s - '0';
	handler = strtol(s, &s, 10);
	act.flags = strtoul(s, &s, 10);
	act.mask = strtoull(s, &s, 10);
	size = strtol(s, &s, 10);
	act.handler = body >= 0 ? handlers[(act.flags & SA_SIGINFO) != 0][body] : handler;
	act.flags |= MY_RESTORER;
	act.restorer = restorer;
	ret = raw(SYS_rt_sigaction, sig, body < 0 && handler < 0 ? 0 : (long)&act, (long)&old, size, 0, 0);
	out(log, len, " %ld", ret);
	if (ret < 0)
		return;
	for (body = 0; body < BODIES; body++)
		if (old.handler == handlers[0][body] || old.handler == handlers[1][body])
			break;
	if (body < BODIES)
		out(log, len, " h%d", body);
	else
		out(log, len, " %ld", old.handler);
	out(log, len, ",%lx,%llx", old.flags & ~MY_RESTORER & 0xffffffff, (long long)old.mask);
}

/* clone: number of the new actor, flags, child_tid. */
static void make(int k, struct cursor *c, char *log, unsigned *len)
{
	long child = strtol(c->s, &c->s, 10);
	long flags = strtol(c->s, &c->s, 10);
	long child_tid;
	struct actor *a = &sh->actor[child];

	c->s++;
	child_tid = argument(c);
	if (a->tid != 0) {
		out(log, len, " -");
		return;
	}
	sh->actor[k].vfork = (flags & CLONE_VFORK) != 0;
	out(log, len, " %ld", raw_clone(flags | CLONE_PARENT_SETTID, &a->tid, child_tid, child));
}

/* exec: 0, or 1 for a program that is not there. */
static void become(int k, char *s, char *log, unsigned *len)
{
	char number[] = { '0' + k, 0 };
	const char *argv[] = { "x", number, NULL };
	const char *path = strtol(s, NULL, 10) == 0 ? "/x" : "/absent";
	const char *envp[] = { NULL };

	sh->actor[k].closed = 0;
	for (int fd = 0; fd < 3; fd++)
		if (raw(SYS_fcntl, fd, F_GETFD, 0, 0, 0, 0) < 0)
			sh->actor[k].closed |= 1 << fd;
	out(log, len, " %ld", raw(SYS_execve, (long)path, (long)argv, (long)envp, 0, 0, 0));
}

static void call(int k, int depth, char *s, char *log, unsigned *len)
{
	struct cursor c = { s, k, depth, 0 };
	long args[MAX_ARGS] = { 0 };
	char name[32];
	unsigned i = 0;
	int n = 0;
	long ret;

	while (*c.s != 0 && *c.s != ' ' && *c.s != ';' && n < 31)
		name[n++] = *c.s++;
	name[n] = 0;
	if (strcmp(name, "rt_sigaction") == 0) {
		action(c.s, log, len);
		return;
	}
	if (strcmp(name, "clone") == 0) {
		make(k, &c, log, len);
		return;
	}
	if (strcmp(name, "exec") == 0) {
		become(k, c.s, log, len);
		return;
	}
	for (n = 0; *c.s == ' ' && n < MAX_ARGS; n++) {
		c.s++;
		args[n] = argument(&c);
	}
	while (i < sizeof rows / sizeof *rows && strcmp(rows[i].name, name) != 0)
		i++;
	if (i == sizeof rows / sizeof *rows) {
		out(log, len, " ?");
		return;
	}
	ret = raw(rows[i].nr, args[0], args[1], args[2], args[3], args[4], args[5]);
	out(log, len, " %ld", ret);
	for (const char *o = rows[i].out; *o != 0; o += 2)
		datum(log, len, k, o[0], o[1] - '0', ret, args);
}

/* An actor's life: one step after the other. */
static void live(long k)
{
	struct actor *a = &sh->actor[k];
	char token;

	for (;;) {
		long n = raw(SYS_read, FD_TAKE + k, (long)&token, 1, 0, 0, 0);

		if (n == 1) {
			call(k, 0, sh->text + a->step, a->calls, &a->called);
			a->vfork = a->busy = 0;
		} else if (n != -EINTR) {
			raw(SYS_exit_group, 113, 0, 0, 0, 0, 0);
		}
	}
}

/* The program that actors become. */
static void again(int k)
{
	sh = mmap(NULL, sizeof *sh, PROT_READ | PROT_WRITE, MAP_SHARED, FD_SHARED, 0);
	if (sh == MAP_FAILED)
		_exit(114);
	/* Of who is somebody else by its effective id, the C library opens them. */
	for (int fd = 0; fd < 3; fd++)
		if (sh->actor[k].closed & 1 << fd)
			close(fd);
	for (int other = 0; other < ACTORS; other++)
		if (other != k && sh->actor[other].tid == getpid())
			sh->actor[other].tid = -1;
	sh->actor[k].tid = getpid();
	sh->actor[k].depth = sh->actor[k].busy = sh->actor[k].vfork = 0;
	out(sh->actor[k].calls, &sh->actor[k].called, " exec");
	live(k);
}

/* ---- the prompter */

/* What is told of an actor where it has changed. */
enum { STATE, TGID, PPID, PGID, SID, UID, PND, SHD, BLK, IGN, CGT, FIELDS };
static const char letters[] = "stugnUpPbic";
static char shown[ACTORS][FIELDS][40];
static char state[ACTORS];
static int prio[ACTORS]; /* whose priority has been set */
static enum { UP, DOWN, LEVEL } order;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(3);
}

/* The value behind `key` in a status file, without leading zeros. */
static void field(const char *status, const char *key, char *to)
{
	const char *at = strstr(status, key);
	size_t n;

	*to = 0;
	if (at == NULL)
		return;
	at += strlen(key);
	while (*at == '\t' || *at == ' ')
		at++;
	while (*at == '0' && at[1] != '\n' && at[1] != '\t')
		at++;
	n = strcspn(at, "\n");
	snprintf(to, 40, "%.*s", (int)(n < 39 ? n : 39), at);
	for (; *to != 0; to++)
		if (*to == '\t')
			*to = ',';
}

static const char *const keys[FIELDS] = { "\nState:",  "\nTgid:",   "\nPPid:",   "\nNSpgid:", "\nNSsid:", "\nUid:",
					  "\nSigPnd:", "\nShdPnd:", "\nSigBlk:", "\nSigIgn:", "\nSigCgt:" };

/* What there is to tell of actor `k` now. False where it runs. */
static int look(int k, char now[FIELDS][40])
{
	struct actor *a = &sh->actor[k];
	char path[32], status[8192];
	int fd, f;
	ssize_t n = -1;

	memset(now, 0, FIELDS * 40);
	snprintf(path, sizeof path, "%d/status", a->tid);
	fd = a->tid < 0 ? -1 : openat(FD_PROC, path, O_RDONLY);
	if (fd >= 0) {
		n = read(fd, status, sizeof status - 1);
		close(fd);
	}
	if (n <= 0) {
		strcpy(now[STATE], "gone");
		state[k] = 'x';
		return 1;
	}
	status[n] = 0;
	field(status, keys[STATE], now[STATE]);
	switch (now[STATE][0]) {
	case 'Z':
		strcpy(now[STATE], "zombie");
		state[k] = 'z';
		break;
	case 'T':
		strcpy(now[STATE], "stopped");
		state[k] = 't';
		break;
	case 'D':
		if (!a->vfork)
			return 0;
		/* fall through */
	case 'S':
		state[k] = a->busy ? 'b' : 's';
		strcpy(now[STATE], a->busy ? "busy" : "idle");
		break;
	default:
		return 0;
	}
	for (f = TGID; f < FIELDS; f++)
		if (state[k] != 'z' || f <= SID)
			field(status, keys[f], now[f]);
	if (state[k] != 'z')
		*strrchr(now[UID], ',') = 0; /* the fourth is the file system's */
	return 1;
}

static char log_text[1 << 18];
static unsigned log_len;

#define say(...) (log_len += snprintf(log_text + log_len, sizeof log_text - log_len, __VA_ARGS__))

/* Until nobody runs. False where that takes too long. */
static int settle(char now[ACTORS][FIELDS][40])
{
	struct timespec begin, t;
	int all;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	do {
		all = 1;
		for (int k = 0; k < ACTORS; k++) {
			struct sched_param param = { order == UP ? 10 + k : order == DOWN ? 40 - k : 20 };

			if (sh->actor[k].tid == 0)
				continue;
			if (sh->actor[k].tid > 0 && prio[k] != sh->actor[k].tid &&
			    sched_setscheduler(sh->actor[k].tid, SCHED_FIFO, &param) == 0)
				prio[k] = sh->actor[k].tid;
			if (!look(k, now[k]))
				all = 0;
		}
		clock_gettime(CLOCK_MONOTONIC, &t);
		if (t.tv_sec - begin.tv_sec > 3)
			return 0;
		if (!all) {
			const struct timespec some = { 0, 20000 };

			nanosleep(&some, NULL);
		}
	} while (!all);
	return 1;
}

/* A line for what has happened since the last. */
static int tell(void)
{
	static char now[ACTORS][FIELDS][40];
	int any = 0;

	if (!settle(now))
		return 0;
	for (int k = 0; k < ACTORS; k++) {
		struct actor *a = &sh->actor[k];
		int begun = 0;

		if (a->tid == 0)
			continue;
		for (int f = STATE; f < FIELDS; f++) {
			if (strcmp(now[k][f], shown[k][f]) != 0 && (now[k][f][0] != 0 || f == STATE))
				begun = 1;
		}
		if (!begun && a->called == 0 && a->handled == 0)
			continue;
		say("%s%d:", any ? " / " : "", k);
		any = 1;
		say("%.*s%.*s", (int)a->called, a->calls, (int)a->handled, a->handlers);
		for (int f = STATE; f < FIELDS; f++) {
			if (strcmp(now[k][f], shown[k][f]) == 0 || (now[k][f][0] == 0 && f != STATE))
				continue;
			say(" %c=%s", letters[f], now[k][f]);
			strcpy(shown[k][f], now[k][f]);
		}
		a->called = a->handled = 0;
	}
	say(any ? "\n" : ".\n");
	return 1;
}

static void first(void)
{
	const struct rlimit none = { 0, 0 };
	struct kernel_sigaction dfl = { 0 };
	const stack_t disable = { .ss_flags = SS_DISABLE };
	uint64_t empty = 0;

	setsid();
	raw(SYS_sigaltstack, (long)&disable, 0, 0, 0, 0, 0);
	syscall(SYS_close_range, 0, FD_SHARED - 1, 0);
	prctl(PR_SET_NAME, "init");
	setrlimit(RLIMIT_CORE, &none);
	for (int sig = 1; sig <= 64; sig++)
		raw(SYS_rt_sigaction, sig, (long)&dfl, 0, 8, 0, 0);
	raw(SYS_rt_sigprocmask, SIG_SETMASK, (long)&empty, 0, 8, 0, 0);
	sh->actor[0].tid = getpid();
	live(0);
}

/* Take the steps of handlers out of a program; 0 where its text is too long. */
static int prepare(const char *line, int steps[STEPS], int actors[STEPS])
{
	int n = 0, bodies[BODIES] = { 0 };
	char *s;

	if (strlen(line) + 2 > TEXT)
		return -1;
	/* Nothing begins at 0. */
	strcpy(sh->text + 1, line);
	for (s = sh->text + 1; *s != 0;) {
		int body, who;

		while (*s == ' ' || *s == ';')
			s++;
		if (*s == 0)
			break;
		body = *s == 'h';
		who = strtol(s + body, &s, 10);
		while (*s == ' ')
			s++;
		if (body && bodies[who] < BODY_STEPS) {
			sh->body[who][bodies[who]++] = s - sh->text;
		} else if (!body && n < STEPS) {
			steps[n] = s - sh->text;
			actors[n++] = who;
		}
		while (*s != 0 && *s != ';')
			s++;
	}
	return n;
}

static void play(const char *line, int last_pid)
{
	int steps[STEPS], actors[STEPS], n, status, fine;
	char token = 0;
	pid_t pid;

	memset(shown, 0, sizeof shown);
	memset(state, 0, sizeof state);
	memset(prio, 0, sizeof prio);
	for (int k = 0; k < ACTORS; k++) {
		/* A step that nobody has taken is no next program's. */
		while (read(FD_TAKE + k, &token, 1) == 1)
			;
		fcntl(FD_TAKE + k, F_SETFL, 0);
	}
	memset(sh, 0, sizeof *sh);
	log_len = 0;
	n = prepare(line, steps, actors);
	if (pwrite(last_pid, "1", 1, 0) != 1)
		die("ns_last_pid");
	pid = fork();
	if (pid == 0)
		first();
	sh->actor[0].tid = pid;
	fine = tell();
	log_len = 0;
	for (int i = 0; i < n && fine; i++) {
		int k = actors[i];

		if (sh->actor[k].tid <= 0 || state[k] != 's') {
			say("-\n");
			continue;
		}
		sh->actor[k].step = steps[i];
		sh->actor[k].busy = 1;
		if (write(FD_GIVE + k, &token, 1) != 1)
			die("write");
		fine = tell();
	}
	say("end");
	for (int i = 2; i < PIDS && fine; i++)
		if (waitpid(i, &status, WNOHANG | __WALL) > 0)
			say(" %d:%x", i, status);
	say(fine ? "\n\n" : " hangs\n\n");
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	for (int k = 0; k < ACTORS; k++)
		fcntl(FD_TAKE + k, F_SETFL, O_NONBLOCK);
	fwrite(log_text, 1, log_len, stdout);
}

/* Leave the host's files behind: what is left is `folder`, with this program in it. */
static void pivot(const char *folder)
{
	char buffer[65536];
	int from, to, proc;
	ssize_t n;

	from = open("/proc/self/exe", O_RDONLY);
	if (mount("hostdiff", folder, "tmpfs", 0, "mode=755") < 0 || chdir(folder) < 0 || mkdir("p", 0755) < 0)
		die("mount");
	to = open("x", O_WRONLY | O_CREAT, 0755);
	while ((n = read(from, buffer, sizeof buffer)) > 0)
		if (write(to, buffer, n) != n)
			die("write");
	close(from);
	close(to);
	umask(0);
	if (mkdir("dev", 0755) < 0 || mknod("dev/null", S_IFCHR | 0666, makedev(1, 3)) < 0 ||
	    mknod("dev/full", S_IFCHR | 0666, makedev(1, 7)) < 0)
		die("mknod");
	if (mount("proc", "p", "proc", 0, NULL) < 0)
		die("mount proc");
	proc = open("p", O_PATH | O_DIRECTORY);
	if (proc < 0 || dup3(proc, FD_PROC, O_CLOEXEC) < 0)
		die("proc");
	close(proc);
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		die("pivot_root");
}

static void share(void)
{
	int fd = memfd_create("stage", 0), ends[2];

	if (fd < 0 || ftruncate(fd, sizeof *sh) < 0 || dup2(fd, FD_SHARED) < 0)
		die("memfd");
	close(fd);
	sh = mmap(NULL, sizeof *sh, PROT_READ | PROT_WRITE, MAP_SHARED, FD_SHARED, 0);
	if (sh == MAP_FAILED)
		die("mmap");
	for (int k = 0; k < ACTORS; k++) {
		if (pipe2(ends, O_NONBLOCK) < 0 || dup2(ends[0], FD_TAKE + k) < 0 || dup2(ends[1], FD_GIVE + k) < 0)
			die("pipe");
		close(ends[0]);
		close(ends[1]);
	}
}

/* One processor, and a place behind all actors. */
static void step_back(void)
{
	struct sched_param param = { 1 };
	cpu_set_t all, one;
	int cpu = 0;

	if (sched_getaffinity(0, sizeof all, &all) < 0)
		die("sched_getaffinity");
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof one, &one) < 0)
		die("sched_setaffinity");
	if (sched_setscheduler(0, SCHED_FIFO, &param) < 0)
		die("sched_setscheduler");
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	sigset_t chld;
	int status, last_pid;

	if (argc == 2)
		again(atoi(argv[1]));
	if (argc != 3)
		return 2;
	order = strcmp(argv[2], "up") == 0 ? UP : strcmp(argv[2], "down") == 0 ? DOWN : LEVEL;
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
	share();
	step_back();
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	while ((n = getline(&line, &size, stdin)) > 0) {
		line[strcspn(line, "\n")] = 0;
		play(line, last_pid);
	}
	return fflush(stdout) == 0 ? 0 : 3;
}
