import { describe, expect, it } from 'vitest'
import type { Program } from '../../index.ts'
import { O_CREAT, O_RDONLY, O_RDWR } from '../../kernel/fs/file.ts'
import { UNMAPPED, ok, withVm } from '../support/vm.ts'

const AT = -100

/** The lines of strace for `main`; addresses that the stack gave are ADDR. */
function traced(main: Program): string[] {
  return withVm({ mem: 4 << 20 }, (vm) => {
    const lines: string[] = []
    const stop = vm.strace(({ text }) => lines.push(text.replace(/0x3f[0-9a-f]{6}/g, 'ADDR')))
    vm.spawn(main)
    vm.run()
    stop()
    return lines.slice(0, -2)
  })
}

describe('strace', () => {
  it('shows what files are as strace(1) does', () => {
    const lines = traced(function* (sys) {
      const buf = sys.alloc(512)
      ok(yield* sys.print('hello', ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o640))))
      yield* sys.stat('/tmp/f', buf)
      yield* sys.lstat('/tmp', buf)
      yield* sys.stat('/dev/null', buf)
      yield* sys.stat('/no', buf)
      yield* sys.newfstatat(3, '', buf, 0x1800 | 1)
      yield* sys.fstat(3, buf)
      yield* sys.fstat(3, UNMAPPED)
      yield* sys.statx(AT, '/tmp/f', 0x100, 0x7ff, buf)
      yield* sys.statx(AT, '/', 0x2000, 0x1001, buf)
      yield* sys.statx(AT, '/no', 0x4000, 0xfff, buf)
      yield* sys.statx(AT, '/no', 0x6100, 0xfff, buf)
      yield* sys.faccessat(AT, '/tmp/f', 0)
      yield* sys.faccessat(AT, '/tmp/f', 7)
      yield* sys.faccessat2(3, '', 4 | 8, 0x1200)
      const dir = ok(yield* sys.open('/tmp', O_RDONLY))
      for (const size of [20, 100, 100]) yield* sys.getdents64(dir, buf, size)
      return 0
    })
    expect(lines.slice(2)).toEqual([
      'newfstatat(AT_FDCWD, "/tmp/f", {st_mode=S_IFREG|0640, st_size=5, ...}, 0) = 0',
      'newfstatat(AT_FDCWD, "/tmp", {st_mode=S_IFDIR|S_ISVTX|0777, st_size=60, ...}, AT_SYMLINK_NOFOLLOW) = 0',
      'newfstatat(AT_FDCWD, "/dev/null", {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}, 0) = 0',
      'newfstatat(AT_FDCWD, "/no", ADDR, 0) = -1 ENOENT (No such file or directory)',
      'newfstatat(3, "", {st_mode=S_IFREG|0640, st_size=5, ...}, AT_NO_AUTOMOUNT|AT_EMPTY_PATH|0x1) = 0',
      'fstat(3, {st_mode=S_IFREG|0640, st_size=5, ...}) = 0',
      'fstat(3, 0x64) = -1 EFAULT (Bad address)',
      'statx(AT_FDCWD, "/tmp/f", AT_STATX_SYNC_AS_STAT|AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, ' +
        '{stx_mask=STATX_BASIC_STATS|STATX_MNT_ID, stx_attributes=0, stx_mode=S_IFREG|0640, stx_size=5, ...}) = 0',
      'statx(AT_FDCWD, "/", AT_STATX_FORCE_SYNC, STATX_TYPE|STATX_MNT_ID, ' +
        '{stx_mask=STATX_TYPE|STATX_MODE|STATX_NLINK|STATX_UID|STATX_GID|STATX_ATIME|STATX_INO|STATX_SIZE|STATX_BLOCKS|STATX_MNT_ID, ' +
        'stx_attributes=STATX_ATTR_MOUNT_ROOT, stx_mode=S_IFDIR|0755, stx_size=140, ...}) = 0',
      'statx(AT_FDCWD, "/no", AT_STATX_DONT_SYNC, STATX_ALL, ADDR) = -1 ENOENT (No such file or directory)',
      'statx(AT_FDCWD, "/no", AT_STATX_FORCE_SYNC|AT_STATX_DONT_SYNC|AT_SYMLINK_NOFOLLOW, STATX_ALL, ADDR) ' +
        '= -1 EINVAL (Invalid argument)',
      'faccessat(AT_FDCWD, "/tmp/f", F_OK) = 0',
      'faccessat(AT_FDCWD, "/tmp/f", R_OK|W_OK|X_OK) = -1 EACCES (Permission denied)',
      'faccessat2(3, "", R_OK|0x8, AT_EACCESS|AT_EMPTY_PATH) = -1 EINVAL (Invalid argument)',
      'openat(AT_FDCWD, "/tmp", O_RDONLY) = 4',
      'getdents64(4, ADDR, 20) = -1 EINVAL (Invalid argument)',
      'getdents64(4, ADDR /* 3 entries */, 100) = 72',
      'getdents64(4, ADDR /* 0 entries */, 100) = 0',
    ])
  })

  it('shows whose files are and when they were as strace(1) does', () => {
    const lines = traced(function* (sys) {
      const time = (sec: number | bigint, nsec: number) => ({ sec, nsec })
      ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o640))
      yield* sys.fchmod(3, 0o4755)
      yield* sys.chmod('/tmp/f', 0o1777)
      yield* sys.fchmodat2(3, '', 0, 0x1000)
      yield* sys.fchown(3, -1, 0)
      yield* sys.fchownat(AT, '/tmp/f', 1000, -1, 0x100)
      yield* sys.utimensat(AT, '/tmp/f', [time(5, 6), 'omit'], 0x100)
      yield* sys.futimens(3, [time(5, -1), 'now'])
      yield* sys.futimens(3, null)
      yield* sys.syscall(88, 3, 0, 8, 0)
      yield* sys.futimens(3, [time(0, 0), time(-1, 3)])
      yield* sys.futimens(3, [time(951_827_696, 7), time(99_999_999_999_999, 3)])
      yield* sys.linkat(3, '', AT, '/tmp/g', 0x1400)
      yield* sys.umask(0o77)
      yield* sys.umask(0)
      yield* sys.umask(7)
      yield* sys.chroot('/no')
      return 0
    })
    expect(lines.slice(1)).toEqual([
      'fchmod(3, 04755) = 0',
      'fchmodat(AT_FDCWD, "/tmp/f", 01777) = 0',
      'fchmodat2(3, "", 000, AT_EMPTY_PATH) = 0',
      'fchown(3, -1, 0) = 0',
      'fchownat(AT_FDCWD, "/tmp/f", 1000, -1, AT_SYMLINK_NOFOLLOW) = 0',
      'utimensat(AT_FDCWD, "/tmp/f", [{tv_sec=5, tv_nsec=6} /* 1970-01-01T00:00:05.000000006+0000 */, UTIME_OMIT], ' +
        'AT_SYMLINK_NOFOLLOW) = 0',
      'utimensat(3, NULL, [{tv_sec=5, tv_nsec=18446744073709551615}, UTIME_NOW], 0) = -1 EINVAL (Invalid argument)',
      'utimensat(3, NULL, NULL, 0) = 0',
      'utimensat(3, NULL, 0x8, 0) = -1 EFAULT (Bad address)',
      'utimensat(3, NULL, [{tv_sec=0, tv_nsec=0}, {tv_sec=-1, tv_nsec=3} /* 1969-12-31T23:59:59.000000003+0000 */], 0) = 0',
      'utimensat(3, NULL, [{tv_sec=951827696, tv_nsec=7} /* 2000-02-29T12:34:56.000000007+0000 */, ' +
        '{tv_sec=99999999999999, tv_nsec=3} /* 3170843-11-07T09:46:39.000000003+0000 */], 0) = 0',
      'linkat(3, "", AT_FDCWD, "/tmp/g", AT_SYMLINK_FOLLOW|AT_EMPTY_PATH) = 0',
      'umask(077) = 022',
      'umask(000) = 077',
      'umask(007) = 000',
      'chroot("/no") = -1 ENOENT (No such file or directory)',
    ])
  })

  it('shows file systems as strace(1) does', () => {
    const lines = traced(function* (sys) {
      const buf = sys.alloc(512)
      yield* sys.statfs('/', buf)
      yield* sys.statfs('/no', buf)
      yield* sys.fstatfs(0, UNMAPPED)
      yield* sys.pipe2(buf, 0)
      yield* sys.fstatfs(3, buf)
      return 0
    })
    expect(lines.map((line) => line.replace(/(f_files|f_bfree|f_bavail)=\d+/g, '$1=N'))).toEqual([
      'statfs("/", {f_type=TMPFS_MAGIC, f_bsize=4096, f_blocks=1024, f_bfree=N, f_bavail=N, f_files=N, f_ffree=0, ' +
        'f_fsid={val=[0x1, 0]}, f_namelen=255, f_frsize=4096, f_flags=ST_VALID|ST_RELATIME}) = 0',
      'statfs("/no", ADDR) = -1 ENOENT (No such file or directory)',
      'fstatfs(0, 0x64) = -1 EFAULT (Bad address)',
      'pipe2([3, 4], 0) = 0',
      'fstatfs(3, {f_type=PIPEFS_MAGIC, f_bsize=4096, f_blocks=0, f_bfree=N, f_bavail=N, f_files=N, f_ffree=0, ' +
        'f_fsid={val=[0, 0]}, f_namelen=255, f_frsize=4096, f_flags=ST_VALID}) = 0',
    ])
  })
})
