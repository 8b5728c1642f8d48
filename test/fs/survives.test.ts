import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EEXIST, ENAMETOOLONG, ENOENT, ENOSPC, ENOTEMPTY, ENXIO } from '../../kernel/errno.ts'
import { O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET } from '../../kernel/fs/read_write.ts'
import { bytesOf } from '../../kernel/utf8.ts'
import { STATFS_SIZE, STAT_SIZE, readDirents, readStat, readStatfs, readdir } from '../../userland/stat.ts'
import { mounted } from '../errors/setup.ts'
import { fails, inVm, is, ok, textAt } from '../support/vm.ts'

/** A path of these bytes, for one call. */
function raw(sys: Libc, path: string): UserPtr {
  const at = sys.room(path.length + 1)
  sys.store(at, bytesOf(`${path}\0`))
  return at
}

function* make(sys: Libc, path: string): Run<void> {
  ok(yield* sys.close(ok(yield* sys.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600))))
}

function* size(sys: Libc, path: string): Run<number> {
  const at = sys.room(STAT_SIZE + 512)
  ok(yield* sys.stat(path, at))
  return readStat(sys, at).st_size
}

describe('the file system', () => {
  it('holds 100,000 files in one folder, lists each once, and gives them back', () => {
    inVm(function* (sys) {
      const N = 100_000
      ok(yield* sys.mkdir('/tmp/d', 0o755))
      for (let i = 0; i < N; i++) yield* make(sys, `/tmp/d/file${i}`)
      fails(yield* sys.open('/tmp/d/file99999', O_WRONLY | O_CREAT | O_EXCL, 0o600), EEXIST)
      fails(yield* sys.open('/tmp/d/file100000', O_RDONLY), ENOENT)
      is(yield* size(sys, '/tmp/d'), (N + 2) * 20)
      const fd = ok(yield* sys.open('/tmp/d', O_RDONLY))
      const seen = new Set<string>()
      const buf = sys.alloc(32768)
      let count = 0
      for (let n: number; (n = ok(yield* sys.getdents64(fd, buf, 32768))) > 0;) {
        for (const { name } of readDirents(sys, buf, n)) {
          seen.add(name)
          count++
        }
      }
      is([count, seen.size], [N + 2, N + 2])
      // Away with them while they are listed, every other one under another name.
      fails(yield* sys.rmdir('/tmp/d'), ENOTEMPTY)
      ok(yield* sys.lseek(fd, 0, SEEK_SET))
      let gone = 0
      for (let n: number; (n = ok(yield* sys.getdents64(fd, buf, 32768))) > 0;) {
        for (const { name } of readDirents(sys, buf, n)) {
          if (name === '.' || name === '..') continue
          if (gone % 2 === 1) ok(yield* sys.rename(`/tmp/d/${name}`, '/tmp/other'))
          ok(yield* sys.unlink(gone % 2 === 1 ? '/tmp/other' : `/tmp/d/${name}`))
          gone++
        }
      }
      is([gone, yield* size(sys, '/tmp/d')], [N, 40])
      is(yield* sys.rmdir('/tmp/d'), 0)
      return 0
    })
  })

  it('holds a file of 1 GiB in as many pages as were written to', () => {
    inVm(function* (sys) {
      const GIB = 2 ** 30
      yield* mounted(sys, 'size=64k')
      const free = function* (): Run<number> {
        const at = sys.alloc(STATFS_SIZE)
        ok(yield* sys.statfs('/tmp/m', at))
        return readStatfs(sys, at).f_bfree
      }
      const before = yield* free()
      const fd = ok(yield* sys.open('/tmp/m/big', O_RDWR | O_CREAT, 0o600))
      is(yield* sys.ftruncate(fd, GIB), 0)
      const places = [0, 123_456_789, GIB / 2 - 1, GIB - 1]
      for (const at of places)
        is(yield* sys.pwrite(fd, sys.string('xy'), at === GIB - 1 ? 1 : 2, at), at === GIB - 1 ? 1 : 2)
      // One of the writes was into two pages.
      is([yield* sys.lseek(fd, 0, SEEK_END), before - (yield* free())], [GIB, 5])
      const data: number[] = []
      for (let at = 0; (at = yield* sys.lseek(fd, at, SEEK_DATA)) >= 0;) {
        data.push(at)
        at = ok(yield* sys.lseek(fd, at, SEEK_HOLE))
        if (at === GIB) break
      }
      is(data, [0, 123_453_440, GIB / 2 - 4096, GIB - 4096])
      fails(yield* sys.lseek(fd, GIB, SEEK_DATA), ENXIO)
      // All of it can be read, and nothing is kept of that.
      const buf = sys.alloc(1 << 16)
      let sum = 0
      for (let at = 0; at < GIB; at += 1 << 23) {
        is(yield* sys.pread(fd, buf, 1 << 16, at), 1 << 16)
        sum += sys.load(buf, 1 << 16).reduce((a, b) => a + b, 0)
      }
      is(sum, 120 + 121 + 121)
      is(before - (yield* free()), 5)
      // There are 11 pages left, and no more.
      let pages = 0
      while ((yield* sys.pwrite(fd, buf, 1, 2 ** 20 * (pages + 1))) === 1) pages++
      is([pages, yield* free()], [before - 5, 0])
      fails(yield* sys.pwrite(fd, buf, 1, 2 ** 29 + 2 ** 28), ENOSPC)
      is([yield* sys.ftruncate(fd, 1), yield* free()], [0, before - 1])
      is(yield* sys.pread(fd, buf, 8, 0), 1)
      return 0
    })
  })

  it('leads down 2,044 directories by a path of 4,095 bytes, and no byte further', () => {
    inVm(function* (sys) {
      const DEPTH = 2044
      ok(yield* sys.chdir('/tmp'))
      for (let i = 0; i < DEPTH; i++) {
        ok(yield* sys.mkdir('d', 0o755))
        ok(yield* sys.chdir('d'))
      }
      const path = `/tmp${'/d'.repeat(DEPTH)}/ff`
      is(path.length, 4095)
      yield* make(sys, path)
      is(yield* sys.access('ff', 0), 0)
      fails(yield* sys.open(`${path}f`, O_RDWR | O_CREAT, 0o600), ENAMETOOLONG)
      const buf = sys.alloc(4096)
      is([yield* sys.getcwd(buf, 4096), textAt(sys, buf, 4092)], [4093, path.slice(0, -3)])
      is(yield* sys.rename(path, '/tmp/f'), 0)
      for (let i = 0; i < DEPTH; i++) {
        ok(yield* sys.chdir('..'))
        ok(yield* sys.rmdir('d'))
      }
      is([yield* sys.getcwd(buf, 4096), yield* sys.access('f', 0)], [5, 0])
      return 0
    })
  })

  it('takes every byte but a slash and a zero for a name, alone and as often as fits', () => {
    inVm(function* (sys) {
      const bytes = Array.from({ length: 255 }, (_, i) => String.fromCharCode(i + 1)).filter(
        (c) => c !== '/' && c !== '.',
      )
      ok(yield* sys.mkdir('/tmp/d', 0o755))
      for (const c of bytes) {
        for (const name of [c, c.repeat(255)]) {
          ok(yield* sys.close(ok(yield* sys.open(raw(sys, `/tmp/d/${name}`), O_WRONLY | O_CREAT | O_EXCL, 0o600))))
        }
        fails(yield* sys.open(raw(sys, `/tmp/d/${c.repeat(256)}`), O_WRONLY | O_CREAT, 0o600), ENAMETOOLONG)
      }
      const list = yield* readdir(sys, ok(yield* sys.open('/tmp/d', O_RDONLY)))
      if (typeof list === 'number') return 1
      is(new Set(list.map(({ name }) => name)).size, 2 * bytes.length + 2)
      is(
        bytes.every((c) => list.some(({ name }) => name === c.repeat(255))),
        true,
      )
      for (const { name } of list.slice(2)) ok(yield* sys.unlink(raw(sys, `/tmp/d/${name}`)))
      is(yield* sys.rmdir('/tmp/d'), 0)
      return 0
    })
  })

  it('full in the middle of a checkpoint keeps what was written, and a restart from that fails as from any end', () => {
    inVm(function* (sys) {
      ok(yield* sys.close(yield* mounted(sys, 'size=4k')))
      ok(yield* sys.unlink('/tmp/m/f'))
      const fd = ok(yield* sys.open('/tmp/m/image', O_RDWR | O_CREAT | O_TRUNC, 0o600))
      ok(yield* sys.lseek(fd, 4096 - 200, SEEK_SET))
      fails(yield* sys.checkpoint(0, fd, 0), ENOSPC)
      is([yield* sys.lseek(fd, 0, SEEK_END), yield* size(sys, '/tmp/m/image')], [4096, 4096])
      ok(yield* sys.lseek(fd, 4096 - 200, SEEK_SET))
      const EPIPE = 32
      fails(yield* sys.restart(0, fd, 0), EPIPE)
      // With room again the next one is whole.
      ok(yield* sys.ftruncate(fd, 0))
      ok(yield* sys.lseek(fd, 0, SEEK_SET))
      is((yield* sys.checkpoint(0, fd, 0)) > 0, true)
      ok(yield* sys.lseek(fd, 0, SEEK_SET))
      is(yield* sys.restart(0, fd, 0), 0)
      return 0
    })
  })
})
