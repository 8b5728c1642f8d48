import { describe, expect, it } from 'vitest'
import type { Program } from '../../index.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EINVAL, ENFILE, ENOSPC, ETXTBSY } from '../../kernel/errno.ts'
import { O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { MS_REMOUNT } from '../../kernel/fs/namespace.ts'
import { STATFS_SIZE, readStatfs } from '../../userland/stat.ts'
import { file, mount, mounted, user } from '../errors/setup.ts'
import { fails, inVm, is, ok, pipe, textAt, waitFor, withVm } from '../support/vm.ts'

/** Names that may be in the file system at /tmp/m, and how many more. */
function* names(sys: Libc): Run<[number, number]> {
  const at = sys.alloc(STATFS_SIZE)
  ok(yield* sys.statfs('/tmp/m', at))
  const { f_files, f_ffree } = readStatfs(sys, at)
  return [f_files, f_ffree]
}

function remount(sys: Libc, data: string): Run<number> {
  return mount(sys, '/tmp/m', 'tmpfs', MS_REMOUNT, data)
}

describe('a file system with room for so many names', () => {
  it('gives ENOSPC for one more of any kind, and has room again when one is gone', () => {
    inVm(function* (sys) {
      // The root, d and f are three of them.
      const fd = yield* mounted(sys, 'nr_inodes=6')
      is(yield* names(sys), [6, 3])
      ok(yield* sys.link('/tmp/m/f', '/tmp/m/g'))
      ok(yield* sys.symlink('f', '/tmp/m/h'))
      ok(yield* sys.mkdir('/tmp/m/i', 0o700))
      is(yield* names(sys), [6, 0])
      fails(yield* sys.link('/tmp/m/f', '/tmp/m/k'), ENOSPC)
      fails(yield* sys.symlink('f', '/tmp/m/k'), ENOSPC)
      fails(yield* sys.mkdir('/tmp/m/k', 0o700), ENOSPC)
      fails(yield* sys.mkfifo('/tmp/m/k', 0o600), ENOSPC)
      fails(yield* sys.open('/tmp/m/k', O_RDWR | O_CREAT, 0o600), ENOSPC)
      is(yield* sys.rename('/tmp/m/h', '/tmp/m/k'), 0)
      ok(yield* sys.rmdir('/tmp/m/i'))
      is(yield* names(sys), [6, 1])
      ok(yield* sys.unlink('/tmp/m/g'))
      is(yield* names(sys), [6, 2])
      // One that is open takes its room until it is closed.
      ok(yield* sys.unlink('/tmp/m/f'))
      is(yield* names(sys), [6, 2])
      ok(yield* sys.close(fd))
      is(yield* names(sys), [6, 3])
      const path = ok(yield* sys.open('/tmp/m/k', 0o10400000))
      ok(yield* sys.unlink('/tmp/m/k'))
      is(yield* names(sys), [6, 3])
      ok(yield* sys.close(path))
      is(yield* names(sys), [6, 4])
      return 0
    })
  })

  it('takes another number where it is no smaller than what is there, and none where there was no limit', () => {
    inVm(function* (sys) {
      yield* mounted(sys, 'nr_inodes=1k')
      is(yield* names(sys), [1024, 1021])
      fails(yield* remount(sys, 'nr_inodes=2'), EINVAL)
      fails(yield* remount(sys, 'nr_inodes=x'), EINVAL)
      is([yield* remount(sys, 'nr_inodes=3'), yield* names(sys)], [0, [3, 0]])
      is([yield* remount(sys, 'nr_inodes=4'), yield* names(sys)], [0, [4, 1]])
      is([yield* remount(sys, 'nr_inodes=0'), (yield* names(sys))[1]], [0, 0])
      ok(yield* sys.mkdir('/tmp/m/x', 0o700))
      fails(yield* remount(sys, 'nr_inodes=100'), EINVAL)
      return 0
    })
  })

  it('has as many as half of the memory has pages, where nothing is said', () => {
    inVm(function* (sys) {
      yield* mounted(sys)
      is(yield* names(sys), [8192, 8189])
      const buf = sys.alloc(512)
      const line = function* (): Run<string> {
        const fd = ok(yield* sys.open('/proc/mounts', O_RDONLY))
        const text = textAt(sys, buf, ok(yield* sys.read(fd, buf, 512)))
        return text.split('\n').find((line) => line.includes('/tmp/m')) ?? ''
      }
      is(yield* line(), 'none /tmp/m tmpfs rw,relatime,mode=777 0 0')
      ok(yield* remount(sys, 'nr_inodes=5,size=64k'))
      is(yield* line(), 'none /tmp/m tmpfs rw,relatime,size=64k,nr_inodes=5,mode=777 0 0')
      ok(yield* remount(sys, 'nr_inodes=0'))
      is(yield* line(), 'none /tmp/m tmpfs rw,relatime,size=64k,nr_inodes=0,mode=777 0 0')
      return 0
    })
  })
})

describe('the files of a machine', () => {
  it('are as many as fs.file-max says, but for root', () => {
    inVm(function* (sys) {
      const limit = ok(yield* sys.open('/proc/sys/fs/file-max', O_RDWR))
      ok(yield* sys.print('2', limit))
      const more = yield* pipe(sys)
      yield* user(sys)
      fails(yield* sys.open('/tmp', O_RDONLY), ENFILE)
      ok(yield* sys.close(more.rd))
      ok(yield* sys.close(more.wr))
      ok(yield* sys.close(limit))
      ok(yield* sys.open('/tmp', O_RDONLY))
      fails(yield* sys.open('/tmp', O_RDONLY), ENFILE)
      return 0
    })
  })
})

describe('a program that runs', () => {
  it('is ETXTBSY for who would write to its file, until the last that runs it ends', () => {
    withVm({}, (vm) => {
      vm.spawn(function* busy(sys) {
        for (const flags of [O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC]) fails(yield* sys.open('/bin/busy', flags), ETXTBSY)
        fails(yield* sys.truncate('/bin/busy', 0), ETXTBSY)
        ok(yield* sys.open('/bin/busy', O_RDONLY))
        const child = ok(
          yield* sys.fork(function* (sys) {
            ok(yield* sys.nanosleep(1))
            return yield* sys.execve('/bin/true', ['true'])
          }),
        )
        // It is another program's by then.
        is(yield* waitFor(sys, child), 0)
        fails(yield* sys.truncate('/bin/busy', 0), ETXTBSY)
        const fd = ok(yield* sys.open('/bin/true', O_WRONLY))
        fails(yield* sys.execve('/bin/true', ['true']), ETXTBSY)
        ok(yield* sys.close(fd))
        // Its name may go, and so may a new file take that.
        ok(yield* sys.unlink('/bin/busy'))
        ok(yield* sys.open('/bin/busy', O_WRONLY | O_CREAT, 0o600))
        return yield* sys.execve('/bin/true', ['true'])
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      vm.writeFile('/bin/true', '')
    })
  })

  it('is one as long as a child of its runs', () => {
    withVm({}, (vm) => {
      vm.spawn(function* twice(sys) {
        ok(
          yield* sys.fork(function* (sys) {
            ok(yield* sys.nanosleep(1))
            fails(yield* sys.truncate('/bin/twice', 0), ETXTBSY)
            return 0
          }),
        )
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      vm.writeFile('/bin/twice', '')
    })
  })

  it('is no longer in the way of one of the same name', () => {
    withVm({}, (vm) => {
      const main = (status: number): Program => {
        const program: Program = function* (sys) {
          return (yield* sys.nanosleep(1)) || status
        }
        return Object.defineProperty(program, 'name', { value: 'main' })
      }
      const [one, two] = [vm.spawn(main(1)), vm.spawn(main(2))]
      vm.run()
      expect([one.status, two.status]).toEqual([0x100, 0x200])
    })
  })

  it('that was opened for writing and is closed can run', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, '/tmp/script', 0o755)
      ok(yield* sys.ftruncate(fd, 0))
      ok(yield* sys.print('#!/bin/true\n', fd))
      const two = ok(yield* sys.dup(fd))
      fails(yield* sys.execve('/tmp/script', ['x']), ETXTBSY)
      ok(yield* sys.close(fd))
      fails(yield* sys.execve('/tmp/script', ['x']), ETXTBSY)
      ok(yield* sys.close(two))
      return yield* sys.execve('/tmp/script', ['x'])
    })
  })
})
