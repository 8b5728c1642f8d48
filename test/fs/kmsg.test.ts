import { describe, expect, it } from 'vitest'
import { EAGAIN, EFAULT, EINVAL, ESPIPE } from '../../kernel/errno.ts'
import { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from '../../kernel/fs/file.ts'
import { UNMAPPED, fails, inVm, is, ok, textAt, withVm } from '../support/vm.ts'

describe('/dev/kmsg', () => {
  it('gives the log a record a read, and takes lines with a level or without', () => {
    const vm = inVm(function* (sys) {
      const fd = ok(yield* sys.open('/dev/kmsg', O_RDWR | O_NONBLOCK))
      const buf = sys.alloc(256)
      const next = function* () {
        return textAt(sys, buf, ok(yield* sys.read(fd, buf, 256)))
      }
      is(yield* next(), '5,0,0,-;Linux version 2.6.31\n')
      is((yield* next()).startsWith('5,1,0,-;Kernel command line'), true)
      fails(yield* sys.read(fd, buf, 256), EAGAIN)
      is(yield* sys.print('<3>oh\\no\n', fd), 9)
      is(yield* sys.print('plain', fd), 5)
      fails(yield* sys.read(fd, buf, 5), EINVAL)
      is(yield* next(), '3,2,0,-;oh\\x5cno\n')
      is(yield* next(), '4,3,0,-;plain\n')
      is(yield* sys.lseek(fd, 0, 2), 0)
      fails(yield* sys.read(fd, buf, 256), EAGAIN)
      is(yield* sys.lseek(fd, 0, 0), 0)
      is((yield* next()).slice(0, 4), '5,0,')
      fails(yield* sys.lseek(fd, 1, 0), ESPIPE)
      fails(yield* sys.lseek(fd, 0, 1), EINVAL)
      fails(yield* sys.write(fd, UNMAPPED, 3), EFAULT)
      fails(yield* sys.write(fd, buf, 1025), EINVAL)
      const writer = ok(yield* sys.open('/dev/kmsg', O_WRONLY))
      fails(yield* sys.lseek(writer, 0, 0), EINVAL)
      return 0
    })
    expect(vm.dmesg().slice(2)).toEqual(['[    0.000000] oh\\no', '[    0.000000] plain'])
  })

  it('makes a reader wait for what comes', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        const fd = ok(yield* sys.open('/dev/kmsg', O_RDONLY))
        is(yield* sys.lseek(fd, 0, 2), 0)
        const buf = sys.alloc(64)
        return ok(yield* sys.read(fd, buf, 64)) - 14
      })
      expect(vm.run().kind).toBe('deadlock')
      vm.kernel.printk('<6>hello\n')
      expect(vm.run().kind).toBe('exited')
      expect(process.status).toBe(0)
    })
  })
})
