import { describe, expect, it } from 'vitest'
import type { Fd, Sleeps, UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import { statfs } from '../../kernel/fs/uapi.ts'
import type { Run } from '../../userland/program.ts'
import { fcheck } from '../../kernel/fs/fdtable.ts'
import type { file as struct_file, file_operations } from '../../kernel/fs/file.ts'
import { EBADF, EFAULT, EINVAL, EISDIR, ENOSPC, ESPIPE } from '../../kernel/errno.ts'
import { O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { SEEK_CUR, SEEK_END, SEEK_SET } from '../../kernel/fs/read_write.ts'
import { S_IFCHR, type inode } from '../../kernel/fs/inode.ts'
import { holding } from '../../syscalls/read_write.ts'
import type { dentry } from '../../kernel/fs/dentry.ts'
import { d_instantiate, lookup_one } from '../../kernel/fs/namei.ts'
import {
  BAD_POINTERS,
  UNMAPPED,
  bytes,
  endOfHeap,
  expectStatus,
  fails,
  inVm,
  is,
  ok,
  pipe,
  textAt,
  waitFor,
  withVm,
} from '../support/vm.ts'

function* file(sys: Libc, text = '', flags = O_RDWR): Run<number> {
  const fd = ok(yield* sys.open('/tmp/f', flags | O_CREAT | O_TRUNC, 0o644))
  ok(yield* sys.print(text, fd))
  ok(yield* sys.lseek(fd, 0, SEEK_SET))
  return fd
}

/** The whole of /tmp/f. */
function* contents(sys: Libc): Run<string> {
  const fd = ok(yield* sys.open('/tmp/f', O_RDONLY))
  const buf = sys.alloc(4096)
  const n = ok(yield* sys.read(fd, buf, 4096))
  ok(yield* sys.close(fd))
  return textAt(sys, buf, n)
}

function at(sys: Libc, fd: number): Run<number> {
  return sys.lseek(fd, 0, SEEK_CUR)
}

describe('a transfer that sleeps', () => {
  it('keeps its file open from its first step to its end, and never longer', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const f = fcheck(rd as Fd) as struct_file
      const asleep = function* (): Sleeps<number> {
        yield
        return 7
      }
      void holding(f, asleep()).return(0)
      is(f.f_count, 1)
      const begun = holding(f, asleep())
      is([begun.next().done, f.f_count], [false, 2])
      void begun.return(0)
      is(f.f_count, 1)
      const whole = holding(f, asleep())
      void whole.next()
      is([whole.next().value, f.f_count], [7, 1])
      ok(yield* sys.close(rd))
      ok(yield* sys.close(wr))
      return 0
    })
  })
})

describe('read and write check, in this order', () => {
  it('the mode, then the buffer, then count and position', () => {
    inVm(function* (sys) {
      yield* file(sys, 'hello')
      const ro = ok(yield* sys.open('/tmp/f', O_RDONLY))
      const wo = ok(yield* sys.open('/tmp/f', O_WRONLY))
      const buf = sys.alloc(16)
      for (const where of [buf, ...BAD_POINTERS]) {
        for (const count of [0, 1, -1]) {
          fails(yield* sys.read(wo, where, count), EBADF)
          fails(yield* sys.write(ro, where, count), EBADF)
        }
      }
      // A negative count is a huge one: the range leaves user memory first.
      fails(yield* sys.read(ro, buf, -1), EFAULT)
      fails(yield* sys.write(wo, buf, -1), EFAULT)
      fails(yield* sys.syscall(63, ro, buf, 0xffff_ffff_ffff_ffffn), EFAULT)
      fails(yield* sys.syscall(64, wo, buf, 0x8000_0000_0000_0000n), EFAULT)
      const last = ok(yield* sys.lseek(wo, Number.MAX_SAFE_INTEGER, SEEK_SET))
      is(last, Number.MAX_SAFE_INTEGER)
      fails(yield* sys.write(wo, -1 as UserPtr, 1), EFAULT)
      fails(yield* sys.write(wo, UNMAPPED, 1), EINVAL)
      is(yield* sys.write(wo, buf, 0), 0)
      return 0
    })
  })

  it('a file that can do neither is EINVAL, before its buffer is looked at', () => {
    withVm({}, (vm) => {
      const { root } = vm.kernel
      const dir = root.d_inode as inode
      const i = dir.i_op?.mknod(dir, 'odd', S_IFCHR | 0o666, {} satisfies file_operations)
      d_instantiate(lookup_one(root, 'odd') as dentry, i as inode)
      const process = vm.spawn(function* main(sys) {
        const fd = ok(yield* sys.open('/odd', O_RDWR))
        for (const count of [0, 1, -1]) {
          fails(yield* sys.read(fd, -1 as UserPtr, count), EINVAL)
          fails(yield* sys.write(fd, -1 as UserPtr, count), EINVAL)
        }
        return 0
      })
      vm.run()
      expectStatus(vm, process, 0)
    })
  })

  it('a transfer of nothing looks at the range, not at what is mapped there', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      is([yield* sys.read(fd, UNMAPPED, 0), yield* sys.write(fd, UNMAPPED, 0), yield* at(sys, fd)], [0, 0, 0])
      for (const where of [-1, -4096, 2 ** 38 + 1] as UserPtr[]) {
        fails(yield* sys.read(fd, where, 0), EFAULT)
        fails(yield* sys.write(fd, where, 0), EFAULT)
      }
      return 0
    })
  })
})

describe('a regular file', () => {
  it('is read up to its end, and moves the position by what it gave', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      const buf = sys.alloc(16)
      is([yield* sys.read(fd, buf, 2), textAt(sys, buf, 2), yield* at(sys, fd)], [2, 'he', 2])
      is([yield* sys.read(fd, buf, 99), textAt(sys, buf, 3), yield* at(sys, fd)], [3, 'llo', 5])
      is([yield* sys.read(fd, buf, 99), yield* at(sys, fd)], [0, 5])
      ok(yield* sys.lseek(fd, 100, SEEK_SET))
      is([yield* sys.read(fd, buf, 99), yield* at(sys, fd)], [0, 100])
      return 0
    })
  })

  it('is overwritten in place, grows at its end, and has zeros in its holes', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      ok(yield* sys.lseek(fd, 1, SEEK_SET))
      is([yield* sys.print('EL', fd), yield* at(sys, fd)], [2, 3])
      is(yield* contents(sys), 'hELlo')
      ok(yield* sys.lseek(fd, 3, SEEK_END))
      is(yield* sys.print('end', fd), 3)
      is(yield* contents(sys), 'hELlo\0\0\0end')
      ok(yield* sys.lseek(fd, 50, SEEK_SET))
      is([yield* sys.write(fd, UNMAPPED, 0), yield* sys.lseek(fd, 0, SEEK_END)], [0, 11])
      // Cut and grown again, it does not show what was there.
      const again = ok(yield* sys.open('/tmp/f', O_WRONLY | O_TRUNC))
      ok(yield* sys.lseek(again, 6, SEEK_SET))
      ok(yield* sys.print('x', again))
      is(yield* contents(sys), '\0\0\0\0\0\0x')
      return 0
    })
  })

  it('opened with O_APPEND is written at its end, wherever the position was', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello', O_RDWR | O_APPEND)
      const other = ok(yield* sys.open('/tmp/f', O_WRONLY))
      ok(yield* sys.lseek(other, 0, SEEK_END))
      ok(yield* sys.print('!', other))
      is([yield* sys.print('more', fd), yield* at(sys, fd)], [4, 10])
      ok(yield* sys.lseek(fd, 2, SEEK_SET))
      is([yield* sys.write(fd, UNMAPPED, 0), yield* at(sys, fd)], [0, 2])
      fails(yield* sys.write(fd, UNMAPPED, 3), EFAULT)
      is([yield* at(sys, fd), yield* contents(sys)], [2, 'hello!more'])
      return 0
    })
  })

  it('takes and gives what there is of a buffer that ends at an unmapped page', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      const tail = yield* endOfHeap(sys, 5000)
      sys.store(tail, new Uint8Array(5000).fill(120))
      is([yield* sys.write(fd, tail, 9000), yield* at(sys, fd), yield* sys.lseek(fd, 0, SEEK_END)], [5000, 5000, 5000])
      fails(yield* sys.write(fd, UNMAPPED, 5), EFAULT)
      is(yield* sys.lseek(fd, 0, SEEK_END), 5000)
      ok(yield* sys.lseek(fd, 10, SEEK_SET))
      const end = (tail + 4998) as UserPtr
      is([yield* sys.read(fd, end, 5), yield* at(sys, fd)], [2, 12])
      fails(yield* sys.read(fd, UNMAPPED, 5), EFAULT)
      is(yield* at(sys, fd), 12)
      // What cannot be copied is not overwritten either.
      is(yield* sys.write(fd, end, 5), 2)
      is([yield* at(sys, fd), yield* sys.lseek(fd, 0, SEEK_END)], [14, 5000])
      return 0
    })
  })

  it('a directory is not read', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/tmp', O_RDONLY))
      for (const count of [0, 1]) fails(yield* sys.read(fd, UNMAPPED, count), EISDIR)
      fails(yield* sys.write(fd, UNMAPPED, 1), EBADF)
      return 0
    })
  })

  it('a full file system gives a short write, then ENOSPC, and room comes back', () => {
    const mem = 1 << 20
    inVm(
      function* (sys) {
        const fd = yield* file(sys, '', O_RDWR | O_APPEND)
        const st = sys.alloc(statfs.sizeof)
        ok(yield* sys.fstatfs(fd, st))
        const free = sys.loadInt((st + 24) as UserPtr) * 4096
        const size = 300_000
        const buf = sys.alloc(size)
        const written: number[] = []
        for (let n = 1; n > 0;) written.push((n = yield* sys.write(fd, buf, size)))
        fails(written.pop() as number, ENOSPC)
        const total = written.reduce((a, b) => a + b, 0)
        is([total, free < mem, (written.at(-1) as number) < size], [free, true, true])
        ok(yield* sys.lseek(fd, 7, SEEK_SET))
        fails(yield* sys.write(fd, buf, 1), ENOSPC)
        is(yield* at(sys, fd), 7)
        // A position far behind the end asks for more than there is.
        const far = ok(yield* sys.open('/tmp/g', O_RDWR | O_CREAT, 0o644))
        ok(yield* sys.lseek(far, 2 ** 40, SEEK_SET))
        fails(yield* sys.write(far, buf, 1), ENOSPC)
        is(yield* sys.lseek(far, 0, SEEK_END), 0)
        ok(yield* sys.open('/tmp/f', O_WRONLY | O_TRUNC))
        is(yield* sys.write(fd, buf, size), size)
        return 0
      },
      { mem },
    )
  })
})

describe('devices', () => {
  it('/dev/null swallows all and gives nothing, without a look at the buffer', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/dev/null', O_RDWR))
      is([yield* sys.write(fd, UNMAPPED, 99), yield* sys.read(fd, UNMAPPED, 99)], [99, 0])
      fails(yield* sys.write(fd, -1 as UserPtr, 1), EFAULT)
      is([yield* sys.lseek(fd, 5, SEEK_SET), yield* at(sys, fd)], [0, 0])
      fails(yield* sys.lseek(fd, 0, 9), EINVAL)
      return 0
    })
  })

  it('/dev/zero gives zeros as far as the buffer goes', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/dev/zero', O_RDWR))
      const buf = sys.alloc(8)
      sys.store(buf, bytes('xxxxxxxx'))
      is([yield* sys.read(fd, buf, 5), textAt(sys, buf, 8)], [5, '\0\0\0\0\0xxx'])
      fails(yield* sys.read(fd, UNMAPPED, 1), EFAULT)
      is(yield* sys.read(fd, UNMAPPED, 0), 0)
      is(yield* sys.read(fd, yield* endOfHeap(sys, 5000), 9000), 5000)
      is([yield* sys.write(fd, UNMAPPED, 99), yield* sys.lseek(fd, 5, SEEK_SET)], [99, 0])
      return 0
    })
  })

  it('/dev/console shows what is written, as far as the buffer goes, and is at its end', () => {
    const vm = inVm(function* (sys) {
      const fd = ok(yield* sys.open('/dev/console', O_RDWR))
      ok(yield* sys.print('größer\n', fd))
      ok(yield* sys.print('x'.repeat(5000), 1))
      const tail = yield* endOfHeap(sys, 3)
      sys.store(tail, bytes('end'))
      is(yield* sys.write(2, tail, 9), 3)
      fails(yield* sys.write(fd, UNMAPPED, 9), EFAULT)
      is([yield* sys.read(fd, UNMAPPED, 9), yield* sys.write(fd, UNMAPPED, 0)], [0, 0])
      fails(yield* sys.lseek(fd, 0, SEEK_CUR), ESPIPE)
      return 0
    })
    expect(vm.console).toBe(`größer\n${'x'.repeat(5000)}end`)
  })

  it('the files of another process are not disturbed by a copy of the table', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      const child = ok(
        yield* sys.fork(function* (sys) {
          return yield* sys.close(fd)
        }),
      )
      is(yield* waitFor(sys, child), 0)
      is(yield* sys.read(fd, sys.alloc(8), 8), 5)
      return 0
    })
  })
})
