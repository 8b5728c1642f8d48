import { describe, expect, it } from 'vitest'
import { boot, everySchedule, ScheduleError, type Libc, type Run } from '../../index.ts'
import { PIPE_BUF, PIPE_SIZE } from '../../kernel/fs/pipe.ts'
import { O_NONBLOCK } from '../../kernel/fs/file.ts'
import { CLONE_FILES, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM, CLONE_FS } from '../../kernel/task/fork.ts'
import { SA_RESTART, SIGUSR1 } from '../../kernel/task/signal.ts'
import type { UserPtr } from '../../kernel/types.ts'
import { bytes, ok, pipe, textAt, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD

const seenIn = (found: ReturnType<typeof everySchedule>): string[] => found.results.map(({ seen }) => seen).sort()

/** A child for each word, which writes it letter by letter to `fd`. */
function* writers(sys: Libc, fd: number, words: readonly string[]): Run<void> {
  for (const word of words) {
    ok(
      yield* sys.fork(function* (child) {
        for (const letter of word) ok(yield* child.print(letter, fd))
        return 0
      }),
    )
  }
}

/** Hundreds of machines are run. */
const PATIENCE = { timeout: 60_000 }

describe('every schedule', PATIENCE, () => {
  it('of two writers into a pipe gives every order of their bytes, and no other', () => {
    const found = everySchedule(function* program(sys) {
      const { rd, wr } = yield* pipe(sys)
      yield* writers(sys, wr, ['ab', 'AB'])
      for (let i = 0; i < 2; i++) ok(yield* waitFor(sys, -1))
      const buf = sys.alloc(8)
      return ok(yield* sys.print(textAt(sys, buf, ok(yield* sys.read(rd, buf, 8))))) - 4
    })
    expect(found.complete).toBe(true)
    expect(found.results[0].seen).toBe('exited 0: abAB')
    expect(found.results[0].schedule).toBe('2 2 2 3 2 4 2 3 3 3 4 4 4 2 2 2 2 2')
    expect(seenIn(found)).toEqual(['ABab', 'AaBb', 'AabB', 'aABb', 'aAbB', 'abAB'].map((order) => `exited 0: ${order}`))
  })

  it('of a writer and a reader loses no byte and no wake-up, however full the pipe is', () => {
    const found = everySchedule(function* program(sys) {
      const { rd, wr } = yield* pipe(sys)
      const size = PIPE_SIZE + PIPE_BUF + 1
      ok(
        yield* sys.fork(function* (child) {
          ok(yield* child.close(rd))
          return ok(yield* child.write(wr, child.alloc(size), size)) - size
        }),
      )
      ok(yield* sys.close(wr))
      let total = 0
      for (let n = 1; n > 0; total += n) n = ok(yield* sys.read(rd, sys.alloc(PIPE_SIZE), PIPE_SIZE))
      return total === size ? yield* waitFor(sys, -1) : 1
    })
    expect(seenIn(found)).toEqual(['exited 0: '])
    expect(found.complete).toBe(true)
  })

  it('of two writes of PIPE_BUF bytes into a pipe with less room keeps each whole', () => {
    const found = everySchedule(
      function* program(sys) {
        const { rd, wr } = yield* pipe(sys)
        const half = PIPE_SIZE - PIPE_BUF
        ok(yield* sys.write(wr, sys.alloc(half), half))
        for (const letter of ['a', 'b']) {
          ok(
            yield* sys.fork(function* (child) {
              const buf = child.alloc(PIPE_BUF)
              child.store(buf, bytes(letter.repeat(PIPE_BUF)))
              return ok(yield* child.write(wr, buf, PIPE_BUF)) - PIPE_BUF
            }),
          )
        }
        const buf = sys.alloc(PIPE_SIZE)
        let text = ''
        while (text.length < half + 2 * PIPE_BUF) {
          text += textAt(sys, buf, ok(yield* sys.read(rd, buf, PIPE_SIZE)))
        }
        for (let i = 0; i < 2; i++) ok(yield* waitFor(sys, -1))
        ok(yield* sys.print(text.replaceAll('\0', '').replace(/(.)\1*/g, '$1')))
        return 0
      },
      { preemptions: 1 },
    )
    expect(seenIn(found)).toEqual(['exited 0: ab', 'exited 0: ba'])
  })

  it('of a checkpoint that spins for room comes to an end: who goes round gives way', () => {
    const found = everySchedule(function* program(sys) {
      const { rd, wr } = yield* pipe(sys, O_NONBLOCK)
      ok(yield* sys.write(wr, sys.alloc(PIPE_SIZE), PIPE_SIZE))
      ok(yield* sys.fork((child) => child.read(rd, child.alloc(PIPE_SIZE), PIPE_SIZE)))
      ok(yield* sys.checkpoint(0, wr, 0))
      ok(yield* sys.print(`${yield* sys.read(rd, sys.alloc(400), 400)}`))
      return 0
    })
    expect(found.complete).toBe(true)
    expect(seenIn(found)).toEqual(['exited 0: 355'])
  })

  it('lets a task that yields go on before the others as well', () => {
    const found = everySchedule(function* program(sys) {
      ok(yield* sys.fork((child) => child.print('child ')))
      ok(yield* sys.sched_yield())
      ok(yield* sys.print('parent '))
      return (yield* waitFor(sys, -1)) * 0
    })
    expect(seenIn(found)).toEqual(['exited 0: child parent ', 'exited 0: parent child '])
  })

  it('with timers lets a sleep be over before others have done anything', () => {
    function* race(sys: Libc): Run<number> {
      ok(
        yield* sys.fork(function* (child) {
          ok(yield* child.nanosleep(1))
          ok(yield* child.print('late '))
          return 0
        }),
      )
      ok(yield* sys.print('soon '))
      return yield* waitFor(sys, -1)
    }
    expect(seenIn(everySchedule(race))).toEqual(['exited 0: soon late '])
    expect(seenIn(everySchedule(race, { timers: true }))).toEqual(['exited 0: late soon ', 'exited 0: soon late '])
  })

  it('finds the wake-up that a futex is there to prevent from being lost', () => {
    /** A thread sets the word and wakes; the program sleeps while the word is 0. `check`: as a futex is used. */
    const waker = (check: boolean) =>
      function* program(sys: Libc): Run<number> {
        const word = sys.alloc(4)
        ok(
          yield* sys.clone(THREAD, function* (thread) {
            if (!check) ok(yield* thread.sched_yield())
            thread.storeInt(word, 1)
            return ok(yield* thread.futex_wake(word, 1)) * 0
          }),
        )
        const other = sys.alloc(4)
        // What sleeps on a word that nobody changes has nobody to tell it that it comes too late.
        while (sys.loadInt(word) === 0) void (yield* sys.futex_wait(check ? word : other, 0))
        return 0
      }
    expect(seenIn(everySchedule(waker(true)))).toEqual(['exited 0: '])
    expect(seenIn(everySchedule(waker(false)))).toContain('deadlock : ')
  })

  it('with a signal at every moment shows that a pause behind a test can sleep for ever, and sigsuspend cannot', () => {
    const program = (safe: boolean) =>
      function* waits(sys: Libc): Run<number> {
        const got = sys.alloc(4)
        const set = 1n << BigInt(SIGUSR1 - 1)
        if (safe) ok(yield* sys.sigprocmask(0, set))
        ok(yield* sys.sigaction(SIGUSR1, (inner) => note(inner, got)))
        while (sys.loadInt(got) === 0) {
          // pause(2) is the same with the mask as it is.
          if (!safe) void (yield* sys.getpid())
          void (yield* sys.sigsuspend(0n))
        }
        return 0
      }
    function* note(sys: Libc, got: UserPtr): Run<void> {
      sys.storeInt(got, 1)
      ok(yield* sys.print('got it '))
    }
    const signals = [
      {
        signal: SIGUSR1,
        to: ({ syscall, at }: { syscall: string; at: string }) =>
          at !== 'user' && syscall !== 'rt_sigaction' && syscall !== 'rt_sigprocmask',
      },
    ]
    const racy = everySchedule(program(false), { signals })
    const sound = everySchedule(program(true), { signals })
    // Where the signal never comes, both sleep on.
    expect(seenIn(racy)).toEqual(['deadlock : ', 'deadlock : got it ', 'exited 0: got it '])
    expect(seenIn(sound)).toEqual(['deadlock : ', 'exited 0: got it '])
  })

  it('with a signal in every place of a checkpoint finds the image whole, or begun anew', () => {
    function* program(sys: Libc): Run<number> {
      const { rd, wr } = yield* pipe(sys)
      ok(yield* sys.sigaction(SIGUSR1, nothing, SA_RESTART))
      // Room for a few records, then it sleeps until the child has read.
      ok(yield* sys.write(wr, sys.alloc(PIPE_SIZE), PIPE_SIZE))
      ok(yield* sys.read(rd, sys.alloc(PIPE_BUF), PIPE_BUF))
      ok(yield* sys.write(wr, sys.alloc(PIPE_BUF - 100), PIPE_BUF - 100))
      const FILL = PIPE_SIZE - 100
      ok(
        yield* sys.fork(function* (child) {
          ok(yield* child.close(wr))
          let total = 0
          for (let n = 1; n > 0; total += n) n = ok(yield* child.read(rd, child.alloc(PIPE_SIZE), PIPE_SIZE))
          ok(yield* child.print(`${total - FILL} `))
          return 0
        }),
      )
      ok(yield* sys.checkpoint(0, wr, 0))
      ok(yield* sys.close(wr))
      return yield* waitFor(sys, -1)
    }
    function* nothing(): Run<void> {
      // To have been called is all.
    }
    const found = everySchedule(program, {
      signals: [{ signal: SIGUSR1, to: ({ pid, syscall }) => pid === 2 && syscall === 'checkpoint' }],
      inside: true,
      preemptions: 1,
    })
    expect(found.complete).toBe(true)
    // The header's 64 bytes are in the pipe when the signal finds it asleep behind them.
    expect(seenIn(found)).toEqual(['exited 0: 355 ', 'exited 0: 419 '])
    expect(found.runs).toBeGreaterThan(100)
    for (const { seen, schedule } of found.results) {
      const vm = boot({ cmdline: 'ckpt_debug=0' })
      vm.spawn(program)
      vm.replay(schedule)
      expect(vm.run().kind).toBe('exited')
      expect(`exited 0: ${vm.console}`).toBe(seen)
    }
  })
})

describe('the search', PATIENCE, () => {
  function* three(sys: Libc): Run<number> {
    yield* writers(sys, 1, ['aaa', 'bbb', 'ccc'])
    for (let i = 0; i < 3; i++) ok(yield* waitFor(sys, -1))
    return 0
  }

  it('runs as many schedules as it may, and says that there are more', () => {
    const found = everySchedule(three, { limit: 10 })
    expect(found.runs).toBe(10)
    expect(found.complete).toBe(false)
  })

  it('with a bound on preemptions is small, and begins with no preemption at all', () => {
    const none = everySchedule(three, { preemptions: 0 })
    expect(none.complete).toBe(true)
    expect(none.results[0].seen).toBe('exited 0: aaabbbccc')
    const one = everySchedule(three, { preemptions: 1 })
    expect(one.complete).toBe(true)
    expect(one.runs).toBeGreaterThan(none.runs)
  })

  it('hands out a schedule for each result, which replay does again', () => {
    const { results } = everySchedule(three, { preemptions: 1 })
    expect(results.length).toBeGreaterThan(5)
    for (const { seen, schedule } of results) {
      const vm = boot({ cmdline: 'ckpt_debug=0' })
      vm.spawn(three)
      vm.replay(schedule)
      expect(vm.run().kind).toBe('exited')
      expect(`exited 0: ${vm.console}`).toBe(seen)
    }
  })

  it('ends with the schedule in which an expectation did not hold', () => {
    let error: unknown = null
    try {
      void everySchedule(three, { see: (vm) => (expect(vm.console).not.toContain('ab'), vm.console) })
    } catch (e) {
      error = e
    }
    expect(error).toBeInstanceOf(ScheduleError)
    expect((error as ScheduleError).message).toContain(`in the schedule '${(error as ScheduleError).schedule}'`)
  })

  it('refuses a program that does not do the same each time', () => {
    let n = 0
    function* fickle(sys: Libc): Run<number> {
      if (n++ % 2 === 0) yield* writers(sys, 1, ['x', 'y'])
      else yield* writers(sys, 1, ['x', 'y', 'z'])
      return 0
    }
    expect(() => everySchedule(fickle)).toThrow('its program must do the same each time')
  })

  it('ends schedules that never end', () => {
    const found = everySchedule(
      function* spins(sys) {
        for (;;) ok(yield* sys.getpid())
      },
      { budget: 100 },
    )
    expect(seenIn(found)).toEqual(['budget : '])
  })
})
