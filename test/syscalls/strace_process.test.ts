import { expect, test } from 'vitest'
import { WEXITED, WNOHANG, WNOWAIT } from '../../kernel/task/exit.ts'
import { boot, type Libc, type Run, type UserPtr } from '../../index.ts'
import { rows } from '../../syscalls/table.ts'
import { PROCESS_ROWS } from './strace_process.ts'

const NOWHERE = 8 as UserPtr

/** What the calls of `main` look like, each address of the stack as ADDR. */
function traced(main: (sys: Libc, nr: (name: string) => number) => Run<number>): string[] {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const lines: string[] = []
  vm.strace(({ pid, text }) => {
    if (pid === 2) lines.push(text.replace(/0x3f[0-9a-f]{6}/g, 'ADDR'))
  })
  const process = vm.spawn(function* program(sys) {
    return yield* main(sys, (name) => rows.find((row) => row.name === name)?.nr ?? -1)
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(process.status).toBe(0)
  return lines.slice(0, -2)
}

test('strace shows waitid and what processes have used', () => {
  const lines = traced(function* (sys) {
    const buf = sys.alloc(144)
    const child = yield* sys.fork(function* (sys) {
      void (yield* sys.nanosleep(1))
      return 7
    })
    void (yield* sys.waitid(0, 0, buf, WEXITED | WNOHANG))
    void (yield* sys.waitid(1, child, buf, WEXITED | WNOWAIT))
    void (yield* sys.kill(child, 9))
    void (yield* sys.waitid(2, 0, NOWHERE, WEXITED))
    void (yield* sys.waitid(9, child, 0, WEXITED, NOWHERE))
    void (yield* sys.getrusage(0, buf))
    void (yield* sys.getrusage(3, NOWHERE))
    void (yield* sys.times(buf))
    void (yield* sys.times(0))
    return 0
  })
  expect(lines.slice(1)).toEqual([
    'waitid(P_ALL, 0, {}, WNOHANG|WEXITED, NULL) = 0',
    'waitid(P_PID, 3, {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=3, si_uid=0, si_status=7}, WEXITED|WNOWAIT, NULL) = 0',
    'kill(3, SIGKILL) = 0',
    'waitid(P_PGID, 0, 0x8, WEXITED, NULL) = -1 EFAULT (Bad address)',
    'waitid(0x9 /* P_??? */, 3, NULL, WEXITED, 0x8) = -1 EINVAL (Invalid argument)',
    'getrusage(RUSAGE_SELF, {ru_utime={tv_sec=0, tv_usec=0}, ru_stime={tv_sec=0, tv_usec=0}, ...}) = 0',
    'getrusage(0x3 /* RUSAGE_??? */, 0x8) = -1 EINVAL (Invalid argument)',
    'times({tms_utime=0, tms_stime=0, tms_cutime=0, tms_cstime=0}) = 100',
    'times(NULL) = 100',
  ])
})

test('strace shows who one is and becomes', () => {
  const lines = traced(function* (sys) {
    const buf = sys.alloc(32)
    const at = (n: number): UserPtr => (buf + n) as UserPtr
    const V3 = 0x20080522n
    void (yield* sys.setgroups([5, 3]))
    void (yield* sys.getgroups(0, 0))
    void (yield* sys.getgroups(8, buf))
    void (yield* sys.setgroups([-1]))
    void (yield* sys.setregid(-1, 7))
    void (yield* sys.setgid(-1))
    void (yield* sys.setresgid(1, 2, 3))
    void (yield* sys.getresgid(buf, at(4), at(8)))
    void (yield* sys.setfsgid(9))
    void (yield* sys.setdomainname('abc', 3))
    void (yield* sys.capget(sys.words(0x19980330n), buf))
    void (yield* sys.capget(sys.words(1n), buf))
    sys.store(buf, new Uint8Array([0xa0, 0, 0, 0, 0xa1, 0, 0, 0]))
    void (yield* sys.capset(sys.words(V3), buf))
    void (yield* sys.capget(sys.words(V3), buf))
    void (yield* sys.setreuid(4, -1))
    void (yield* sys.setresuid(-1, 2 ** 32 - 2, -1))
    void (yield* sys.getresuid(buf, at(4), NOWHERE))
    void (yield* sys.getresuid(buf, at(4), at(8)))
    void (yield* sys.setuid(77))
    void (yield* sys.setfsuid(-1))
    for (const nr of [174, 175, 176, 177]) void (yield* sys.syscall(nr))
    void (yield* sys.syscall(159, 3, NOWHERE))
    return 0
  })
  expect(lines).toEqual([
    'setgroups(2, [5, 3]) = 0',
    'getgroups(0, NULL) = 2',
    'getgroups(8, [3, 5]) = 2',
    'setgroups(1, [-1]) = -1 EINVAL (Invalid argument)',
    'setregid(-1, 7) = 0',
    'setgid(-1) = -1 EINVAL (Invalid argument)',
    'setresgid(1, 2, 3) = 0',
    'getresgid([1], [2], [3]) = 0',
    'setfsgid(9) = 2',
    'setdomainname("abc", 3) = 0',
    expect.stringMatching(
      /^capget\(\{version=_LINUX_CAPABILITY_VERSION_1, pid=0\}, \{effective=1<<CAP_CHOWN\|.*\|1<<CAP_SETFCAP, permitted=.*, inheritable=0\}\) = 0$/,
    ) as string,
    'capget({version=0x1 /* _LINUX_CAPABILITY_VERSION_??? */, pid=0}, ADDR) = -1 EINVAL (Invalid argument)',
    'capset({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, {effective=1<<CAP_KILL|1<<CAP_SETUID, permitted=1<<CAP_CHOWN|1<<CAP_KILL|1<<CAP_SETUID, inheritable=0}) = 0',
    'capget({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, {effective=1<<CAP_KILL|1<<CAP_SETUID, permitted=1<<CAP_CHOWN|1<<CAP_KILL|1<<CAP_SETUID, inheritable=0}) = 0',
    'setreuid(4, -1) = 0',
    'setresuid(-1, 4294967294, -1) = 0',
    'getresuid(ADDR, ADDR, 0x8) = -1 EFAULT (Bad address)',
    'getresuid([4], [4294967294], [0]) = 0',
    'setuid(77) = -1 EPERM (Operation not permitted)',
    'setfsuid(-1) = 4294967294',
    'getuid() = 4',
    'geteuid() = 4294967294',
    'getgid() = 1',
    'getegid() = 2',
    'setgroups(3, 0x8) = -1 EPERM (Operation not permitted)',
  ])
})

test('strace shows limits, queued signals and alternate stacks', () => {
  const lines = traced(function* (sys) {
    const buf = sys.alloc(128)
    void (yield* sys.getrlimit(3, buf))
    void (yield* sys.setrlimit(3, buf))
    void (yield* sys.getrlimit(16, buf))
    void (yield* sys.prlimit(0, 7, sys.words(5n, 7n), buf))
    void (yield* sys.prlimit(99, 7, NOWHERE, 0))
    void (yield* sys.prlimit(0, 1, 0, 0))
    sys.store(buf, new Uint8Array(128))
    sys.storeInt((buf + 8) as UserPtr, -1)
    sys.storeInt((buf + 16) as UserPtr, 7)
    void (yield* sys.rt_sigqueueinfo(2, 28, buf))
    void (yield* sys.rt_tgsigqueueinfo(2, 2, 28, buf))
    sys.storeInt((buf + 8) as UserPtr, 5)
    void (yield* sys.rt_tgsigqueueinfo(2, 1, 28, buf))
    void (yield* sys.rt_sigqueueinfo(1, 28, NOWHERE))
    void (yield* sys.sigaltstack(sys.words(0x100000n, 0n, 4096n), buf))
    void (yield* sys.sigaltstack(0, buf))
    void (yield* sys.sigaltstack(sys.words(0n, 0x80000002n, 0n), 0))
    void (yield* sys.sigaltstack(sys.words(0n, 9n, 0n), NOWHERE))
    return 0
  })
  expect(lines).toEqual([
    'getrlimit(RLIMIT_STACK, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0',
    'setrlimit(RLIMIT_STACK, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0',
    'getrlimit(0x10 /* RLIMIT_??? */, ADDR) = -1 EINVAL (Invalid argument)',
    'prlimit64(0, RLIMIT_NOFILE, {rlim_cur=5, rlim_max=7}, {rlim_cur=1024, rlim_max=4*1024}) = 0',
    'prlimit64(99, RLIMIT_NOFILE, 0x8, NULL) = -1 EFAULT (Bad address)',
    'prlimit64(0, RLIMIT_FSIZE, NULL, NULL) = 0',
    'rt_sigqueueinfo(2, SIGWINCH, {si_code=SI_QUEUE, si_pid=7, si_uid=0}) = 0',
    'rt_tgsigqueueinfo(2, 2, SIGWINCH, {si_code=SI_QUEUE, si_pid=7, si_uid=0}) = 0',
    'rt_tgsigqueueinfo(2, 1, SIGWINCH, {si_code=5, si_pid=7, si_uid=0}) = -1 EPERM (Operation not permitted)',
    'rt_sigqueueinfo(1, SIGWINCH, 0x8) = -1 EFAULT (Bad address)',
    'sigaltstack({ss_sp=0x100000, ss_flags=0, ss_size=4096}, {ss_sp=NULL, ss_flags=SS_DISABLE, ss_size=0}) = 0',
    'sigaltstack(NULL, {ss_sp=0x100000, ss_flags=0, ss_size=4096}) = 0',
    'sigaltstack({ss_sp=NULL, ss_flags=SS_AUTODISARM|SS_DISABLE, ss_size=0}, NULL) = 0',
    'sigaltstack({ss_sp=NULL, ss_flags=0x9, ss_size=0}, 0x8) = -1 EINVAL (Invalid argument)',
  ])
})

test('strace shows priorities', () => {
  const lines = traced(function* (sys, nr) {
    const buf = sys.alloc(16)
    sys.storeInt(buf, 5)
    void (yield* sys.setpriority(0, 0, -5))
    void (yield* sys.getpriority(2, 0))
    void (yield* sys.getpriority(9, -1))
    void (yield* sys.syscall(nr('sched_setscheduler'), 0, 0x40000001, buf))
    void (yield* sys.syscall(nr('sched_getscheduler'), 0))
    void (yield* sys.syscall(nr('sched_setparam'), 0, NOWHERE))
    void (yield* sys.syscall(nr('sched_getparam'), 0, buf))
    void (yield* sys.syscall(nr('sched_get_priority_max'), 2))
    void (yield* sys.syscall(nr('sched_get_priority_min'), 7))
    void (yield* sys.syscall(nr('sched_rr_get_interval'), 0, buf))
    void (yield* sys.syscall(nr('sched_getaffinity'), 0, 8, buf))
    void (yield* sys.syscall(nr('sched_setaffinity'), 0, 8, buf))
    return 0
  })
  expect(lines).toEqual([
    'setpriority(PRIO_PROCESS, 0, -5) = 0',
    'getpriority(PRIO_USER, 0) = 25',
    'getpriority(0x9 /* PRIO_??? */, -1) = -1 EINVAL (Invalid argument)',
    'sched_setscheduler(0, SCHED_FIFO|SCHED_RESET_ON_FORK, [5]) = 0',
    'sched_getscheduler(0) = 1073741825',
    'sched_setparam(0, 0x8) = -1 EFAULT (Bad address)',
    'sched_getparam(0, [5]) = 0',
    'sched_get_priority_max(SCHED_RR) = 99',
    'sched_get_priority_min(0x7 /* SCHED_??? */) = -1 EINVAL (Invalid argument)',
    'sched_rr_get_interval(0, {tv_sec=0, tv_nsec=0}) = 0',
    'sched_getaffinity(0, 8, [0]) = 8',
    'sched_setaffinity(0, 8, [0]) = 0',
  ])
})

test('every row that is promised here is in the table', () => {
  const names = rows.map((row) => row.name)
  expect(PROCESS_ROWS.filter((name) => !names.includes(name))).toEqual([])
})
