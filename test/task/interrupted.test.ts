import { describe, expect, test } from 'vitest'
import { boot, onHit, type Libc, type Run } from '../../index.ts'
import { EINTR, ERESTARTNOHAND, ERESTARTNOINTR, ERESTARTSYS, ERESTART_RESTARTBLOCK } from '../../kernel/errno.ts'
import { SA_RESTART, SIGKILL, SIGUSR1, SIGUSR2, SIG_IGN, sigmask } from '../../kernel/task/signal.ts'
import { machine, pipe, signalParentLater } from '../support/signals.ts'

const SIG_BLOCK = 0
const NR_RESTART_SYSCALL = 128
const PIPE_SIZE = 65536

describe('an interrupted system call', () => {
  /** A read from an empty pipe, interrupted; what it returns, and how often it was made. */
  function interruptedRead(flags: number, handler: boolean) {
    const { said, calls } = machine(function* (sys, said) {
      const { rd, wr } = yield* pipe(sys)
      if (handler) void (yield* sys.sigaction(SIGUSR1, function* () {}, flags))
      else void (yield* sys.sigaction(SIGUSR1, SIG_IGN))
      void (yield* signalParentLater(sys, SIGUSR1))
      void (yield* sys.fork(function* (c) {
        void (yield* c.nanosleep(2))
        return (yield* c.print('x', wr)) === 1 ? 0 : 1
      }))
      said.push(String(yield* sys.read(rd, sys.alloc(1), 1)))
      while ((yield* sys.wait4(-1, 0, 0)) > 0);
      return 0
    })
    return { ret: Number(said[0]), made: calls.filter((c) => c.startsWith('read(')).length }
  }

  test('read is EINTR with a handler, goes on with SA_RESTART, and does not notice an ignored signal', () => {
    expect(interruptedRead(0, true)).toEqual({ ret: -EINTR, made: 1 })
    expect(interruptedRead(SA_RESTART, true)).toEqual({ ret: 1, made: 2 })
    expect(interruptedRead(0, false)).toEqual({ ret: 1, made: 1 })
  })

  test('nanosleep is EINTR with a handler even under SA_RESTART, and says how long it had still to sleep', () => {
    for (const flags of [0, SA_RESTART]) {
      const { said } = machine(function* (sys, said) {
        void (yield* sys.sigaction(SIGUSR1, function* () {}, flags))
        void (yield* signalParentLater(sys, SIGUSR1))
        const rem = sys.alloc(16)
        said.push(String(yield* sys.nanosleep(10, 0, rem)), String(sys.loadInt(rem)))
        return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
      })
      expect(said).toEqual([String(-EINTR), '9'])
    }
  })

  test('restart_syscall has nothing to go on with once a handler has run', () => {
    const { vm, said } = machine(function* (sys, said) {
      void (yield* sys.sigaction(SIGUSR1, function* () {}))
      void (yield* signalParentLater(sys, SIGUSR1))
      said.push(String(yield* sys.nanosleep(10)), String(yield* sys.syscall(NR_RESTART_SYSCALL)))
      return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
    })
    expect(said).toEqual([String(-EINTR), String(-EINTR)])
    expect(vm.kernel.clock.now).toBeLessThan(2e9)
  })

  // What rt_sigreturn gives back is a register of the interrupted call, whatever it looks like.
  test('rt_sigreturn is never made again, even where it returns the number of a restart code', () => {
    for (const flags of [0, SA_RESTART]) {
      const { said, calls } = machine(function* (sys, said) {
        const { rd, wr } = yield* pipe(sys)
        const me = yield* sys.getpid()
        const first = function* (h: Libc): Run<void> {
          void (yield* h.kill(me, SIGUSR2))
        }
        void (yield* sys.sigaction(SIGUSR1, first, SA_RESTART, sigmask(SIGUSR2)))
        void (yield* sys.sigaction(SIGUSR2, function* () {}, flags))
        void (yield* sys.write(wr, sys.alloc(PIPE_SIZE), PIPE_SIZE))
        void (yield* signalParentLater(sys, SIGUSR1))
        void (yield* sys.fork(function* (c) {
          void (yield* c.nanosleep(2))
          return (yield* c.read(rd, c.alloc(PIPE_SIZE), PIPE_SIZE)) === PIPE_SIZE ? 0 : 1
        }))
        said.push(String(yield* sys.checkpoint(-ERESTARTSYS, wr, 0)))
        while ((yield* sys.wait4(-1, 0, 0)) > 0);
        return 0
      })
      expect(said).toEqual(['1'])
      expect(calls.filter((c) => c.startsWith('checkpoint('))).toHaveLength(2)
      expect(calls.filter((c) => c.startsWith('rt_sigreturn('))).toHaveLength(2)
    }
  })

  test('rt_sigsuspend is always EINTR, and has the old mask back', () => {
    const { said } = machine(function* (sys, said) {
      void (yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGUSR1)))
      void (yield* sys.sigaction(
        SIGUSR1,
        function* () {
          said.push('taken')
        },
        SA_RESTART,
      ))
      void (yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      said.push(String(yield* sys.sigsuspend(0n)))
      void (yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      said.push('still blocked')
      return 0
    })
    expect(said).toEqual(['taken', String(-EINTR), 'still blocked'])
  })

  test('a signal during restart gives EINTR even under SA_RESTART', () => {
    for (const flags of [0, SA_RESTART]) {
      const { said, calls } = machine(function* (sys, said) {
        const { rd } = yield* pipe(sys)
        void (yield* sys.sigaction(SIGUSR1, function* () {}, flags))
        void (yield* signalParentLater(sys, SIGUSR1))
        said.push(String(yield* sys.restart(0, rd, 0)))
        return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
      })
      expect(said).toEqual([String(-EINTR)])
      expect(calls.filter((c) => c.startsWith('restart('))).toHaveLength(1)
    }
  })

  test("a checkpoint that a handler with SA_RESTART interrupts starts anew, behind the first one's bytes", () => {
    const received: number[] = []
    const ROOM = 100
    const { said, calls } = machine(function* (sys, said) {
      const { rd, wr } = yield* pipe(sys)
      void (yield* sys.sigaction(SIGUSR1, function* () {}, SA_RESTART))
      void (yield* sys.write(wr, sys.alloc(PIPE_SIZE - ROOM), PIPE_SIZE - ROOM))
      void (yield* signalParentLater(sys, SIGUSR1))
      void (yield* sys.fork(function* (c) {
        void (yield* c.close(wr))
        void (yield* c.nanosleep(2))
        const buf = c.alloc(PIPE_SIZE)
        for (let n = 1; n > 0;) {
          n = yield* c.read(rd, buf, PIPE_SIZE)
          received.push(...c.load(buf, Math.max(0, n)))
        }
        return 0
      }))
      said.push(String(yield* sys.checkpoint(0, wr, 0)))
      void (yield* sys.close(wr))
      while ((yield* sys.wait4(-1, 0, 0)) > 0);
      return 0
    })
    expect(said).toEqual(['1'])
    expect(calls.filter((c) => c.startsWith('checkpoint('))).toHaveLength(2)
    const bytes = received.slice(PIPE_SIZE - ROOM)
    // The header, and the 8 bytes before the first string, which did not fit; then a whole image.
    expect(bytes).toHaveLength(56 + 8 + 355)
    expect(bytes.slice(64, 120)).toEqual(bytes.slice(0, 56).map((b, i) => (i >= 40 && i < 48 ? bytes[64 + i] : b)))
    expect(bytes.slice(64, 72)).toEqual([1, 0, 0, 0, 56, 0, 0, 0])
  })

  test('with no signal pending the program sees the code as it is', () => {
    for (const code of [ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK]) {
      const vm = boot({ cmdline: 'ckpt_debug=0' })
      let ret = 0
      vm.spawn(function* program(sys) {
        const fd = yield* sys.creat('/tmp/x', 0o600)
        vm.kernel.inject.vfs_write.arm([onHit(3, { retval: -code })])
        ret = yield* sys.checkpoint(0, fd, 0)
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expect(ret).toBe(-code)
    }
  })
})

test('SIGKILL ends a task in an interruptible sleep, but not in the spin of the patch, as the watchdog says', () => {
  const { said } = machine(function* (sys, said) {
    const { rd } = yield* pipe(sys)
    const child = yield* sys.fork((c) => c.read(rd, c.alloc(1), 1))
    void (yield* sys.nanosleep(1))
    void (yield* sys.kill(child, SIGKILL))
    const status = sys.alloc(4)
    void (yield* sys.wait4(child, status, 0))
    said.push(String(sys.loadInt(status)))
    return 0
  })
  expect(said).toEqual(['9'])

  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.spawn(function* spinning(sys) {
    const ends = yield* sys.pipe(0o4000)
    if (typeof ends === 'number') return 1
    const child = yield* sys.fork((c) => c.restart(0, ends.rd, 0))
    void (yield* sys.sched_yield())
    void (yield* sys.kill(child, SIGKILL))
    return (yield* sys.wait4(child, 0, 0)) > 0 ? 0 : 1
  })
  expect(vm.run()).toEqual({ kind: 'soft lockup', pid: 3, comm: 'spinning', where: '_ckpt_kread' })
})
