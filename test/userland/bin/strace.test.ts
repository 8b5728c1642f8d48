import { describe, expect, it } from 'vitest'
import { boot, type BootOptions, type Libc, type Run, type Vm } from '../../../index.ts'
import { traceTasks, textOf } from '../../../scripts/cli/tracer.ts'
import { syscallSet } from '../../../syscalls/inject.ts'
import { StraceText } from '../../../userland/strace/text.ts'
import { withVm } from '../../support/vm.ts'

const OPTIONS: BootOptions = { cmdline: 'ckpt_debug=0', time: 1e9 }
const ENV = ['PATH=/bin']

interface Traced {
  readonly lines: string[]
  readonly status: number
}

/** What strace in the machine makes of a command. */
function inside(options: readonly string[], command: readonly string[], prepare?: (vm: Vm) => void): Traced {
  return withVm({ ...OPTIONS, programs }, (vm) => {
    prepare?.(vm)
    const process = vm.spawn('/bin/strace', ['-o', '/tmp/trace', ...options, ...command], { envp: ENV })
    expect(vm.run({ budget: 1e6 })).toEqual({ kind: 'exited' })
    const { trace } = vm.kernel
    expect([trace.watched, trace.sched_process_exit.enabled]).toEqual([false, false])
    const lines = new TextDecoder().decode(vm.readFile('/tmp/trace')).split('\n').slice(0, -1)
    return { lines, status: process.status ?? -1 }
  })
}

/** What `ckptvm trace` on the host makes of it, as a process of the same id. */
function outside(command: readonly string[], follow: boolean, calls: string | null = null): string[] {
  const vm = boot({ ...OPTIONS, programs })
  const lines: string[] = []
  // In the machine strace has the first id.
  vm.spawn('/bin/true')
  vm.run()
  const { task } = vm.spawn(`/bin/${command[0]}`, command.slice(1), { argv0: command[0], envp: ENV })
  const text = new StraceText(
    [task],
    (t) => t.pid,
    { time: 2, spent: true, always: follow, boot: 1e9 },
    (line) => lines.push(line),
  )
  const set = calls === null ? null : (syscallSet(calls) as ReadonlySet<number>)
  traceTasks(vm.kernel, task, { calls: set, signals: true, follow }, (event) => text.tell(textOf(event)))
  vm.run({ budget: 1e6 })
  return lines
}

/** Signals, a call that is interrupted, one that is cut off, and bytes of all kinds. */
function* various(sys: Libc): Run<number> {
  void (yield* sys.sigaction(10, function* () {}))
  void (yield* sys.kill(yield* sys.getpid(), 10))
  void (yield* sys.open('/tmp/ü " ) = 3\n', 0))
  const p = yield* sys.pipe()
  if (typeof p === 'number') return 1
  void (yield* sys.print('a) = 7', p.wr))
  void (yield* sys.read(p.rd, sys.alloc(64), 64))
  void (yield* sys.nanosleep(1, 500_000_000))
  void (yield* sys.syscall(103, 0, sys.words(0n, 0n, 1n, 0n), 0))
  return yield* sys.read(p.rd, sys.alloc(64), 64)
}

/** Many calls in each time slice. */
function* busy(sys: Libc): Run<number> {
  for (let i = 0; i < 5000; i++) void (yield* sys.getppid())
  return 0
}

const programs = { various, busy }

describe('strace in the machine', () => {
  it.each([
    [['echo', 'one', 'two']],
    [['ls', '-l', '/bin']],
    [['various']],
    [['sh', '-c', 'sleep 1.5; seq 5 | wc -l; kill -9 $$']],
    [['self_checkpoint', '/tmp/image', 'me']],
  ])("writes what the host's trace writes: %j", (command) => {
    const [exec, ...lines] = inside(['-tt', '-T'], command).lines
    expect(exec).toMatch(/^01:46:40\.000000 execve\("\/bin\//)
    const host = outside(command, false)
    const stable = (list: readonly string[]): string[] =>
      list.map((line) => line.replace(/(getppid\(\) +=) \d+/, '$1 N').replace(/0x3f[\da-f]+/g, 'STACK'))
    expect(stable(lines)).toEqual(stable(host))
  })

  it.each([[['sh', '-c', 'seq 2 | cat | wc -l']], [['sh', '-c', 'sleep 5 & kill $!; wait; exit 3']]])(
    'with -f it writes of each process what the host writes: %j',
    (command) => {
      const byProcess = (lines: readonly string[]): Record<string, string[]> => {
        const out: Record<string, string[]> = {}
        for (const line of lines) {
          const [, pid, text] = /^(\d+) +[\d:.]+ (.*)$/.exec(line) ?? []
          // In how many pieces a line comes is up to who runs when.
          if (!text.startsWith('<...') && !text.endsWith('<unfinished ...>')) (out[pid] ??= []).push(text)
        }
        return out
      }
      const kept = 'trace=write,dup3,exit_group,kill,newfstatat'
      const { lines } = inside(['-f', '-tt', '-T', '-e', kept], command)
      expect(byProcess(lines)).toEqual(byProcess(outside(command, true, kept.slice('trace='.length))))
    },
  )

  it("ends with the program's status, or by its signal", () => {
    expect(inside([], ['sh', '-c', 'exit 7'])).toMatchObject({ status: 7 << 8 })
    const { lines, status } = inside(['-e', 'trace=kill'], ['sh', '-c', 'kill -TERM $$'])
    expect(status).toBe(15)
    expect(lines).toEqual([
      'kill(3, SIGTERM)                        = 0',
      '--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=3, si_uid=0} ---',
      '+++ killed by SIGTERM +++',
    ])
  })

  it('shows the calls, and with signal=none no signals', () => {
    const only = (...options: string[]): string[] =>
      inside(options, ['sh', '-c', 'trap : USR1; kill -USR1 $$']).lines.map((line) => line.replace(/[ (].*/, ''))
    expect(only('-e', 'trace=none')).toEqual(['---', '+++'])
    expect(only('-e', 'trace=%process', '-e', 'signal=none')).toEqual(['execve', 'kill', 'exit_group', '+++'])
    expect(only('-e', 'kill,?nothing')).toEqual(['kill', '---', '+++'])
    expect(only('-e', 'trace=!kill,execve,getcwd,getpid,getppid,newfstatat,rt_sigaction,rt_sigreturn')).toEqual([
      ...['---', 'exit_group', '+++'],
    ])
    expect(only('-e', 'trace=all')).toEqual(only())
  })

  it('counts with -c, and stamps with -t and -ttt', () => {
    const { lines } = inside(['-c'], ['echo', 'x'])
    expect(lines.map((line) => line.split(/ +/).slice(-2).join(' '))).toEqual([
      ...['errors syscall', '--------- ----------------', '1 execve', '1 exit_group', '1 write'],
      ...['--------- ----------------', '3 total'],
    ])
    const sleep = (...options: string[]): string => inside(['-e', 'nanosleep', ...options], ['sleep', '2']).lines[0]
    expect(sleep('-t', '-T')).toBe('01:46:40 nanosleep({tv_sec=2, tv_nsec=0}, NULL) = 0 <2.000000>')
    expect(sleep('-ttt')).toBe('1000000000.000000 nanosleep({tv_sec=2, tv_nsec=0}, NULL) = 0')
  })

  it('shows that a call was injected', () => {
    const { lines } = inside(['-e', 'getppid'], ['busy'], (vm) => vm.inject('getppid:error=EIO:when=2'))
    expect(lines.slice(0, 2)).toEqual([
      'getppid()                               = 2',
      'getppid()                               = -1 EIO (Input/output error) (INJECTED)',
    ])
  })
})

/** What a shell says, both outputs as one. */
function sh(script: string, options: Parameters<Vm['spawn']>[2] = {}): string[] {
  const vm = boot({ ...OPTIONS, programs })
  vm.spawn('/bin/sh', ['-c', `exec 2>&1; cd /tmp; ${script}; :`], { envp: ENV, ...options })
  expect(vm.run({ budget: 1e6 })).toEqual({ kind: 'exited' })
  return vm.console.split('\n').slice(0, -1)
}

const STRACED = 'ls /sys/kernel/tracing/instances'

describe('strace', () => {
  it('says what it cannot do, and leaves nothing behind', () => {
    expect(sh(`strace nosuch; echo $?; strace /no/x; echo $?; ${STRACED}`)).toEqual([
      ...["strace: Cannot find executable 'nosuch'", '1'],
      ...["strace: Can't stat '/no/x': No such file or directory", '1'],
    ])
    const wrong = (...args: string[]): string[] => sh(`strace ${args.join(' ')}; echo $?; ${STRACED}`)
    const TRY = "Try 'strace --help' for more information."
    expect(wrong()).toEqual(['strace: must have PROG [ARGS] or -p PID', TRY, '1'])
    expect(wrong('-e trace=reed true')).toEqual(["strace: invalid system call 'reed'", TRY, '1'])
    expect(wrong('-e trace=%none true')).toEqual(["strace: invalid system call '%none'", TRY, '1'])
    expect(wrong('-e colour=red true')).toEqual(['strace: -e colour=red: trace=SET or signal=none is wanted', TRY, '1'])
    expect(wrong('-p x')).toEqual(["strace: Invalid process id: 'x'", TRY, '1'])
    expect(wrong('-p 99')).toEqual(['strace: attach: process 99: No such process', '1'])
    expect(wrong('-o /no/x true')).toEqual(["strace: Can't fopen '/no/x': No such file or directory", '1'])
    expect(wrong('-Z')).toEqual(["strace: invalid option -- 'Z'", TRY, '1'])
  })

  it('is for root only', () => {
    expect(sh('strace true; echo $?', { uid: 1000, gid: 1000 })).toEqual([
      ...['strace: /sys/kernel/tracing/instances/strace.3: Permission denied', '1'],
    ])
  })

  it('goes to processes that run already, until they end', () => {
    const script = 'sleep 3 & sh -c "sleep 1; kill -USR1 $!" & strace -e trace=nanosleep -p $!,3; echo $?'
    expect(sh(script.replace('kill -USR1 $!', 'kill -USR1 3'))).toEqual(
      [
        'strace: Process 4 attached',
        'strace: Process 3 attached',
        expect.stringMatching(/^\[pid {5}4\] \+\+\+ exited with 0 \+\+\+$/),
        expect.stringMatching(/^--- SIGUSR1 /),
        '+++ killed by SIGUSR1 +++',
        '0',
      ].sort(() => 0) as unknown[],
    )
  })

  it('a signal to it ends the command, and lets go of a process that is not its own', () => {
    expect(sh(`strace -e none sleep 100 & sleep 1; kill $!; wait $!; echo $?; pgrep sleep; ${STRACED}`)).toEqual([
      'Terminated',
      '143',
    ])
    expect(sh(`sleep 5 & strace -p $! & sleep 1; kill $!; wait $!; echo $?; pgrep -x sleep; ${STRACED}`)).toEqual([
      ...['strace: Process 3 attached', 'strace: Process 3 detached', 'Terminated', '143', '3'],
    ])
  })

  it('several at once do not disturb each other', () => {
    expect(sh('strace -o a echo x | strace -o b cat; grep -c . a b; grep -c cat a; grep -c echo b')).toEqual([
      ...['x', 'a:4', 'b:6', '0', '0'],
    ])
    expect(sh('strace -o a strace -o b true; head -n 1 a | cut-here; head -n 1 b'.replace(' | cut-here', ''))).toEqual([
      expect.stringMatching(/^execve\("\/bin\/strace"/),
      expect.stringMatching(/^execve\("\/bin\/true"/),
    ])
  })

  it('loses nothing of a program that makes thousands of calls, and of several at once', () => {
    expect(sh('strace -o a busy; grep -c getppid a; tail -n 1 a')).toEqual(['5000', '+++ exited with 0 +++'])
    expect(sh('strace -f -o a sh -c "busy & busy & wait"; grep -c "getppid() *= 4" a')).toEqual(['10000'])
  })

  it('says how many events were lost where they come too fast, and ends all the same', () => {
    const small = 'sleep 1; for d in /sys/kernel/tracing/instances/*; do echo 4 >$d/buffer_size_kb; done'
    const said = sh(`strace -f -o a sh -c 'sleep 2; busy' & ${small}; wait; tail -n 1 a`)
    expect(said[0]).toMatch(/^strace: \d+ events came too fast and were lost$/)
    expect(said.at(-1)).toMatch(/exited with 0/)
  })
})
