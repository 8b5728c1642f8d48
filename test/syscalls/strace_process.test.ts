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

test('every row that is promised here is in the table', () => {
  const names = rows.map((row) => row.name)
  expect(PROCESS_ROWS.filter((name) => !names.includes(name))).toEqual([])
})
