/*
 * What the host's line discipline does: a line of input is one case, a line of JSON its answer.
 *
 *   iflag oflag lflag vmin input sizes...   flags in hexadecimal, input as hexadecimal digits
 *
 * A new pseudo-terminal gets the flags and then the input, byte by byte, while its echo is read away. Then it
 * is asked how much there is to read, and read from, without waiting, once for each size.
 */
#define _GNU_SOURCE
#include <fcntl.h>
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

static void drain(int master)
{
	unsigned char buf[4096];
	long n;
	int quiet = 0;

	/* The echo comes by way of a kernel thread. */
	while (quiet++ < 6) {
		usleep(500);
		while ((n = read(master, buf, sizeof(buf))) > 0) {
			hex(buf, n);
			quiet = 0;
		}
	}
}

int main(void)
{
	static char line[65536];
	unsigned char buf[4096];

	while (fgets(line, sizeof(line), stdin)) {
		char *p = line;
		struct termios t;
		int avail = -1;
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
		for (; *p != ' ' && *p != '\n'; p += 2) {
			char digits[3] = { p[0], p[1], 0 };
			unsigned char c = strtoul(digits, NULL, 16);

			if (write(master, &c, 1) != 1)
				return 2;
			drain(master);
		}
		ioctl(slave, FIONREAD, &avail);
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
