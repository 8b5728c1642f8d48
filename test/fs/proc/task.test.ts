import { describe, expect, it } from 'vitest'
import { EINVAL, ENOENT, ESRCH } from '../../../kernel/errno.ts'
import { O_RDONLY } from '../../../kernel/fs/file.ts'
import { SIGKILL, SIGSTOP, SIGUSR1 } from '../../../kernel/task/signal.ts'
import type { Libc } from '../../../userland/libc.ts'
import type { Run } from '../../../userland/program.ts'
import { become } from '../../support/cred.ts'
import { fails, inVm, is, ok, pipe, waitFor, withVm } from '../../support/vm.ts'
import { list, readlink, restOf, textOf, writeTo } from '../../support/proc.ts'

const sleeper = function* (sys: Libc): Run<number> {
  void (yield* sys.nanosleep(1000))
  return 0
}

/** A child that is dead and has not been waited for. */
function* zombie(sys: Libc): Run<number> {
  const pid = ok(
    yield* sys.fork(function* (sys) {
      return yield* sys.exit_group(3)
    }),
  )
  ok(yield* sys.nanosleep(1))
  return pid
}

const fields = (stat: string): string[] =>
  stat
    .slice(stat.lastIndexOf(')') + 2)
    .trimEnd()
    .split(' ')

describe('/proc/PID', () => {
  it('stat has 52 fields, which say what the task is and does', () => {
    inVm(function* (sys) {
      ok(yield* sys.prctl(15, 'a) (b'))
      const stat = yield* textOf(sys, '/proc/self/stat')
      is(stat.startsWith('2 (a) (b) R 0 0 0 0 -1 '), true, stat)
      is(fields(stat).length, 50)
      const pid = ok(yield* sys.fork(sleeper))
      ok(yield* sys.nanosleep(3))
      const f = fields(yield* textOf(sys, `/proc/${pid}/stat`))
      is(f.slice(0, 4), ['S', '2', '0', '0'])
      is([f[17], f[32], f[35]], ['1', '1', '17'])
      ok(yield* sys.kill(pid, SIGSTOP))
      ok(yield* sys.nanosleep(1))
      is(fields(yield* textOf(sys, `/proc/${pid}/stat`))[0], 'T')
      ok(yield* sys.kill(pid, SIGKILL))
      ok(yield* sys.nanosleep(1))
      const dead = fields(yield* textOf(sys, `/proc/${pid}/stat`))
      is([dead[0], dead[6], dead[20], dead[21], dead.at(-1)], ['Z', '4', '0', '0', '9'])
      is(yield* waitFor(sys, pid), 9)
      return 0
    })
  })

  it('stat tells nothing of the addresses of the dead, and little of those of others', () => {
    inVm(function* (sys) {
      const addresses = (stat: string[]) => [stat.slice(23, 28), stat.slice(32, 35), stat.slice(42, 50)]
      const own = addresses(fields(yield* textOf(sys, '/proc/self/stat')))
      is([own[0][2] !== '0', own[2][3] !== '0'], [true, true])
      const pid = yield* zombie(sys)
      const dead = [Array(5).fill('0'), ['0', '0', '0'], [...Array<string>(7).fill('0'), String(3 << 8)]]
      const state = fields(yield* textOf(sys, `/proc/${pid}/stat`))
      is([addresses(state)[0], addresses(state)[2]], [dead[0], dead[2]])
      is(yield* waitFor(sys, pid), 3 << 8)
      const other = ok(
        yield* sys.fork(function* (sys) {
          become(1000)
          const hidden = addresses(fields(yield* textOf(sys, '/proc/2/stat')))
          is(hidden, [['1', '1', '0', '0', '0'], ['0', '0', '0'], Array(8).fill('0')])
          return 0
        }),
      )
      is(yield* waitFor(sys, other), 0)
      return 0
    })
  })

  it('stat tells when the task began, in hundredths of seconds since boot', () => {
    inVm(function* (sys) {
      ok(yield* sys.nanosleep(12, 340_000_000))
      const pid = ok(yield* sys.fork(sleeper))
      is(fields(yield* textOf(sys, `/proc/${pid}/stat`))[19], '1234')
      ok(yield* sys.kill(pid, SIGKILL))
      is(yield* waitFor(sys, pid), 9)
      return 0
    })
  })

  it('status says the same to people', () => {
    inVm(function* (sys) {
      ok(yield* sys.prctl(15, 'x\\y\nz'))
      yield* sys.sigprocmask(0, 1n << 9n)
      yield* sys.sigaction(12, 1)
      yield* sys.sigaction(10, function* () {
        // Nothing.
      })
      yield* sys.kill(2, SIGUSR1)
      const status = yield* textOf(sys, '/proc/self/status')
      const value = (name: string) => new RegExp(`^${name}:\t(.*)$`, 'm').exec(status)?.[1]
      is(value('Name'), 'x\\\\y\\nz')
      is([value('Umask'), value('State'), value('Tgid'), value('PPid')], ['0022', 'R (running)', '2', '0'])
      is([value('Uid'), value('Groups'), value('FDSize')], ['0\t0\t0\t0', ' ', '64'])
      is([value('ShdPnd'), value('SigBlk')], ['0000000000000200', '0000000000000200'])
      is([value('SigIgn'), value('SigCgt')], ['0000000000000800', '0000000000000200'])
      is([value('VmStk'), value('VmSize')], ['    8192 kB', '    8192 kB'])
      is(value('CapEff'), '00000003ffffffff')
      is(status.split('\n').length > 40, true)
      const pid = yield* zombie(sys)
      const dead = yield* textOf(sys, `/proc/${pid}/status`)
      is(/^State:\tZ \(zombie\)$/m.test(dead), true)
      is(/^(Umask|VmSize):/m.test(dead), false)
      is(yield* waitFor(sys, pid), 3 << 8)
      return 0
    })
  })

  it('status has the lines that Linux has, in its order, with nothing where a program has nothing', () => {
    inVm(function* (sys) {
      const lines = (yield* textOf(sys, '/proc/self/status')).split('\n').map((line) => line.split('\t'))
      const names =
        `Name Umask State Tgid Ngid Pid PPid TracerPid Uid Gid FDSize Groups NStgid NSpid NSpgid NSsid Kthread
        VmPeak VmSize VmLck VmPin VmHWM VmRSS RssAnon RssFile RssShmem VmData VmStk VmExe VmLib VmPTE VmSwap
        CoreDumping THP_enabled Threads SigQ SigPnd ShdPnd SigBlk SigIgn SigCgt
        CapInh CapPrm CapEff CapBnd CapAmb NoNewPrivs Seccomp Seccomp_filters
        Cpus_allowed Cpus_allowed_list Mems_allowed Mems_allowed_list
        voluntary_ctxt_switches nonvoluntary_ctxt_switches`.split(/\s+/)
      is(
        lines.map(([name]) => name),
        [...names.map((name) => `${name}:`), ''],
      )
      const value = new Map(lines.map(([name, ...rest]) => [name.slice(0, -1), rest.join(' ')]))
      for (const name of ['VmLck', 'VmPin', 'RssFile', 'RssShmem', 'VmSwap']) is(value.get(name), '       0 kB', name)
      for (const name of ['Ngid', 'TracerPid', 'Kthread', 'CoreDumping', 'NoNewPrivs', 'Seccomp', 'Seccomp_filters'])
        is(value.get(name), '0', name)
      for (const name of ['SigPnd', 'ShdPnd', 'SigBlk', 'SigIgn', 'SigCgt', 'CapInh', 'CapAmb'])
        is(value.get(name), '0000000000000000', name)
      is([value.get('VmPeak'), value.get('VmHWM')], [value.get('VmSize'), value.get('VmRSS')])
      is([value.get('Cpus_allowed'), value.get('Cpus_allowed_list'), value.get('Mems_allowed_list')], ['1', '0', '0'])
      is([value.get('Threads'), value.get('RssAnon')], ['1', value.get('VmRSS')])
      return 0
    })
  })

  it('limits, niceness and queued signals are told as Linux tells them', () => {
    inVm(function* (sys) {
      const limits = (yield* textOf(sys, '/proc/self/limits')).split('\n')
      is(limits.length, 18)
      is(limits[0], 'Limit                     Soft Limit           Hard Limit           Units     ')
      is(limits[4], 'Max stack size            8388608              unlimited            bytes     ')
      is(limits[14], 'Max nice priority         0                    0                    ')
      is(yield* sys.syscall(140, 0, 0, 7), 0)
      const stat = fields(yield* textOf(sys, '/proc/self/stat'))
      is([stat[15], stat[16], stat[22]], ['27', '7', '18446744073709551615'])
      is(/^SigQ:\t0\/16384$/m.test(yield* textOf(sys, '/proc/self/status')), true)
      return 0
    })
  })

  it('cmdline and environ are the memory where the arguments were put', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(
        function* main(sys, argv) {
          is(yield* textOf(sys, '/proc/self/cmdline', 3), '/bin/main\0one\0\0two words\0')
          is(yield* textOf(sys, '/proc/self/environ'), 'A=1\0B=\0')
          const fd = ok(yield* sys.open('/proc/self/cmdline', O_RDONLY))
          is(yield* sys.lseek(fd, 0, 2), 0)
          is(yield* sys.lseek(fd, 5, 0), 5)
          is(yield* restOf(sys, fd), 'main\0one\0\0two words\0')
          // A program can write over them.
          const at = 0x3fffeff8 - 'A=1\0B=\0'.length - '/bin/main\0one\0\0two words\0'.length
          sys.store(at as never, new Uint8Array([88]))
          is((yield* textOf(sys, '/proc/self/cmdline')).slice(0, 9), 'Xbin/main')
          is((yield* textOf(sys, '/proc/self/statm')).split(' ')[0], '2048')
          return argv.length - 4
        },
        ['one', '', 'two words'],
        { envp: ['A=1', 'B='] },
      )
      vm.run()
      expect(process.status).toBe(0)
    })
  })

  it('maps shows the heap once there is one, and the stack', () => {
    inVm(function* (sys) {
      const area = (range: string, name: string) => `${`${range} rw-p 00000000 00:00 0`.padEnd(73)}${name}\n`
      const stack = area('3f7ff000-3ffff000', '[stack]')
      is(yield* textOf(sys, '/proc/self/maps'), stack)
      ok(yield* sys.brk(0x101001))
      is(yield* textOf(sys, '/proc/self/maps'), area('00100000-00102000', '[heap]') + stack)
      return 0
    })
  })

  it('comm is the task’s own to change, up to its zero', () => {
    inVm(function* (sys) {
      is(yield* writeTo(sys, '/proc/self/comm', 'hello\n'), 6)
      is(yield* textOf(sys, '/proc/self/comm'), 'hello\n\n')
      is(yield* writeTo(sys, '/proc/self/comm', '0123456789abcdefgh'), 18)
      is(yield* textOf(sys, '/proc/thread-self/comm'), '0123456789abcde\n')
      const pid = ok(yield* sys.fork(sleeper))
      fails(yield* writeTo(sys, `/proc/${pid}/comm`, 'x'), EINVAL)
      ok(yield* sys.kill(pid, SIGKILL))
      is(yield* waitFor(sys, pid), 9)
      return 0
    })
  })

  it('syscall and wchan tell what a task waits in', () => {
    inVm(function* (sys) {
      is(yield* textOf(sys, '/proc/self/syscall'), 'running\n')
      is(yield* textOf(sys, '/proc/self/wchan'), '0')
      const { rd } = yield* pipe(sys)
      const buf = sys.alloc(8)
      const reader = ok(
        yield* sys.fork(function* (sys) {
          return yield* sys.read(rd, buf, 5)
        }),
      )
      const pid = ok(yield* sys.fork(sleeper))
      ok(yield* sys.nanosleep(1))
      is(yield* textOf(sys, `/proc/${reader}/syscall`), `63 0x3 0x${buf.toString(16)} 0x5 0x0 0x0 0x0 0x0 0x0\n`)
      is(yield* textOf(sys, `/proc/${reader}/wchan`), 'pipe_read')
      is(yield* textOf(sys, `/proc/${pid}/wchan`), 'hrtimer_nanosleep')
      for (const child of [reader, pid]) ok(yield* sys.kill(child, SIGKILL))
      ok(yield* sys.nanosleep(1))
      is(yield* textOf(sys, `/proc/${pid}/syscall`), '-1 0x0 0x0\n')
      is(yield* textOf(sys, `/proc/${pid}/wchan`), '0')
      for (const child of [reader, pid]) is(yield* waitFor(sys, child), 9)
      return 0
    })
  })

  it('of a zombie, its memory, its files and its places are gone', () => {
    inVm(function* (sys) {
      const pid = yield* zombie(sys)
      is(yield* textOf(sys, `/proc/${pid}/cmdline`), '')
      is(yield* textOf(sys, `/proc/${pid}/maps`), '')
      is(yield* textOf(sys, `/proc/${pid}/statm`), '0 0 0 0 0 0 0\n')
      fails(yield* sys.open(`/proc/${pid}/environ`, O_RDONLY), ESRCH)
      fails(yield* sys.open(`/proc/${pid}/mounts`, O_RDONLY), EINVAL)
      for (const name of ['cwd', 'exe', 'root', 'fd/0']) {
        is(yield* readlink(sys, `/proc/${pid}/${name}`), -ENOENT)
        fails(yield* sys.open(`/proc/${pid}/${name}`, O_RDONLY), ENOENT)
      }
      is((yield* list(sys, `/proc/${pid}/fd`)).length, 2)
      is(yield* waitFor(sys, pid), 3 << 8)
      return 0
    })
  })

  it('of who is gone, open files read ESRCH and paths lead nowhere', () => {
    inVm(function* (sys) {
      const pid = ok(yield* sys.fork(sleeper))
      const names = ['stat', 'cmdline', 'comm', 'maps', 'wchan', 'statm', 'syscall', 'status']
      const fds = []
      for (const name of names) fds.push(ok(yield* sys.open(`/proc/${pid}/${name}`, O_RDONLY)))
      const dir = ok(yield* sys.open(`/proc/${pid}`, O_RDONLY))
      const info = ok(yield* sys.open(`/proc/${pid}/fdinfo/0`, O_RDONLY))
      const tasks = ok(yield* sys.open(`/proc/${pid}/task`, O_RDONLY))
      ok(yield* sys.kill(pid, SIGKILL))
      is(yield* waitFor(sys, pid), 9)
      const buf = sys.alloc(64)
      for (const fd of fds) fails(yield* sys.read(fd, buf, 64), ESRCH)
      fails(yield* sys.read(info, buf, 64), ENOENT)
      fails(yield* sys.openat(dir, 'stat', O_RDONLY), ESRCH)
      fails(yield* sys.openat(dir, '.', O_RDONLY), ESRCH)
      fails(yield* sys.syscall(61, dir, buf, 64), ENOENT)
      fails(yield* sys.openat(tasks, String(pid), O_RDONLY), ENOENT)
      fails(yield* sys.open(`/proc/${pid}`, O_RDONLY), ENOENT)
      return 0
    })
  })
})
