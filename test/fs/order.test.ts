import { test } from 'vitest'
import { EBADF, EEXIST, EFAULT, EINVAL, ENOENT, ENOTDIR, EPERM } from '../../kernel/errno.ts'
import { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_PATH, O_RDWR, O_TRUNC } from '../../kernel/fs/file.ts'
import { S_IFCHR } from '../../kernel/fs/inode.ts'
import { STAT_SIZE, readStat } from '../../userland/stat.ts'
import { become } from '../support/cred.ts'
import { UNMAPPED, fails, inVm, is, ok, pipe, waitFor } from '../support/vm.ts'

/** Which of several errors is told, and small things besides: all found by comparing with Linux itself. */

const RENAMEAT2 = 276
const AT_FDCWD = -100

test('renameat2 walks the old path to its end before it looks at the new one', () => {
  inVm(function* main(sys) {
    const [missing, name, empty] = ['/tmp/no/a', 'b', ''].map((text) => sys.string(text))
    fails(yield* sys.syscall(RENAMEAT2, AT_FDCWD, missing, 77, name, 0), ENOENT)
    fails(yield* sys.syscall(RENAMEAT2, AT_FDCWD, missing, AT_FDCWD, UNMAPPED, 0), ENOENT)
    fails(yield* sys.syscall(RENAMEAT2, 77, name, AT_FDCWD, empty, 0), EBADF)
    fails(yield* sys.syscall(RENAMEAT2, AT_FDCWD, name, AT_FDCWD, UNMAPPED, 0), EFAULT)
    return 0
  })
})

test('openat refuses flags that make no sense together before it looks at the path', () => {
  inVm(function* main(sys) {
    fails(yield* sys.openat(77, UNMAPPED, O_CREAT | O_DIRECTORY), EINVAL)
    // With O_PATH they mean nothing.
    ok(yield* sys.open('/tmp', O_CREAT | O_DIRECTORY | O_PATH))
    return 0
  })
})

test('a slash behind a symbolic link asks for a directory even where the open would not follow it', () => {
  inVm(function* main(sys) {
    ok(yield* sys.creat('/tmp/file', 0o644))
    const [file, link] = ['/tmp/file', '/tmp/link'].map((text) => sys.string(text))
    ok(yield* sys.syscall(36, file, AT_FDCWD, link))
    fails(yield* sys.open('/tmp/link/', O_EXCL | O_RDWR), ENOTDIR)
    fails(yield* sys.open('/tmp/link', O_EXCL | O_CREAT | O_RDWR), EEXIST)
    return 0
  })
})

test('dup and dup3 take a descriptor that only names a place', () => {
  inVm(function* main(sys) {
    const place = ok(yield* sys.open('/tmp', O_PATH))
    const copy = ok(yield* sys.dup(place))
    is(yield* sys.dup3(place, 9, 0), 9)
    fails(yield* sys.read(copy, sys.alloc(1), 1), EBADF)
    return 0
  })
})

test('a pipe belongs to who made it', () => {
  inVm(function* main(sys) {
    become(1000)
    const { rd } = yield* pipe(sys, O_NONBLOCK)
    const buf = sys.alloc(STAT_SIZE)
    ok(yield* sys.fstat(rd, buf))
    const { st_uid, st_gid } = readStat(sys, buf)
    is([st_uid, st_gid], [1000, 1000])
    return 0
  })
})

test('the root of a file system has two names, as every empty directory', () => {
  inVm(function* main(sys) {
    const [dir, type] = ['/tmp', 'tmpfs'].map((text) => sys.string(text))
    ok(yield* sys.syscall(40, type, dir, type, 0, 0))
    const buf = sys.alloc(STAT_SIZE)
    ok(yield* sys.stat('/tmp', buf))
    is(readStat(sys, buf).st_nlink, 2)
    return 0
  })
})

test('everybody may make the device 0:0, and only root another', () => {
  inVm(function* main(sys) {
    become(1000)
    ok(yield* sys.mknodat(AT_FDCWD, '/tmp/whiteout', S_IFCHR | 0o644, 0))
    fails(yield* sys.mknodat(AT_FDCWD, '/tmp/null', S_IFCHR | 0o644, 0x103), EPERM)
    return 0
  })
})

test('slashes at the end of what a link says ask for a directory', () => {
  inVm(function* main(sys) {
    ok(yield* sys.creat('/tmp/file', 0o644))
    for (const [to, from] of [
      ['file', '/tmp/link'],
      ['link/', '/tmp/slashed'],
    ]) {
      ok(yield* sys.syscall(36, sys.string(to), AT_FDCWD, sys.string(from)))
    }
    const buf = sys.alloc(STAT_SIZE)
    ok(yield* sys.stat('/tmp/link', buf))
    fails(yield* sys.stat('/tmp/slashed', buf), ENOTDIR)
    return 0
  })
})

test('a read that finds nothing, or fails, still is a read', () => {
  inVm(function* main(sys) {
    const fd = ok(yield* sys.open('/tmp/file', O_CREAT | O_RDWR, 0o644))
    ok(yield* sys.print('text', fd))
    const buf = sys.alloc(STAT_SIZE)
    for (const [to, count, position] of [
      [sys.alloc(8), 8, 4],
      [sys.alloc(8), 0, 0],
      [UNMAPPED, 8, 0],
    ]) {
      ok(
        yield* sys.utimensat(AT_FDCWD, '/tmp/file', [
          { sec: 5, nsec: 1 },
          { sec: 9, nsec: 1 },
        ]),
      )
      ok(yield* sys.lseek(fd, position, 0))
      void (yield* sys.read(fd, to as typeof UNMAPPED, count))
      ok(yield* sys.fstat(fd, buf))
      is(Number(readStat(sys, buf).st_atime) > 5, true)
    }
    return 0
  })
})

test('O_TRUNC takes nothing from a file that the same call has made', () => {
  inVm(function* main(sys) {
    become(1000)
    ok(yield* sys.open('/tmp/file', O_CREAT | O_TRUNC | O_RDWR, 0o2775))
    const buf = sys.alloc(STAT_SIZE)
    ok(yield* sys.stat('/tmp/file', buf))
    is(readStat(sys, buf).st_mode & 0o7777, 0o2755)
    return 0
  })
})

test('readlinkat without a path reads the link that is open itself', () => {
  inVm(function* main(sys) {
    ok(yield* sys.syscall(36, sys.string('target'), AT_FDCWD, sys.string('/tmp/link')))
    const link = ok(yield* sys.open('/tmp/link', O_PATH | O_NOFOLLOW))
    const [none, buf] = [sys.string(''), sys.alloc(16)]
    is(yield* sys.syscall(78, link, none, buf, 16), 6)
    fails(yield* sys.syscall(78, AT_FDCWD, none, buf, 16), ENOENT)
    fails(yield* sys.syscall(78, 77, none, buf, 16), EBADF)
    return 0
  })
})

test('with AT_EMPTY_PATH, a child is not who opened what its parent did', () => {
  inVm(function* main(sys) {
    become(1000)
    const fd = ok(yield* sys.open('/tmp/file', O_CREAT | O_RDWR, 0o644))
    const [none, name] = [sys.string(''), sys.string('/tmp/name')]
    const child = yield* sys.fork(function* (sys) {
      fails(yield* sys.syscall(37, fd, none, AT_FDCWD, name, 0x1000), ENOENT)
      return 0
    })
    is(yield* waitFor(sys, child), 0)
    ok(yield* sys.syscall(37, fd, none, AT_FDCWD, name, 0x1000))
    return 0
  })
})
