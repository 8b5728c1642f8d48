import type { Libc, Run, UserPtr } from '../../index.ts'
import type { SignalHandler } from '../../userland/libc.ts'
import type { World } from './world.ts'
import {
  CLONE_CHILD_CLEARTID,
  CLONE_CHILD_SETTID,
  CLONE_FILES,
  CLONE_FS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  CLONE_PARENT_SETTID,
  CLONE_SIGHAND,
  CLONE_THREAD,
  CLONE_VM,
} from '../../kernel/task/fork.ts'
import { SA_NODEFER, SA_ONSTACK, SA_RESETHAND, SA_RESTART } from '../../kernel/task/signal.ts'
import { SegmentationFault } from '../../userland/context.ts'
import { Random, mix } from './random.ts'
import {
  BUF_SIZE,
  SLEEPS,
  HEAP_START,
  address,
  fd,
  pid,
  set,
  signal,
  size,
  waitOptions,
  who,
  word,
  word64,
  type Draw,
  type Life,
} from './args.ts'
import { anyCall } from './any.ts'
import { dataDraws } from './data.ts'
import { systemDraws } from './system.ts'
import { fileDraws } from './files.ts'
import { Violation, step } from './world.ts'

/**
 * Programs that draw their next call from the seed. Each call has a key of its own, so one can be left out
 * without changing the others.
 */

/** Live until `calls` are made. */
export function* live(world: World, sys: Libc, key: number, calls: number): Run<number> {
  try {
    const life: Life = { world, sys, buf: sys.alloc(BUF_SIZE) }
    for (let n = 0; n < calls; n++) yield* call(life, mix(key, n))
    return key & 0x3f
  } catch (error) {
    // Memory that is gone ends a program, as it should; nothing else may.
    if (!(error instanceof SegmentationFault)) world.seen ??= new Violation('thrown', String((error as Error).stack))
    throw error
  }
}

/** Make the call that `key` draws. */
function* call(life: Life, key: number): Run<void> {
  const { world } = life
  if (!step(world, key)) return
  const ret = yield* draw(life, new Random(key), key)
  if (ret <= -512 && ret >= -516 && !world.restartInjected)
    world.seen ??= new Violation('restart code seen', `a program got ${ret} from the call of key ${key.toString(36)}`)
}

/** Tasks of one machine; beyond it nobody has children. */
const MAX_TASKS = 20
const THREAD = CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD
const draws: readonly Draw[] = [
  [6, ({ sys, buf }, r) => sys.pipe2(address(buf, r), r.pick([0, 0, 0o4000, 0o2000000]))],
  [14, ({ sys, buf }, r) => sys.read(fd(r), address(buf, r), size(r))],
  [16, ({ sys, buf }, r) => sys.write(fd(r), address(buf, r), size(r))],
  [6, ({ sys }, r) => sys.close(fd(r))],
  [4, ({ sys }, r) => sys.dup(fd(r))],
  [3, ({ sys }, r) => sys.dup3(fd(r), fd(r), r.pick([0, 0o2000000]))],
  [3, ({ sys }, r) => sys.lseek(fd(r), r.below(600), r.below(4))],
  [5, ({ sys }) => sys.sched_yield()],
  [2, ({ sys }) => sys.getpid()],
  [1, ({ sys }) => sys.getppid()],
  [1, ({ sys }) => sys.gettid()],
  [5, ({ sys, buf }, r) => sys.nanosleep(r.below(3), r.pick(SLEEPS), r.oneIn(2) ? 0 : buf)],
  [1, ({ sys }, r) => sys.nanosleep(r.pick([100_000, -1, 2 ** 40]))],
  [2, ({ sys, buf }, r) => (sys.storeInt(buf, r.below(3)), sys.syscall(115, r.below(3), r.below(2), buf, 0))],
  [1, ({ sys, buf }, r) => sys.syscall(113, r.below(3), address(buf, r))],
  [4, alarm],
  [1, ({ sys, buf }) => sys.syscall(102, 0, buf)],
  [6, ({ sys }, r) => sys.kill(who(r), signal(r))],
  [4, ({ sys }, r) => sys.tgkill(pid(r), pid(r), signal(r))],
  [2, ({ sys }, r) => sys.syscall(130, pid(r), signal(r))],
  [9, action],
  [6, ({ sys }, r) => sys.sigprocmask(r.below(4), set(r))],
  [1, ({ sys, buf }, r) => sys.syscall(136, address(buf, r), 8)],
  [1, ({ sys }, r) => sys.sigsuspend(set(r))],
  [3, sigtimedwait],
  [9, clone],
  [2, exec],
  [
    8,
    ({ sys, buf }, r) =>
      sys.wait4(r.pick([-1, -1, -1, 0, pid(r), -pid(r)]), r.oneIn(2) ? 0 : address(buf, r), waitOptions(r)),
  ],
  [3, ({ sys }, r) => sys.setpgid(r.oneIn(2) ? 0 : pid(r), r.oneIn(2) ? 0 : pid(r))],
  [1, ({ sys }) => sys.setsid()],
  [1, ({ sys }, r) => sys.syscall(r.pick([155, 156]), pid(r))],
  [4, ({ sys }, r) => sys.futex_wait(word(r), r.below(2), r.oneIn(3) ? undefined : r.below(3))],
  [5, ({ sys }, r) => sys.futex_wake(word(r), r.below(3))],
  [4, touch],
  [2, ({ sys }, r) => sys.brk(HEAP_START + r.below(8 << 12))],
  [1, ({ sys, buf }, r) => sys.set_tid_address(r.oneIn(2) ? 0 : address(buf, r))],
  [1, ({ sys, buf }, r) => sys.uname(address(buf, r))],
  [1, ({ sys }, r) => sys.sethostname('explorer', r.below(9))],
  [1, ({ sys, buf }, r) => sys.prctl(r.pick([15, 16, 3]), address(buf, r))],
  [5, ({ sys }, r) => sys.checkpoint(0, fd(r), r.oneIn(12) ? 1 : 0)],
  [3, tight],
  [25, anyCall],
  [
    1,
    ({ sys, buf }, r) =>
      sys.syscall(95, r.below(4), pid(r), r.oneIn(3) ? 0 : address(buf, r), (r.below(8) << 1) | r.below(2), 0),
  ],
  [5, ({ sys }, r) => sys.restart(0, fd(r), r.oneIn(12) ? 1 : 0)],
  [1, ({ sys }, r) => sys.syscall(r.pick([0, 128, 139, 1000]), 1)],
  [1, ({ sys }, r) => (r.oneIn(2) ? sys.exit(r.below(256)) : sys.exit_group(r.below(256)))],
]

const byWeight: readonly Draw[1][] = [...draws, ...fileDraws, ...dataDraws, ...systemDraws].flatMap(([weight, make]) =>
  new Array<Draw[1]>(weight).fill(make),
)

/** The call that comes next. */
function draw(life: Life, r: Random, key: number): Run<number> {
  return r.pick(byWeight)(life, r, key)
}

function* clone({ world, sys, buf }: Life, r: Random, key: number): Run<number> {
  if (world.vm.kernel.tasks.size >= MAX_TASKS) return 0
  let flags = r.pick([THREAD, THREAD, 0, 0, 0, CLONE_VM, CLONE_VM | CLONE_SIGHAND, CLONE_FILES, CLONE_THREAD])
  if ((flags & CLONE_THREAD) === 0) flags |= r.pick([17, 17, 17, 17, 10, 0, 64, 200])
  for (const flag of [CLONE_PARENT_SETTID, CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID]) if (r.oneIn(3)) flags |= flag
  if (r.oneIn(6)) flags |= CLONE_FS
  if (r.oneIn(12)) flags |= CLONE_NEWUTS
  if (r.oneIn(25)) flags |= CLONE_NEWPID
  const calls = 1 + r.below(120)
  return yield* sys.clone(flags, (child) => live(world, child, key, calls), address(buf, r), address(buf, r))
}

function exec({ sys }: Life, r: Random, key: number): Run<number> {
  return sys.execve(r.pick(['/bin/again', '/bin/again', '/bin/none', '/tmp']), ['again', String(key)])
}

function action({ world, sys }: Life, r: Random): Run<number> {
  const flags = r.pick([0, SA_RESTART, SA_RESTART, SA_NODEFER, SA_RESETHAND, SA_ONSTACK, 1, 2])
  const handler = r.pick<SignalHandler | 0 | 1>([0, 1, quiet, quiet, quiet, talkative, talkative])
  return sys.sigaction(signal(r), handler, flags, r.oneIn(3) ? set(r) : 0n)

  function* talkative(sys: Libc): Run<void> {
    const key = mix(world.replay.seed, ++world.handled)
    yield* call({ world, sys, buf: sys.alloc(BUF_SIZE) }, key)
  }
}

function* quiet(): Run<void> {
  // To be interrupted is all that is wanted.
}

function alarm({ sys, buf }: Life, r: Random): Run<number> {
  const times = [r.pick([0, 0, 0, 1]), r.pick([0, 0, 0, 1000]), r.below(3), r.below(1000)]
  times.forEach((time, i) => sys.store((buf + 8 * i) as UserPtr, word64(time)))
  return sys.syscall(103, r.pick([0, 0, 0, 1, 3]), r.oneIn(8) ? 0 : buf, 0)
}

/**
 * A checkpoint or a restart that has to sleep: into a pipe with little room, from one with little in it, with an alarm
 * on its way. Each step can be left out.
 */
function* tight({ world, sys, buf }: Life, r: Random, key: number): Run<number> {
  const fds = (buf + 8192) as UserPtr
  sys.storeInt(fds, -1)
  sys.storeInt((fds + 4) as UserPtr, -1)
  let ret = 0
  const wr = (): number => sys.loadInt((fds + 4) as UserPtr)
  const left = r.pick([0, 3, 60, 100, 300])
  const steps: (() => Run<number>)[] = [
    () => sys.pipe2(fds, 0),
    ...new Array<() => Run<number>>(5).fill(() => sys.write(wr(), buf, 3 * 4096)),
    () => sys.write(wr(), buf, 4096 - left),
    () => sys.sigaction(14, quiet, r.pick([0, SA_RESTART])),
    () => alarm({ world, sys, buf }, r),
    () => sys.checkpoint(0, wr(), 0),
    () => sys.restart(0, sys.loadInt(fds), 0),
    () => sys.close(wr()),
    () => sys.close(sys.loadInt(fds)),
  ]
  for (const [i, one] of steps.entries()) if (step(world, mix(key, i))) ret = yield* one()
  return ret
}

function sigtimedwait({ sys, buf }: Life, r: Random): Run<number> {
  sys.store(buf, word64(Number(set(r) & 0xffffffffn)))
  sys.store((buf + 16) as UserPtr, word64(r.below(3)))
  sys.store((buf + 24) as UserPtr, word64(r.pick(SLEEPS)))
  return sys.syscall(137, buf, 0, r.oneIn(4) ? 0 : buf + 16, 8)
}

/** Memory, used as a program does; -EFAULT has no part in it. */
function* touch({ sys, buf }: Life, r: Random): Run<number> {
  if (r.oneIn(60)) sys.storeInt(0x5000 as UserPtr, 1)
  const at = r.oneIn(2) ? buf : word(r)
  if (at !== buf && (yield* sys.brk(HEAP_START + (4 << 12))) < at + 4) return 0
  sys.storeInt(at, r.below(2))
  return sys.loadInt(at)
}
