import { describe, it } from 'vitest'
import { EACCES, EBADF, EINVAL, ELOOP, ENOENT, ENOTDIR, ENXIO, EPERM, EXDEV } from '../../../kernel/errno.ts'
import { O_CREAT, O_NOFOLLOW, O_PATH, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../../kernel/fs/file.ts'
import { SIGKILL } from '../../../kernel/task/signal.ts'
import type { Libc } from '../../../userland/libc.ts'
import type { Run } from '../../../userland/program.ts'
import { become } from '../../support/cred.ts'
import { fails, inVm, is, ok, pipe, textAt, waitFor } from '../../support/vm.ts'
import { list, readlink, restOf, textOf } from '../../support/proc.ts'

const sleeper = function* (sys: Libc): Run<number> {
  void (yield* sys.nanosleep(1000))
  return 0
}

const fields = (stat: string): string[] =>
  stat
    .slice(stat.lastIndexOf(')') + 2)
    .trimEnd()
    .split(' ')

describe('names in /proc', () => {
  it('fd has a link for each descriptor, whose mode tells what it is open for', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))
      const names = yield* list(sys, '/proc/self/fd', 64)
      is(
        names.map(({ name }) => name),
        ['.', '..', '0', '1', '2', String(rd), String(wr), String(fd), '6'],
      )
      is(
        names.slice(2).every(({ type }) => type === 10),
        true,
      )
      is(/^pipe:\[\d+\]$/.test(String(yield* readlink(sys, `/proc/self/fd/${rd}`))), true)
      is(yield* readlink(sys, `/proc/self/fd/0`), '/dev/console')
      is(yield* readlink(sys, `/dev/fd/${fd}`), '/tmp/f')
      ok(yield* sys.syscall(35, -100, sys.string('/tmp/f'), 0))
      is(yield* readlink(sys, `/proc/self/fd/${fd}`), '/tmp/f (deleted)')
      for (const name of ['99', '00', '-1', 'x', '1x']) is(yield* readlink(sys, `/proc/self/fd/${name}`), -ENOENT)
      const place = ok(yield* sys.open('/proc/self/fd/0', O_PATH | O_NOFOLLOW))
      is(yield* readlink(sys, `/proc/self/fd/${place}`), '/proc/2/fd/0')
      fails(yield* sys.open('/proc/self/fd/0', O_RDONLY | O_NOFOLLOW), ELOOP)
      const buf = sys.alloc(128)
      const modes: string[] = []
      for (const n of [0, rd, wr]) {
        ok(yield* sys.syscall(79, -100, sys.string(`/proc/self/fd/${n}`), buf, 0x100))
        modes.push((sys.loadInt((buf + 16) as never) & 0o177777).toString(8))
      }
      is(modes, ['120700', '120500', '120300'])
      return 0
    })
  })

  it('opening a link of fd opens the very file anew, even one without a name or a pipe’s end', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))
      ok(yield* sys.print('hello', fd))
      ok(yield* sys.syscall(35, -100, sys.string('/tmp/f'), 0))
      const again = ok(yield* sys.open(`/proc/self/fd/${fd}`, O_RDONLY))
      is(yield* restOf(sys, again), 'hello')
      is(yield* restOf(sys, ok(yield* sys.open(`/dev/fd/${fd}`, O_RDONLY | O_TRUNC))), '')
      const { rd, wr } = yield* pipe(sys)
      const writer = ok(yield* sys.open(`/proc/self/fd/${rd}`, O_WRONLY))
      ok(yield* sys.close(wr))
      is(yield* sys.print('hey', writer), 3)
      const buf = sys.alloc(8)
      is(yield* sys.read(rd, buf, 8), 3)
      fails(yield* sys.read(writer, buf, 8), EBADF)
      ok(yield* sys.close(writer))
      is(yield* sys.read(rd, buf, 8), 0)
      const event = ok(yield* sys.eventfd(0))
      is(yield* readlink(sys, `/proc/self/fd/${event}`), 'anon_inode:[eventfd]')
      fails(yield* sys.open(`/proc/self/fd/${event}`, O_RDWR), ENXIO)
      ok(yield* sys.open('/dev/stdout', O_WRONLY))
      return 0
    })
  })

  it('fdinfo has the position and the flags of a descriptor', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT | 0o2000000, 0o644))
      ok(yield* sys.print('hello', fd))
      const text = yield* textOf(sys, `/proc/self/fdinfo/${fd}`)
      is(/^pos:\t5\nflags:\t02100002\nmnt_id:\t\d+\nino:\t\d+\n$/.test(text), true, text)
      return 0
    })
  })

  it('cwd, root and exe lead to the very places', () => {
    inVm(function* (sys) {
      is(yield* readlink(sys, '/proc/self/exe'), '/bin/a.out')
      is(yield* readlink(sys, '/proc/self/cwd'), '/')
      ok(yield* sys.syscall(34, -100, sys.string('/tmp/d'), 0o755))
      ok(yield* sys.syscall(49, sys.string('/tmp/d')))
      is(yield* readlink(sys, '/proc/self/cwd'), '/tmp/d')
      ok(yield* sys.open('/proc/self/cwd/f', O_RDWR | O_CREAT, 0o644))
      ok(yield* sys.open('/proc/self/root/tmp/d/f', O_RDONLY))
      ok(yield* sys.open('/proc/self/cwd/../d/f', O_RDONLY))
      const pid = ok(
        yield* sys.fork(function* (sys) {
          return yield* sys.execve('/proc/2/root/bin/true', ['true'])
        }),
      )
      is(yield* waitFor(sys, pid), 0)
      return 0
    })
  })

  it('task has the threads, and each is found by its own id', () => {
    inVm(function* (sys) {
      const tid = ok(
        yield* sys.clone(0x10900, function* (sys) {
          is(yield* readlink(sys, '/proc/thread-self'), `2/task/${yield* sys.gettid()}`)
          is(yield* readlink(sys, '/proc/self'), '2')
          ok(yield* sys.prctl(15, 'thread'))
          void (yield* sys.nanosleep(5))
          return yield* sys.exit(0)
        }),
      )
      ok(yield* sys.nanosleep(1))
      is(
        (yield* list(sys, '/proc/self/task')).map(({ name }) => name),
        ['.', '..', '2', String(tid)],
      )
      is(yield* textOf(sys, `/proc/self/task/${tid}/comm`), 'thread\n')
      is(yield* textOf(sys, `/proc/${tid}/comm`), 'thread\n')
      is(fields(yield* textOf(sys, `/proc/self/task/${tid}/stat`))[35], '-1')
      is(
        (yield* list(sys, '/proc')).some(({ name }) => name === String(tid)),
        false,
      )
      fails(yield* sys.open(`/proc/${tid}/task/${tid}/task`, O_RDONLY), ENOENT)
      const pid = ok(yield* sys.fork(sleeper))
      fails(yield* sys.open(`/proc/self/task/${pid}`, O_RDONLY), ENOENT)
      ok(yield* sys.kill(pid, SIGKILL))
      is(yield* waitFor(sys, pid), 9)
      ok(yield* sys.nanosleep(9))
      fails(yield* sys.open(`/proc/self/task/${tid}`, O_RDONLY), ENOENT)
      return 0
    })
  })

  it('what another user does is hidden where Linux hides it', () => {
    inVm(function* (sys) {
      const pid = ok(
        yield* sys.fork(function* (sys) {
          become(1000)
          for (const name of ['environ', 'maps', 'syscall', 'fd'])
            fails(yield* sys.open(`/proc/2/${name}`, O_RDONLY), EACCES)
          for (const name of ['exe', 'cwd', 'root', 'fd/0']) is(yield* readlink(sys, `/proc/2/${name}`), -EACCES)
          fails(yield* sys.syscall(49, sys.string('/proc/2/cwd')), EACCES)
          is(yield* textOf(sys, '/proc/2/wchan'), '0')
          const stat = fields(yield* textOf(sys, '/proc/2/stat'))
          is([stat[23], stat[24], stat[25], stat[45]], ['1', '1', '0', '0'])
          is((yield* textOf(sys, '/proc/2/cmdline')).length > 0, true)
          fails(yield* sys.open('/proc/2/comm', O_WRONLY), EACCES)
          fails(yield* sys.open('/proc/slabinfo', O_RDONLY), EACCES)
          fails(yield* sys.open('/proc/sys/kernel/hostname', O_WRONLY), EACCES)
          ok(yield* sys.open('/proc/self/fd/0', O_PATH))
          is(yield* readlink(sys, '/proc/self/cwd'), '/')
          fails(yield* sys.open('/proc/foo', O_RDWR | O_CREAT, 0o644), ENOENT)
          return 0
        }),
      )
      is(yield* waitFor(sys, pid), 0)
      return 0
    })
  })

  it('gives its names the types and modes that Linux gives them', () => {
    const task = {
      100400: 'environ syscall',
      100444: 'status cmdline stat limits statm maps mounts mountinfo wchan',
      100644: 'comm',
      120777: 'cwd root exe',
      40500: 'fd',
      40555: 'fdinfo',
    }
    const machine = {
      100400: 'slabinfo',
      100444: `cmdline cpuinfo devices filesystems loadavg stat swaps uptime version meminfo
        sys/kernel/osrelease sys/kernel/ostype sys/kernel/version sys/kernel/ngroups_max`,
      100644: 'sys/kernel/hostname sys/kernel/domainname sys/kernel/pid_max',
      120777: 'mounts self thread-self',
      40555: 'sys sys/kernel self/task self/task/2',
    }
    inVm(function* (sys) {
      const buf = sys.alloc(128)
      for (const [dir, modes] of [
        ['/proc', machine],
        ['/proc/self', task],
        ['/proc/self/task/2', task],
      ] as const)
        for (const [mode, names] of Object.entries(modes))
          for (const name of names.split(/\s+/)) {
            ok(yield* sys.syscall(79, -100, sys.string(`${dir}/${name}`), buf, 0x100))
            is((sys.loadInt((buf + 16) as never) & 0o177777).toString(8), mode, `${dir}/${name}`)
          }
      return 0
    })
  })

  it('has a number of its own for each of a task’s names, the same in a listing and in stat', () => {
    inVm(function* (sys) {
      const buf = sys.alloc(128)
      const numbers: number[] = []
      for (const dir of ['/proc/self', '/proc/self/task/2'])
        for (const { name } of yield* list(sys, dir)) {
          if (name === '..') continue
          ok(yield* sys.syscall(79, -100, sys.string(`${dir}/${name}`), buf, 0x100))
          numbers.push(sys.loadInt((buf + 8) as never))
        }
      for (const dir of ['/proc/self', '/proc/self/task/2'])
        for (const { name, ino } of yield* list(sys, dir))
          if (name !== '..') is(numbers.filter((n) => n === (ino | 0)).length, 1, `${dir}/${name}`)
      return 0
    })
  })

  it('takes no change of its names', () => {
    inVm(function* (sys) {
      const call = (nr: number, ...args: (string | number)[]) =>
        sys.syscall(nr, ...args.map((a) => (typeof a === 'string' ? sys.string(a) : a)))
      const AT = -100
      fails(yield* call(34, AT, '/proc/foo', 0o755), ENOENT)
      fails(yield* sys.open('/proc/foo', O_RDWR | O_CREAT, 0o644), ENOENT)
      fails(yield* call(35, AT, '/proc/version', 0), EPERM)
      fails(yield* call(35, AT, '/proc/sys', 0x200), EPERM)
      fails(yield* call(276, AT, '/proc/version', AT, '/proc/v2', 0), ENOENT)
      fails(yield* call(276, AT, '/proc/version', AT, '/proc/uptime', 0), EPERM)
      fails(yield* call(276, AT, '/proc/self/fd/0', AT, '/tmp/f', 0), EXDEV)
      fails(yield* call(37, AT, '/proc/version', AT, '/proc/v2', 0), ENOENT)
      fails(yield* call(36, 'a', AT, '/proc/l'), ENOENT)
      fails(yield* sys.mknodat(AT, '/proc/f', 0o10600), ENOENT)
      fails(yield* call(35, AT, '/proc/self', 0), EPERM)
      fails(yield* sys.open('/proc/self/stat/x', O_RDONLY), ENOTDIR)
      for (const name of ['99999', '01', '0', '-1', 'x']) fails(yield* sys.open(`/proc/${name}`, O_RDONLY), ENOENT)
      ok(yield* sys.open('/proc/version', O_RDWR | O_CREAT | O_TRUNC, 0o644))
      return 0
    })
  })

  it('shows the ids of the namespace that it was mounted in', () => {
    inVm(function* (sys) {
      ok(yield* sys.syscall(34, -100, sys.string('/tmp/p'), 0o755))
      const pid = ok(
        yield* sys.clone(0x20000011, function* (sys) {
          is(yield* readlink(sys, '/proc/self'), '3')
          is(/^NSpid:\t3\t1$/m.test(yield* textOf(sys, '/proc/self/status')), true)
          is(yield* sys.syscall(40, 0, sys.string('/tmp/p'), sys.string('proc'), 0, 0), 0)
          is(yield* readlink(sys, '/tmp/p/self'), '1')
          is((yield* textOf(sys, '/tmp/p/1/stat')).slice(0, 22), '1 (a.out) R 0 0 0 0 -1')
          const names = (yield* list(sys, '/tmp/p')).map(({ name }) => name)
          is(
            names.filter((name) => /^\d/.test(name)),
            ['1'],
          )
          fails(yield* sys.open('/tmp/p/2', O_RDONLY), ENOENT)
          return 0
        }),
      )
      is(yield* waitFor(sys, pid), 0)
      is(yield* readlink(sys, '/tmp/p/self'), -ENOENT)
      fails(yield* sys.syscall(40, 0, sys.string('/tmp'), sys.string('proc'), 0, sys.string('foo')), EINVAL)
      return 0
    })
  })

  it('lists the machine’s files, then the processes by their ids', () => {
    inVm(function* (sys) {
      const pids = []
      for (let i = 0; i < 3; i++) pids.push(ok(yield* sys.fork(sleeper)))
      const names = (yield* list(sys, '/proc', 50)).map(({ name }) => name)
      is(
        names.filter((name) => /^\d+$/.test(name)),
        ['2', ...pids.map(String)],
      )
      is(names.indexOf('2') > names.indexOf('version'), true)
      is(new Set(names).size, names.length)
      const buf = sys.alloc(128)
      for (const { name, ino } of yield* list(sys, '/proc/self')) {
        if (name === '..') continue
        ok(yield* sys.syscall(79, -100, sys.string(`/proc/self/${name}`), buf, 0x100))
        is(Number(new DataView(sys.load(buf, 128).buffer).getBigUint64(8, true)), ino, name)
      }
      for (const pid of pids) {
        ok(yield* sys.kill(pid, SIGKILL))
        is(yield* waitFor(sys, pid), 9)
      }
      return 0
    })
  })

  it('can be covered, and its directories be worked in', () => {
    inVm(function* (sys) {
      is(yield* sys.syscall(40, 0, sys.string('/proc/sys'), sys.string('tmpfs'), 0, 0), 0)
      fails(yield* sys.open('/proc/sys/kernel', O_RDONLY), ENOENT)
      is(yield* sys.syscall(39, sys.string('/proc/sys'), 0), 0)
      ok(yield* sys.syscall(49, sys.string('/proc/sys/kernel')))
      const buf = sys.alloc(64)
      is(textAt(sys, buf, ok(yield* sys.syscall(17, buf, 64)) - 1), '/proc/sys/kernel')
      is(yield* textOf(sys, 'ostype'), 'Linux\n')
      is(yield* textOf(sys, '../../self/comm'), 'a.out\n')
      return 0
    })
  })
})
