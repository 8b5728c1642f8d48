import { boot, type Libc, type Run, type UserPtr } from '../../index.ts'
import { POLLIN } from '../../kernel/fs/poll.ts'
import { errnoName } from '../../kernel/errno.ts'
import { CLONE_VM } from '../../kernel/task/fork.ts'
import {
  SA_RESTART,
  SIGCHLD,
  SIGCONT,
  SIGSTOP,
  SIGUSR1,
  SIGUSR2,
  SIG_IGN,
  sigmask,
  type sigset_t,
} from '../../kernel/task/signal.ts'
import { pipe } from './signals.ts'

/**
 * One call that sleeps, and one signal that comes meanwhile: a task makes the call, another one sends the
 * signal a second later, and does a second after that what the call has been waiting for.
 */

export const SIGNALS = ['ignored', 'stop', 'handler', 'SA_RESTART'] as const
export type Signal = (typeof SIGNALS)[number]

/** What the task sees of it. */
export interface Cell {
  /** What the call returned in the end: a number, `pid`, or an errno with its sign. */
  readonly ret: number | string
  /** How often it was made, and how often it went on through restart_syscall(2). */
  readonly made: number
  readonly via?: number
  /** Bytes that went through the pipe because of it. */
  readonly moved?: number
  /** What it says is left of its time, and how long it took, each compared with the time it was given. */
  readonly left?: 'none told' | 'less'
  readonly took?: 'part' | 'all' | 'more'
}

/** A call under way. */
interface Scene {
  readonly run: Run<number>
  /** What the call waits for, done by the other task. */
  readonly release?: (other: Libc) => Run<unknown>
  /** Looked at when all is over. */
  readonly moved?: () => number
  /** Where the time that is left is put. */
  readonly rem?: UserPtr
  /** Seconds it was given. */
  readonly given?: number
}

export interface Row {
  readonly call: string
  readonly where: string
  readonly nr: number
  readonly set: (sys: Libc, received: number[]) => Run<Scene>
}

/** `write, after a part`. */
export function title(row: { readonly call: string; readonly where: string }): string {
  return row.where === '' ? row.call : `${row.call}, ${row.where}`
}

export const PIPE_SIZE = 65536
const PIPE_BUF = 4096
const GIVEN = 10
const USR = sigmask(SIGUSR1) | sigmask(SIGUSR2)

export const rows: readonly Row[] = [
  ...(
    [
      ['before anything', PIPE_SIZE],
      ['after a part', PIPE_SIZE - PIPE_BUF],
    ] as const
  ).map(([where, filled]): Row => ({
    call: 'write',
    where,
    nr: 64,
    set: (sys, received) =>
      throughPipe(sys, filled, received, (wr) => sys.write(wr, sys.alloc(2 * PIPE_BUF), 2 * PIPE_BUF)),
  })),
  { call: 'read', where: 'empty pipe', nr: 63, set: read },
  { call: 'nanosleep', where: '', nr: 101, set: nanosleep },
  { call: 'clock_nanosleep', where: 'TIMER_ABSTIME', nr: 115, set: until },
  { call: 'wait4', where: '', nr: 260, set: wait4 },
  { call: 'futex', where: 'FUTEX_WAIT', nr: 98, set: (sys) => futex(sys) },
  { call: 'futex', where: 'FUTEX_WAIT, timeout', nr: 98, set: (sys) => futex(sys, GIVEN) },
  { call: 'ppoll', where: '', nr: 73, set: (sys) => ppoll(sys, false) },
  { call: 'ppoll', where: 'timeout', nr: 73, set: (sys) => ppoll(sys, true) },
  { call: 'pselect6', where: '', nr: 72, set: pselect6 },
  { call: 'rt_sigsuspend', where: '', nr: 133, set: sigsuspend },
  { call: 'rt_sigtimedwait', where: '', nr: 137, set: (sys) => sigtimedwait(sys, false) },
  { call: 'rt_sigtimedwait', where: 'timeout', nr: 137, set: (sys) => sigtimedwait(sys, true) },
  { call: 'waitid', where: '', nr: 95, set: waitid },
  ...(
    [
      ['header', 0],
      ['string', 56 + 73 + 8],
      ['task', 56 + 3 * 73],
    ] as const
  ).map(([where, room]): Row => ({
    call: 'checkpoint',
    where,
    nr: 244,
    set: (sys, received) => throughPipe(sys, PIPE_SIZE - room, received, (wr) => sys.checkpoint(0, wr, 0)),
  })),
  ...(
    [
      ['header', 18],
      ['string', 56 + 73 + 38],
      ['task', 56 + 3 * 73 + 20],
    ] as const
  ).map(([where, there]): Row => ({ call: 'restart', where, nr: 245, set: (sys) => restart(sys, there) })),
]

/** Play one row under one signal. `received` are the bytes that came out of the pipe behind what filled it. */
export function play(row: Row, signal: Signal): { readonly cell: Cell; readonly received: readonly number[] } {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const received: number[] = []
  let made = 0
  let via = 0
  let taken = 0
  let cell: Cell | null = null
  const process = vm.spawn(function* main(sys) {
    const me = yield* sys.getpid()
    void (yield* sys.sigaction(SIGUSR2, function* () {}, SA_RESTART))
    if (signal === 'ignored') void (yield* sys.sigaction(SIGUSR1, SIG_IGN))
    else {
      const handler = function* (): Run<void> {
        taken++
      }
      void (yield* sys.sigaction(SIGUSR1, handler, signal === 'SA_RESTART' ? SA_RESTART : 0))
    }
    const scene = yield* row.set(sys, received)
    void (yield* sys.clone(CLONE_VM | SIGCHLD, function* (other) {
      void (yield* other.nanosleep(1))
      if (signal === 'stop') {
        void (yield* other.kill(me, SIGSTOP))
        void (yield* other.nanosleep(1))
        void (yield* other.kill(me, SIGCONT))
      } else void (yield* other.kill(me, SIGUSR1))
      void (yield* other.nanosleep(1))
      if (scene.release !== undefined) void (yield* scene.release(other))
      return 0
    }))
    const begun = vm.kernel.clock.now
    made = via = 0
    const ret = yield* scene.run
    const sec = (vm.kernel.clock.now - begun) / 1e9
    const counted = { made, via }
    for (let fd = 3; fd < 8; fd++) void (yield* sys.close(fd))
    while ((yield* sys.wait4(-1, 0, 0)) > 0);
    cell = {
      ret: ret < 0 ? `-${errnoName(-ret)}` : row.call === 'wait4' && ret > 0 ? 'pid' : ret,
      made: counted.made,
      ...(counted.via > 0 && { via: counted.via }),
      ...(scene.moved !== undefined && { moved: scene.moved() }),
      ...(scene.rem !== undefined && { left: left(sys.loadInt(scene.rem)) }),
      ...(scene.given !== undefined && { took: sec < GIVEN ? 'part' : sec === GIVEN ? 'all' : 'more' }),
    }
    return 0
  })
  vm.kernel.trace.sys_enter.register((t, nr) => {
    if (t !== process.task) return
    if (nr === row.nr) made++
    if (nr === 128) via++
  })
  const { active } = vm.kernel.slab
  const outcome = vm.run({ budget: 10_000 })
  if (outcome.kind !== 'exited' || cell === null) throw new Error(`${title(row)}: ${JSON.stringify(outcome)}`)
  if (vm.kernel.slab.active >= active || vm.kernel.pages.used !== 0) throw new Error(`${title(row)} leaks`)
  const handled = signal === 'handler' || signal === 'SA_RESTART' ? 1 : 0
  if (taken !== handled) throw new Error(`${title(row)}: the handler ran ${taken} times`)
  return { cell, received }
}

function left(sec: number): 'none told' | 'less' {
  if (sec >= GIVEN) throw new Error('more is left than was given')
  return sec < 0 ? 'none told' : 'less'
}

/** A pipe with `filled` bytes in it. Its other end is read to the end once the call has waited enough. */
function* throughPipe(sys: Libc, filled: number, received: number[], call: (wr: number) => Run<number>): Run<Scene> {
  const { rd, wr } = yield* pipe(sys)
  void (yield* sys.write(wr, sys.alloc(filled), filled))
  return {
    run: later(() => call(wr)),
    *release(other) {
      void (yield* other.close(wr))
      const buf = other.alloc(PIPE_SIZE)
      const all: number[] = []
      for (let n = 1; n > 0; all.push(...other.load(buf, n))) n = yield* other.read(rd, buf, PIPE_SIZE)
      received.push(...all.slice(filled))
    },
    moved: () => received.length,
  }
}

function* read(sys: Libc): Run<Scene> {
  const { rd, wr } = yield* pipe(sys)
  const buf = sys.alloc(8)
  return {
    run: later(() => sys.read(rd, buf, 8)),
    release: (other) => other.print('xyz', wr),
    moved: () => sys.load(buf, 8).filter((byte) => byte !== 0).length,
  }
}

function* nanosleep(sys: Libc): Run<Scene> {
  const rem = sys.alloc(16)
  sys.storeInt(rem, -1)
  return { run: later(() => sys.nanosleep(GIVEN, 0, rem)), rem, given: GIVEN }
}

function* until(sys: Libc): Run<Scene> {
  const [CLOCK_MONOTONIC, TIMER_ABSTIME] = [1, 1]
  const at = sys.alloc(16)
  void (yield* sys.syscall(113, CLOCK_MONOTONIC, at))
  sys.storeInt(at, sys.loadInt(at) + GIVEN)
  return { run: later(() => sys.syscall(115, CLOCK_MONOTONIC, TIMER_ABSTIME, at, 0)), given: GIVEN }
}

function* wait4(sys: Libc): Run<Scene> {
  const { rd, wr } = yield* pipe(sys)
  const child = yield* sys.fork((c) => c.read(rd, c.alloc(1), 1))
  return { run: later(() => sys.wait4(child, 0, 0)), release: (other) => other.print('x', wr) }
}

function* futex(sys: Libc, sec?: number): Run<Scene> {
  const word = sys.alloc(4)
  const run = later(() => sys.futex_wait(word, 0, sec))
  return sec === undefined ? { run, release: (other) => other.futex_wake(word, 1) } : { run, given: sec }
}

/** Wait for bytes in a pipe, the signals being blocked outside of the call only. */
function* ppoll(sys: Libc, timed: boolean): Run<Scene> {
  const { rd, wr } = yield* pipe(sys)
  const [fds, rem] = [sys.alloc(8), sys.alloc(16)]
  sys.storeInt(fds, rd)
  sys.storeInt((fds + 4) as UserPtr, POLLIN)
  sys.storeInt(rem, GIVEN)
  void (yield* sys.sigprocmask(0, USR))
  const run = later(() => sys.ppoll(fds, 1, timed ? rem : 0, 0n))
  return timed ? { run, rem, given: GIVEN } : { run, release: (other) => other.print('x', wr) }
}

function* pselect6(sys: Libc): Run<Scene> {
  const { rd, wr } = yield* pipe(sys)
  const [set, mask, sig] = [sys.alloc(8), sys.alloc(8), sys.alloc(16)]
  sys.storeInt(set, 1 << rd)
  sys.storeInt(sig, mask)
  sys.storeInt((sig + 8) as UserPtr, 8)
  void (yield* sys.sigprocmask(0, USR))
  return { run: later(() => sys.pselect6(rd + 1, set, 0, 0, 0, sig)), release: (other) => other.print('x', wr) }
}

function* sigsuspend(sys: Libc): Run<Scene> {
  const me = yield* sys.getpid()
  void (yield* sys.sigprocmask(0, USR))
  const none: sigset_t = 0n
  return { run: later(() => sys.sigsuspend(none)), release: (other) => other.kill(me, SIGUSR2) }
}

/** Wait for the second signal, which is blocked. */
function* sigtimedwait(sys: Libc, timed: boolean): Run<Scene> {
  const me = yield* sys.getpid()
  const [set, time] = [sys.alloc(8), sys.alloc(16)]
  sys.store(set, new Uint8Array(new BigUint64Array([sigmask(SIGUSR2)]).buffer))
  sys.storeInt(time, GIVEN)
  void (yield* sys.sigprocmask(0, sigmask(SIGUSR2)))
  const run = later(() => sys.syscall(137, set, 0, timed ? time : 0, 8))
  return timed ? { run, given: GIVEN } : { run, release: (other) => other.kill(me, SIGUSR2) }
}

function* waitid(sys: Libc): Run<Scene> {
  const [P_PID, WEXITED] = [1, 4]
  const { rd, wr } = yield* pipe(sys)
  const child = yield* sys.fork((c) => c.read(rd, c.alloc(1), 1))
  return { run: later(() => sys.waitid(P_PID, child, 0, WEXITED)), release: (other) => other.print('x', wr) }
}

/** An image comes through a pipe, its first `there` bytes at once. */
function* restart(sys: Libc, there: number): Run<Scene> {
  const { rd, wr } = yield* pipe(sys)
  const size = 355
  const image = sys.alloc(size)
  void (yield* sys.checkpoint(0, wr, 0))
  void (yield* sys.read(rd, image, size))
  void (yield* sys.write(wr, image, there))
  return {
    run: later(() => sys.restart(0, rd, 0)),
    release: (other) => other.write(wr, (image + there) as UserPtr, size - there),
  }
}

/** The call is made when its result is asked for. */
function* later(call: () => Run<number>): Run<number> {
  return yield* call()
}
