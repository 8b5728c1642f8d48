import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import { EBADF, EFAULT, EINVAL, ENOENT, ENOMEM } from '../../kernel/errno.ts'
import { O_CREAT, O_RDWR } from '../../kernel/fs/file.ts'
import { SegmentationFault } from '../../userland/context.ts'
import { PR_GET_NAME, PR_SET_NAME } from '../../userland/libc.ts'
import { BAD_POINTERS, bytes, endOfHeap, expectStatus, fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const PAGE = 4096
const SIGSEGV = 11

/** Is there memory at `at`? */
function mapped(sys: Libc, at: number): boolean {
  try {
    return sys.load(at as UserPtr, 1).length === 1
  } catch (error) {
    if (error instanceof SegmentationFault) return false
    throw error
  }
}

describe('memory', () => {
  it('is zero when it is touched first, and takes a page only then', () => {
    withVm({}, (vm) => {
      const { pages } = vm.kernel
      const process = vm.spawn(function* main(sys) {
        const start = ok(yield* sys.brk(0))
        const before = pages.used
        ok(yield* sys.brk(start + 100 * PAGE))
        is(pages.used, before)
        is([...sys.load((start + 50 * PAGE - 2) as UserPtr, 4)], [0, 0, 0, 0])
        is(pages.used, before + 2)
        is(process.task.mm?.rss, pages.used)
        return 0
      })
      vm.run()
      expectStatus(vm, process, 0)
    })
  })

  it('brk grows and shrinks the heap, and what was cut off comes back as zeros', () => {
    withVm({}, (vm) => {
      const { pages } = vm.kernel
      const process = vm.spawn(function* main(sys) {
        const start = ok(yield* sys.brk(0))
        const before = pages.used
        is([mapped(sys, start), yield* sys.brk(start + 3 * PAGE)], [false, start + 3 * PAGE])
        sys.store(start as UserPtr, new Uint8Array(3 * PAGE).fill(7))
        is([mapped(sys, start + 3 * PAGE), pages.used], [false, before + 3])
        is([mapped(sys, start + PAGE), yield* sys.brk(start + PAGE)], [true, start + PAGE])
        is([mapped(sys, start + PAGE), pages.used], [false, before + 1])
        is(yield* sys.brk(start + 3 * PAGE), start + 3 * PAGE)
        is([...sys.load((start + PAGE - 1) as UserPtr, 2)], [7, 0])
        is(yield* sys.brk(start), start)
        is(pages.used, before)
        return 0
      })
      vm.run()
      expectStatus(vm, process, 0)
    })
  })

  it('an end of the heap inside a page leaves the whole page usable', () => {
    inVm(function* (sys) {
      const start = ok(yield* sys.brk(0))
      is(yield* sys.brk(start + 1), start + 1)
      is([mapped(sys, start + PAGE - 1), mapped(sys, start + PAGE)], [true, false])
      return 0
    })
  })

  it('an end that cannot be had leaves the old one', () => {
    inVm(function* (sys) {
      const start = ok(yield* sys.brk(0))
      for (const end of [0, 1, start - 1, 0x3fff_f000, 2 ** 38, 2 ** 50, -1]) is(yield* sys.brk(end), start)
      is(yield* sys.syscall(214, 0xffff_ffff_ffff_f000n), start)
      return 0
    })
  })

  it('a transfer goes over the borders of pages', () => {
    inVm(function* (sys) {
      const start = ok(yield* sys.brk(0))
      ok(yield* sys.brk(start + 4 * PAGE))
      const size = 2 * PAGE + 50
      const from = (start + PAGE - 25) as UserPtr
      const data = Uint8Array.from({ length: size }, (_, i) => i * 7)
      sys.store(from, data)
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))
      is(yield* sys.write(fd, from, size), size)
      ok(yield* sys.lseek(fd, 0, 0))
      sys.store(from, new Uint8Array(size))
      is(yield* sys.read(fd, (from + 1) as UserPtr, size), size)
      is(sys.load((from + 1) as UserPtr, size), data)
      return 0
    })
  })
})

describe('a pointer to nowhere is EFAULT', () => {
  it('in every call that takes one', () => {
    inVm(function* (sys) {
      const { rd, wr } = { rd: 0, wr: 0, ...((yield* sys.pipe()) as object) }
      ok(yield* sys.print('x', wr))
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))
      ok(yield* sys.print('hello', fd))
      ok(yield* sys.lseek(fd, 0, 0))
      const zero = ok(yield* sys.open('/dev/zero', O_RDWR))
      for (const at of [...BAD_POINTERS, 0x3fff_f000 as UserPtr, (2 ** 38 - 1) as UserPtr]) {
        for (const from of [rd, fd, zero]) fails(yield* sys.read(from, at, 1), EFAULT)
        for (const to of [wr, fd, 1]) fails(yield* sys.write(to, at, 1), EFAULT)
        fails(yield* sys.open(at, 0), EFAULT)
        fails(yield* sys.pipe2(at, 0), EFAULT)
        fails(yield* sys.uname(at), EFAULT)
        fails(yield* sys.sethostname(at, 1), EFAULT)
        fails(yield* sys.prctl(PR_SET_NAME, at), EFAULT)
        fails(yield* sys.prctl(PR_GET_NAME, at), EFAULT)
        fails(yield* sys.syscall(101, at, 0), EFAULT)
        const child = ok(
          yield* sys.fork(function* () {
            return 0
          }),
        )
        fails(yield* sys.wait4(child, at, 0), EFAULT)
      }
      // Nothing has moved.
      is(yield* sys.lseek(fd, 0, 1), 0)
      is(yield* sys.read(rd, sys.alloc(8), 8), 1)
      return 0
    })
  })

  it('in one whose range runs from good memory into none', () => {
    inVm(function* (sys) {
      fails(yield* sys.uname(yield* endOfHeap(sys, 389)), EFAULT)
      ok(yield* sys.uname(yield* endOfHeap(sys, 390)))
      fails(yield* sys.sethostname(yield* endOfHeap(sys, 3), 4), EFAULT)
      fails(yield* sys.prctl(PR_GET_NAME, yield* endOfHeap(sys, 15)), EFAULT)
      fails(yield* sys.syscall(101, yield* endOfHeap(sys, 15), 0), EFAULT)
      const name = yield* endOfHeap(sys, 4)
      sys.store(name, bytes('name'))
      fails(yield* sys.prctl(PR_SET_NAME, name), EFAULT)
      // The fifteenth byte is the last that is looked at.
      const long = yield* endOfHeap(sys, 15)
      sys.store(long, bytes('123456789012345'))
      ok(yield* sys.prctl(PR_SET_NAME, long))
      return 0
    })
  })

  it('but not where the call fails for another reason first, or has no use for it', () => {
    inVm(function* (sys) {
      fails(yield* sys.sethostname(-1 as UserPtr, 65), EINVAL)
      fails(yield* sys.sethostname(-1 as UserPtr, -1), EINVAL)
      fails(yield* sys.pipe2(-1 as UserPtr, 1), EINVAL)
      fails(yield* sys.prctl(99, -1 as UserPtr), EINVAL)
      fails(yield* sys.openat(-1, '', 0), ENOENT)
      fails(yield* sys.read(-1, -1 as UserPtr, 1), EBADF)
      ok(yield* sys.sethostname(100 as UserPtr, 0))
      ok(yield* sys.set_tid_address(-1))
      return 0
    })
  })
})

describe('a machine with little memory', () => {
  const mem = 64 * PAGE

  it('ends who writes to shared pages and can have no copy of them, and nobody else', () => {
    inVm(
      function* (sys) {
        const start = ok(yield* sys.brk(0))
        ok(yield* sys.brk(start + 40 * PAGE))
        sys.store(start as UserPtr, new Uint8Array(40 * PAGE).fill(1))
        const nothing = function* () {
          return 0
        }
        const greedy = function* (child: Libc) {
          child.store(start as UserPtr, new Uint8Array(40 * PAGE).fill(2))
          return 0
        }
        for (let i = 0; i < 3; i++) is(yield* waitFor(sys, ok(yield* sys.fork(greedy))), SIGSEGV)
        is(sys.load(start as UserPtr, 1)[0], 1)
        ok(yield* sys.brk(start))
        is(yield* waitFor(sys, ok(yield* sys.fork(nothing))), 0)
        return 0
      },
      { mem },
    )
  })

  it('a call that needs a page of the program’s is EFAULT, a pipe ENOMEM', () => {
    inVm(
      function* (sys) {
        const { wr, rd } = { rd: 0, wr: 0, ...((yield* sys.pipe()) as object) }
        const name = sys.string('x')
        const start = ok(yield* sys.brk(0))
        ok(yield* sys.brk(start + 100 * PAGE))
        let n = 0
        while (mapped(sys, start + n * PAGE)) n++
        is([n > 40, n < 64], [true, true])
        fails(yield* sys.uname((start + n * PAGE) as UserPtr), EFAULT)
        fails(yield* sys.write(wr, name, 1), ENOMEM)
        ok(yield* sys.brk(start))
        is([yield* sys.write(wr, name, 1), yield* sys.read(rd, name, 9)], [1, 1])
        return 0
      },
      { mem },
    )
  })

  it('cannot start a program whose arguments do not fit, and says so', () => {
    withVm({ mem }, (vm) => {
      const main = function* main() {
        return 0
      }
      expect(() =>
        vm.spawn(
          main,
          Array.from({ length: 70 }, () => 'x'.repeat(PAGE)),
        ),
      ).toThrow('ENOMEM')
      expect(() => vm.spawn(main, ['x'.repeat(32 * PAGE)])).toThrow('E2BIG')
      const process = vm.spawn(main, ['x'])
      vm.run()
      expectStatus(vm, process, 0)
    })
  })
})
