import { describe, expect, it } from 'vitest'
import { EACCES, EFAULT, EINVAL } from '../../../kernel/errno.ts'
import { O_RDONLY, O_RDWR } from '../../../kernel/fs/file.ts'
import { SIGKILL } from '../../../kernel/task/signal.ts'
import { UNMAPPED, fails, inVm, is, ok, textAt, waitFor, withVm } from '../../support/vm.ts'
import { list, readlink, textOf, writeTo } from '../../support/proc.ts'

describe('/proc', () => {
  it('tells the machine’s version, time and load in Linux’s words', () => {
    inVm(
      function* (sys) {
        ok(yield* sys.nanosleep(12, 345_000_000))
        is(yield* textOf(sys, '/proc/uptime'), '12.34 12.34\n')
        const version = yield* textOf(sys, '/proc/version')
        is(/^Linux version 2\.6\.31 \(\S+@\S+\) \(.*\) #1 SMP .*\n$/.test(version), true, version)
        is(yield* textOf(sys, '/proc/loadavg'), '0.00 0.00 0.00 1/1 2\n')
        const stat = yield* textOf(sys, '/proc/stat')
        is(/^cpu {2}0 0 0 1234 0 0 0 0 0 0\ncpu0 0 0 0 1234 /.test(stat), true, stat)
        is(/^btime 5\nprocesses 1\nprocs_running 1\nprocs_blocked 0$/m.test(stat), true)
        is(yield* textOf(sys, '/proc/filesystems'), 'nodev\ttmpfs\nnodev\tramfs\nnodev\tproc\nnodev\ttracefs\n')
        is(yield* textOf(sys, '/proc/cmdline'), 'quiet x=1\n')
        is((yield* textOf(sys, '/proc/cpuinfo')).startsWith('processor\t: 0\n'), true)
        return 0
      },
      { time: 5, cmdline: 'quiet x=1' },
    )
  })

  it('counts memory in kB', () => {
    inVm(
      function* (sys) {
        const value = (text: string, name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1])
        const before = yield* textOf(sys, '/proc/meminfo')
        is(before.split('\n')[0], 'MemTotal:          49152 kB')
        const at = sys.alloc(1 << 20)
        sys.store(at, new Uint8Array(1 << 20))
        const fd = ok(yield* sys.open('/tmp/f', 0o102, 0o644))
        is(yield* sys.write(fd, at, 1 << 19), 1 << 19)
        const after = yield* textOf(sys, '/proc/meminfo')
        const grew = (name: string) => value(after, name) - value(before, name)
        is(grew('AnonPages') >= 1024 && grew('AnonPages') < 1100, true)
        is([grew('Shmem'), grew('Cached')], [512, 512])
        is(grew('MemFree'), -grew('AnonPages') - 512 - grew('Slab'))
        return 0
      },
      { mem: 1 << 24 },
    )
  })

  it('slabinfo counts objects, of the caches and of the heap', () => {
    inVm(function* (sys) {
      const active = (text: string, name: string) => Number(new RegExp(`^${name} +(\\d+) `, 'm').exec(text)?.[1])
      const before = yield* textOf(sys, '/proc/slabinfo')
      is(before.split('\n')[0], 'slabinfo - version: 2.1')
      const small = [8, 16, 32, 64, 96, 128, 192, 256]
      const large = Array.from({ length: 14 }, (_, i) => 512 << i)
      is(
        [...before.matchAll(/^kmalloc-(\d+) +\d+ +\d+ +(\d+) /gm)].map(([, name, size]) => `${name} ${size}`),
        [...small, ...large].map((size) => `${size} ${size}`),
      )
      const pid = ok(
        yield* sys.fork(function* (sys) {
          return yield* sys.nanosleep(1000)
        }),
      )
      const after = yield* textOf(sys, '/proc/slabinfo')
      for (const name of ['task_struct', 'mm_struct', 'fs_cache', 'kmalloc-256'])
        is(active(after, name) - active(before, name), 1, name)
      const line = /^task_struct +2 +2 +1712 +2 +1 : tunables +0 +0 +0 : slabdata +1 +1 +0$/m
      is(line.test(after), true, after)
      ok(yield* sys.kill(pid, SIGKILL))
      is(yield* waitFor(sys, pid), 9)
      return 0
    })
  })

  it('mounts shows what is mounted, with its options and odd letters in octal', () => {
    inVm(function* (sys) {
      const mount = (dev: string, dir: string, flags: number, data: string) =>
        sys.syscall(40, sys.string(dev), sys.string(dir), sys.string('tmpfs'), flags, sys.string(data))
      ok(yield* sys.syscall(34, -100, sys.string('/tmp/a b'), 0o755))
      const before = yield* textOf(sys, '/proc/mounts')
      is(before.split('\n'), [
        'rootfs / rootfs rw,relatime,size=65536k 0 0',
        'proc /proc proc rw,relatime 0 0',
        'tracefs /sys/kernel/tracing tracefs rw,relatime 0 0',
        '',
      ])
      is(yield* mount('x y', '/tmp/a b', 1 | 8, 'size=64k,mode=711,uid=5,gid=6'), 0)
      is(yield* mount('z', '/tmp/a b', 2 | 4 | 1024, ''), 0)
      is(
        (yield* textOf(sys, '/proc/self/mounts')).slice(before.length),
        'x\\040y /tmp/a\\040b tmpfs ro,noexec,relatime,size=64k,mode=711,uid=5,gid=6 0 0\n' +
          'z /tmp/a\\040b tmpfs rw,nosuid,nodev,noatime 0 0\n',
      )
      is((yield* textOf(sys, '/proc/self/mountinfo')).split('\n').slice(1, 5), [
        '2 1 0:2 / /proc rw,relatime - proc proc rw',
        '3 1 0:3 / /sys/kernel/tracing rw,relatime - tracefs tracefs rw',
        '4 1 0:4 / /tmp/a\\040b ro,noexec,relatime - tmpfs x\\040y ro,size=64k,mode=711,uid=5,gid=6',
        '5 4 0:5 / /tmp/a\\040b rw,nosuid,nodev,noatime - tmpfs z rw',
      ])
      is(yield* readlink(sys, '/proc/mounts'), 'self/mounts')
      return 0
    })
  })
})

describe('/proc/sys', () => {
  it('lists what there is, and the modes tell what can be written', () => {
    inVm(function* (sys) {
      is(
        (yield* list(sys, '/proc/sys')).map(({ name }) => name),
        ['.', '..', 'fs', 'kernel'],
      )
      const fs = (yield* list(sys, '/proc/sys/fs')).slice(2).map(({ name }) => name)
      is(fs, ['file-max', 'file-nr'])
      is(
        [yield* textOf(sys, '/proc/sys/fs/file-max'), yield* textOf(sys, '/proc/sys/fs/file-nr')],
        ['8192\n', '2\t0\t8192\n'],
      )
      const names = (yield* list(sys, '/proc/sys/kernel')).slice(2).map(({ name }) => name)
      is(names, ['domainname', 'hostname', 'ngroups_max', 'osrelease', 'ostype', 'pid_max', 'version'])
      fails(yield* sys.open('/proc/sys/kernel/ostype', O_RDWR), EACCES)
      is(yield* textOf(sys, '/proc/sys/kernel/osrelease'), '2.6.31\n')
      return 0
    })
  })

  it('hostname is read in pieces and written in place, up to a newline or 64 bytes', () => {
    withVm({ uts: { nodename: 'vm' } }, (vm) => {
      const process = vm.spawn(function* main(sys) {
        const path = '/proc/sys/kernel/hostname'
        const fd = ok(yield* sys.open(path, O_RDWR))
        const buf = sys.alloc(128)
        const at = function* (pos: number, text: string) {
          is(yield* sys.lseek(fd, pos, 0), pos)
          is(yield* sys.write(fd, sys.string(text), text.length), text.length)
          return yield* textOf(sys, path)
        }
        is(yield* sys.read(fd, buf, 2), 2)
        is(yield* sys.read(fd, buf, 99), 1)
        is(yield* sys.read(fd, buf, 99), 0)
        is(yield* sys.lseek(fd, 0, 2), 0)
        is(yield* at(0, 'abc\ndef'), 'abc\n')
        is(yield* at(1, 'XY'), 'aXY\n')
        is(yield* at(3, 'XY'), 'aXYXY\n')
        is(yield* at(9, 'XY'), 'aXYXY\n')
        is(yield* at(0, 'a\0b'), 'a\n')
        is(yield* at(0, '\n'), '\n')
        is(yield* at(0, 'q'.repeat(100)), `${'q'.repeat(64)}\n`)
        is(yield* sys.write(fd, buf, 0), 0)
        fails(yield* sys.write(fd, UNMAPPED, 1), EFAULT)
        is(yield* writeTo(sys, path, 'other\n'), 6)
        ok(yield* sys.uname(sys.alloc(400)))
        return 0
      })
      vm.run()
      expect(process.status).toBe(0)
      const lines: string[] = []
      vm.strace(({ text }) => lines.push(text))
      vm.spawn(function* again(sys) {
        return yield* sys.uname(sys.alloc(400))
      })
      vm.run()
      expect(lines[0]).toContain('nodename="other"')
    })
  })

  it('pid_max takes a number in its range, in C’s notations, and ids go up to it', () => {
    inVm(function* (sys) {
      const path = '/proc/sys/kernel/pid_max'
      const fd = ok(yield* sys.open(path, O_RDWR))
      const buf = sys.alloc(64)
      is(yield* sys.read(fd, buf, 3), 3)
      is(yield* sys.read(fd, buf, 3), 0)
      is(textAt(sys, buf, 3), '327')
      const set = (text: string) => writeTo(sys, path, text)
      for (const text of ['abc', '4194305', '300', '301x', '4\0', '400001\0', '-5', '\n', '09', '0x'])
        fails(yield* set(text), EINVAL)
      is(yield* set(' 4194304 '), 9)
      is(yield* set('400000 x'), 7)
      is(yield* set('0x80000'), 7)
      is(yield* textOf(sys, path), '524288\n')
      is(yield* set('010000'), 6)
      is(yield* textOf(sys, path), '4096\n')
      is(yield* set('40000 50000'), 6)
      is(yield* sys.lseek(fd, 2, 0), 2)
      is(yield* sys.write(fd, sys.string('99'), 2), 2)
      is(yield* textOf(sys, path), '40000\n')
      is(yield* set('301'), 3)
      const pids: number[] = []
      for (let i = 0; i < 300; i++) {
        const pid = ok(
          yield* sys.fork(function* (sys) {
            return yield* sys.exit_group(0)
          }),
        )
        pids.push(pid)
        is(yield* waitFor(sys, pid), 0)
      }
      is([pids[0], pids[297], pids[298], pids[299]], [3, 300, 300, 300])
      ok(yield* sys.open('/proc/self/stat', O_RDONLY))
      return 0
    })
  })
})
