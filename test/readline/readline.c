/*
 * What the host's GNU readline makes of keys: a line of input is one case, its keys as hexadecimal digits; a
 * line of output the line that was entered, in the same form. Behind a tab `eof` stands for none.
 *
 * Each case has a bash of its own, with the history that the arguments give, on a pseudo-terminal.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *script =
	"set -o history; for h; do history -s -- \"$h\"; done;"
	"if IFS= read -e -r -p '> ' line; then printf 'line%s' \"$line\" >&3; else printf eof >&3; fi";

int main(int argc, char **argv)
{
	static char line[65536];
	char **args = calloc(argc + 8, sizeof(*args));
	int n = 0;

	args[n++] = "bash";
	args[n++] = "--norc";
	args[n++] = "-c";
	args[n++] = script;
	args[n++] = "bash";
	for (int i = 1; i < argc; i++)
		args[n++] = argv[i];
	setenv("INPUTRC", "/dev/null", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TERM", "xterm", 1);
	while (fgets(line, sizeof(line), stdin)) {
		unsigned char keys[4096], buf[4096];
		int nkeys = 0, fds[2], master, status;
		long got;
		pid_t pid;

		for (char *p = line; *p != '\n'; p += 2) {
			char digits[3] = { p[0], p[1], 0 };

			keys[nkeys++] = strtoul(digits, NULL, 16);
		}
		if (pipe(fds))
			return 2;
		fflush(stdout);
		pid = forkpty(&master, NULL, NULL, NULL);
		if (pid < 0)
			return 2;
		if (pid == 0) {
			dup2(fds[1], 3);
			execvp("bash", args);
			_exit(127);
		}
		close(fds[1]);
		/* The prompt comes once readline has the terminal. */
		for (int seen = 0; !seen && (got = read(master, buf, sizeof(buf))) > 0;)
			seen = memchr(buf, '>', got) != NULL;
		/* What is typed ahead is treated otherwise: one byte, and wait until its effect is seen. */
		for (int i = 0; i < nkeys; i++) {
			struct pollfd p = { master, POLLIN, 0 };

			if (write(master, keys + i, 1) != 1)
				return 2;
			while (poll(&p, 1, 3) > 0 && read(master, buf, sizeof(buf)) > 0)
				;
		}
		for (;;) {
			struct pollfd p = { master, POLLIN, 0 };

			if (poll(&p, 1, 3000) <= 0 || read(master, buf, sizeof(buf)) <= 0)
				break;
		}
		close(master);
		got = read(fds[0], buf, sizeof(buf));
		close(fds[0]);
		waitpid(pid, &status, 0);
		if (got < 3) {
			printf("none\n");
			continue;
		}
		if (buf[0] == 'e')
			printf("eof");
		for (long i = 4; buf[0] != 'e' && i < got; i++)
			printf("%02x", buf[i]);
		printf("\n");
	}
	return 0;
}
