import { describe, expect, it } from 'vitest'
import { boot, type Libc, type Run, type Vm } from '../../index.ts'
import { EACCES, EAGAIN, EBUSY, EEXIST, EFAULT, EINTR, EINVAL, EISDIR, ENOENT, EPERM } from '../../kernel/errno.ts'
import { O_CREAT, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { POLLIN } from '../../kernel/fs/poll.ts'
import { SA_RESTART, SIGCONT, SIGSTOP, SIGUSR1 } from '../../kernel/task/signal.ts'
import { BAD_POINTERS, fails, inVm, is, ok, textAt, waitFor } from '../support/vm.ts'

const T = '/sys/kernel/tracing'

function* put(sys: Libc, name: string, text: string, flags = O_WRONLY): Run<number> {
  const fd = yield* sys.open(`${T}/${name}`, flags)
  if (fd < 0) return fd
  const ret = yield* sys.print(text, fd)
  ok(yield* sys.close(fd))
  return ret
}

function* get(sys: Libc, name: string): Run<string> {
  const fd = ok(yield* sys.open(`${T}/${name}`, O_RDONLY))
  const text = yield* rest(sys, fd)
  ok(yield* sys.close(fd))
  return text
}

/** What can be read without waiting. */
function* rest(sys: Libc, fd: number, size = 4096): Run<string> {
  const buf = sys.alloc(size)
  let text = ''
  for (;;) {
    const n = yield* sys.read(fd, buf, size)
    if (n <= 0) return text
    text += textAt(sys, buf, n)
  }
}

/** Lines without the names and times in front. */
function events(text: string): string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^.*?: /, ''))
}

function* pipe(sys: Libc, name = 'trace_pipe'): Run<number> {
  return ok(yield* sys.open(`${T}/${name}`, O_RDONLY | O_NONBLOCK))
}

describe('tracefs', () => {
  it('listens to nothing before an event is on, nor after', () => {
    const seen: boolean[] = []
    let vm: Vm | null = null
    const look = (): void => void seen.push((vm as Vm).kernel.watched)
    const machine = boot()
    vm = machine
    machine.spawn(function* main(sys) {
      look()
      for (const [name, text] of [
        ['events/raw_syscalls/sys_enter/enable', '1'],
        ['tracing_on', '0'],
        ['tracing_on', '1'],
        ['events/enable', '0'],
        ['set_event', 'syscalls:sys_exit_read'],
        ['set_event', '!syscalls:sys_exit_read'],
        ['set_event', 'sched:*'],
      ]) {
        ok(yield* put(sys, name, text))
        look()
      }
      ok(yield* sys.mkdir(`${T}/instances/x`, 0o700))
      ok(yield* put(sys, 'instances/x/set_event', 'raw_syscalls:*'))
      look()
      ok(yield* sys.rmdir(`${T}/instances/x`))
      look()
      return 0
    })
    machine.run()
    expect(seen).toEqual([false, true, false, true, false, true, false, false, true, false])
    const { trace } = machine.kernel
    expect(trace.sched_switch.enabled).toBe(true)
    expect(trace.sched_process_fork.enabled).toBe(true)
    expect(trace.kmalloc.enabled).toBe(false)
  })

  it('has a line for each event, as Linux has it, with what strace shows behind', () => {
    const lines: string[] = []
    const vm = boot()
    vm.spawn(
      function* main(sys) {
        ok(yield* put(sys, 'set_event_pid', String(yield* sys.getpid())))
        ok(yield* put(sys, 'set_event', 'raw_syscalls:* signal:signal_deliver', O_WRONLY | O_TRUNC))
        yield* sys.open('/tmp/é', 0)
        ok(yield* sys.sigaction(SIGUSR1, function* () {}))
        yield* sys.kill(yield* sys.getpid(), SIGUSR1)
        ok(yield* put(sys, 'events/enable', '0'))
        lines.push(...(yield* rest(sys, yield* pipe(sys))).split('\n'))
        return 0
      },
      [],
      { pid: 77 },
    )
    vm.run()
    const open = lines.find((line) => line.includes('303')) ?? ''
    expect(open).toMatch(
      /^ {12}main-77 {6}\[000\] \.{5} {5}0\.000000: sys_enter: NR 56 \(ffffffffffffff9c, [\da-f]+, 0, 0, 0, 0\) openat\(AT_FDCWD, "\/tmp\/\\303\\251", O_RDONLY$/,
    )
    const shown = events(lines.join('\n'))
    expect(shown).toContain(
      'sys_exit: NR 56 = -2 openat(AT_FDCWD, "/tmp/\\303\\251", O_RDONLY) = -1 ENOENT (No such file or directory)',
    )
    expect(shown.find((line) => line.startsWith('signal_deliver'))).toMatch(
      /^signal_deliver: sig=10 errno=0 code=0 sa_handler=[1-9a-f][\da-f]* sa_flags=0 --- SIGUSR1 \{si_signo=SIGUSR1, .*si_pid=77, si_uid=0\} ---$/,
    )
    expect(shown).toContain('sys_enter: NR 172 (0, 0, 0, 0, 0, 0) getpid(')
    expect(shown).toContain('sys_exit: NR 172 = 77 getpid() = 77')
  })

  it('switches events on and off by set_event and by enable, and says which are on', () => {
    inVm(function* (sys) {
      const available = (yield* get(sys, 'available_events')).split('\n')
      for (const name of ['kmem:kmalloc', 'raw_syscalls:sys_enter', 'sched:sched_switch', 'syscalls:sys_exit_restart'])
        is(available.includes(name), true, name)
      is(yield* get(sys, 'set_event'), '')
      is(yield* put(sys, 'set_event', 'sched signal:*\nsys_enter_read\n'), 30)
      const on = 'sched:sched_switch\nsched:sched_process_fork\nsched:sched_process_exit\n'
      is(yield* get(sys, 'set_event'), `${on}signal:signal_generate\nsignal:signal_deliver\nsyscalls:sys_enter_read\n`)
      is(yield* get(sys, 'events/enable'), 'X\n')
      is(yield* get(sys, 'events/sched/enable'), '1\n')
      is(yield* get(sys, 'events/kmem/enable'), '0\n')
      is(yield* get(sys, 'events/syscalls/sys_enter_read/enable'), '1\n')
      ok(yield* put(sys, 'events/sched/sched_switch/enable', '0\n'))
      is(yield* get(sys, 'events/sched/enable'), 'X\n')
      ok(yield* put(sys, 'set_event', '!signal:*'))
      is((yield* get(sys, 'set_event')).includes('signal'), false)
      ok(yield* put(sys, 'set_event', 'kmem:kfree', O_WRONLY | O_TRUNC))
      is(yield* get(sys, 'set_event'), 'kmem:kfree\n')
      for (const [name, text] of [
        ['set_event', 'nothing'],
        ['set_event', 'kmem:nothing'],
        ['events/kmem/enable', '2'],
        ['events/kmem/enable', 'x'],
        ['tracing_on', '10'],
        ['buffer_size_kb', '0'],
        ['buffer_size_kb', 'many'],
        ['set_event_pid', 'x'],
      ])
        fails(yield* put(sys, name, text), EINVAL)
      for (const at of BAD_POINTERS) {
        const fd = ok(yield* sys.open(`${T}/set_event`, O_RDWR))
        fails(yield* sys.write(fd, at, 8), EFAULT)
        ok(yield* sys.close(fd))
      }
      return 0
    })
  })

  it('tells of the tasks in set_event_pid, and with event-fork of those that they make', () => {
    const seen: string[][] = []
    inVm(function* (sys) {
      const fd = yield* pipe(sys)
      const family = function* (): Run<number> {
        const pid = ok(
          yield* sys.fork(function* (child) {
            void (yield* child.fork(function* (grandchild) {
              return yield* grandchild.getppid()
            }))
            return yield* child.getppid()
          }),
        )
        return yield* waitFor(sys, pid)
      }
      ok(yield* put(sys, 'set_event', 'syscalls:sys_enter_getppid sched:sched_process_exit'))
      for (const fork of ['0', '1']) {
        ok(yield* put(sys, 'set_event_pid', String(yield* sys.getpid()), O_WRONLY | O_TRUNC))
        ok(yield* put(sys, 'options/event-fork', fork))
        void (yield* family())
        ok(yield* sys.nanosleep(1))
        is(yield* get(sys, 'set_event_pid'), `${yield* sys.getpid()}\n`)
        seen.push(events(yield* rest(sys, fd)).map((line) => line.split(':')[0]))
      }
      ok(yield* put(sys, 'set_event_pid', '', O_WRONLY | O_TRUNC))
      ok(yield* put(sys, 'options/event-fork', '0'))
      void (yield* family())
      ok(yield* sys.nanosleep(1))
      seen.push(events(yield* rest(sys, fd)).map((line) => line.split(':')[0]))
      ok(yield* put(sys, 'set_event_pid', '7 5\n6'))
      is(yield* get(sys, 'set_event_pid'), '5\n6\n7\n')
      return 0
    })
    expect(seen[0]).toEqual([])
    expect(seen[1].sort()).toEqual([
      ...['sched_process_exit', 'sched_process_exit', 'sys_enter_getppid', 'sys_enter_getppid'],
    ])
    expect(seen[2].sort()).toEqual(seen[1])
  })

  it('tells of a call that never returns at the end of its task', () => {
    inVm(function* (sys) {
      const fd = yield* pipe(sys)
      ok(yield* put(sys, 'options/event-fork', '1'))
      ok(yield* put(sys, 'set_event_pid', String(yield* sys.getpid())))
      ok(yield* put(sys, 'set_event', 'raw_syscalls:sys_exit sched:sched_process_exit'))
      const pid = ok(yield* sys.fork((child) => child.exit_group(3)))
      void (yield* waitFor(sys, pid))
      ok(yield* put(sys, 'events/enable', '0'))
      const lines = (yield* rest(sys, fd)).split('\n').filter((line) => line.includes(`-${pid} `))
      is(
        lines.map((line) => line.replace(/^.*?: /, '')),
        [
          'sys_exit: NR 94 = ? exit_group(3) = ?',
          `sched_process_exit: comm=a.out pid=${pid} prio=120 exit_code=768 +++ exited with 3 +++`,
        ],
      )
      return 0
    })
  })

  it('trace_pipe waits for events, and gives each once', () => {
    inVm(function* (sys) {
      const fd = yield* pipe(sys)
      const buf = sys.alloc(4096)
      fails(yield* sys.read(fd, buf, 4096), EAGAIN)
      const marker = ok(yield* sys.open(`${T}/trace_marker`, O_WRONLY))
      for (const word of ['one', 'two\n', 'a\nb', 'x'.repeat(3000), 'last']) ok(yield* sys.print(word, marker))
      const first = ok(yield* sys.read(fd, buf, 200))
      is(
        events(textAt(sys, buf, first)),
        ['one', 'two'].map((w) => `tracing_mark_write: ${w}`),
      )
      is(ok(yield* sys.read(fd, buf, 10)), 10)
      is((yield* rest(sys, fd, 1000)).includes('last'), true)
      const pfd = sys.alloc(8)
      sys.storeInt(pfd, fd)
      sys.storeInt((pfd + 4) as typeof pfd, POLLIN)
      is(yield* sys.ppoll(pfd, 1, sys.words(0n, 0n)), 0)
      const waits = ok(yield* sys.open(`${T}/trace_pipe`, O_RDONLY))
      const pid = ok(
        yield* sys.fork(function* (child) {
          ok(yield* child.nanosleep(1))
          return (yield* child.print('woken', marker)) < 0 ? 1 : 0
        }),
      )
      is(ok(yield* sys.ppoll(pfd, 1)), 1)
      is(events(textAt(sys, buf, ok(yield* sys.read(waits, buf, 4096)))), ['tracing_mark_write: woken'])
      is(yield* waitFor(sys, pid), 0)
      // What is over when tracing is.
      ok(yield* put(sys, 'tracing_on', '0'))
      is(yield* sys.read(waits, buf, 4096), 0)
      is((yield* sys.print('unheard', marker)) > 0, true)
      is(yield* sys.read(waits, buf, 4096), 0)
      for (const at of BAD_POINTERS) {
        ok(yield* put(sys, 'tracing_on', '1'))
        ok(yield* sys.print('to nowhere', marker))
        fails(yield* sys.read(fd, at, 100), EFAULT)
      }
      return 0
    })
  })

  it('a signal ends the wait for events with EINTR, but not under SA_RESTART, nor does a stop', () => {
    for (const [flags, sigs, ret] of [
      [0, [SIGUSR1], -EINTR],
      [SA_RESTART, [SIGUSR1], 1],
      [0, [SIGSTOP, SIGCONT], 1],
    ] as const) {
      inVm(function* (sys) {
        const parent = yield* sys.getpid()
        const fd = ok(yield* sys.open(`${T}/trace_pipe`, O_RDONLY))
        ok(yield* sys.sigaction(SIGUSR1, function* () {}, flags))
        const pid = ok(
          yield* sys.fork(function* (child) {
            for (const sig of sigs) {
              ok(yield* child.nanosleep(1))
              ok(yield* child.kill(parent, sig))
            }
            ok(yield* child.nanosleep(1))
            return Math.min(0, yield* put(child, 'trace_marker', 'here'))
          }),
        )
        is(yield* sys.read(fd, sys.alloc(1), 1), ret)
        is(yield* waitFor(sys, pid), 0)
        return 0
      })
    }
  })

  it('the oldest events go where nobody reads, and it is said how many', () => {
    inVm(function* (sys) {
      const fd = yield* pipe(sys)
      is(yield* get(sys, 'buffer_size_kb'), '1408\n')
      ok(yield* put(sys, 'buffer_size_kb', '1\n'))
      is(yield* get(sys, 'buffer_size_kb'), '1\n')
      const marker = ok(yield* sys.open(`${T}/trace_marker`, O_WRONLY))
      for (let i = 0; i < 100; i++) ok(yield* sys.print(`${i}`, marker))
      const [lost, ...lines] = (yield* rest(sys, fd)).split('\n').slice(0, -1)
      is(lost, `CPU:0 [LOST ${100 - lines.length} EVENTS]`)
      is(lines.length > 10 && lines.join('\n').length <= 1024, true)
      is(lines.at(-1)?.endsWith(': 99'), true)
      ok(yield* put(sys, 'buffer_size_kb', '2000'))
      for (let i = 0; i < 3000; i++) ok(yield* sys.print(`${i}`, marker))
      const all = events(yield* rest(sys, fd))
      is(all.length, 3000)
      is(all[2999], 'tracing_mark_write: 2999')
      return 0
    })
  })

  it('trace shows what is unread without taking it, and forgets it when it is cut', () => {
    inVm(function* (sys) {
      const marker = ok(yield* sys.open(`${T}/trace_marker`, O_WRONLY))
      for (const word of ['one', 'two']) ok(yield* sys.print(word, marker))
      for (let i = 0; i < 2; i++) {
        const [tracer, , entries, , ...lines] = (yield* get(sys, 'trace')).split('\n')
        is([tracer, entries], ['# tracer: nop', '# entries-in-buffer/entries-written: 2/2   #P:1'])
        is(events(lines.join('\n')), ['tracing_mark_write: one', 'tracing_mark_write: two'])
      }
      is(yield* put(sys, 'trace', 'anything', O_WRONLY | O_TRUNC), 8)
      is((yield* get(sys, 'trace')).includes('0/0'), true)
      fails(yield* sys.read(yield* pipe(sys), sys.alloc(8), 8), EAGAIN)
      return 0
    })
  })

  it('instances are made and taken away, and each has events of its own', () => {
    inVm(function* (sys) {
      const at = (name: string): string => `${T}/instances/${name}`
      ok(yield* sys.mkdir(at('a'), 0o755))
      fails(yield* sys.mkdir(at('a'), 0o755), EEXIST)
      ok(yield* sys.mkdir(at('b'), 0o755))
      const [a, b] = [yield* pipe(sys, 'instances/a/trace_pipe'), yield* pipe(sys, 'instances/b/trace_pipe')]
      ok(yield* put(sys, 'instances/b/set_event', 'syscalls:sys_enter_getppid'))
      ok(yield* sys.getppid())
      ok(yield* put(sys, 'instances/a/trace_marker', 'here'))
      is(events(yield* rest(sys, a)), ['tracing_mark_write: here'])
      is(events(yield* rest(sys, b)), ['sys_enter_getppid: NR 173 (0, 0, 0, 0, 0, 0) getppid('])
      fails(yield* sys.rmdir(at('a')), EBUSY)
      for (const fd of [a, b]) ok(yield* sys.close(fd))
      ok(yield* sys.rmdir(at('a')))
      fails(yield* sys.rmdir(at('a')), ENOENT)
      fails(yield* sys.open(at('a/trace'), O_RDONLY), ENOENT)
      ok(yield* sys.mkdir(at('a'), 0o755))
      is(yield* get(sys, 'instances/a/set_event'), '')
      for (const name of ['a', 'b']) ok(yield* sys.rmdir(at(name)))
      return 0
    })
  })

  it('nothing else can be made or taken away, and who is not root sees nothing', () => {
    const vm = inVm(function* (sys) {
      fails(yield* sys.mkdir(`${T}/x`, 0o755), EPERM)
      fails(yield* sys.open(`${T}/x`, O_CREAT | O_WRONLY, 0o644), EACCES)
      fails(yield* sys.rmdir(`${T}/events`), EPERM)
      fails(yield* sys.unlink(`${T}/trace`), EPERM)
      fails(yield* sys.read(ok(yield* sys.open(T, O_RDONLY)), sys.alloc(8), 8), EISDIR)
      ok(yield* sys.setresuid(1000, 1000, 1000))
      fails(yield* sys.open(`${T}/trace`, O_RDONLY), EACCES)
      return 0
    })
    expect(vm.kernel.watched).toBe(false)
  })

  it('is the same wherever it is mounted', () => {
    const vm = boot()
    const script = `mkdir /t; mount -t tracefs none /t; echo x >/t/trace_marker; tail -n 1 ${T}/trace; ls /t; ls ${T}/events; ls ${T}/events/kmem/kfree`
    vm.spawn('/bin/sh', ['-c', script])
    vm.run()
    expect(vm.console.split('\n').slice(1)).toEqual([
      ...['available_events', 'buffer_size_kb', 'events', 'instances', 'options', 'set_event', 'set_event_pid'],
      ...['trace', 'trace_marker', 'trace_pipe', 'tracing_on'],
      ...['enable', 'kmem', 'printk', 'raw_syscalls', 'sched', 'signal', 'syscalls', 'enable', ''],
    ])
    expect(vm.console).toMatch(/^ {14}sh-2 .*: tracing_mark_write: x\n/)
  })

  it('tells of switches, allocations and the log too', () => {
    const vm = boot()
    const script = `cd ${T}; echo sched:sched_switch kmem printk signal:signal_generate >set_event; echo hello >/dev/kmsg; sleep 1; trap : USR1; kill -USR1 $$; echo >set_event; cat trace`
    vm.spawn('/bin/sh', ['-c', script])
    vm.run()
    expect(vm.console).toMatch(/sh-2 .*: console: hello\n/)
    expect(vm.console).toMatch(/sleep-3 .*: sched_switch: prev_comm=sleep prev_pid=3 prev_prio=120 prev_state=S\n/)
    expect(vm.console).toMatch(/ 1\.000000: sched_switch: prev_comm=sleep prev_pid=3 prev_prio=120 prev_state=X\n/)
    expect(vm.console).toMatch(/sh-2 .*: signal_generate: sig=10 comm=sh pid=2\n/)
    expect(vm.console).toMatch(/: kmalloc: ptr=[\da-f]+ bytes_req=\d+\n/)
    expect(vm.console).toMatch(/: kfree: ptr=[\da-f]+\n/)
  })
})
