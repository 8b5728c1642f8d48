// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints the golden table layout.json: where a C compiler for a 64-bit machine puts each field of the
 * structs behind checkpoint and restart.
 *
 *     cc -o layout layout.c && ./layout
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ALIGNED8 __attribute__((aligned(8)))

typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

struct ckpt_hdr {
	u32 type, len;
} ALIGNED8;

struct ckpt_hdr_const {
	u16 task_comm_len, uts_release_len, uts_version_len, uts_machine_len;
} ALIGNED8;

struct ckpt_hdr_header {
	struct ckpt_hdr h;
	u64 magic;
	u16 _padding, major, minor, patch, rev;
	struct ckpt_hdr_const constants;
	u64 time, uflags;
} ALIGNED8;

struct ckpt_hdr_tail {
	struct ckpt_hdr h;
	u64 magic;
} ALIGNED8;

struct ckpt_hdr_task {
	struct ckpt_hdr h;
	u32 state, exit_state, exit_code, exit_signal;
	u64 set_child_tid, clear_child_tid;
} ALIGNED8;

struct file;

struct ckpt_ctx {
	int crid;
	int32_t root_pid;
	unsigned long kflags, uflags, oflags;
	struct file *file;
	int total;
	char err_string[256];
};

struct new_utsname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

static int structs, fields;

#define STRUCT(s) \
	printf("%s{\"struct\":\"%s\",\"sizeof\":%zu,\"fields\":[", structs++ ? "]}," : "", \
	       #s, sizeof(struct s)); \
	fields = 0

#define FIELD(s, f) \
	printf("%s{\"field\":\"%s\",\"offset\":%zu,\"size\":%zu}", fields++ ? "," : "", \
	       #f, offsetof(struct s, f), sizeof(((struct s *)0)->f))

int main(void)
{
	printf("[");

	STRUCT(ckpt_hdr);
	FIELD(ckpt_hdr, type);
	FIELD(ckpt_hdr, len);

	STRUCT(ckpt_hdr_const);
	FIELD(ckpt_hdr_const, task_comm_len);
	FIELD(ckpt_hdr_const, uts_release_len);
	FIELD(ckpt_hdr_const, uts_version_len);
	FIELD(ckpt_hdr_const, uts_machine_len);

	STRUCT(ckpt_hdr_header);
	FIELD(ckpt_hdr_header, h);
	FIELD(ckpt_hdr_header, magic);
	FIELD(ckpt_hdr_header, _padding);
	FIELD(ckpt_hdr_header, major);
	FIELD(ckpt_hdr_header, minor);
	FIELD(ckpt_hdr_header, patch);
	FIELD(ckpt_hdr_header, rev);
	FIELD(ckpt_hdr_header, constants);
	FIELD(ckpt_hdr_header, time);
	FIELD(ckpt_hdr_header, uflags);

	STRUCT(ckpt_hdr_tail);
	FIELD(ckpt_hdr_tail, h);
	FIELD(ckpt_hdr_tail, magic);

	STRUCT(ckpt_hdr_task);
	FIELD(ckpt_hdr_task, h);
	FIELD(ckpt_hdr_task, state);
	FIELD(ckpt_hdr_task, exit_state);
	FIELD(ckpt_hdr_task, exit_code);
	FIELD(ckpt_hdr_task, exit_signal);
	FIELD(ckpt_hdr_task, set_child_tid);
	FIELD(ckpt_hdr_task, clear_child_tid);

	STRUCT(ckpt_ctx);
	FIELD(ckpt_ctx, crid);
	FIELD(ckpt_ctx, root_pid);
	FIELD(ckpt_ctx, kflags);
	FIELD(ckpt_ctx, uflags);
	FIELD(ckpt_ctx, oflags);
	FIELD(ckpt_ctx, file);
	FIELD(ckpt_ctx, total);
	FIELD(ckpt_ctx, err_string);

	STRUCT(new_utsname);
	FIELD(new_utsname, sysname);
	FIELD(new_utsname, nodename);
	FIELD(new_utsname, release);
	FIELD(new_utsname, version);
	FIELD(new_utsname, machine);
	FIELD(new_utsname, domainname);

	puts("]}]");
	return 0;
}
