import { expect, test } from 'vitest'
import { boot, type UserPtr } from '../../index.ts'
import { SA_RESTART, SIGALRM, SIGUSR1, SIGUSR2, sigmask } from '../../kernel/task/signal.ts'
import { rows } from '../../syscalls/table.ts'
import { SIGNAL_ROWS } from './strace_signal.ts'

const CLOCK_MONOTONIC = 1
const TIMER_ABSTIME = 1
const SIG_BLOCK = 0

test('strace shows signals, time, futexes and execve as strace(1) does', () => {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const lines: string[] = []
  vm.strace(({ pid, text }) =>
    lines.push(`${pid === 2 ? '' : `[pid ${pid}] `}${text.replace(/0x3f[0-9a-f]{6}/g, 'ADDR')}`),
  )
  const nr = (name: string): number => rows.find((row) => row.name === name)?.nr ?? -1
  vm.spawn(function* main(sys) {
    const buf = sys.alloc(128)
    void (yield* sys.sigaction(SIGUSR1, function* () {}, SA_RESTART, sigmask(SIGUSR2)))
    void (yield* sys.syscall(nr('tkill'), 2, SIGUSR1))
    void (yield* sys.tgkill(2, 2, SIGUSR1))
    void (yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGUSR2) | sigmask(40)))
    void (yield* sys.kill(2, SIGUSR2))
    void (yield* sys.syscall(nr('rt_sigpending'), buf, 8))
    void (yield* sys.syscall(nr('rt_sigtimedwait'), sys.words(sigmask(SIGUSR2)), buf, 0, 8))
    void (yield* sys.syscall(nr('rt_sigsuspend'), 8, 8))
    void (yield* sys.syscall(nr('restart_syscall')))
    void (yield* sys.syscall(nr('sigaltstack'), 0, 0))
    void (yield* sys.syscall(nr('getitimer'), 0, buf))
    void (yield* sys.syscall(nr('setitimer'), 3, 0, 0))
    void (yield* sys.syscall(nr('clock_gettime'), 0, buf))
    void (yield* sys.syscall(nr('clock_nanosleep'), CLOCK_MONOTONIC, TIMER_ABSTIME, sys.words(0n, 5n), 0))
    void (yield* sys.futex_wake(buf, 1))
    void (yield* sys.syscall(nr('eventfd2'), 3, 0o2000001))
    void (yield* sys.syscall(nr('mknodat'), -100, sys.string('/tmp/p'), 0o010644, 0))
    void (yield* sys.ppoll(0 as UserPtr, 0, sys.words(0n, 1n)))
    void (yield* sys.syscall(nr('pselect6'), 0, 0, 0, 0, sys.words(0n, 1n), 0))
    void (yield* sys.setpgid(0, 0))
    void (yield* sys.syscall(nr('getpgid'), 0))
    void (yield* sys.syscall(nr('getsid'), 0))
    void (yield* sys.setsid())
    void (yield* sys.kill(2, SIGALRM))
    return yield* sys.execve('/bin/none', ['none'])
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(lines).toEqual([
    'rt_sigaction(SIGUSR1, {sa_handler=0x10000, sa_mask=[USR2], sa_flags=SA_RESTART}, NULL, 8) = 0',
    'tkill(2, SIGUSR1) = 0',
    '--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=2, si_uid=0} ---',
    'rt_sigreturn() = 0',
    'tgkill(2, 2, SIGUSR1) = 0',
    '--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=2, si_uid=0} ---',
    'rt_sigreturn() = 0',
    'rt_sigprocmask(SIG_BLOCK, [USR2 RT_8], NULL, 8) = 0',
    'kill(2, SIGUSR2) = 0',
    'rt_sigpending(ADDR, 8) = 0',
    'rt_sigtimedwait([USR2], ADDR, NULL, 8) = 12',
    'rt_sigsuspend(0x8, 8) = -1 EFAULT (Bad address)',
    'restart_syscall() = -1 EINTR (Interrupted system call)',
    'sigaltstack(NULL, NULL) = 0',
    'getitimer(ITIMER_REAL, ADDR) = 0',
    'setitimer(0x3 /* ITIMER_??? */, NULL, NULL) = -1 EINVAL (Invalid argument)',
    'clock_gettime(CLOCK_REALTIME, ADDR) = 0',
    'clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, {tv_sec=0, tv_nsec=5}, NULL) = 0',
    'futex(ADDR, FUTEX_WAKE, 1) = 0',
    'eventfd2(3, EFD_SEMAPHORE|EFD_CLOEXEC) = 3',
    'mknodat(AT_FDCWD, "/tmp/p", S_IFIFO|0644) = 0',
    'ppoll(NULL, 0, {tv_sec=0, tv_nsec=1}, NULL, 8) = 0',
    'pselect6(0, NULL, NULL, NULL, {tv_sec=0, tv_nsec=1}, NULL) = 0',
    'setpgid(0, 0) = 0',
    'getpgid(0) = 2',
    'getsid(0) = 0',
    'setsid() = -1 EPERM (Operation not permitted)',
    'kill(2, SIGALRM) = 0',
    '--- SIGALRM {si_signo=SIGALRM, si_code=SI_USER, si_pid=2, si_uid=0} ---',
    '+++ killed by SIGALRM +++',
  ])
})

test('every row that is promised here is in the table', () => {
  const names = rows.map((row) => row.name)
  expect(SIGNAL_ROWS.filter((name) => !names.includes(name))).toEqual([])
})
