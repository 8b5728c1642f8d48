import { describe, expect, it } from 'vitest'
import { EFAULT, EINVAL, ENOSPC } from '../../kernel/errno.ts'
import { O_RDONLY, O_RDWR } from '../../kernel/fs/file.ts'
import { new_decode_dev, new_encode_dev } from '../../kernel/fs/kdev_t.ts'
import { boot } from '../../index.ts'
import { UNMAPPED, endOfHeap, fails, inVm, is, ok, textAt, withVm } from '../support/vm.ts'

/** What /dev/urandom and getrandom(2) give a machine, one behind the other. */
function randomOf(seed: number | undefined): number[] {
  const got: number[] = []
  const vm = boot(seed === undefined ? {} : { seed })
  vm.spawn(function* main(sys) {
    const buf = sys.alloc(16)
    const fd = yield* sys.open('/dev/urandom', O_RDONLY)
    yield* sys.read(fd, buf, 8)
    yield* sys.syscall(278, buf + 8, 8, 0)
    got.push(...sys.load(buf, 16))
    return 0
  })
  vm.run()
  return got
}

describe('/dev', () => {
  it('null swallows, zero and full give zeros, and full has no room', () => {
    inVm(function* (sys) {
      const buf = sys.string('abcdefgh')
      const open = (name: string) => sys.open(`/dev/${name}`, O_RDWR)
      const [nul, zero, full] = [ok(yield* open('null')), ok(yield* open('zero')), ok(yield* open('full'))]
      is(yield* sys.write(nul, buf, 8), 8)
      is(yield* sys.read(nul, buf, 8), 0)
      is(yield* sys.write(zero, buf, 8), 8)
      is(yield* sys.read(zero, buf, 4), 4)
      is(textAt(sys, buf, 8), '\0\0\0\0efgh')
      is(yield* sys.read(full, buf, 8), 8)
      is(textAt(sys, buf, 8), '\0'.repeat(8))
      fails(yield* sys.write(full, buf, 8), ENOSPC)
      for (const fd of [nul, zero, full]) is(yield* sys.lseek(fd, 5, 0), 0)
      return 0
    })
  })

  it('a node that root makes is the device of its number, whatever its name', () => {
    inVm(function* (sys) {
      is(yield* sys.mknodat(-100, '/tmp/z', 0o20600, 0x105), 0)
      const fd = ok(yield* sys.open('/tmp/z', O_RDWR))
      const buf = sys.string('abcd')
      is(yield* sys.read(fd, buf, 4), 4)
      is(textAt(sys, buf, 4), '\0\0\0\0')
      return 0
    })
  })

  it('random bytes are the seed’s: the same each boot, others with another seed', () => {
    expect(randomOf(5)).toEqual(randomOf(5))
    const all = [undefined, 1, 2, -1, 2 ** 40, 2 ** 40 + 1, -(2 ** 33)].map((seed) => randomOf(seed).join())
    expect(new Set(all).size).toBe(all.length)
    expect(randomOf(undefined)).toEqual(randomOf(0))
    expect(new Set(randomOf(7)).size).toBeGreaterThan(8)
  })

  it('random bytes look it: each bit is set about half of the time', () => {
    const vm = withVm({ seed: 3 }, (vm) => {
      vm.spawn(function* main(sys) {
        const buf = sys.alloc(8000)
        is(yield* sys.syscall(278, buf, 8000, 0), 8000)
        const bytes = sys.load(buf, 8000)
        for (let bit = 0; bit < 8; bit++) {
          const ones = bytes.reduce((n, b) => n + ((b >> bit) & 1), 0)
          is(Math.abs(ones - 4000) < 250, true, `bit ${bit}: ${ones}`)
        }
        return 0
      })
      vm.run()
      return vm
    })
    expect(vm.dmesg().join()).not.toContain('expected')
  })

  it('getrandom fills what can be filled and refuses flags that contradict each other', () => {
    inVm(function* (sys) {
      const buf = yield* endOfHeap(sys, 5000)
      is(yield* sys.syscall(278, buf, 9000, 1), 5000)
      fails(yield* sys.syscall(278, UNMAPPED, 4, 0), EFAULT)
      is(yield* sys.syscall(278, UNMAPPED, 0, 0), 0)
      fails(yield* sys.syscall(278, buf, 4, 8), EINVAL)
      fails(yield* sys.syscall(278, buf, 4, 6), EINVAL)
      is(yield* sys.syscall(278, buf, 3, 2), 3)
      const fd = ok(yield* sys.open('/dev/random', O_RDWR))
      is(yield* sys.write(fd, buf, 6000), 5000)
      fails(yield* sys.write(fd, UNMAPPED, 6), EFAULT)
      is(yield* sys.lseek(fd, 5, 0), 0)
      return 0
    })
  })

  it('strace shows getrandom', () => {
    withVm({}, (vm) => {
      const lines: string[] = []
      const stop = vm.strace(({ text }) => lines.push(text))
      vm.spawn(function* main(sys) {
        const buf = sys.alloc(4)
        yield* sys.syscall(278, UNMAPPED, 4, 3)
        yield* sys.syscall(278, buf, 0, 4)
        return 0
      })
      vm.run()
      stop()
      expect(lines.slice(0, 2)).toEqual([
        'getrandom(0x64, 4, GRND_NONBLOCK|GRND_RANDOM) = -1 EFAULT (Bad address)',
        'getrandom("", 0, GRND_INSECURE) = 0',
      ])
    })
  })

  it('numbers of devices are packed as stat(2) and mknod(2) have them', () => {
    expect(new_decode_dev(0x103)).toBe((1 << 20) | 3)
    for (const dev of [0x103, 0xfff00, 0x123456ff, 0xffffffff]) expect(new_encode_dev(new_decode_dev(dev))).toBe(dev)
  })
})
