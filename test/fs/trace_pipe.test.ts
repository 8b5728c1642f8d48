import { describe, it } from 'vitest'
import type { Libc, Run } from '../../index.ts'
import { EAGAIN, EFAULT } from '../../kernel/errno.ts'
import { F_SETFL } from '../../kernel/fs/fcntl.ts'
import { O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { POLLIN } from '../../kernel/fs/poll.ts'
import { SIGKILL, SIGUSR1, SIGUSR2 } from '../../kernel/task/signal.ts'
import { UNMAPPED, fails, inVm, is, ok, pipe, textAt, waitFor } from '../support/vm.ts'

const T = '/sys/kernel/tracing'

function* put(sys: Libc, name: string, text: string, flags = O_WRONLY): Run<void> {
  const fd = ok(yield* sys.open(`${T}/${name}`, flags))
  ok(yield* sys.print(text, fd))
  ok(yield* sys.close(fd))
}

/** What one read(2) gives, without names and times in front; or its errno. */
function* read(sys: Libc, fd: number, size = 4096): Run<string | number> {
  const buf = sys.alloc(size)
  const n = yield* sys.read(fd, buf, size)
  return n < 0 ? n : textAt(sys, buf, n)
}

/** All lines that are there now, without names and times in front. */
function* lines(sys: Libc, fd: number): Run<string[]> {
  let text = ''
  for (;;) {
    const more = yield* read(sys, fd)
    if (typeof more === 'number' || more === '') break
    text += more
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^.*?: /, ''))
}

function open(sys: Libc, flags = O_NONBLOCK): Run<number> {
  return sys.open(`${T}/trace_pipe`, O_RDONLY | flags)
}

/** A child, of which alone these events are told once it goes on. */
function* traced(sys: Libc, events: string, child: (sys: Libc) => Run<number>): Run<number> {
  const { rd, wr } = yield* pipe(sys)
  const pid = ok(
    yield* sys.fork(function* (sys) {
      ok(yield* sys.read(rd, sys.alloc(1), 1))
      return yield* child(sys)
    }),
  )
  yield* put(sys, 'set_event_pid', String(pid))
  yield* put(sys, 'set_event', events)
  ok(yield* sys.print('x', wr))
  return pid
}

describe('trace_pipe', () => {
  it('ends where tracing is off and something was read; who does not want to wait is told to, and poll nothing', () => {
    inVm(function* (sys) {
      const fd = ok(yield* open(sys))
      const poll = function* (): Run<number> {
        const at = sys.alloc(8)
        sys.storeInt(at, fd)
        sys.storeInt((at + 4) as typeof at, POLLIN)
        return yield* sys.ppoll(at, 1, sys.words(0n, 0n))
      }
      yield* put(sys, 'tracing_on', '0')
      is([yield* poll(), yield* read(sys, fd)], [0, -EAGAIN])
      yield* put(sys, 'tracing_on', '1')
      yield* put(sys, 'trace_marker', 'hello')
      is([yield* poll(), (yield* lines(sys, fd)).length], [1, 1])
      yield* put(sys, 'tracing_on', '0')
      is([yield* poll(), yield* read(sys, fd)], [0, -EAGAIN])
      ok(yield* sys.fcntl(fd, F_SETFL, 0))
      is([yield* read(sys, fd), yield* read(sys, fd)], ['', ''])
      return 0
    })
  })

  it('gives the rest of a line that was read in part, which poll does not count', () => {
    inVm(function* (sys) {
      const fd = ok(yield* open(sys))
      yield* put(sys, 'trace_marker', 'hello')
      is(String(yield* read(sys, fd, 10)).length, 10)
      const at = sys.alloc(8)
      sys.storeInt(at, fd)
      sys.storeInt((at + 4) as typeof at, POLLIN)
      is(yield* sys.ppoll(at, 1, sys.words(0n, 0n)), 0)
      is(yield* lines(sys, fd), ['tracing_mark_write: hello'])
      is(yield* read(sys, fd), -EAGAIN)
      return 0
    })
  })

  it('gives as much as is asked for, of the last line a part, and the rest of that by itself', () => {
    inVm(function* (sys) {
      const fd = ok(yield* open(sys))
      const sizes = function* (...wanted: readonly number[]): Run<number[]> {
        const all: number[] = []
        for (const size of wanted) all.push(yield* sys.read(fd, sys.alloc(size), size))
        return all
      }
      for (let i = 0; i < 10; i++) yield* put(sys, 'trace_marker', 'x'.repeat(500))
      const text = String(yield* read(sys, fd, 1))
      const [line] = (yield* sizes(4096)).map((n) => n + text.length)
      is(yield* sizes(line - 1, 7, line, line + 1, 4096), [line - 1, 1, line, line + 1, line - 1])
      fails(yield* sys.read(fd, UNMAPPED, line * 2), EFAULT)
      is(yield* sizes(65536, 65536), [2 * line, 3 * line])
      return 0
    })
  })

  it('waits where tracing is off and nothing was read yet', () => {
    inVm(function* (sys) {
      const fd = ok(yield* open(sys, 0))
      yield* put(sys, 'tracing_on', '0')
      const child = yield* sys.fork(function* (sys) {
        ok(yield* sys.nanosleep(1))
        yield* put(sys, 'tracing_on', '1')
        yield* put(sys, 'trace_marker', 'on')
        return 0
      })
      is(String(yield* read(sys, fd)).endsWith(': tracing_mark_write: on\n'), true)
      is(yield* waitFor(sys, ok(child)), 0)
      return 0
    })
  })
})

describe('the calls that are traced', () => {
  it('are none that began before tracing was off for a while, and ended meanwhile', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const fd = ok(yield* open(sys))
      const pid = yield* traced(sys, 'raw_syscalls:*', function* (sys) {
        ok(yield* sys.read(rd, sys.alloc(1), 1))
        return yield* sys.nanosleep(50)
      })
      ok(yield* sys.nanosleep(1))
      yield* put(sys, 'tracing_on', '0')
      ok(yield* sys.print('x', wr))
      ok(yield* sys.nanosleep(1))
      is((yield* lines(sys, fd)).at(-1)?.includes(' read('), true)
      yield* put(sys, 'tracing_on', '1')
      ok(yield* sys.kill(pid, SIGKILL))
      is(yield* waitFor(sys, pid), SIGKILL)
      is(
        (yield* lines(sys, fd)).filter((line) => line.includes(' read(')),
        [],
      )
      return 0
    })
  })

  it('have one that never comes back among them, also where no end of a task is asked for', () => {
    inVm(function* (sys) {
      const fd = ok(yield* open(sys))
      const pid = yield* traced(sys, 'raw_syscalls:*', function* () {
        return 3
      })
      is(yield* waitFor(sys, pid), 3 << 8)
      is((yield* lines(sys, fd)).at(-1), 'sys_exit: NR 94 = ? exit_group(3) = ?')
      return 0
    })
  })
})

describe('set_event_pid', () => {
  it('holds for events of other kinds too', () => {
    inVm(function* (sys) {
      for (const sig of [SIGUSR1, SIGUSR2]) ok(yield* sys.sigaction(sig, function* () {}))
      const fd = ok(yield* open(sys))
      const me = yield* sys.getpid()
      const pid = yield* traced(sys, 'signal:signal_generate', (sys) => sys.kill(me, SIGUSR1))
      ok(yield* sys.kill(me, SIGUSR2))
      while ((yield* sys.wait4(pid, 0, 0)) < 0);
      is(
        (yield* lines(sys, fd)).map((line) => line.slice(0, 24)),
        [`signal_generate: sig=${SIGUSR1} `],
      )
      return 0
    })
  })

  it('loses with event-fork who has ended, also where no event is on', () => {
    inVm(function* (sys) {
      yield* put(sys, 'options/event-fork', '1')
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(1)))
      yield* put(sys, 'set_event_pid', String(child))
      const pids = function* (): Run<string | number> {
        const fd = ok(yield* sys.open(`${T}/set_event_pid`, O_RDONLY))
        return yield* read(sys, fd)
      }
      is(yield* pids(), `${child}\n`)
      is(yield* waitFor(sys, child), 0)
      is(yield* pids(), '')
      fails(yield* sys.kill(child, 0), 3)
      return 0
    })
  })
})

describe('set_event', () => {
  it('opened to write adds, unless O_TRUNC is said, and opened to read leaves all as it is', () => {
    inVm(function* (sys) {
      const set = function* (): Run<string | number> {
        const fd = ok(yield* sys.open(`${T}/set_event`, O_RDONLY | O_TRUNC))
        return yield* read(sys, fd)
      }
      yield* put(sys, 'set_event', 'kmem:kmalloc')
      yield* put(sys, 'set_event', 'kmem:kfree')
      is([yield* set(), yield* set()], ['kmem:kmalloc\nkmem:kfree\n', 'kmem:kmalloc\nkmem:kfree\n'])
      yield* put(sys, 'set_event', 'kmem:kfree', O_WRONLY | O_TRUNC)
      is(yield* set(), 'kmem:kfree\n')
      return 0
    })
  })
})
