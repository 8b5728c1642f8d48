import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  chmodSync,
  appendFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boot, SyscallError } from '../../index.ts'
import { EINVAL, ENOENT, EROFS } from '../../kernel/errno.ts'
import { O_CREAT, O_RDONLY, O_WRONLY } from '../../kernel/fs/file.ts'
import { STATFS_SIZE, readStatfs } from '../../userland/stat.ts'
import { hostFolder } from '../../scripts/lib/host_folder.ts'
import { endOfHeap, fails, inVm, is, ok, textAt } from '../support/vm.ts'
import { list, readlink, restOf, textOf } from '../support/proc.ts'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostfs-'))
  mkdirSync(join(folder, 'd'))
  writeFileSync(join(folder, 'd', 'f'), 'hello')
  writeFileSync(join(folder, 'big'), 'x'.repeat(200_000))
  chmodSync(join(folder, 'big'), 0o640)
  symlinkSync('d/f', join(folder, 'l'))
  symlinkSync('/etc/passwd', join(folder, 'out'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a folder of the host', () => {
  it('is there for reading, as it is at each moment', () => {
    inVm(
      function* (sys) {
        is(yield* textOf(sys, '/mnt/host/d/f'), 'hello')
        is(yield* textOf(sys, '/mnt/host/l'), 'hello')
        is((yield* textOf(sys, '/mnt/host/big', 100_000)).length, 200_000)
        is(
          (yield* list(sys, '/mnt/host', 64)).map(({ name }) => name),
          ['.', '..', 'big', 'd', 'l', 'out'],
        )
        const statfs = sys.alloc(STATFS_SIZE)
        ok(yield* sys.statfs('/mnt/host/d', statfs))
        const { f_blocks, f_bfree, f_bavail } = readStatfs(sys, statfs)
        is([f_blocks, f_bfree, f_bavail], [0, 0, 0])
        const big = ok(yield* sys.open('/mnt/host/big', O_RDONLY))
        const room = sys.alloc(1 << 18)
        is([yield* sys.read(big, yield* endOfHeap(sys, 100), 1000), yield* sys.lseek(big, 0, 1)], [100, 100])
        is(yield* sys.lseek(big, 0, 0), 0)
        is([yield* sys.read(big, room, 150_000), yield* sys.read(big, room, 150_000)], [150_000, 50_000])
        is([yield* sys.read(big, room, 150_000), yield* sys.lseek(big, 0, 1)], [0, 200_000])
        fails(yield* sys.open('/mnt/host/none', O_RDONLY), ENOENT)
        const fd = ok(yield* sys.open('/mnt/host/d/f', O_RDONLY))
        is(yield* sys.lseek(fd, 3, 0), 3)
        is(yield* restOf(sys, fd), 'lo')
        appendFileSync(join(folder, 'd', 'f'), '!')
        is(yield* restOf(sys, fd), '!')
        is(yield* textOf(sys, '/mnt/host/d/f'), 'hello!')
        writeFileSync(join(folder, 'd', 'f'), 'hello')
        return 0
      },
      { mounts: [{ host: hostFolder(folder), guest: '/mnt/host' }] },
    )
  })

  it('takes no change, and no remount makes it', () => {
    inVm(
      function* (sys) {
        fails(yield* sys.open('/h/d/f', O_WRONLY), EROFS)
        fails(yield* sys.open('/h/new', O_WRONLY | O_CREAT, 0o644), EROFS)
        fails(yield* sys.mkdir('/h/new', 0o755), EROFS)
        fails(yield* sys.unlink('/h/d/f'), EROFS)
        is(yield* sys.syscall(40, 0, sys.string('/h'), 0, 32, 0), 0)
        fails(yield* sys.unlink('/h/d/f'), EROFS)
        is((yield* textOf(sys, '/proc/mounts')).split('\n').at(-2), 'host /h hostfs ro,relatime 0 0')
        ok(yield* sys.syscall(39, sys.string('/h'), 0))
        fails(yield* sys.syscall(39, sys.string('/h'), 0), EINVAL)
        return 0
      },
      { mounts: [{ host: hostFolder(folder), guest: '/h', mode: 'ro' }] },
    )
  })

  it('lets no link lead out of it: the machine follows it', () => {
    inVm(
      function* (sys) {
        is(yield* readlink(sys, '/h/out'), '/etc/passwd')
        fails(yield* sys.open('/h/out', O_RDONLY), ENOENT)
        fails(yield* sys.open('/h/../../etc/passwd', O_RDONLY), ENOENT)
        return 0
      },
      { mounts: [{ host: hostFolder(folder), guest: '/h' }] },
    )
  })

  it('copied in is the machine’s own, with modes and times', () => {
    utimesSync(join(folder, 'd', 'f'), 1000, 2000)
    inVm(
      function* (sys) {
        is(yield* textOf(sys, '/h/l'), 'hello')
        const buf = sys.alloc(128)
        ok(yield* sys.syscall(79, -100, sys.string('/h/big'), buf, 0))
        is(sys.loadInt((buf + 16) as typeof buf), 0o100640)
        ok(yield* sys.syscall(79, -100, sys.string('/h/d/f'), buf, 0))
        is(sys.loadInt((buf + 88) as typeof buf), 2000)
        const fd = ok(yield* sys.open('/h/d/f', O_WRONLY))
        ok(yield* sys.print('J', fd))
        is(yield* textOf(sys, '/h/l'), 'Jello')
        is(textAt(sys, buf, 0), '')
        return 0
      },
      { mounts: [{ host: hostFolder(folder), guest: '/h/', mode: 'copy' }] },
    )
    inVm(
      function* (sys) {
        is(yield* textOf(sys, '/h/l'), 'hello')
        return 0
      },
      { mounts: [{ host: hostFolder(folder), guest: '/h' }] },
    )
  })

  it('that is not there keeps the machine from booting', () => {
    const mounts = [{ host: hostFolder(join(folder, 'none')), guest: '/h' }]
    expect(() => boot({ mounts })).toThrow(SyscallError)
    expect(() => boot({ mounts: [{ host: hostFolder(folder), guest: '/bin/true' }] })).toThrow('ENOTDIR')
  })
})
