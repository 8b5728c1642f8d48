import { test } from 'vitest'
import { EBADF, EEXIST, EFAULT, EINVAL, ENOENT, ENOTDIR, EPERM } from '../../kernel/errno.ts'
import { O_CREAT, O_DIRECTORY, O_EXCL, O_NONBLOCK, O_PATH, O_RDWR } from '../../kernel/fs/file.ts'
import { S_IFCHR } from '../../kernel/fs/inode.ts'
import { STAT_SIZE, readStat } from '../../userland/stat.ts'
import { become } from '../support/cred.ts'
import { UNMAPPED, fails, inVm, is, ok, pipe } from '../support/vm.ts'

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
