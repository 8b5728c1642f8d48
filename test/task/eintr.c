// The matrix of interrupted calls on the kernel that this runs on: eintr.json without the patch's two calls.
// A line of JSON for each place where a task may sleep. Times are compared with the time given, never told.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIPE_SIZE 65536
#define GIVEN_MS 400L
#define MS 1000000L

enum { IGNORED, STOP, HANDLER, RESTART, NR_SIGNALS };
static const char *const signals[] = {"ignored", "stop", "handler", "SA_RESTART"};

// What the two processes share.
static struct {
	volatile int ready, done, taken;
	volatile long ret, begun, ended;
	int word;
	struct timespec given, rem;
	char buf[8];
} *s;

static int fd[2];

static void die(const char *what)
{
	perror(what);
	exit(3);
}

static long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / MS;
}

static void pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * MS};
	nanosleep(&t, NULL);
}

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		s->taken++;
}

// The calls. `set` runs before both processes are there, `call` in the one that sleeps, `release` in the other.

static char big[PIPE_SIZE];

static void fill(long n)
{
	if (write(fd[1], big, n) != n)
		die("write");
}
static void set_full(void) { fill(PIPE_SIZE); }
static void set_part(void) { fill(PIPE_SIZE - 4096); }
static long call_write(void) { return write(fd[1], big, 8192); }

static long call_read(void) { return read(fd[0], s->buf, 8); }
static void release_byte(pid_t pid)
{
	(void)pid;
	if (write(fd[1], "xyz", 3) != 3)
		die("write");
}

static long call_nanosleep(void) { return syscall(SYS_nanosleep, &s->given, &s->rem); }
static long call_until(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += GIVEN_MS * MS;
	t.tv_sec += t.tv_nsec / 1000000000L;
	t.tv_nsec %= 1000000000L;
	return syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static pid_t grandchild;
static void fork_one(void)
{
	char c;
	grandchild = fork();
	if (grandchild == 0)
		_exit(read(fd[0], &c, 1) != 1);
}
static long call_wait4(void) { return syscall(SYS_wait4, grandchild, NULL, 0, NULL); }

static long call_futex(void) { return syscall(SYS_futex, &s->word, FUTEX_WAIT, 0, NULL, NULL, 0); }
static long call_futex_timed(void) { return syscall(SYS_futex, &s->word, FUTEX_WAIT, 0, &s->given, NULL, 0); }
static void release_futex(pid_t pid)
{
	(void)pid;
	syscall(SYS_futex, &s->word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static sigset_t none;
static void block_both(void)
{
	sigset_t both;
	sigemptyset(&both);
	sigaddset(&both, SIGUSR1);
	sigaddset(&both, SIGUSR2);
	sigprocmask(SIG_BLOCK, &both, NULL);
}
static long call_ppoll(void)
{
	struct pollfd p = {fd[0], POLLIN, 0};
	return syscall(SYS_ppoll, &p, 1, NULL, &none, 8);
}
static long call_ppoll_timed(void)
{
	struct pollfd p = {fd[0], POLLIN, 0};
	s->rem = s->given;
	return syscall(SYS_ppoll, &p, 1, &s->rem, &none, 8);
}
static long call_pselect6(void)
{
	fd_set in;
	struct {
		const sigset_t *mask;
		size_t size;
	} sig = {&none, 8};
	FD_ZERO(&in);
	FD_SET(fd[0], &in);
	return syscall(SYS_pselect6, fd[0] + 1, &in, NULL, NULL, NULL, &sig);
}

static long call_sigsuspend(void) { return syscall(SYS_rt_sigsuspend, &none, 8); }
static void release_signal(pid_t pid) { kill(pid, SIGUSR2); }

static sigset_t second;
static void block_second(void)
{
	sigemptyset(&second);
	sigaddset(&second, SIGUSR2);
	sigprocmask(SIG_BLOCK, &second, NULL);
}
static long call_sigtimedwait(void) { return syscall(SYS_rt_sigtimedwait, &second, NULL, NULL, 8); }
static long call_sigtimedwait_timed(void) { return syscall(SYS_rt_sigtimedwait, &second, NULL, &s->given, 8); }
static long call_waitid(void) { return syscall(SYS_waitid, P_PID, grandchild, NULL, WEXITED, NULL); }

static const struct row {
	const char *call, *where;
	void (*set)(void);
	// In the process that sleeps, before it says that it is ready.
	void (*prepare)(void);
	long (*run)(void);
	void (*release)(pid_t pid);
	// Compare: bytes that move through the pipe (WRITTEN, GOT), the time it takes, the time that is left.
	enum { NOTHING = 0, WRITTEN = 1, GOT = 2, TOOK = 4, LEFT = 8 } tell;
	long filled;
} rows[] = {
	{"write", "before anything", set_full, NULL, call_write, NULL, WRITTEN, PIPE_SIZE},
	{"write", "after a part", set_part, NULL, call_write, NULL, WRITTEN, PIPE_SIZE - 4096},
	{"read", "empty pipe", NULL, NULL, call_read, release_byte, GOT, 0},
	{"nanosleep", "", NULL, NULL, call_nanosleep, NULL, LEFT | TOOK, 0},
	{"clock_nanosleep", "TIMER_ABSTIME", NULL, NULL, call_until, NULL, TOOK, 0},
	{"wait4", "", NULL, fork_one, call_wait4, release_byte, NOTHING, 0},
	{"futex", "FUTEX_WAIT", NULL, NULL, call_futex, release_futex, NOTHING, 0},
	{"futex", "FUTEX_WAIT, timeout", NULL, NULL, call_futex_timed, NULL, TOOK, 0},
	{"ppoll", "", NULL, block_both, call_ppoll, release_byte, NOTHING, 0},
	{"ppoll", "timeout", NULL, block_both, call_ppoll_timed, NULL, LEFT | TOOK, 0},
	{"pselect6", "", NULL, block_both, call_pselect6, release_byte, NOTHING, 0},
	{"rt_sigsuspend", "", NULL, block_both, call_sigsuspend, release_signal, NOTHING, 0},
	{"rt_sigtimedwait", "", NULL, block_second, call_sigtimedwait, release_signal, NOTHING, 0},
	{"rt_sigtimedwait", "timeout", NULL, block_second, call_sigtimedwait_timed, NULL, TOOK, 0},
	{"waitid", "", NULL, fork_one, call_waitid, release_byte, NOTHING, 0},
};

static void sleeper(const struct row *r, int sig)
{
	struct sigaction sa = {.sa_handler = sig == IGNORED ? SIG_IGN : on_signal};
	sa.sa_flags = sig == RESTART ? SA_RESTART : 0;
	sigaction(SIGUSR1, &sa, NULL);
	sa.sa_handler = on_signal;
	sigaction(SIGUSR2, &sa, NULL);
	if (r->prepare)
		r->prepare();
	s->begun = now();
	s->ready = 1;
	long ret = r->run();
	s->ended = now();
	s->ret = ret < 0 ? -errno : ret;
	s->done = 1;
	_exit(0);
}

static char state_of(pid_t pid)
{
	char path[64], text[512], *p;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *f = fopen(path, "r");
	if (!f)
		die(path);
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = 0;
	p = strrchr(text, ')');
	return p ? p[2] : '?';
}

// Between saying that it is ready and its call there is nothing that sleeps: asleep, it is in the call.
static void until_it_sleeps(pid_t pid, int taken)
{
	for (;;) {
		if (s->done)
			return;
		if (s->ready && s->taken >= taken && state_of(pid) == 'S')
			return;
		sched_yield();
	}
}

static void play(const struct row *r, int sig)
{
	memset(s, 0, sizeof(*s));
	s->given.tv_nsec = GIVEN_MS * MS;
	s->rem.tv_sec = -1;
	if (pipe(fd) < 0)
		die("pipe");
	if (r->set)
		r->set();
	fflush(stdout);
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		sleeper(r, sig);
	until_it_sleeps(pid, 0);
	// Some of its time passes before, and some while it is stopped: whether it goes on until the same
	// instant, for what was left, or begins anew shows in how long it takes.
	if (r->tell & TOOK)
		pause_ms(s->begun + GIVEN_MS / 4 - now());
	if (sig == STOP) {
		kill(pid, SIGSTOP);
		waitpid(pid, NULL, WUNTRACED);
		if (r->tell & TOOK)
			pause_ms(GIVEN_MS / 2);
		kill(pid, SIGCONT);
		waitpid(pid, NULL, WCONTINUED);
	} else
		kill(pid, SIGUSR1);
	until_it_sleeps(pid, sig == HANDLER || sig == RESTART);
	if (r->release)
		r->release(pid);
	long moved = 0, n;
	close(fd[1]);
	if (r->tell & WRITTEN) {
		while ((n = read(fd[0], big, sizeof(big))) > 0)
			moved += n;
		moved -= r->filled;
	}
	if (waitpid(pid, NULL, 0) != pid || !s->done)
		die("the sleeper");
	close(fd[0]);
	if (r->tell & GOT)
		moved = strnlen(s->buf, sizeof(s->buf));

	printf("\"%s\":{\"ret\":", signals[sig]);
	if (s->ret < 0)
		printf("\"-%s\"", strerrorname_np(-s->ret));
	else if (!strcmp(r->call, "wait4") && s->ret > 0)
		printf("\"pid\"");
	else
		printf("%ld", s->ret);
	if (r->tell & (WRITTEN | GOT))
		printf(",\"moved\":%ld", moved);
	if (r->tell & LEFT)
		printf(",\"left\":\"%s\"", s->rem.tv_sec < 0 ? "none told" : s->rem.tv_nsec < s->given.tv_nsec ? "less" : "all");
	if (r->tell & TOOK) {
		long took = s->ended - s->begun;
		printf(",\"took\":\"%s\"", took < GIVEN_MS - 2 ? "part" : took < GIVEN_MS * 5 / 4 ? "all" : "more");
	}
	printf("}");
}

int main(void)
{
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		die("mmap");
	// What hangs ends.
	alarm(60);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		printf("{\"call\":\"%s\",\"where\":\"%s\"", rows[i].call, rows[i].where);
		for (int sig = 0; sig < NR_SIGNALS; sig++) {
			printf(",");
			play(&rows[i], sig);
		}
		printf("}\n");
	}
	return 0;
}
