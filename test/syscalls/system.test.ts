import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EINVAL, ENOSYS } from '../../kernel/errno.ts'
import { O_CREAT, O_RDWR } from '../../kernel/fs/file.ts'
import { PR_GET_NAME, PR_SET_NAME } from '../../userland/libc.ts'
import { imageFields } from '../../index.ts'
import { bytes, expectStatus, fails, inVm, is, ok, textAt, withVm } from '../support/vm.ts'

function* comm(sys: Libc): Run<string> {
  const buf = sys.alloc(17)
  sys.store(buf, new Uint8Array(17).fill(120))
  ok(yield* sys.prctl(PR_GET_NAME, buf))
  is(textAt(sys, (buf + 16) as UserPtr, 1), 'x')
  return textAt(sys, buf, 16)
}

describe('prctl', () => {
  it('cuts a name to 15 bytes, zeroes the rest, and keeps bytes that are no text', () => {
    inVm(function* prctl(sys) {
      is(yield* comm(sys), 'prctl'.padEnd(16, '\0'))
      for (const name of ['', 'a', '123456789012345', '1234567890123456', 'x'.repeat(100), 'größenwahn']) {
        ok(yield* sys.prctl(PR_SET_NAME, name))
        const cut = bytes(name).subarray(0, 15)
        const buf = sys.alloc(16)
        ok(yield* sys.prctl(PR_GET_NAME, buf))
        is([...sys.load(buf, 16)], [...cut, ...new Uint8Array(16 - cut.length)])
      }
      fails(yield* sys.prctl(0), EINVAL)
      return 0
    })
  })

  it('a program’s name is that of its file, cut to 15 bytes', () => {
    withVm({}, (vm) => {
      vm.writeFile('/tmp/a_name_of_many_bytes', vm.readFile('/bin/self_restart'), 0o755)
      const process = vm.spawn('/tmp/../tmp/a_name_of_many_bytes')
      expect([...process.task.commBytes()]).toEqual([...bytes('a_name_of_many_'), 0])
      vm.run()
      expect(process.status).toBe(2 << 8)
    })
  })

  it('shows nothing from behind the zero of a name that a restart brought', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        const fd = ok(yield* sys.open('/image', O_RDWR | O_CREAT, 0o600))
        ok(yield* sys.prctl(PR_SET_NAME, 'abcdefgh'))
        is(yield* sys.checkpoint(0, fd, 0), 1)
        const image = vm.readFile('/image')
        const at = String.fromCharCode(...image).indexOf('abcdefgh')
        is(at > 0, true)
        image[at + 3] = 0
        vm.writeFile('/image', image)
        ok(yield* sys.lseek(fd, 0, 0))
        is(yield* sys.restart(0, fd, 0), 0)
        is(yield* comm(sys), 'abc'.padEnd(16, '\0'))
        return 0
      })
      vm.run()
      expectStatus(vm, process, 0)
    })
  })
})

describe('set_tid_address', () => {
  it('keeps all 64 bits, which an image then has', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        const fd = ok(yield* sys.open('/image', O_RDWR | O_CREAT, 0o600))
        for (const tid of [0x1234_5678_9abc_def1n, 2n ** 64n - 1n, 2n ** 53n + 1n]) {
          is(yield* sys.syscall(96, tid), process.pid)
          ok(yield* sys.lseek(fd, 0, 0))
          ok(yield* sys.checkpoint(0, fd, 0))
          const fields = imageFields(vm.readFile('/image'))
          is(
            fields.some((field) =>
              JSON.stringify(field, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)).includes(String(tid)),
            ),
            true,
          )
        }
        return 0
      })
      vm.run()
      expectStatus(vm, process, 0)
    })
  })
})

describe('uname and sethostname', () => {
  it('a name has up to 64 bytes, and what was there before is gone', () => {
    inVm(
      function* (sys) {
        const buf = sys.alloc(390)
        const nodename = function* (): Run<string> {
          ok(yield* sys.uname(buf))
          return textAt(sys, (buf + 65) as UserPtr, 65)
        }
        is(yield* nodename(), 'node'.padEnd(65, '\0'))
        ok(yield* sys.sethostname('n'.repeat(64), 64))
        is(yield* nodename(), `${'n'.repeat(64)}\0`)
        ok(yield* sys.sethostname('short', 3))
        is(yield* nodename(), 'sho'.padEnd(65, '\0'))
        ok(yield* sys.sethostname('', 0))
        is(yield* nodename(), '\0'.repeat(65))
        fails(yield* sys.sethostname('n'.repeat(65), 65), EINVAL)
        is(
          [0, 2, 3, 4, 5].map((k) => sys.loadString((buf + 65 * k) as UserPtr)),
          ['Linux', '2.6.31', '#1 SMP Wed Jul 22 09:59:42 UTC 2009', 'riscv64', '(none)'],
        )
        return 0
      },
      { uts: { nodename: 'node' } },
    )
  })
})

describe('nanosleep', () => {
  it('refuses a time that is none', () => {
    inVm(function* (sys) {
      for (const [sec, nsec] of [
        [-1, 0],
        [0, -1],
        [0, 1e9],
      ]) {
        fails(yield* sys.nanosleep(sec, nsec), EINVAL)
      }
      ok(yield* sys.nanosleep(0, 999_999_999))
      return 0
    })
  })
})

describe('a number that names no call', () => {
  it('is ENOSYS', () => {
    inVm(function* (sys) {
      for (const nr of [0, 1, 243, 246, 999, 2 ** 31 - 1, -1]) fails(yield* sys.syscall(nr), ENOSYS)
      return 0
    })
  })

  it('and the calls of the patch have the first two numbers that are the architecture’s own', () => {
    withVm({}, (vm) => {
      const names: string[] = []
      const { abi } = vm.kernel
      for (let nr = 244; nr < 260; nr++) names.push(abi.name(nr))
      expect(names.slice(0, 3)).toEqual(['checkpoint', 'restart', 'syscall_246'])
    })
  })
})
