import { describe, expect, it } from 'vitest'
import type { Program, UserPtr } from '../../index.ts'
import { O_CREAT, O_RDWR } from '../../kernel/fs/file.ts'
import { UNMAPPED, bytes, ok, withVm } from '../support/vm.ts'

/** The lines of strace for `main`, but for the first `skip`; addresses that the stack gave are ADDR. */
function traced(skip: number, main: Program): string[] {
  return withVm({ mem: 4 << 20 }, (vm) => {
    const lines: string[] = []
    const stop = vm.strace(({ text }) => lines.push(text.replace(/0x3f[0-9a-f]{6}/g, 'ADDR')))
    vm.spawn(main)
    vm.run()
    stop()
    return lines.slice(skip, -2)
  })
}

describe('strace', () => {
  it('shows vectors and transfers at a position as strace(1) does', () => {
    const lines = traced(1, function* (sys) {
      const a = sys.string('ab')
      const b = sys.string('cde')
      const buf = sys.alloc(64)
      ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o600))
      const two = [
        [a, 2],
        [b, 3],
      ] as const
      yield* sys.writev(3, two)
      yield* sys.writev(3, [])
      yield* sys.writev(3, UNMAPPED, 2)
      yield* sys.writev(3, two, 1025)
      yield* sys.writev(3, [[UNMAPPED, 4]])
      yield* sys.writev(3, [[0, -1]])
      yield* sys.pwritev(3, two, 3)
      yield* sys.preadv(3, [[buf, 3]], 1)
      yield* sys.readv(3, [[buf, 3]])
      yield* sys.preadv2(3, [[buf, 3]], -1, 0x1ff)
      yield* sys.preadv2(3, [[buf, 2]], 0, 1)
      yield* sys.pwritev2(3, [[a, 1]], 0, 0x812)
      yield* sys.lseek(3, 0, 0)
      yield* sys.readv(3, [
        [buf, 3],
        [buf, 40],
        [buf, 5],
      ])
      yield* sys.readv(-1, [[buf, 3]])
      yield* sys.pread(3, buf, 9, 4)
      yield* sys.pread(3, buf, 9, -1)
      yield* sys.pwrite(3, b, 3, 2)
      yield* sys.lseek(3, 0, 3)
      yield* sys.lseek(3, 0, 4)
      yield* sys.lseek(3, 100, 4)
      sys.store(buf, bytes('x'.repeat(64)))
      yield* sys.writev(3, [
        [buf, 40],
        [0, 0],
      ])
      return 0
    })
    expect(lines).toEqual([
      'writev(3, [{iov_base="ab", iov_len=2}, {iov_base="cde", iov_len=3}], 2) = 5',
      'writev(3, [], 0) = 0',
      'writev(3, 0x64, 2) = -1 EFAULT (Bad address)',
      expect.stringMatching(
        /^writev\(3, \[\{iov_base="ab", iov_len=2\}, .*\], 1025\) = -1 EINVAL \(Invalid argument\)$/,
      ),
      'writev(3, [{iov_base=0x64, iov_len=4}], 1) = -1 EFAULT (Bad address)',
      'writev(3, [{iov_base=NULL, iov_len=18446744073709551615}], 1) = -1 EINVAL (Invalid argument)',
      'pwritev(3, [{iov_base="ab", iov_len=2}, {iov_base="cde", iov_len=3}], 2, 3) = 5',
      'preadv(3, [{iov_base="bca", iov_len=3}], 1, 1) = 3',
      'readv(3, [{iov_base="cde", iov_len=3}], 1) = 3',
      expect.stringMatching(
        /^preadv2\(3, \[\{iov_base=ADDR, iov_len=3\}\], 1, -1, RWF_HIPRI\|RWF_DSYNC\|RWF_SYNC\|RWF_NOWAIT\|RWF_APPEND\|RWF_NOAPPEND\|RWF_ATOMIC\|RWF_DONTCACHE\|RWF_NOSIGNAL\) = -1 EINVAL/,
      ),
      'preadv2(3, [{iov_base="ab", iov_len=2}], 1, 0, RWF_HIPRI) = 2',
      'pwritev2(3, [{iov_base="a", iov_len=1}], 1, 0, RWF_DSYNC|RWF_APPEND|0x800) = -1 EOPNOTSUPP (Operation not supported)',
      'lseek(3, 0, SEEK_SET) = 0',
      'readv(3, [{iov_base="abc", iov_len=3}, {iov_base="abcde", iov_len=40}, {iov_base="", iov_len=5}], 3) = 8',
      'readv(-1, [{iov_base=ADDR, iov_len=3}], 1) = -1 EBADF (Bad file descriptor)',
      'pread64(3, "bcde", 9, 4) = 4',
      'pread64(3, ADDR, 9, -1) = -1 EINVAL (Invalid argument)',
      'pwrite64(3, "cde", 3, 2) = 3',
      'lseek(3, 0, SEEK_DATA) = 0',
      'lseek(3, 0, SEEK_HOLE) = 8',
      'lseek(3, 100, SEEK_HOLE) = -1 ENXIO (No such device or address)',
      `writev(3, [{iov_base="${'x'.repeat(32)}"..., iov_len=40}, {iov_base=NULL, iov_len=0}], 2) = 40`,
    ])
  })

  it('shows sizes and room as strace(1) does', () => {
    const lines = traced(1, function* (sys) {
      ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o600))
      yield* sys.truncate('/tmp/f', 5)
      yield* sys.truncate('/tmp/no', -1)
      yield* sys.ftruncate(3, 9)
      yield* sys.ftruncate(3, 2n ** 63n - 1n)
      yield* sys.fallocate(3, 0, 0, 100)
      yield* sys.fallocate(3, 3, 0, 4096)
      yield* sys.fallocate(3, 0x8c, 0, 4096)
      return 0
    })
    expect(lines).toEqual([
      'truncate("/tmp/f", 5) = 0',
      'truncate("/tmp/no", -1) = -1 EINVAL (Invalid argument)',
      'ftruncate(3, 9) = 0',
      expect.stringMatching(/^ftruncate\(3, 922337203685477\d+\) = -1 EFBIG \(File too large\)$/),
      'fallocate(3, 0, 0, 100) = 0',
      'fallocate(3, FALLOC_FL_KEEP_SIZE|FALLOC_FL_PUNCH_HOLE, 0, 4096) = 0',
      'fallocate(3, FALLOC_FL_NO_HIDE_STALE|FALLOC_FL_COLLAPSE_RANGE|0x80, 0, 4096) = -1 EOPNOTSUPP ' +
        '(Operation not supported)',
    ])
  })

  it('shows what is asked of descriptors, locks and what is to last as strace(1) does', () => {
    const lines = traced(1, function* (sys) {
      const lock = sys.alloc(32)
      ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o600))
      yield* sys.fcntl(3, 0, 10)
      yield* sys.fcntl(3, 1030, 10)
      yield* sys.fcntl(11, 1)
      yield* sys.fcntl(10, 1)
      yield* sys.fcntl(10, 2, 1)
      yield* sys.fcntl(3, 4, 0o4000)
      yield* sys.fcntl(3, 3)
      yield* sys.fcntl(3, 1032)
      yield* sys.fcntl(3, 1031, 4096)
      yield* sys.fcntl(3, 99, 5)
      yield* sys.fcntl(3, 6, lock)
      yield* sys.fcntl(3, 6, 8)
      yield* sys.fcntl(3, 5, lock)
      sys.store(lock, Uint8Array.of(7, 0, 9))
      yield* sys.fcntl(3, 7, lock)
      yield* sys.fcntl(3, 5, lock)
      yield* sys.flock(3, 6)
      yield* sys.flock(3, 64)
      yield* sys.sync()
      yield* sys.fsync(3)
      yield* sys.fdatasync(0)
      yield* sys.syncfs(-1)
      yield* sys.sync_file_range(3, 0, 5, 7)
      return 0
    })
    expect(lines).toEqual([
      'fcntl(3, F_DUPFD, 10) = 10',
      'fcntl(3, F_DUPFD_CLOEXEC, 10) = 11',
      'fcntl(11, F_GETFD) = 0x1 (flags FD_CLOEXEC)',
      'fcntl(10, F_GETFD) = 0',
      'fcntl(10, F_SETFD, FD_CLOEXEC) = 0',
      'fcntl(3, F_SETFL, O_RDONLY|O_NONBLOCK) = 0',
      'fcntl(3, F_GETFL) = 0x8802 (flags O_RDWR|O_NONBLOCK|O_LARGEFILE)',
      'fcntl(3, F_GETPIPE_SZ) = -1 EBADF (Bad file descriptor)',
      'fcntl(3, F_SETPIPE_SZ, 4096) = -1 EBADF (Bad file descriptor)',
      'fcntl(3, 0x63 /* F_??? */, 0x5) = -1 EINVAL (Invalid argument)',
      'fcntl(3, F_SETLK, {l_type=F_RDLCK, l_whence=SEEK_SET, l_start=0, l_len=0}) = 0',
      'fcntl(3, F_SETLK, 0x8) = -1 EFAULT (Bad address)',
      'fcntl(3, F_GETLK, {l_type=F_UNLCK, l_whence=SEEK_SET, l_start=0, l_len=0, l_pid=0}) = 0',
      'fcntl(3, F_SETLKW, {l_type=0x7 /* F_??? */, l_whence=0x9 /* SEEK_??? */, l_start=0, l_len=0}) ' +
        '= -1 EINVAL (Invalid argument)',
      'fcntl(3, F_GETLK, ADDR) = -1 EINVAL (Invalid argument)',
      'flock(3, LOCK_EX|LOCK_NB) = 0',
      'flock(3, 0x40) = -1 EINVAL (Invalid argument)',
      'sync() = 0',
      'fsync(3) = 0',
      'fdatasync(0) = -1 EINVAL (Invalid argument)',
      'syncfs(-1) = -1 EBADF (Bad file descriptor)',
      'sync_file_range(3, 0, 5, SYNC_FILE_RANGE_WAIT_BEFORE|SYNC_FILE_RANGE_WRITE|SYNC_FILE_RANGE_WAIT_AFTER) = 0',
    ])
  })

  it('shows what goes from file to file as strace(1) does', () => {
    const lines = traced(1, function* (sys) {
      const off = sys.alloc(16)
      ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o600))
      ok(yield* sys.print('hello', 3))
      ok(yield* sys.open('/tmp/g', O_RDWR | O_CREAT, 0o600))
      yield* sys.pipe2((off + 8) as UserPtr, 0)
      yield* sys.sendfile(4, 3, off, 2)
      yield* sys.sendfile(4, 3, off, 2)
      yield* sys.sendfile(4, 3, 0, 2)
      yield* sys.splice(3, off, 6, 0, 9, 3)
      yield* sys.splice(5, 8, 6, 0, 9)
      yield* sys.tee(5, 5, 1, 2)
      yield* sys.copy_file_range(3, 0, 4, off, 1)
      return 0
    })
    expect(lines.slice(3)).toEqual([
      'sendfile(4, 3, [0], 2) = 2',
      'sendfile(4, 3, [2], 2) = 2',
      'sendfile(4, 3, NULL, 2) = 0',
      'splice(3, [4], 6, NULL, 9, SPLICE_F_MOVE|SPLICE_F_NONBLOCK) = 1',
      'splice(5, 0x8, 6, NULL, 9, 0) = -1 ESPIPE (Illegal seek)',
      'tee(5, 5, 1, SPLICE_F_NONBLOCK) = -1 EBADF (Bad file descriptor)',
      'copy_file_range(3, NULL, 4, [5], 1, 0) = 0',
    ])
  })

  it('shows close_range as strace(1) does', () => {
    const lines = traced(0, function* (sys) {
      yield* sys.close_range(3, -1, 4)
      yield* sys.close_range(3, 5, 6)
      yield* sys.close_range(5, 3, 1)
      return 0
    })
    expect(lines).toEqual([
      'close_range(3, 4294967295, CLOSE_RANGE_CLOEXEC) = 0',
      'close_range(3, 5, CLOSE_RANGE_UNSHARE|CLOSE_RANGE_CLOEXEC) = 0',
      'close_range(5, 3, 0x1) = -1 EINVAL (Invalid argument)',
    ])
  })
})
