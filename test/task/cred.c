/* Read cases, a line each, and print as JSON what each of its calls comes to on this kernel: see scripts/lib/cred_cases.ts. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct { const char *name; long nr; } calls[] = {
	{"setregid", SYS_setregid}, {"setgid", SYS_setgid}, {"setreuid", SYS_setreuid}, {"setuid", SYS_setuid},
	{"setresuid", SYS_setresuid}, {"setresgid", SYS_setresgid}, {"setfsuid", SYS_setfsuid}, {"setfsgid", SYS_setfsgid},
};

static long call(const char *name, int a, int b, int c)
{
	if (!strcmp(name, "keepcaps"))
		return prctl(PR_SET_KEEPCAPS, (long)a, 0L, 0L, 0L);
	if (!strcmp(name, "setgroups")) {
		int list[] = {a, b, c};
		return syscall(SYS_setgroups, 3, list);
	}
	if (!strcmp(name, "drop")) {
		/* Let the effective capabilities go. */
		struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
		struct __user_cap_data_struct data[2];
		syscall(SYS_capget, &header, data);
		data[0].effective = data[1].effective = 0;
		return syscall(SYS_capset, &header, data);
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!strcmp(name, calls[i].name))
			return syscall(calls[i].nr, a, b, c);
	abort();
}

static void state(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	unsigned ids[6], groups[16];
	syscall(SYS_getresuid, &ids[0], &ids[1], &ids[2]);
	syscall(SYS_getresgid, &ids[3], &ids[4], &ids[5]);
	for (int i = 0; i < 6; i++)
		printf("%u,", ids[i]);
	printf("%u,%u,", (unsigned)syscall(SYS_setfsuid, -1), (unsigned)syscall(SYS_setfsgid, -1));
	syscall(SYS_capget, &header, data);
	printf("%d%d%d", data[0].permitted != 0, !!(data[0].effective & (1 << CAP_SETUID)), !!(data[0].effective & (1 << CAP_CHOWN)));
	int n = syscall(SYS_getgroups, 16, groups);
	for (int i = 0; i < n; i++)
		printf(",%u", groups[i]);
}

int main(void)
{
	char line[1024];
	while (fgets(line, sizeof(line), stdin)) {
		fflush(stdout);
		pid_t child = fork();
		if (child != 0) {
			waitpid(child, NULL, 0);
			continue;
		}
		printf("[");
		int first = 1;
		for (char *op = strtok(line, ";\n"); op; op = strtok(NULL, ";\n")) {
			char name[16];
			int a = 0, b = 0, c = 0;
			sscanf(op, "%15s %d %d %d", name, &a, &b, &c);
			long ret = call(name, a, b, c);
			printf("%s\"%ld,", first ? "" : ",", ret < 0 ? -(long)errno : ret);
			state();
			printf("\"");
			first = 0;
		}
		printf("]\n");
		fflush(stdout);
		_exit(0);
	}
	return 0;
}
