/*
 * What the host's line discipline does: a line of input is one case, a line of JSON its answer.
 *
 *   avail iflag oflag lflag vmin input sizes...   flags in hexadecimal, input as pieces of BYTE:ECHO,
 *                                                 a byte in hexadecimal and how many bytes come back for it
 *
 * A new pseudo-terminal gets the flags and then the input, byte by byte, while its echo is read away. Then it
 * is asked how much there is to read, and read from, without waiting, once for each size.
 *
 * What is typed goes through kernel threads, which take their time where much else runs. ECHO and `avail`, what there
 * is to read, are what is hoped for: once they are there the case goes on, and else after PATIENCE.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static void hex(const unsigned char *at, long n)
{
	for (long i = 0; i < n; i++)
		printf("%02x", at[i]);
}

/* Milliseconds until what is hoped for is given up. */
#define PATIENCE 5000

/*
 * Wait until the slave has got what was typed. A poll that finds nothing to read waits for the thread that brings
 * it: without lines, that is so when more is asked for than there is. False where there is a line already.
 */
static int settle(int slave)
{
	struct pollfd p = { .fd = slave, .events = POLLIN };
	struct termios t, all;

	if (tcgetattr(slave, &t))
		exit(2);
	if (t.c_lflag & ICANON)
		return poll(&p, 1, 0) == 0;
	all = t;
	all.c_cc[VMIN] = 255;
	all.c_cc[VTIME] = 0;
	if (tcsetattr(slave, TCSANOW, &all) || poll(&p, 1, 0) || tcsetattr(slave, TCSANOW, &t))
		exit(2);
	return 1;
}

/* Read the echo away, which a read that finds nothing waits for; how much there was. */
static long drain(int master)
{
	unsigned char buf[4096];
	long n, all = 0;

	for (; (n = read(master, buf, sizeof(buf))) > 0; all += n)
		hex(buf, n);
	return all;
}

/* Until a byte that was typed has been dealt with, and `bytes` have come back. */
static void echo(int master, int slave, long bytes)
{
	int settled = settle(slave);

	/* Neither the thread nor what it does can be waited for. */
	if (!settled && bytes == 0)
		usleep(3000);
	for (int ms = 0; (bytes -= drain(master)) > 0 && !settled && ms < PATIENCE; ms++)
		usleep(1000);
}

int main(void)
{
	static char line[65536];
	unsigned char buf[4096];

	while (fgets(line, sizeof(line), stdin)) {
		char *p = line;
		struct termios t;
		int hoped = strtol(p, &p, 10), avail = -1;
		int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
		int slave;

		if (master < 0 || grantpt(master) || unlockpt(master))
			return 2;
		slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK);
		if (slave < 0 || tcgetattr(slave, &t))
			return 2;
		t.c_iflag = strtoul(p, &p, 16);
		t.c_oflag = strtoul(p, &p, 16);
		t.c_lflag = strtoul(p, &p, 16);
		t.c_cc[VMIN] = strtoul(p, &p, 10);
		t.c_cc[VEOL] = '%';
		if (tcsetattr(slave, TCSANOW, &t))
			return 2;
		p++;
		printf("{\"echo\":\"");
		while (*p != ' ' && *p != '\n') {
			unsigned char c = strtoul(p, &p, 16);
			long bytes = strtol(p + 1, &p, 10);

			if (write(master, &c, 1) != 1)
				return 2;
			echo(master, slave, bytes);
			p += *p == ',';
		}
		for (int ms = 0; ms < PATIENCE && !ioctl(slave, FIONREAD, &avail) && avail != hoped; ms++)
			usleep(1000);
		printf("\",\"avail\":%d,\"reads\":[", avail);
		for (const char *sep = ""; *p == ' '; sep = ",") {
			long n = read(slave, buf, strtoul(p, &p, 10));

			printf("%s\"", sep);
			n < 0 ? (void)printf("again") : hex(buf, n);
			printf("\"");
		}
		printf("]}\n");
		close(slave);
		close(master);
	}
	return 0;
}
