import { describe, expect, it } from 'vitest'
import type { Program } from '../../index.ts'
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
