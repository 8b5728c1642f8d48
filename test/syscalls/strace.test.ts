import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import { boot, type Program } from '../../index.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EAGAIN, ERESTARTSYS } from '../../kernel/errno.ts'
import { O_CLOEXEC, O_CREAT, O_NONBLOCK, O_RDWR, O_TRUNC } from '../../kernel/fs/file.ts'
import { FaultPoint, type Injector, onHit } from '../../kernel/inject/inject.ts'
import {
  FIOCLEX,
  FIONBIO,
  FIONREAD,
  TCFLSH,
  TCGETS,
  TCSETSW,
  TIOCGPGRP,
  TIOCGWINSZ,
  TIOCNOTTY,
  TIOCSCTTY,
} from '../../kernel/tty/ioctls.ts'
import { WNOHANG, __WALL } from '../../kernel/task/exit.ts'
import { rows } from '../../syscalls/table.ts'
import { PROCESS_ROWS } from './strace_process.ts'
import { DATA_ROWS } from './strace_data.ts'
import { MOUNT_ROWS, PATH_ROWS } from './strace_path.ts'
import { SIGNAL_ROWS } from './strace_signal.ts'
import { STAT_ROWS } from './strace_stat.ts'
import { SYSTEM_ROWS } from './strace_system.ts'
import { bytes, is, ok, pipe, withVm } from '../support/vm.ts'

const SIGCHLD = 17
const THREAD = 0x10900
const NOWHERE = 8 as UserPtr

/** The lines of strace -f for `main`, without what it does to end; addresses that the stack gave are ADDR. */
function traced(main: Program, prepare: (inject: Injector) => void = () => undefined): string[] {
  return withVm({}, (vm) => {
    const lines: string[] = []
    const stop = vm.strace(({ pid, text }) =>
      lines.push(`${pid === 2 ? '' : `[pid ${pid}] `}${text.replace(/0x3f[0-9a-f]{6}/g, 'ADDR')}`),
    )
    vm.spawn(main)
    prepare(vm.kernel.inject)
    vm.run()
    stop()
    const end = ['exit_group(0) = ?', '+++ exited with 0 +++']
    expect(lines).toEqual(expect.arrayContaining(end))
    return lines.filter((line) => !end.includes(line))
  })
}

describe('strace', () => {
  it('shows files as strace(1) does', () => {
    const lines = traced(function* (sys) {
      const data = sys.alloc(16)
      sys.store(data, bytes('hi\n\t\x01\x012\x7f"\\'))
      const buf = sys.alloc(64)
      yield* sys.open('/tmp/f', O_RDWR | O_CREAT | O_TRUNC, 0o644)
      for (const mode of [0, 0o7, 0o70]) yield* sys.open('/tmp/f', O_RDWR | O_CREAT, mode)
      yield* sys.openat(3, 'nope', 3)
      yield* sys.write(3, data, 10)
      for (const at of [NOWHERE, 0 as UserPtr]) for (const n of [0, 3]) yield* sys.write(3, at, n)
      yield* sys.write(3, sys.string('x'.repeat(40)), 33)
      yield* sys.lseek(3, 0, 0)
      yield* sys.brk(0x101000)
      yield* sys.write(3, 0x100ffe as UserPtr, 5)
      yield* sys.lseek(3, 0, 0)
      yield* sys.write(3, data, 10)
      yield* sys.lseek(3, 0, 0)
      yield* sys.read(3, buf, 10)
      yield* sys.lseek(3, 0, 2)
      yield* sys.read(3, buf, 5)
      yield* sys.read(3, NOWHERE, 0)
      yield* sys.read(99, buf, 4)
      yield* sys.lseek(3, -1, 1)
      yield* sys.lseek(3, 0, 99)
      yield* sys.dup(3)
      yield* sys.dup3(3, 40, 0)
      yield* sys.dup3(3, 41, O_CLOEXEC)
      yield* sys.dup3(3, 42, O_CLOEXEC | 1)
      yield* sys.close(40)
      yield* sys.close(-1)
      yield* sys.pipe2(buf, 0)
      yield* sys.pipe2(buf, O_CLOEXEC | O_NONBLOCK)
      yield* sys.pipe2(NOWHERE, 0)
      yield* sys.pipe2(0 as UserPtr, 0)
      return 0
    })
    expect(lines).toEqual([
      'openat(AT_FDCWD, "/tmp/f", O_RDWR|O_CREAT|O_TRUNC, 0644) = 3',
      'openat(AT_FDCWD, "/tmp/f", O_RDWR|O_CREAT, 000) = 4',
      'openat(AT_FDCWD, "/tmp/f", O_RDWR|O_CREAT, 007) = 5',
      'openat(AT_FDCWD, "/tmp/f", O_RDWR|O_CREAT, 070) = 6',
      'openat(3, "nope", O_ACCMODE) = -1 ENOTDIR (Not a directory)',
      'write(3, "hi\\n\\t\\1\\0012\\177\\"\\\\", 10) = 10',
      'write(3, "", 0) = 0',
      'write(3, 0x8, 3) = -1 EFAULT (Bad address)',
      'write(3, NULL, 0) = 0',
      'write(3, NULL, 3) = -1 EFAULT (Bad address)',
      `write(3, "${'x'.repeat(32)}"..., 33) = 33`,
      'lseek(3, 0, SEEK_SET) = 0',
      'brk(0x101000) = 0x101000',
      'write(3, 0x100ffe, 5) = 2',
      'lseek(3, 0, SEEK_SET) = 0',
      'write(3, "hi\\n\\t\\1\\0012\\177\\"\\\\", 10) = 10',
      'lseek(3, 0, SEEK_SET) = 0',
      'read(3, "hi\\n\\t\\1\\0012\\177\\"\\\\", 10) = 10',
      'lseek(3, 0, SEEK_END) = 43',
      'read(3, "", 5) = 0',
      'read(3, "", 0) = 0',
      'read(99, ADDR, 4) = -1 EBADF (Bad file descriptor)',
      'lseek(3, -1, SEEK_CUR) = 42',
      'lseek(3, 0, 0x63 /* SEEK_??? */) = -1 EINVAL (Invalid argument)',
      'dup(3) = 7',
      'dup3(3, 40, 0) = 40',
      'dup3(3, 41, O_CLOEXEC) = 41',
      'dup3(3, 42, O_CLOEXEC|0x1) = -1 EINVAL (Invalid argument)',
      'close(40) = 0',
      'close(-1) = -1 EBADF (Bad file descriptor)',
      'pipe2([8, 9], 0) = 0',
      'pipe2([10, 11], O_NONBLOCK|O_CLOEXEC) = 0',
      'pipe2(0x8, 0) = -1 EFAULT (Bad address)',
      'pipe2(NULL, 0) = -1 EFAULT (Bad address)',
    ])
  })

  it('shows requests to files and what they point to as strace(1) does', () => {
    const lines = traced(function* (sys) {
      const buf = sys.alloc(64)
      yield* sys.ioctl(1, TCGETS, buf)
      const { rd, wr } = yield* pipe(sys)
      yield* sys.print('four', wr)
      yield* sys.ioctl(rd, FIONREAD, buf)
      yield* sys.ioctl(rd, FIONREAD, NOWHERE)
      yield* sys.ioctl(rd, FIOCLEX)
      yield* sys.ioctl(rd, FIONBIO, buf)
      yield* sys.read(rd, buf, 8)
      yield* sys.read(rd, buf, 8)
      yield* sys.ioctl(rd, 0x80087001, 0)
      const fd = yield* sys.creat('/tmp/f', 0o600)
      yield* sys.print('12345', fd)
      yield* sys.lseek(fd, 2, 0)
      yield* sys.ioctl(fd, FIONREAD, buf)
      yield* sys.ioctl(99, FIONREAD, buf)
      return 0
    })
    expect(lines.filter((line) => /^(ioctl|read)/.test(line))).toEqual([
      'ioctl(1, TCGETS, ADDR) = -1 ENOTTY (Inappropriate ioctl for device)',
      'ioctl(3, FIONREAD, [4]) = 0',
      'ioctl(3, FIONREAD, 0x8) = -1 EFAULT (Bad address)',
      'ioctl(3, FIOCLEX) = 0',
      'ioctl(3, FIONBIO, [4]) = 0',
      'read(3, "four", 8) = 4',
      'read(3, ADDR, 8) = -1 EAGAIN (Resource temporarily unavailable)',
      'ioctl(3, _IOC(_IOC_READ, 0x70, 0x1, 0x8), 0) = -1 ENOTTY (Inappropriate ioctl for device)',
      'ioctl(5, FIONREAD, [3]) = 0',
      'ioctl(99, FIONREAD, ADDR) = -1 EBADF (Bad file descriptor)',
    ])
  })

  it('shows what is asked of a terminal as strace(1) does', () => {
    const vm = boot()
    vm.terminal({ rows: 24, cols: 80 })
    const lines: string[] = []
    vm.strace(({ text }) => lines.push(text.replace(/0x3f[0-9a-f]{6}/g, 'ADDR')))
    vm.spawn(
      function* main(sys) {
        const buf = sys.alloc(64)
        yield* sys.ioctl(0, TCGETS, buf)
        yield* sys.ioctl(0, TCSETSW, buf)
        yield* sys.ioctl(0, TIOCGWINSZ, buf)
        yield* sys.ioctl(0, TIOCGPGRP, buf)
        yield* sys.ioctl(0, TCFLSH, 2)
        yield* sys.ioctl(0, TIOCSCTTY, 0)
        yield* sys.ioctl(0, TIOCNOTTY)
        return 0
      },
      [],
      { terminal: true },
    )
    vm.run()
    const modes =
      '{c_iflag=ICRNL|IXON|IUTF8, c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|OPOST|ONLCR, c_cflag=B38400|CS8|CREAD|HUPCL, ' +
      'c_lflag=ISIG|ICANON|ECHO|ECHOE|ECHOK|IEXTEN|ECHOCTL|ECHOKE, ...}'
    expect(lines.filter((line) => line.startsWith('ioctl'))).toEqual([
      `ioctl(0, TCGETS, ${modes}) = 0`,
      `ioctl(0, TCSETSW, ${modes}) = 0`,
      'ioctl(0, TIOCGWINSZ, {ws_row=24, ws_col=80, ws_xpixel=0, ws_ypixel=0}) = 0',
      'ioctl(0, TIOCGPGRP, [2]) = 0',
      'ioctl(0, TCFLSH, TCIOFLUSH) = 0',
      'ioctl(0, TIOCSCTTY, 0) = 0',
      'ioctl(0, TIOCNOTTY) = 0',
    ])
  })

  it('shows names, time and memory as strace(1) does', () => {
    const lines = traced(function* (sys) {
      const buf = sys.alloc(390)
      yield* sys.set_tid_address(buf)
      yield* sys.nanosleep(0, 1000)
      yield* sys.syscall(101, NOWHERE, buf)
      yield* sys.nanosleep(0, -1)
      yield* sys.sched_yield()
      yield* sys.sethostname('abc', 3)
      yield* sys.sethostname(NOWHERE, -1)
      yield* sys.uname(buf)
      yield* sys.uname(NOWHERE)
      for (const name of ['abc', '123456789012345', '1234567890123456', NOWHERE]) yield* sys.prctl(15, name)
      yield* sys.prctl(16, buf)
      yield* sys.prctl(16, NOWHERE)
      yield* sys.syscall(167, 9999, 1, 2, 3, 4)
      for (const nr of [172, 173, 178]) yield* sys.syscall(nr)
      yield* sys.brk(0)
      yield* sys.brk(0x101000)
      yield* sys.syscall(1000, 1, 2, 3, 4, -1, 2n ** 63n)
      return 0
    })
    expect(lines).toEqual([
      'set_tid_address(ADDR) = 2',
      'nanosleep({tv_sec=0, tv_nsec=1000}, NULL) = 0',
      'nanosleep(0x8, ADDR) = -1 EFAULT (Bad address)',
      'nanosleep({tv_sec=0, tv_nsec=18446744073709551615}, NULL) = -1 EINVAL (Invalid argument)',
      'sched_yield() = 0',
      'sethostname("abc", 3) = 0',
      'sethostname(0x8, 4294967295) = -1 EINVAL (Invalid argument)',
      'uname({sysname="Linux", nodename="abc", ...}) = 0',
      'uname(0x8) = -1 EFAULT (Bad address)',
      'prctl(PR_SET_NAME, "abc") = 0',
      'prctl(PR_SET_NAME, "123456789012345"...) = 0',
      'prctl(PR_SET_NAME, "123456789012345"...) = 0',
      'prctl(PR_SET_NAME, 0x8) = -1 EFAULT (Bad address)',
      'prctl(PR_GET_NAME, "123456789012345") = 0',
      'prctl(PR_GET_NAME, 0x8) = -1 EFAULT (Bad address)',
      'prctl(0x270f /* PR_??? */, 0x1, 0x2, 0x3, 0x4) = -1 EINVAL (Invalid argument)',
      'getpid() = 2',
      'getppid() = 0',
      'gettid() = 2',
      'brk(NULL) = 0x100000',
      'brk(0x101000) = 0x101000',
      'syscall_1000(0x1, 0x2, 0x3, 0x4, 0xffffffffffffffff, 0x8000000000000000) = -1 ENOSYS (Function not implemented)',
    ])
  })

  it('shows tasks as strace(1) does', () => {
    const lines = traced(function* (sys) {
      const at = sys.alloc(4)
      const ends = (status: number) =>
        function* (sys: Libc): Run<number> {
          return yield* sys.exit_group(status)
        }
      yield* sys.clone(SIGCHLD, ends(7))
      yield* sys.wait4(-1, at, 0)
      yield* sys.clone(0x1300000 | SIGCHLD, ends(0), at, at)
      yield* sys.wait4(-1, at, WNOHANG | __WALL)
      yield* sys.wait4(-1, at, __WALL)
      yield* sys.clone(0, function* () {
        yield
        throw new Error('on purpose')
      })
      yield* sys.wait4(-1, at, 0)
      yield* sys.wait4(-1, at, 0x80000000 | 0)
      yield* sys.clone(SIGCHLD, function* (sys) {
        sys.load(NOWHERE, 1)
        return 0
      })
      yield* sys.wait4(-1, at, 0)
      yield* sys.wait4(-1, 0, 0x10)
      yield* sys.syscall(220, 0x10000, 0, 0, 0, 0)
      yield* sys.syscall(220, 0x1090000, 64, at, 5, NOWHERE)
      yield* sys.clone(THREAD, function* (sys) {
        return yield* sys.exit(1)
      })
      yield* sys.sched_yield()
      return 0
    })
    expect(lines).toEqual([
      'clone(child_stack=NULL, flags=SIGCHLD) = 3',
      '[pid 3] exit_group(7) = ?',
      '[pid 3] +++ exited with 7 +++',
      'wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = 3',
      'clone(child_stack=NULL, flags=CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, parent_tid=[4], child_tidptr=ADDR) = 4',
      'wait4(-1, ADDR, WNOHANG|__WALL, NULL) = 0',
      '[pid 4] exit_group(0) = ?',
      '[pid 4] +++ exited with 0 +++',
      'wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], __WALL, NULL) = 4',
      'clone(child_stack=NULL, flags=0) = 5',
      'wait4(-1, ADDR, 0, NULL) = -1 ECHILD (No child processes)',
      '[pid 5] --- SIGILL {si_signo=SIGILL, si_code=SI_KERNEL} ---',
      '[pid 5] +++ killed by SIGILL +++',
      'wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGILL}], __WCLONE, NULL) = 5',
      'clone(child_stack=NULL, flags=SIGCHLD) = 6',
      '[pid 6] --- SIGSEGV {si_signo=SIGSEGV, si_code=SI_KERNEL} ---',
      '[pid 6] +++ killed by SIGSEGV +++',
      'wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV}], 0, NULL) = 6',
      'wait4(-1, NULL, 0x10, NULL) = -1 EINVAL (Invalid argument)',
      'clone(child_stack=NULL, flags=CLONE_THREAD) = -1 EINVAL (Invalid argument)',
      'clone(child_stack=0x40, flags=CLONE_THREAD|CLONE_SETTLS|CLONE_CHILD_SETTID, tls=0x5, child_tidptr=0x8) = -1 EINVAL (Invalid argument)',
      'clone(child_stack=NULL, flags=CLONE_VM|CLONE_SIGHAND|CLONE_THREAD) = 7',
      '[pid 7] exit(1) = ?',
      '[pid 7] +++ exited with 1 +++',
      'sched_yield() = 0',
    ])
  })

  it('shows the two calls of the patch', () => {
    const lines = traced(function* (sys) {
      yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o600)
      yield* sys.checkpoint(0, 3, 0)
      yield* sys.checkpoint(0, 3, 1)
      yield* sys.checkpoint(0, -1, 2n ** 63n)
      yield* sys.lseek(3, 0, 0)
      yield* sys.restart(1, 3, 0)
      yield* sys.restart(0, 3, 0)
      return 0
    })
    expect(lines.slice(1)).toEqual([
      'checkpoint(0, 3, 0) = 1',
      'checkpoint(0, 3, 0x1) = -1 EINVAL (Invalid argument)',
      'checkpoint(0, -1, 0x8000000000000000) = -1 EINVAL (Invalid argument)',
      'lseek(3, 0, SEEK_SET) = 0',
      'restart(1, 3, 0) = 0',
      'restart(0, 3, 0) = -1 EPIPE (Broken pipe)',
    ])
  })

  it('marks what was injected, and shows the kernel’s own codes as what they are', () => {
    const lines = traced(
      function* (sys) {
        yield* sys.getpid()
        yield* sys.getpid()
        yield* sys.getpid()
        return 0
      },
      (inject) => {
        const point = new FaultPoint()
        point.arm([onHit(1, { retval: -EAGAIN }), onHit(2, { retval: -ERESTARTSYS })])
        inject.attach(172, point)
      },
    )
    expect(lines).toEqual([
      'getpid() = -1 EAGAIN (Resource temporarily unavailable) (INJECTED)',
      'getpid() = ? ERESTARTSYS (To be restarted if SA_RESTART is set) (INJECTED)',
      'getpid() = 2',
    ])
  })

  it('shows a call that sleeps when it is over, and one that never is with the end of its task', () => {
    const lines = traced(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const buf = sys.alloc(8)
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          yield* sys.read(rd, buf, 2)
          return yield* sys.read(rd, buf, 8)
        }),
      )
      yield* sys.sched_yield()
      ok(yield* sys.print('ab', wr))
      yield* sys.sched_yield()
      return 0
    })
    expect(lines.slice(2)).toEqual([
      'sched_yield() = 0',
      'write(4, "ab", 2) = 2',
      '[pid 3] read(3, "ab", 2) = 2',
      'sched_yield() = 0',
      '[pid 3] read(3, ADDR, 8) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)',
      '[pid 3] +++ exited with 0 +++',
    ])
  })

  it('has a test here or in strace_signal.test.ts for every row of the table', () => {
    expect(rows.map((row) => row.name).sort()).toEqual(
      [
        ...SIGNAL_ROWS,
        ...PROCESS_ROWS,
        ...PATH_ROWS,
        ...MOUNT_ROWS,
        ...STAT_ROWS,
        ...DATA_ROWS,
        ...SYSTEM_ROWS,
        ...['brk', 'checkpoint', 'clone', 'close', 'dup', 'dup3', 'exit', 'exit_group', 'getpid', 'getppid', 'gettid'],
        'ioctl',
        ...['lseek', 'nanosleep', 'openat', 'pipe2', 'prctl', 'read', 'restart', 'sched_yield', 'set_tid_address'],
        ...['sethostname', 'uname', 'wait4', 'write'],
      ].sort(),
    )
    is(new Set(rows.map((row) => row.nr)).size, rows.length)
  })

  it('costs nothing once it is stopped', () => {
    withVm({}, (vm) => {
      const stop = vm.strace(() => undefined)
      expect(vm.kernel.watched).toBe(true)
      stop()
      expect(vm.kernel.watched).toBe(false)
    })
  })
})
