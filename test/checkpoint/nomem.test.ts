import { describe, expect, test } from 'vitest'
import { onHit, type Libc, type Run, type Vm } from '../../index.ts'
import { ENOMEM } from '../../kernel/errno.ts'
import { PR_GET_NAME, PR_SET_NAME } from '../../userland/libc.ts'
import { IMAGE_SIZE, fails, held, imageOf, inProgram, ok, quietVm } from '../support/ckpt.ts'

/** What each allocation is for, and its bytes, in the order in which they are made. */
const CHECKPOINT: readonly (readonly [what: string, size: number])[] = [
  ['the context', 304],
  ['the header', 56],
  ['the head of release', 8],
  ['the head of version', 8],
  ['the head of machine', 8],
  ['the task record', 40],
  ['the head of comm', 8],
  ['the tail', 16],
]
const RESTART: typeof CHECKPOINT = [
  ['the context', 304],
  ['the header', 56],
  ['the names', 390],
  ['the task record', 40],
  ['the tail', 16],
]

describe.each([
  { name: 'checkpoint', allocations: CHECKPOINT, call: checkpointAnew },
  { name: 'restart', allocations: RESTART, call: restartFromStart },
])('$name', ({ allocations, call }) => {
  test(`allocates ${allocations.length} times`, () => {
    const vm = vmWithImage()
    const { hits, sizes } = inProgram(vm, function* (sys) {
      const fd = ok(yield* sys.open('/image', 2))
      const sizes: number[] = []
      const stop = vm.kernel.trace.kmalloc.register((size) => sizes.push(size))
      vm.kernel.inject.kmalloc.arm([onHit(1000, { retval: 0 })])
      ok(yield* call(sys, fd))
      const { hits } = vm.kernel.inject.kmalloc
      vm.kernel.inject.kmalloc.arm([])
      stop()
      return { hits, sizes }
    })
    expect(hits).toBe(allocations.length)
    expect(sizes).toEqual(allocations.map(([, size]) => size))
  })

  test.each(allocations.map(([what], i) => [what, i + 1] as const))(
    'without memory for %s fails with ENOMEM, leaks nothing, and can be made again',
    (_what, n) => {
      const vm = vmWithImage()
      inProgram(vm, function* (sys) {
        const fd = ok(yield* sys.open('/image', 2))
        const before = held(vm.kernel)
        vm.kernel.inject.kmalloc.arm([onHit(n, { retval: 0 })])
        fails(yield* call(sys, fd), ENOMEM)
        expect(vm.kernel.inject.kmalloc.hits).toBe(n)
        vm.kernel.inject.kmalloc.arm([])
        expect(held(vm.kernel)).toEqual(before)
        ok(yield* call(sys, fd))
        expect(held(vm.kernel)).toEqual(before)
      })
    },
  )
})

test('a failed checkpoint leaves the records that came before, and takes no id', () => {
  const vm = vmWithImage()
  const sizes = inProgram(vm, function* (sys) {
    const sizes: number[] = []
    for (let n = 1; n <= CHECKPOINT.length; n++) {
      const fd = ok(yield* sys.creat('/part', 0o600))
      vm.kernel.inject.kmalloc.arm([onHit(n, { retval: 0 })])
      fails(yield* sys.checkpoint(0, fd, 0), ENOMEM)
      vm.kernel.inject.kmalloc.arm([])
      ok(yield* sys.close(fd))
      sizes.push(vm.readFile('/part').length)
    }
    // imageOf() took 1.
    expect(ok(yield* sys.checkpoint(0, ok(yield* sys.creat('/whole', 0o600)), 0))).toBe(2)
    return sizes
  })
  expect(sizes).toEqual([0, 0, 56, 129, 202, 275, 315, 339])
  expect(vm.readFile('/whole')).toHaveLength(IMAGE_SIZE)
})

test('a restart without memory for the tail has changed the task already, one without for the task record has not', () => {
  const vm = vmWithImage()
  inProgram(vm, function* (sys) {
    const fd = ok(yield* sys.open('/image', 2))
    for (const [n, name] of [
      [4, 'me'],
      [5, 'sleeper'],
    ] as const) {
      ok(yield* sys.prctl(PR_SET_NAME, 'me'))
      vm.kernel.inject.kmalloc.arm([onHit(n, { retval: 0 })])
      fails(yield* restartFromStart(sys, fd), ENOMEM)
      vm.kernel.inject.kmalloc.arm([])
      const comm = sys.alloc(16)
      ok(yield* sys.prctl(PR_GET_NAME, comm))
      expect(sys.loadString(comm)).toBe(name)
    }
  })
})

function vmWithImage(): Vm {
  const vm = quietVm()
  vm.writeFile('/image', imageOf(vm))
  return vm
}

function* checkpointAnew(sys: Libc, fd: number): Run<number> {
  ok(yield* sys.lseek(fd, 0, 0))
  return yield* sys.checkpoint(0, fd, 0)
}

function* restartFromStart(sys: Libc, fd: number): Run<number> {
  ok(yield* sys.lseek(fd, 0, 0))
  return yield* sys.restart(0, fd, 0)
}
