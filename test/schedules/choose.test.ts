import { describe, expect, it } from 'vitest'
import { boot, type Chooser, type Libc, type Program, type Run, type TaskAt, type Vm } from '../../index.ts'
import { CLONE_FILES, CLONE_FS, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGCONT, SIGKILL, SIGSTOP, SIGUSR1 } from '../../kernel/task/signal.ts'
import { EINTR } from '../../kernel/errno.ts'
import { fails, is, ok, pipe, waitFor, withVm } from '../support/vm.ts'

/** Each child prints its letters, one a call. */
function* letters(sys: Libc): Run<number> {
  for (const word of ['ab', 'cd']) {
    ok(
      yield* sys.fork(function* (child) {
        for (const letter of word) ok(yield* child.print(letter))
        return 0
      }),
    )
  }
  for (let i = 0; i < 2; i++) is(yield* waitFor(sys, -1), 0)
  return 0
}

/** Run `program` with these choices made. */
function chosen(program: Program, chooser: Chooser, inside = false): { vm: Vm; schedule: string } {
  return withVm({ cmdline: 'ckpt_debug=0' }, (vm) => {
    vm.spawn(program)
    const choosing = vm.choose(chooser, { inside })
    expect(vm.run({ budget: 10_000 }).kind).toBe('exited')
    choosing.stop()
    return { vm, schedule: choosing.schedule }
  })
}

/** Who stands where, in a word each. */
const shown = (t: TaskAt): string => `${t.pid} ${t.at}${t.syscall === '' ? '' : ` ${t.syscall}`}`

describe('a chooser', () => {
  it('decides which task runs next', () => {
    let last = 0
    const inTurn: Chooser = ({ runnable }) => {
      if (runnable.length === 0) return 'wait'
      const parent = runnable.find(({ pid }) => pid === 2)
      last = (parent ?? runnable.find(({ pid }) => pid !== last) ?? runnable[0]).pid
      return { run: last }
    }
    const oldest: Chooser = ({ runnable }) =>
      runnable.length === 0 ? 'wait' : { run: Math.min(...runnable.map(({ pid }) => pid)) }
    const youngest: Chooser = ({ runnable }) =>
      runnable.length === 0 ? 'wait' : { run: Math.max(...runnable.map(({ pid }) => pid)) }
    expect(chosen(letters, inTurn).vm.console).toBe('acbd')
    expect(chosen(letters, oldest).vm.console).toBe('abcd')
    expect(chosen(letters, youngest).vm.console).toMatch(/^(abcd|cdab)$/)
  })

  it('is told who is about to make which call, and who sleeps for what', () => {
    const seen = new Set<string>()
    function* program(sys: Libc): Run<number> {
      const { rd, wr } = yield* pipe(sys)
      const buf = sys.alloc(4)
      ok(
        yield* sys.fork(function* (child) {
          is(yield* child.read(rd, buf, 4), 1)
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      is(yield* sys.write(wr, buf, 1), 1)
      return (yield* waitFor(sys, -1)) >> 8
    }
    chosen(program, ({ runnable, others, timer }) => {
      for (const t of runnable) seen.add(shown(t))
      for (const t of others) seen.add(`${shown(t)} for ${t.waits_for}`)
      if (timer) seen.add('a timer is armed')
      for (const t of runnable) if (t.syscall === 'write') is(t.args.slice(2, 3), [1])
      return null
    })
    expect([...seen]).toEqual([
      '2 user',
      '2 entry pipe2',
      '2 entry clone',
      '3 start',
      '2 entry nanosleep',
      '3 entry read',
      '2 asleep nanosleep for time to pass',
      'a timer is armed',
      '3 asleep read for bytes in pipe:[1]',
      '2 call nanosleep',
      '2 entry write',
      '3 call read',
      '2 entry wait4',
      '3 entry exit_group',
      '2 asleep wait4 for a child to exit',
      '2 call wait4',
      '2 entry exit_group',
    ])
  })

  it('that leaves it to the machine changes nothing that a program can see', () => {
    for (const seed of [undefined, 1, 2, 3]) {
      const run = (use: (vm: Vm) => void): string[] =>
        withVm({ cmdline: 'ckpt_debug=0', slice: 1, ...(seed === undefined ? {} : { seed }) }, (vm) => {
          const lines: string[] = []
          vm.strace(({ pid, text }) => lines.push(`${pid} ${text}`))
          vm.spawn(letters)
          use(vm)
          expect(vm.run().kind).toBe('exited')
          return lines.sort()
        })
      expect(run((vm) => vm.choose(() => null))).toEqual(run(() => undefined))
    }
  })

  it('lets time pass while somebody could run', () => {
    function* race(sys: Libc): Run<number> {
      ok(
        yield* sys.fork(function* (child) {
          ok(yield* child.nanosleep(1))
          ok(yield* child.print('late '))
          return 0
        }),
      )
      ok(yield* sys.print('soon '))
      return (yield* waitFor(sys, -1)) >> 8
    }
    const slow: Chooser = ({ runnable, timer }) => {
      if (timer) return 'wait'
      const other = runnable.find((t) => t.pid === 3) ?? runnable.at(0)
      return other === undefined ? 'wait' : { run: other.pid }
    }
    expect(chosen(race, slow).vm.console).toBe('late soon ')
    expect(chosen(race, () => null).vm.console).toBe('soon late ')
  })

  it('cannot choose what is not possible', () => {
    const wrong = (choice: ReturnType<Chooser>, inside = false) => {
      const vm = boot({ cmdline: 'ckpt_debug=0' })
      vm.spawn(letters)
      vm.choose((point) => (inside === (point.inside !== null) ? choice : null), { inside })
      return () => vm.run()
    }
    expect(wrong({ run: 9 })).toThrow('choice 1: 9: runnable is 2')
    expect(wrong('wait')).toThrow('choice 1: +: no timer is armed')
    expect(wrong('pass')).toThrow('choice 1: .1: this is not inside of a call')
    expect(wrong({ signal: 65, to: 2 })).toThrow('choice 1: 65>2: there is no such signal')
    expect(wrong({ signal: 9, to: 7 })).toThrow('choice 1: SIGKILL>7: nobody of that id is alive')
    expect(wrong({ run: 2 }, true)).toThrow('task 2 is inside of clone, and nobody else can run')
  })

  it('is asked no more once he has stopped, nor while another chooses', () => {
    const vm = boot({ cmdline: 'ckpt_debug=0' })
    vm.spawn(letters)
    const asked = [0, 0]
    const asks = (i: number): Chooser => {
      return () => {
        asked[i]++
        return null
      }
    }
    const first = vm.choose(asks(0), { inside: true })
    expect(vm.run({ budget: 3 }).kind).toBe('budget')
    const before = asked[0]
    expect(before).toBeGreaterThan(0)
    const second = vm.choose(asks(1), { inside: true })
    first.stop()
    expect(vm.run({ budget: 3 }).kind).toBe('budget')
    expect(asked[0]).toBe(before)
    expect(asked[1]).toBeGreaterThan(0)
    second.stop()
    const sum = asked[1]
    expect(vm.run().kind).toBe('exited')
    expect(asked).toEqual([before, sum])
    expect(vm.kernel.inject.vfs_write.active).toBe(false)
  })

  it('that throws ends the run', () => {
    const vm = boot()
    vm.spawn(letters)
    vm.choose(() => {
      throw new Error('enough')
    })
    expect(() => vm.run()).toThrow('enough')
  })
})

describe('a signal that a chooser sends', () => {
  /** Sends `sig` once, to the first task that stands there. */
  const once = (sig: number, where: (t: TaskAt) => boolean): Chooser => {
    let sent = false
    return ({ runnable, others, inside }) => {
      const t = sent ? undefined : [...runnable, ...others, ...(inside === null ? [] : [inside.task])].find(where)
      if (t === undefined) return null
      sent = true
      return { signal: sig, to: t.pid }
    }
  }

  function* reader(sys: Libc): Run<number> {
    const { rd } = yield* pipe(sys)
    ok(yield* sys.sigaction(SIGUSR1, handler, 0))
    const ret = yield* sys.read(rd, sys.alloc(1), 1)
    ok(yield* sys.print(ret < 0 ? 'interrupted' : 'read'))
    return 0

    function* handler(inner: Libc): Run<void> {
      ok(yield* inner.print('handler, '))
    }
  }

  it('finds a task that sleeps', () => {
    const { vm, schedule } = chosen(
      reader,
      once(SIGUSR1, (t) => t.at === 'asleep' && t.syscall === 'read'),
    )
    expect(vm.console).toBe('handler, interrupted')
    expect(schedule).toBe('2 2 2 2 SIGUSR1>2 2 2 2 2')
  })

  it('before a call is handled in user space, and the call is made', () => {
    const vm = boot({ cmdline: 'ckpt_debug=0' })
    const lines: string[] = []
    vm.strace(({ text }) => lines.push(text))
    vm.spawn(reader)
    vm.choose(once(SIGUSR1, (t) => t.at === 'entry' && t.syscall === 'read'))
    expect(vm.run().kind).toBe('deadlock')
    expect(vm.console).toBe('handler, ')
    expect(lines.slice(2)).toEqual([
      '--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=0, si_uid=0} ---',
      'write(1, "handler, ", 9) = 9',
      'rt_sigreturn() = 3',
    ])
  })

  it('before a clone leaves the child where it begins, though the handler clones too', () => {
    function* program(sys: Libc): Run<number> {
      ok(yield* sys.sigaction(SIGUSR1, handler, 0))
      ok(yield* sys.fork(says('child')))
      for (let i = 0; i < 2; i++) is(yield* waitFor(sys, -1), 0)
      return 0
    }
    function* handler(sys: Libc): Run<void> {
      ok(yield* sys.fork(says('handler')))
    }
    const says = (word: string) =>
      function* (sys: Libc): Run<number> {
        ok(yield* sys.print(`${word} `))
        return 0
      }
    const { vm } = chosen(
      program,
      once(SIGUSR1, (t) => t.at === 'entry' && t.syscall === 'clone'),
    )
    expect(vm.console.split(' ').sort()).toEqual(['', 'child', 'handler'])
  })

  it('comes to that thread, though another could take it', () => {
    function* program(sys: Libc): Run<number> {
      ok(yield* sys.sigaction(SIGUSR1, handler, 0))
      const thread = CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD
      ok(yield* sys.clone(thread, (t) => t.nanosleep(9)))
      void (yield* sys.nanosleep(10))
      return 0
    }
    function* handler(sys: Libc): Run<void> {
      ok(yield* sys.print(`${yield* sys.gettid()}`))
    }
    const asleep = (pid: number) => (t: TaskAt) => t.pid === pid && t.at === 'asleep'
    expect(chosen(program, once(SIGUSR1, asleep(3))).vm.console).toBe('3')
    expect(chosen(program, once(SIGUSR1, asleep(2))).vm.console).toBe('2')
  })

  it('can stop a task, go on with it, and end it', () => {
    const steps = [SIGSTOP, SIGCONT, SIGKILL]
    const seen: string[] = []
    function* program(sys: Libc): Run<number> {
      const child = ok(yield* sys.fork((c) => c.nanosleep(10)))
      is((yield* waitFor(sys, child)) & 0x7f, SIGKILL)
      return 0
    }
    chosen(program, ({ runnable, others }) => {
      const child = others.find((t) => t.pid === 3)
      if (runnable.length > 0 || child === undefined || steps.length === 0) return null
      seen.push(child.at)
      return { signal: steps.shift() as number, to: 3 }
    })
    expect(seen).toEqual(['asleep', 'stopped', 'asleep'])
  })

  it('inside of a checkpoint breaks the sleep that comes next', () => {
    function* program(sys: Libc): Run<number> {
      const { rd, wr } = yield* pipe(sys)
      ok(yield* sys.sigaction(SIGUSR1, nothing, 0))
      // Room for the first records only.
      is(yield* sys.write(wr, sys.alloc(65_536), 65_536), 65_536)
      is(yield* sys.read(rd, sys.alloc(4096), 4096), 4096)
      is(yield* sys.write(wr, sys.alloc(3900), 3900), 3900)
      fails(yield* sys.checkpoint(0, wr, 0), EINTR)
      return 0
    }
    function* nothing(): Run<void> {
      // To have been called is all.
    }
    let writes = 0
    const chooser: Chooser = ({ inside }) => {
      if (inside?.task.syscall !== 'checkpoint' || inside.place !== 'vfs_write') return null
      return ++writes === 2 ? { signal: SIGUSR1, to: 2 } : null
    }
    expect(chosen(program, chooser, true).schedule).toMatch(/ \.\d+ SIGUSR1>2 /)
  })
})

describe('a schedule', () => {
  it('that was recorded is done again by replay', () => {
    let n = 0
    const odd: Chooser = ({ runnable }) =>
      runnable.length === 0 ? 'wait' : { run: runnable[n++ % runnable.length].pid }
    const { vm, schedule } = chosen(letters, odd)
    const again = boot({ cmdline: 'ckpt_debug=0', seed: 99 })
    again.spawn(letters)
    const choosing = again.replay(schedule)
    expect(again.run().kind).toBe('exited')
    expect(again.console).toBe(vm.console)
    expect(choosing.schedule).toBe(schedule)
  })

  it('that does not fit says where', () => {
    const vm = boot()
    vm.spawn(letters)
    vm.replay('2 2 2 7')
    expect(() => vm.run()).toThrow('choice 4: 7: runnable is')
    expect(() => vm.replay('2 SIGFOO>3')).toThrow("schedule: 'SIGFOO>3' is no choice")
  })
})
