import { expect, test } from 'vitest'
import { everySchedule, type EveryScheduleOptions, type Libc, type Run, type TaskAt } from '../../index.ts'
import { EINTR } from '../../kernel/errno.ts'
import { O_CREAT, O_RDWR } from '../../kernel/fs/file.ts'
import { SA_RESTART, SIGCONT, SIGSTOP, SIGUSR1 } from '../../kernel/task/signal.ts'
import { ok, pipe, waitFor } from '../support/vm.ts'

/** Signals in every place of a checkpoint and a restart, and before and behind them. */

/** Hundreds of machines are run. */
const PATIENCE = { timeout: 60_000 }
const IMAGE = 355

function* nothing(): Run<void> {
  // To have been called is all.
}

function* says(sys: Libc): Run<void> {
  ok(yield* sys.print('handler '))
}

/** Restores from a pipe into which a child puts an image in two pieces; says what restart(2) gave. */
const restores = (flags: number) =>
  function* program(sys: Libc): Run<number> {
    const { rd, wr } = yield* pipe(sys)
    const fd = ok(yield* sys.open('/tmp/image', O_CREAT | O_RDWR, 0o600))
    ok(yield* sys.checkpoint(0, fd, 0))
    ok(yield* sys.sigaction(SIGUSR1, nothing, flags))
    ok(
      yield* sys.fork(function* (child) {
        const buf = child.alloc(IMAGE)
        ok(yield* child.lseek(fd, 0, 0))
        ok(yield* child.read(fd, buf, IMAGE))
        ok(yield* child.write(wr, buf, 100))
        return ok(yield* child.write(wr, (buf + 100) as typeof buf, IMAGE - 100)) * 0
      }),
    )
    ok(yield* sys.print(`restart ${yield* sys.restart(0, rd, 0)}`))
    return (yield* waitFor(sys, -1)) * 0
  }

const inRestart = ({ syscall }: TaskAt): boolean => syscall === 'restart'

function seen(program: (sys: Libc) => Run<number>, options: EveryScheduleOptions): string[] {
  const found = everySchedule(program, { preemptions: 1, inside: true, ...options })
  expect(found.complete).toBe(true)
  expect(found.runs).toBeGreaterThan(50)
  return found.results.map((result) => result.seen).sort()
}

test('a restart is interrupted where it sleeps, SA_RESTART or not, and done where it does not', PATIENCE, () => {
  for (const flags of [0, SA_RESTART]) {
    const all = seen(restores(flags), { signals: [{ signal: SIGUSR1, to: inRestart }] })
    expect(all, String(flags)).toEqual([`exited 0: restart ${-EINTR}`, 'exited 0: restart 0'])
  }
})

test('a restart that is stopped and goes on was interrupted too', PATIENCE, () => {
  const all = seen(restores(0), {
    inside: false,
    signals: [
      { signal: SIGSTOP, to: inRestart },
      { signal: SIGCONT, to: ({ at }) => at === 'stopped' },
    ],
  })
  // Where nobody sends SIGCONT, it stays stopped.
  expect(all).toEqual(['deadlock : ', `exited 0: restart ${-EINTR}`, 'exited 0: restart 0'])
})

test('a checkpoint into a file is whole, and its handler runs behind it, wherever the signal comes', PATIENCE, () => {
  const all = seen(
    function* program(sys) {
      ok(yield* sys.sigaction(SIGUSR1, says))
      const fd = ok(yield* sys.open('/tmp/image', O_CREAT | O_RDWR, 0o600))
      ok(yield* sys.print(`${yield* sys.checkpoint(0, fd, 0)}`))
      return 0
    },
    {
      signals: [
        { signal: SIGUSR1, to: ({ syscall }) => syscall === 'checkpoint' },
        { signal: SIGUSR1, to: ({ syscall }) => syscall === 'checkpoint' },
      ],
      see: (vm, { kind }) => `${kind} ${vm.readFile('/tmp/image').length}: ${vm.console}`,
    },
  )
  expect(all).toEqual(['exited 355: 1', 'exited 355: handler 1', 'exited 355: handler handler 1'])
})
