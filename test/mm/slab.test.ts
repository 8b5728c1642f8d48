import { describe, expect, it } from 'vitest'
import type { KPtr, UserPtr } from '../../kernel/types.ts'
import { Bug } from '../../kernel/bug.ts'
import { FaultPoint, onHit } from '../../kernel/inject/inject.ts'
import { actingFor } from '../../kernel/sched/current.ts'
import { ckpt_hdr } from '../../kernel/checkpoint/checkpoint_hdr.ts'
import { allocMem } from '../../kernel/mm/mem.ts'
import { GFP_KERNEL, KMALLOC_MAX_SIZE, NULL, Slab, kfree, kmem, koff, kzalloc } from '../../kernel/mm/slab.ts'
import { __copy_from_user, __copy_to_user } from '../../kernel/mm/uaccess.ts'
import { new_utsname } from '../../kernel/task/nsproxy.ts'
import { Tracepoints } from '../../kernel/trace.ts'
import type { Run } from '../../userland/program.ts'
import { withVm } from '../support/vm.ts'

const CLASSES = [8, 16, 32, 64, 96, 128, 192, 256]
for (let size = 512; size <= KMALLOC_MAX_SIZE; size *= 2) CLASSES.push(size)

function make(limit = 64 << 20): { slab: Slab; fault: FaultPoint; trace: Tracepoints } {
  const trace = new Tracepoints()
  const fault = new FaultPoint()
  return { slab: new Slab(trace, fault, limit), fault, trace }
}

function fill(slab: Slab, ptr: KPtr, size: number, value: number): void {
  slab.mem(ptr).u8.fill(value, koff(ptr), koff(ptr) + size)
}

function holds(slab: Slab, ptr: KPtr, size: number, value: number): boolean {
  return slab
    .mem(ptr)
    .u8.subarray(koff(ptr), koff(ptr) + size)
    .every((b) => b === value)
}

describe('kmalloc', () => {
  it('gives memory of every size, and no two objects share a byte', () => {
    const { slab } = make()
    const sizes = CLASSES.flatMap((size) => [size - 1, size, size + 1]).filter((s) => s <= KMALLOC_MAX_SIZE)
    const objects = [...sizes, ...sizes].map((size, i) => ({ size, value: (i % 255) + 1, ptr: slab.kmalloc(size) }))
    for (const { ptr, size, value } of objects) fill(slab, ptr, size, value)
    for (const { ptr, size, value } of objects) expect([size, holds(slab, ptr, size, value)]).toEqual([size, true])
    expect(slab.active).toBe(objects.length)
    for (const { ptr } of objects) slab.kfree(ptr)
    expect(slab.active).toBe(0)
  })

  it('gives addresses that are negative, no errno, and aligned to 8', () => {
    const { slab } = make()
    for (const size of CLASSES) {
      const ptr = slab.kmalloc(size)
      expect([size, ptr < -4095, Number.isInteger(ptr), ptr & 7, ptr >= -(2 ** 31)]).toEqual([
        size,
        true,
        true,
        0,
        true,
      ])
    }
  })

  it('gives what was freed again, of the same class only', () => {
    const { slab } = make()
    for (const size of CLASSES) {
      const ptr = slab.kmalloc(size)
      const other = slab.kmalloc(size)
      slab.kfree(ptr)
      expect(slab.kmalloc(size)).toBe(ptr)
      slab.kfree(ptr)
      slab.kfree(other)
    }
    const { total } = slab
    for (const size of CLASSES) slab.kfree(slab.kmalloc(size))
    expect(slab.total).toBe(total)
  })

  it('of 0 bytes is an object, of more than 4 MiB or a negative number none', () => {
    const { slab } = make()
    const [a, b] = [slab.kmalloc(0), slab.kmalloc(0)]
    expect([a === NULL, a === b]).toEqual([false, false])
    for (const size of [KMALLOC_MAX_SIZE + 1, 2 ** 31, 2 ** 53, -1, -4096]) expect(slab.kmalloc(size)).toBe(NULL)
    expect(slab.active).toBe(2)
  })

  it('fails at the limit, and works again when something was freed', () => {
    const limit = 1 << 20
    const { slab } = make(limit)
    const objects: KPtr[] = []
    for (let ptr = slab.kmalloc(4000); ptr !== NULL; ptr = slab.kmalloc(4000)) objects.push(ptr)
    expect(slab.total).toBeLessThanOrEqual(limit)
    expect(objects.length * 4104).toBeGreaterThan(limit * 0.9)
    expect([slab.kmalloc(4096), slab.kmalloc(2 << 20), slab.kmalloc(4 << 20)]).toEqual([NULL, NULL, NULL])
    slab.kfree(objects[7])
    expect(slab.kmalloc(4000)).toBe(objects[7])
    expect(slab.active).toBe(objects.length)
  })

  it('of 4 MiB goes back to the host when it is freed', () => {
    const { slab } = make(9 << 20)
    for (let i = 0; i < 5; i++) {
      const [a, b] = [slab.kmalloc(4 << 20), slab.kmalloc(4 << 20)]
      expect([a === NULL, b === NULL, slab.kmalloc(4 << 20)]).toEqual([false, false, NULL])
      slab.kfree(a)
      slab.kfree(b)
      expect(slab.total).toBe(0)
    }
  })

  it('fails where it is told to, and a tracepoint hears of all of it', () => {
    const { slab, fault, trace } = make()
    const heard: (readonly [number, number])[] = []
    trace.kmalloc.register((size, ptr) => heard.push([size, ptr]))
    trace.kfree.register((ptr) => heard.push([-1, ptr]))
    const cache = slab.kmem_cache_create('things', 100)
    fault.arm([{ first: 2, last: 6, step: 2, action: { retval: 0 } }])
    const got = [slab.kmalloc(8), slab.kmalloc(9)]
    expect([slab.kmem_cache_alloc(cache), slab.kmem_cache_alloc(cache)]).toEqual([true, false])
    got.push(slab.kmalloc(10), slab.kmalloc(11), slab.kmalloc(12))
    expect(got.map((ptr) => ptr === NULL)).toEqual([false, true, false, true, false])
    slab.kfree(got[0])
    slab.kfree(NULL)
    expect(heard).toEqual([...[8, 9, 10, 11, 12].map((size, i) => [size, got[i]]), [-1, got[0]], [-1, 0]])
    expect([slab.active, cache.active_objs, fault.hits]).toEqual([3, 1, 7])
  })
})

describe('kfree', () => {
  it('of NULL does nothing', () => {
    const { slab } = make()
    slab.kfree(NULL)
    expect(slab.active).toBe(0)
  })

  it('a second time is a bug of the kernel’s', () => {
    const { slab } = make()
    for (const size of CLASSES) {
      const ptr = slab.kmalloc(size)
      slab.kfree(ptr)
      expect(() => slab.kfree(ptr), String(size)).toThrow(Bug)
    }
    expect(slab.active).toBe(0)
  })

  it('of what never came from kmalloc is one too', () => {
    const { slab } = make()
    const ptr = slab.kmalloc(64)
    fill(slab, ptr, 64, 0)
    for (const garbage of [ptr + 8, ptr + 16, ptr + 64 + 8, -1, -4095, -8]) {
      expect(() => slab.kfree(garbage as KPtr), String(garbage)).toThrow(Bug)
    }
    expect(slab.active).toBe(1)
    slab.kfree(ptr)
  })

  it('of an address that no memory is at is one too, and so is its use', () => {
    const { slab } = make()
    const ptr = slab.kmalloc(64)
    const chunk = ptr - 8
    for (const outside of [chunk, chunk + 4, chunk + (1 << 14) - 4, chunk + (1 << 14), chunk + (1 << 23) - 8])
      expect(() => slab.kfree(outside as KPtr), String(outside - chunk)).toThrow(Bug)
    for (const outside of [chunk + (1 << 14), chunk + (1 << 22), chunk + (1 << 23), 0x7fffffff])
      expect(() => slab.mem(outside), String(outside - chunk)).toThrow(Bug)
    const large = slab.kmalloc(KMALLOC_MAX_SIZE)
    expect(holds(slab, large, KMALLOC_MAX_SIZE, 0)).toBe(true)
    expect(() => slab.mem(large + KMALLOC_MAX_SIZE + (1 << 14))).toThrow(Bug)
    slab.kfree(large)
    expect(() => slab.mem(large)).toThrow(Bug)
  })

  it('of more objects than a cache has is one too', () => {
    const { slab } = make()
    const cache = slab.kmem_cache_create('things', 100)
    expect(slab.kmem_cache_alloc(cache)).toBe(true)
    slab.kmem_cache_free(cache)
    expect(() => slab.kmem_cache_free(cache)).toThrow(Bug)
  })
})

describe('kzalloc', () => {
  it('gives zeros, whatever was there before, to the last byte', () => {
    withVm({}, ({ kernel }) => {
      actingFor(kernel.swapper, () => {
        for (const size of [1, 7, 8, 9, 100, 160, 161, 192, 193, 4096, 5000]) {
          const dirty = kzalloc(size, GFP_KERNEL)
          fill(kernel.slab, dirty, size, 0xff)
          kfree(dirty)
          const ptr = kzalloc(size, GFP_KERNEL)
          expect([ptr, holds(kernel.slab, ptr, size, 0)]).toEqual([dirty, true])
          kfree(ptr)
        }
        kernel.inject.kmalloc.arm([onHit(1, { retval: 0 })])
        expect(kzalloc(8, GFP_KERNEL)).toBe(NULL)
      })
    })
  })
})

describe('what lies over the end of a chunk', () => {
  const PAST = 'unable to handle kernel paging request'

  /** The end of the chunk that an object lies in. */
  const endOf = (slab: Slab, ptr: KPtr): number => ptr - koff(ptr) + slab.mem(ptr).u8.length

  it('cannot be reached through a struct, nor copied, and the host says nothing of its own', () => {
    withVm({}, (vm) => {
      const t = vm.spawn(function* main(): Run<number> {
        return 0
      }).task
      const { slab } = vm.kernel
      actingFor(t, () => {
        const ptr = slab.kmalloc(64)
        const end = endOf(slab, ptr)
        const at = (before: number): KPtr => (end - before) as KPtr
        const hdr = (p: KPtr) => new ckpt_hdr(kmem(p, ckpt_hdr.sizeof), koff(p), p)
        expect(typeof hdr(at(ckpt_hdr.sizeof)).len).toBe('number')
        for (const before of [ckpt_hdr.sizeof - 1, 4, 1, 0, -1]) {
          expect(() => hdr(at(before)).len).toThrow(PAST)
          expect(() => new new_utsname(kmem(at(before), new_utsname.sizeof), 0)).toThrow(PAST)
        }
        const mem = allocMem(1024)
        for (const n of [8, 160, 161, 1024]) {
          const [within, over] = [at(n), at(n - 1)] as unknown as [UserPtr, UserPtr]
          expect([__copy_from_user(mem, 0, within, n), __copy_to_user(within, mem, 0, n)]).toEqual([0, 0])
          expect(() => __copy_from_user(mem, 0, over, n)).toThrow(Bug)
          expect(() => __copy_to_user(over, mem, 0, n)).toThrow(Bug)
        }
        slab.kfree(ptr)
      })
      vm.run()
    })
  })
})
