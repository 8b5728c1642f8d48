import { describe, it } from 'vitest'
import { EFAULT, EINVAL, EIO, EISDIR } from '../../../kernel/errno.ts'
import { O_RDONLY, O_RDWR } from '../../../kernel/fs/file.ts'
import { UNMAPPED, fails, inVm, is, ok, textAt } from '../../support/vm.ts'
import { restOf, textOf } from '../../support/proc.ts'

describe('files whose text is made as it is read', () => {
  it('give the same text in pieces of any size', () => {
    inVm(function* (sys) {
      for (const path of ['/proc/version', '/proc/self/maps', '/proc/mounts', '/proc/slabinfo', '/proc/self/status']) {
        const whole = yield* textOf(sys, path, 60_000)
        is(whole.length > 20, true, path)
        for (const size of [1, 7, 100]) is((yield* textOf(sys, path, size)).length, whole.length, path)
      }
      is(yield* textOf(sys, '/proc/version', 3), yield* textOf(sys, '/proc/version'))
      return 0
    })
  })

  it('give at each place what stands there, whatever was read before', () => {
    inVm(function* (sys) {
      const whole = yield* textOf(sys, '/proc/self/limits')
      const fd = ok(yield* sys.open('/proc/self/limits', O_RDONLY))
      const buf = sys.alloc(64)
      for (const at of [0, 20, 20, 10, 15, 30, 500, 510, 5, 15, 0, 0, 10]) {
        is(yield* sys.pread(fd, buf, 10, at), 10)
        is(textAt(sys, buf, 10), whole.slice(at, at + 10), `at ${at}`)
      }
      is(yield* sys.read(fd, buf, 10), 10)
      is(textAt(sys, buf, 10), whole.slice(0, 10))
      return 0
    })
  })

  it('give at most a page of whole records in a read, unless one does not fit', () => {
    inVm(function* (sys) {
      // 40 mounts of 120 bytes and more make two pages.
      for (let i = 0; i < 40; i++) {
        const dir = `/tmp/${'x'.repeat(80)}${i}`
        is(yield* sys.syscall(34, -100, sys.string(dir), 0o755), 0)
        is(yield* sys.syscall(40, sys.string('dev'), sys.string(dir), sys.string('tmpfs'), 0, 0), 0)
      }
      const fd = ok(yield* sys.open('/proc/mounts', O_RDONLY))
      const buf = sys.alloc(20_000)
      const n = ok(yield* sys.read(fd, buf, 20_000))
      is(n > 3900 && n <= 4096, true, `${n} bytes`)
      is(textAt(sys, buf, n).endsWith(' 0 0\n'), true)
      const rest = yield* restOf(sys, fd, 20_000)
      is(rest.startsWith('dev /tmp/xxx'), true)
      is((textAt(sys, buf, n) + rest).match(/\n/g)?.length, 43)
      return 0
    })
  })

  it('a read that goes on where the last one ended sees the old text, another one the new', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/proc/self/comm', O_RDWR))
      const buf = sys.alloc(64)
      is(yield* sys.write(fd, sys.string('abcdef'), 6), 6)
      is(yield* sys.lseek(fd, 0, 0), 0)
      is(yield* sys.read(fd, buf, 2), 2)
      const other = ok(yield* sys.open('/proc/self/comm', O_RDWR))
      is(yield* sys.write(other, sys.string('uvwxyz'), 6), 6)
      is(yield* restOf(sys, fd), 'cdef\n')
      is(yield* sys.lseek(fd, 2, 0), 2)
      is(yield* restOf(sys, fd), 'wxyz\n')
      return 0
    })
  })

  it('lseek goes anywhere but from the end, and reads behind the end are empty', () => {
    inVm(function* (sys) {
      const text = yield* textOf(sys, '/proc/self/status')
      const fd = ok(yield* sys.open('/proc/self/status', O_RDONLY))
      const buf = sys.alloc(1000)
      is(yield* sys.read(fd, buf, 1), 1)
      fails(yield* sys.lseek(fd, 0, 2), EINVAL)
      fails(yield* sys.lseek(fd, 0, 9), EINVAL)
      fails(yield* sys.lseek(fd, -2, 1), EINVAL)
      is(yield* sys.lseek(fd, 4, 1), 5)
      is(yield* restOf(sys, fd), text.slice(5))
      is(yield* sys.lseek(fd, 80, 0), 80)
      is(yield* sys.read(fd, buf, 3), 3)
      is(textAt(sys, buf, 3), text.slice(80, 83))
      is(yield* sys.lseek(fd, 0, 1), 83)
      is(yield* sys.lseek(fd, 100_000, 0), 100_000)
      is(yield* sys.read(fd, buf, 9), 0)
      is(yield* sys.lseek(fd, 0, 0), 0)
      fails(yield* sys.read(fd, UNMAPPED, 9), EFAULT)
      is(yield* sys.read(fd, UNMAPPED, 0), 0)
      is((yield* restOf(sys, fd)).length, text.length)
      return 0
    })
  })

  it('writing where there is nothing to write to is EIO for the machine’s files and EINVAL for a task’s', () => {
    inVm(function* (sys) {
      const buf = sys.string('x')
      const version = ok(yield* sys.open('/proc/version', O_RDWR))
      fails(yield* sys.write(version, buf, 1), EIO)
      const stat = ok(yield* sys.open('/proc/self/stat', O_RDWR))
      fails(yield* sys.write(stat, buf, 1), EINVAL)
      for (const path of ['/proc', '/proc/self', '/proc/self/fd', '/proc/sys'])
        fails(yield* sys.read(ok(yield* sys.open(path, O_RDONLY)), buf, 1), EISDIR)
      return 0
    })
  })
})
