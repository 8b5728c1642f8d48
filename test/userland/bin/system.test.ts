import { describe, expect, it } from 'vitest'
import { boot, type BootOptions } from '../../../index.ts'
import type { Libc } from '../../../userland/libc.ts'
import type { Run } from '../../../userland/program.ts'
import { programs } from '../../../userland/programs.ts'
import { ok, pipe, textAt, waitFor } from '../../support/vm.ts'

interface Ran {
  readonly out: string
  readonly err: string
  readonly status: number
}

/** Run each of `commands` on one machine, where a process `sleeper` and its child sleep. */
function run(commands: readonly string[][], options: BootOptions = {}, prepare?: (sys: Libc) => Run<void>): Ran[] {
  const results: Ran[] = []
  const vm = boot({ uts: { nodename: 'vm' }, time: 1e9, ...options, programs: { sleeper } })
  vm.spawn('/bin/sleeper', ['one', 'two'])
  vm.spawn(function* main(sys) {
    ok(yield* sys.nanosleep(5))
    if (prepare !== undefined) yield* prepare(sys)
    for (const argv of commands) results.push(yield* one(sys, argv))
    ok(yield* sys.kill(-1, 9))
    return 0
  })
  vm.run()
  return results
}

function* sleeper(sys: Libc): Run<number> {
  ok(
    yield* sys.fork(function* (sys) {
      ok(yield* sys.setsid())
      ok(yield* sys.prctl(15, 'napper'))
      return yield* sys.nanosleep(10_000)
    }),
  )
  return yield* sys.nanosleep(10_000)
}

function* one(sys: Libc, argv: readonly string[]): Run<Ran> {
  const stdout = yield* pipe(sys)
  const stderr = yield* pipe(sys)
  const pid = ok(
    yield* sys.fork(function* (child) {
      ok(yield* child.dup3(stdout.wr, 1, 0))
      ok(yield* child.dup3(stderr.wr, 2, 0))
      for (const p of [stdout, stderr]) for (const fd of [p.rd, p.wr]) ok(yield* child.close(fd))
      return yield* child.execve(`/bin/${argv[0]}`, argv, ['A=1', 'B=2'])
    }),
  )
  for (const fd of [stdout.wr, stderr.wr]) ok(yield* sys.close(fd))
  const out = yield* drain(sys, stdout.rd)
  const err = yield* drain(sys, stderr.rd)
  return { out, err, status: (yield* waitFor(sys, pid)) >> 8 }
}

function* drain(sys: Libc, fd: number): Run<string> {
  const buf = sys.alloc(4096)
  let text = ''
  for (let n = 1; n > 0; text += textAt(sys, buf, n)) n = ok(yield* sys.read(fd, buf, 4096))
  ok(yield* sys.close(fd))
  return text
}

const outs = (commands: readonly string[][], options: BootOptions = {}): string[] =>
  run(commands, options).map(({ out }) => out)
const NAMES = ['dmesg', 'env', 'free', 'hostname', 'id', 'kill', 'mount', 'pgrep', 'ps', 'umount', 'uname']

describe('programs that tell of the machine', () => {
  it('ps lists processes as procps does', () => {
    const [mine, full, bsd, chosen, none, odd] = run([
      ['ps'],
      ['ps', '-ef'],
      ['ps', 'aux'],
      ['ps', '-o', 'pid,ppid,stat,wchan=WAITS,args', '-C', 'napper'],
      ['ps', '-p', '999'],
      ['ps', '-o', 'foo'],
    ])
    expect(mine.out.split('\n').slice(0, 3)).toEqual([
      '  PID TTY          TIME CMD',
      '    2 ?        00:00:00 sleeper',
      '    3 ?        00:00:00 main',
    ])
    expect(full.out.split('\n').slice(0, 2)).toEqual([
      'UID        PID  PPID  C STIME TTY          TIME CMD',
      '0            2     0  0 01:46 ?        00:00:00 /bin/sleeper one two',
    ])
    expect(bsd.out).toContain('USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n')
    expect(bsd.out).toContain('?        Ss   01:46   0:00 /bin/sleeper one two\n')
    expect(chosen.out).toBe('  PID  PPID STAT WAITS  COMMAND\n    4     2 Ss   hrtime /bin/sleeper one two\n')
    expect([none.out, none.status]).toEqual(['  PID TTY          TIME CMD\n', 1])
    expect([odd.err, odd.status]).toEqual(['ps: unknown user-defined format specifier "foo"\n', 1])
  })

  it('pgrep finds them by name, command line and family', () => {
    const results = run([
      ['pgrep', 'nap'],
      ['pgrep', '-x', 'nap'],
      ['pgrep', '-l', 'sleep|nap'],
      ['pgrep', '-f', '-a', 'one two'],
      ['pgrep', '-P', '2'],
      ['pgrep', '-n', '-d', ',', '.'],
      ['pgrep', '-c', 'sleeper'],
      ['pgrep', '-v', '-u', '0'],
      ['pgrep'],
      ['pgrep', '('],
    ])
    expect(results.map(({ out, status }) => [out, status])).toEqual([
      ['4\n', 0],
      ['', 1],
      ['2 sleeper\n4 napper\n', 0],
      ['2 /bin/sleeper one two\n4 /bin/sleeper one two\n', 0],
      ['4\n', 0],
      ['4\n', 0],
      ['1\n', 0],
      ['', 1],
      ['', 2],
      ['', 2],
    ])
    expect(results[8].err).toBe('pgrep: no matching criteria specified\n')
  })

  it('kill sends signals by number and name, and says whom it could not reach', () => {
    const results = run([
      ['kill', '-KILL', '4'],
      ['kill', '-s', 'SIGSTOP', '2'],
      ['ps', '-o', 'pid=,s=', '-p', '2,4'],
      ['kill', '-9', '999', '2'],
      ['kill', '-l', 'HUP', '9', '143'],
      ['kill', '-FOO', '1'],
      ['kill'],
      ['kill', 'x'],
    ])
    expect(results.map(({ status }) => status)).toEqual([0, 0, 0, 1, 0, 1, 1, 1])
    expect(results[2].out).toBe('    2 T\n    4 Z\n')
    expect(results[3].err).toBe('kill: (999): No such process\n')
    expect(results[4].out).toBe('1\nKILL\nTERM\n')
    expect(results[5].err).toBe('kill: unknown signal FOO\n')
  })

  it('free shows memory in the unit that is asked for', () => {
    const [kB, bytes, human, total] = outs([['free'], ['free', '-b'], ['free', '-h'], ['free', '-t']], { mem: 1 << 26 })
    const head = '               total        used        free      shared  buff/cache   available\n'
    expect(kB.startsWith(`${head}Mem:          196608 `)).toBe(true)
    expect(kB.split('\n')[2]).toBe('Swap:              0           0           0')
    expect(bytes.split('\n')[1].startsWith('Mem:       201326592 ')).toBe(true)
    expect(human.split('\n')[1].startsWith('Mem:           192Mi ')).toBe(true)
    expect(human.split('\n')[2]).toBe('Swap:             0B          0B          0B')
    expect(total.split('\n')[3].startsWith('Total:        196608 ')).toBe(true)
    const [, memTotal, used, , , , available] = kB.split('\n')[1].split(/ +/).map(Number)
    expect(used).toBe(memTotal - available)
  })

  it('dmesg shows the log', () => {
    const [plain, raw, decoded, few, odd] = run([
      ['dmesg'],
      ['dmesg', '-r'],
      ['dmesg', '-x', '-t'],
      ['dmesg', '-l', 'err'],
      ['dmesg', '-l', 'bad'],
    ])
    expect(plain.out.split('\n')[0]).toBe('[    0.000000] Linux version 2.6.31')
    expect(raw.out.split('\n')[0]).toBe('<5>[    0.000000] Linux version 2.6.31')
    expect(decoded.out.split('\n')[0]).toBe('kern  :notice: Linux version 2.6.31')
    expect([few.out, few.status, odd.err]).toEqual(['', 0, "dmesg: unknown level 'bad'\n"])
  })

  it('uname and hostname tell names, and hostname gives one', () => {
    expect(
      outs([
        ['uname'],
        ['uname', '-a'],
        ['uname', '-rn'],
        ['hostname'],
        ['hostname', 'new.example'],
        ['hostname'],
        ['hostname', '-s'],
      ]),
    ).toEqual([
      'Linux\n',
      'Linux vm 2.6.31 #1 SMP Wed Jul 22 09:59:42 UTC 2009 riscv64 GNU/Linux\n',
      'vm 2.6.31\n',
      'vm\n',
      '',
      'new.example\n',
      'new\n',
    ])
    const [long] = run([['hostname', 'x'.repeat(65)]])
    expect([long.err, long.status]).toEqual(['hostname: name too long\n', 1])
  })

  it('id tells users and groups, by name where /etc has names', () => {
    const results = run([['id'], ['id', '-u'], ['id', '-G'], ['id', '-n'], ['id', '-ug']], {}, function* (sys) {
      ok(yield* sys.setgroups([4, 27]))
    })
    expect(results.map(({ out }) => out).slice(0, 3)).toEqual(['uid=0 gid=0 groups=0,4,27\n', '0\n', '0 4 27\n'])
    expect(results.map(({ status }) => status)).toEqual([0, 0, 0, 1, 1])
    const named = run([['id'], ['id', '-un']], {}, function* (sys) {
      ok(yield* sys.mkdir('/etc', 0o755))
      for (const [path, line] of [
        ['/etc/passwd', 'ada:x:1000:1000::/:/bin/sh\n'],
        ['/etc/group', 'users:x:1000:\n'],
      ]) {
        const fd = ok(yield* sys.creat(path, 0o644))
        ok(yield* sys.print(line, fd))
        ok(yield* sys.close(fd))
      }
      ok(yield* sys.setresgid(1000, 1000, 1000))
      ok(yield* sys.setresuid(1000, 1000, 1000))
    })
    expect(named.map(({ out }) => out)).toEqual(['uid=1000(ada) gid=1000(users) groups=1000(users)\n', 'ada\n'])
  })

  it('env shows the environment, changes it, and runs a program with it', () => {
    const results = run([
      ['env'],
      ['env', '-i', 'C=3'],
      ['env', '-u', 'A', '-u', 'B', 'C=3', 'env'],
      ['env', '-0', '-u', 'B'],
      ['env', '-', 'echo', 'hi', '-n'],
      ['env', 'nosuch'],
      ['env', '/tmp'],
    ])
    expect(results.map(({ out }) => out).slice(0, 5)).toEqual(['A=1\nB=2\n', 'C=3\n', 'C=3\n', 'A=1\0', 'hi -n\n'])
    expect(results.slice(5).map(({ err, status }) => [err, status])).toEqual([
      ['env: ‘nosuch’: No such file or directory\n', 127],
      ['env: ‘/tmp’: Permission denied\n', 126],
    ])
  })

  it('mount and umount change what mount shows', () => {
    const results = run([
      ['mount', '-t', 'tmpfs', '-o', 'ro,size=64k', 'none', '/tmp'],
      ['mount', '-t', 'tmpfs'],
      ['mount', '-o', 'remount,nodev', '/tmp'],
      ['mount'],
      ['umount', '/tmp'],
      ['umount', '/tmp'],
      ['mount', '-t', 'nofs', 'none', '/tmp'],
    ])
    expect(results[1].out).toBe('none on /tmp type tmpfs (ro,relatime,size=64k)\n')
    expect(results[3].out).toContain('none on /tmp type tmpfs (rw,nodev,relatime,size=64k)\n')
    expect(results[5]).toEqual({ out: '', err: 'umount: /tmp: not mounted.\n', status: 32 })
    expect(results[6]).toEqual({ out: '', err: 'mount: /tmp: No such device\n', status: 32 })
  })

  it('each says with --help how it is used, and refuses an option that it does not have', () => {
    const help = run(NAMES.map((name) => [name, '--help']))
    help.forEach(({ out, status }, i) => expect([out.startsWith(`usage: ${NAMES[i]}`), status]).toEqual([true, 0]))
    const odd = run(NAMES.filter((name) => name !== 'kill').map((name) => [name, '-Z']))
    odd.forEach(({ err, status }) => expect([err.includes("invalid option -- 'Z'"), status > 0]).toEqual([true, true]))
    expect(Object.keys(programs)).toEqual(expect.arrayContaining(NAMES))
  })
})
