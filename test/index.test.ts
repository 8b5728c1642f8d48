import { describe, expect, it } from 'vitest'
import {
  SyscallError,
  boot,
  type BootOptions,
  type Libc,
  type Program,
  type Run,
  type UserPtr,
  type Vm,
} from '../index.ts'

const NOWHERE = 0 as UserPtr

/** What `call` throws, as `code errno message`; what it returns where it does not. */
function failure(call: () => unknown): string {
  try {
    return `returned ${String(call())}`
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error
    return `${error.code} ${error.errno} ${error.message}`
  }
}

function* echo(sys: Libc, argv: readonly string[], envp: readonly string[]): Run<number> {
  yield* sys.print(`${argv.join(' ')}\n${envp.join(' ')}\n`)
  return 0
}

function* spin(sys: Libc): Run<number> {
  for (;;) yield* sys.getpid()
}

/** Sleep in a read from a pipe that nobody writes to. */
function* waiter(sys: Libc): Run<number> {
  const pipe = yield* sys.pipe()
  return typeof pipe === 'number' ? 1 : yield* sys.read(pipe.rd, sys.alloc(8), 8)
}

/** What the machine has handed out and not got back. */
function taken({ kernel }: Vm): object {
  return { tasks: kernel.tasks.size, objects: kernel.slab.active, pages: kernel.pages.used, uts: kernel.uts_ns.count }
}

/** Run `program` to its end, after which the machine has all back that it gave. */
function ends(vm: Vm, program: string | Program, args: readonly string[] = []): number | null {
  const before = taken(vm)
  const process = vm.spawn(program, args)
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(taken(vm)).toEqual(before)
  return process.status
}

describe('boot', () => {
  it('the same parameters give the same bytes', () => {
    const params: BootOptions = { seed: 7, slice: 3, ctx_count: 41, uts: { release: '2.6.31-x' }, time: 1e9 }
    const observe = (options: BootOptions) => {
      const vm = boot(options)
      const strace: string[] = []
      vm.strace(({ pid, text }) => strace.push(`${pid} ${text}`))
      for (const name of ['a', 'b', 'c']) vm.spawn('/bin/self_checkpoint', [`/tmp/${name}`, name])
      vm.run()
      return {
        strace,
        dmesg: vm.dmesg(),
        console: vm.console,
        images: ['a', 'b', 'c'].map((n) => vm.readFile(`/tmp/${n}`)),
      }
    }
    const once = observe(params)
    expect(observe(params)).toEqual(once)
    expect(once.strace.some((line) => line.endsWith('checkpoint(0, 3, 0) = 44'))).toBe(true)
    expect(observe({ ...params, seed: 8 }).strace).not.toEqual(once.strace)
  })

  it('version, uts and time are what the machine says', () => {
    const vm = boot({ version: [2, 6, 32], uts: { nodename: 'n1', machine: 'pdp11' } })
    expect(vm.dmesg()[0]).toBe('[    0.000000] Linux version 2.6.32')
    function* uname(sys: Libc): Run<number> {
      const buf = sys.alloc(6 * 65)
      yield* sys.uname(buf)
      const field = (n: number): string => sys.loadString((buf + 65 * n) as UserPtr)
      yield* sys.print([0, 1, 2, 4].map(field).join(' '))
      return 0
    }
    ends(vm, uname)
    expect(vm.console).toBe('Linux n1 2.6.32 pdp11')
  })

  it('a word of the command line that the kernel does not know goes to the environment', () => {
    const vm = boot({ cmdline: 'colour=red toString=x mod.opt=1' })
    ends(vm, echo)
    expect(vm.console).toContain('colour=red toString=x\n')
  })

  it('programs of one’s own are in /bin, beside those that are always there', () => {
    const vm = boot({ programs: { écho: echo } })
    expect(ends(vm, '/bin/écho', ['x'])).toBe(0)
    expect(vm.console).toContain('/bin/écho x\n')
    expect(ends(vm, '/bin/self_checkpoint', ['/tmp/i'])).toBe(0)
  })

  it('a logger is given the whole log, from the first line on', () => {
    const lines: unknown[][] = []
    const at = (level: string) => (fields: object, text: string) => lines.push([level, fields, text])
    const [fatal, error, warn, info, debug] = ['fatal', 'error', 'warn', 'info', 'debug'].map(at)
    const logger = { fatal, error, warn, info, debug } as unknown as NonNullable<BootOptions['logger']>
    const vm = boot({ logger, cmdline: 'quiet' })
    vm.kernel.printk('<1>oh\n')
    expect(lines).toEqual([
      ['info', { uptime_ns: 0, kern_level: 5 }, 'Linux version 2.6.31'],
      ['info', { uptime_ns: 0, kern_level: 5 }, 'Kernel command line: quiet'],
      ['fatal', { uptime_ns: 0, kern_level: 1 }, 'oh'],
    ])
  })
})

describe('spawn', () => {
  it('by path runs the program with its arguments', () => {
    const vm = boot({ programs: { echo } })
    vm.spawn('/bin/echo', ['ü', '', '日本'], { argv0: 'me', envp: ['A=é', 'B='] })
    vm.run()
    expect(vm.console).toBe('me ü  日本\nA=é B=\n')
  })

  it('by function puts it into /bin under its own name', () => {
    const vm = boot()
    expect(ends(vm, echo)).toBe(0)
    expect(ends(vm, '/bin/echo')).toBe(0)
    expect(vm.console).toBe('/bin/echo\nHOME=/ TERM=linux\n'.repeat(2))
  })

  it('two functions of one name are two programs', () => {
    const vm = boot()
    const returning = (status: number): Program =>
      function* main() {
        return status
      }
    const [a, b] = [vm.spawn(returning(1)), vm.spawn(returning(2))]
    vm.run()
    expect([a.status, b.status]).toEqual([0x100, 0x200])
  })

  it('gives the id that is asked for, and not twice', () => {
    const vm = boot()
    expect(vm.spawn(spin, [], { pid: 77 }).pid).toBe(77)
    expect(failure(() => vm.spawn(spin, [], { pid: 77 }))).toMatch(/^EAGAIN -11 /)
    for (const pid of [0, -1, 1.5, 32768]) expect(failure(() => vm.spawn(spin, [], { pid }))).toMatch(/^EINVAL -22 /)
  })

  it('without stdio has no descriptors', () => {
    const vm = boot()
    function* open(sys: Libc): Run<number> {
      return yield* sys.open('/dev/null', 0)
    }
    const process = vm.spawn(open, [], { stdio: false })
    vm.run()
    expect(process.status).toBe(0)
    expect(ends(vm, open)).toBe(3 << 8)
  })

  it('fails with the errno of exec, and leaves nothing behind', () => {
    const vm = boot({ programs: { echo } })
    vm.writeFile('/tmp/plain', 'text')
    vm.writeFile('/tmp/noexec', 'text', 0o755)
    const before = taken(vm)
    expect(failure(() => vm.spawn('/bin/absent'))).toBe(
      "ENOENT -2 ENOENT: No such file or directory, spawn '/bin/absent'",
    )
    expect(failure(() => vm.spawn(''))).toMatch(/^ENOENT -2 /)
    expect(failure(() => vm.spawn('/bin/echo/x'))).toMatch(/^ENOTDIR -20 /)
    expect(failure(() => vm.spawn('/tmp'))).toMatch(/^EACCES -13 /)
    expect(failure(() => vm.spawn('/tmp/plain'))).toBe("EACCES -13 EACCES: Permission denied, spawn '/tmp/plain'")
    expect(failure(() => vm.spawn('/tmp/noexec'))).toBe("ENOEXEC -8 ENOEXEC: Exec format error, spawn '/tmp/noexec'")
    expect(failure(() => vm.spawn('/bin/echo', ['x'.repeat(3 << 20)]))).toMatch(/^E2BIG -7 /)
    expect(taken(vm)).toEqual(before)
  })
})

describe('run', () => {
  it('without a process is over at once', () => {
    expect(boot().run()).toEqual({ kind: 'exited' })
  })

  it('stops when the budget is used up, and goes on where it was', () => {
    const vm = boot()
    function* counts(sys: Libc): Run<number> {
      for (let i = 0; i < 1500; i++) yield* sys.getpid()
      return 0
    }
    const process = vm.spawn(counts)
    expect(vm.run({ budget: 1000 })).toEqual({ kind: 'budget' })
    expect(process.status).toBeNull()
    expect(vm.run({ budget: 1000 })).toEqual({ kind: 'exited' })
    expect(process.status).toBe(0)
  })

  it('says who waits for what in a deadlock', () => {
    const vm = boot()
    function* wärter(sys: Libc): Run<number> {
      return yield* waiter(sys)
    }
    vm.spawn(wärter)
    expect(vm.run()).toEqual({
      kind: 'deadlock',
      waiting: [{ pid: 2, comm: 'wärter', syscall: 'read', waits_for: 'bytes in pipe:[1]' }],
    })
  })

  it('says where the kernel spins in a soft lockup', () => {
    const vm = boot()
    vm.kernel.inject.vfs_write.arm([{ first: 1, last: Infinity, step: 1, action: { retval: -11 } }])
    vm.spawn('/bin/self_checkpoint', ['/tmp/i', 'écrit'])
    expect(vm.run()).toMatchObject({ kind: 'soft lockup', comm: 'écrit' })
    expect(vm.dmesg().some((line) => line.includes('BUG: soft lockup'))).toBe(true)
  })

  it('refuses to run the machine of the program that calls it', () => {
    const vm = boot()
    let message = ''
    function* outer(): Run<number> {
      try {
        vm.run()
      } catch (error) {
        message = (error as Error).message
      }
      return 5
    }
    expect(ends(vm, outer)).toBe(5 << 8)
    expect(message).toBe('the machine runs already')
  })
})

describe('the status of a process', () => {
  it('is null while it runs, then what wait(2) reports', () => {
    const vm = boot()
    const process = vm.spawn(function* status() {
      return 300
    })
    expect(process.status).toBeNull()
    vm.run()
    expect(process.status).toBe((300 & 0xff) << 8)
    expect(process.pid).toBe(2)
  })

  it('is the signal’s number for one that touched no memory of its own, or threw', () => {
    const vm = boot()
    function* wild(sys: Libc): Run<number> {
      sys.loadInt(NOWHERE)
      return 0
    }
    function* thrower(): Run<number> {
      throw new Error('no')
    }
    expect(ends(vm, wild)).toBe(11)
    expect(vm.dmesg().at(-1)).toMatch(/ wild\[2\]: segfault at 0$/)
    expect(ends(vm, thrower)).toBe(4)
    expect(vm.dmesg().at(-1)).toMatch(/ thrower\[3\]: uncaught Error: no/)
  })
})

describe('files', () => {
  it('hold text as UTF-8, and bytes as they are', () => {
    const vm = boot()
    vm.writeFile('/tmp/grüße', 'žluťoučký 🐎')
    expect(Buffer.from(vm.readFile('/tmp/grüße')).toString()).toBe('žluťoučký 🐎')
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    vm.writeFile('/tmp/grüße', bytes)
    expect([...vm.readFile('/tmp/grüße')]).toEqual([...bytes])
    vm.writeFile('/tmp/grüße', '')
    expect(vm.readFile('/tmp/grüße')).toHaveLength(0)
  })

  it('are copies on the way in and on the way out', () => {
    const vm = boot()
    const bytes = Uint8Array.of(1, 2, 3)
    vm.writeFile('/tmp/f', bytes)
    bytes[0] = 9
    vm.readFile('/tmp/f')[1] = 9
    expect([...vm.readFile('/tmp/f')]).toEqual([1, 2, 3])
  })

  it('of 1 MiB come back whole', () => {
    const vm = boot()
    const bytes = Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 2654435761) >>> 24)
    vm.writeFile('/tmp/big', bytes)
    expect(Buffer.compare(vm.readFile('/tmp/big'), bytes)).toBe(0)
  })

  it('a full file system gives ENOSPC, and room again when the file is cut', () => {
    const vm = boot({ mem: 1 << 20 })
    const write = (size: number) => failure(() => vm.writeFile('/tmp/big', new Uint8Array(size)))
    expect(write(2 << 20)).toBe("ENOSPC -28 ENOSPC: No space left on device, write '/tmp/big'")
    expect(failure(() => vm.writeFile('/tmp/other', 'x'))).toMatch(/^ENOSPC /)
    expect(write(0)).toBe('returned undefined')
    expect(write(600_000)).toBe('returned undefined')
    expect(vm.readFile('/tmp/big')).toHaveLength(600_000)
  })

  it('fail with the errno of open', () => {
    const vm = boot()
    expect(failure(() => vm.readFile('/absent'))).toBe("ENOENT -2 ENOENT: No such file or directory, read '/absent'")
    expect(failure(() => vm.readFile('/tmp'))).toMatch(/^EISDIR /)
    expect(failure(() => vm.readFile('/dev/null'))).toMatch(/^EINVAL /)
    expect(failure(() => vm.writeFile('/tmp', 'x'))).toMatch(/^EISDIR /)
    expect(failure(() => vm.writeFile('/absent/x', 'x'))).toMatch(/^ENOENT /)
    expect(failure(() => vm.writeFile('/dev/null', 'x'))).toMatch(/^EINVAL /)
    expect(failure(() => vm.writeFile(`/tmp/${'é'.repeat(128)}`, 'x'))).toMatch(/^ENAMETOOLONG /)
  })
})

describe('what a machine tells', () => {
  it('the console is all that was printed, however it was cut', () => {
    const vm = boot()
    function* cut(sys: Libc): Run<number> {
      const at = sys.string('日本')
      for (let i = 0; i < 6; i++) yield* sys.write(1 + (i % 2), (at + i) as UserPtr, 1)
      return 0
    }
    expect(vm.console).toBe('')
    ends(vm, cut)
    expect(vm.console).toBe('日本')
    ends(vm, cut)
    expect(vm.console).toBe('日本日本')
    expect(vm.console).toBe('日本日本')
  })

  it('dmesg has a line for each message, with the time', () => {
    const vm = boot({ cmdline: 'ckpt_debug=0' })
    vm.kernel.printk('<4>one\ntwo')
    vm.kernel.printk('<c>, and more\n')
    expect(vm.dmesg()).toEqual([
      '[    0.000000] Linux version 2.6.31',
      '[    0.000000] Kernel command line: ckpt_debug=0',
      '[    0.000000] one',
      '[    0.000000] two, and more',
    ])
  })

  it('strace shows each call with its caller, until it is stopped', () => {
    const vm = boot()
    const lines: string[] = []
    const stop = vm.strace(({ pid, comm, text }) => lines.push(`${pid} ${comm} ${text}`))
    function* büro(sys: Libc): Run<number> {
      yield* sys.open('/tmp/é', 0)
      return 1
    }
    ends(vm, büro)
    stop()
    ends(vm, büro)
    expect(lines).toEqual([
      '2 büro openat(AT_FDCWD, "/tmp/\\303\\251", O_RDONLY) = -1 ENOENT (No such file or directory)',
      '2 büro exit_group(1) = ?',
      '2 büro +++ exited with 1 +++',
    ])
  })
})

describe('two machines', () => {
  it('share nothing, run by turns', () => {
    const [a, b] = [boot(), boot({ ctx_count: 10 })]
    const run = (vm: Vm) => vm.run({ budget: 3 })
    a.spawn('/bin/self_checkpoint', ['/tmp/i', 'alpha'])
    b.spawn('/bin/self_checkpoint', ['/tmp/i', 'beta'])
    for (let i = 0; i < 20; i++) void [run(a), run(b)]
    expect(a.console).toContain('checkpoint 1 is in /tmp/i')
    expect(b.console).toContain('checkpoint 11 is in /tmp/i')
    expect(failure(() => a.readFile('/tmp/none'))).toMatch(/^ENOENT /)
    a.spawn('/bin/self_restart', ['/tmp/i'])
    a.run()
    expect(a.console).toContain('now I am alpha')
    expect(b.console).not.toContain('now I am')
  })

  it('one may run in a program of the other', () => {
    const outer = boot()
    let inner = ''
    function* host(sys: Libc): Run<number> {
      const vm = boot()
      vm.spawn(echo, ['inside'], { pid: 9, envp: [] })
      vm.run()
      inner = vm.console
      return yield* sys.getpid()
    }
    expect(ends(outer, host)).toBe(2 << 8)
    expect(inner).toBe('/bin/echo inside\n\n')
  })
})
