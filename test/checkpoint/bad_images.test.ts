import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { imageFields, type Libc, type Run, type UserPtr, type Vm } from '../../index.ts'
import { EINVAL, ENOMEM, EPIPE } from '../../kernel/errno.ts'
import type { MaySleep } from '../../kernel/types.ts'
import type { inode } from '../../kernel/fs/inode.ts'
import { CKPT_HDR_BUFFER, CKPT_HDR_STRING } from '../../kernel/checkpoint/checkpoint_hdr.ts'
import {
  _ckpt_read_buffer,
  _ckpt_read_nbuffer,
  _ckpt_read_obj_type,
  _ckpt_read_string,
  ckpt_read_buf_type,
  ckpt_read_obj_type,
} from '../../kernel/checkpoint/restart.ts'
import { ckpt_hdr_put } from '../../kernel/checkpoint/sys.ts'
import { S_IFCHR } from '../../kernel/fs/inode.ts'
import { d_instantiate, lookup_one, path_lookup } from '../../kernel/fs/namei.ts'
import type { dentry } from '../../kernel/fs/dentry.ts'
import type { file_operations } from '../../kernel/fs/file.ts'
import { actingFor } from '../../kernel/sched/current.ts'
import { IS_ERR, NULL, KMALLOC_MAX_SIZE } from '../../kernel/mm/slab.ts'
import { __copy_to_user } from '../../kernel/mm/uaccess.ts'
import { allocMem } from '../../kernel/mm/mem.ts'
import { may } from '../../kernel/sched/may_sleep.ts'
import {
  IMAGE_SIZE,
  fails,
  held,
  imageOf,
  inProgram,
  ok,
  outcomeName,
  patched,
  quietVm,
  record,
  withBuffer,
  withCtx,
} from '../support/ckpt.ts'

const image = imageOf(quietVm())

describe('restart answers an image that is not right, leaks nothing, and takes a good one afterwards', () => {
  test('which ends too soon, after any number of bytes: EPIPE', () => {
    withRestart(function* ({ restart }) {
      for (let size = 0; size < IMAGE_SIZE; size++) fails(yield* restart(image.subarray(0, size)), EPIPE)
    })
  })

  test('in which any one byte is another: EINVAL, unless nobody looks at that byte', () => {
    const taken = new Map<number, number>()
    const odd: string[] = []
    withRestart(function* ({ sys, fd, buf, again }) {
      sys.store(buf, image)
      ok(yield* sys.lseek(fd, 0, 0))
      ok(yield* sys.write(fd, buf, IMAGE_SIZE))
      for (let at = 0; at < IMAGE_SIZE; at++) {
        for (let xor = 1; xor < 256; xor++) {
          sys.store(buf, Uint8Array.of(image[at] ^ xor))
          const ret = yield* again(at, 1)
          if (ret === 0) taken.set(at, (taken.get(at) ?? 0) + 1)
          else if (ret !== -EINVAL) odd.push(`byte ${at} ^ ${xor}: ${outcomeName(ret)}`)
        }
        sys.store(buf, image.subarray(at, at + 1))
        ok(yield* again(at, 1))
      }
    })
    expect(odd).toEqual([])
    // Where one other value is taken, all 255 are.
    expect(new Set(taken.values())).toEqual(new Set([255]))
    expect(rangesOf([...taken.keys()])).toEqual([
      [16, 2], // _padding
      [26, 6], // what the compiler leaves free before the constants
      [40, 8], // time
      [64, 65], // release: read, and compared with nothing
      [137, 65], // version
      [210, 65], // machine
      [283, 32], // the task's state, exit_state, exit_code and exit_signal, saved for nobody, and its two tids
      [323, 16], // comm: any name will do, and its last byte becomes zero
    ])
    expect(taken.size).toBe(259)
  })

  test('whose record says that it is 0xffffffff bytes long: EINVAL', () => {
    const lens = imageFields(image).filter((f) => /^(h\.)?len$/.test(f.field))
    expect(lens).toHaveLength(7)
    withRestart(function* ({ restart }) {
      for (const f of lens) fails(yield* restart(patched(image, f.offset, [255, 255, 255, 255])), EINVAL)
    })
  })

  test('which lacks one of its records, has it twice, or has two of them swapped', () => {
    const starts = [0, 56, 129, 202, 275, 315, 339, IMAGE_SIZE]
    const records = starts.slice(1).map((end, i) => [...image.subarray(starts[i], end)])
    withRestart(function* ({ restart }) {
      for (const [i, one] of records.entries()) {
        const tail = i === records.length - 1
        fails(yield* restart(records.toSpliced(i, 1).flat()), tail ? EPIPE : EINVAL)
        // What follows the tail is not looked at.
        const twice = yield* restart(records.toSpliced(i, 0, one).flat())
        expect([i, outcomeName(twice)]).toEqual([i, tail ? '0' : '-EINVAL'])
        // The three names are BUFFER records of one size.
        if (!tail) {
          const swapped = yield* restart(records.toSpliced(i, 2, records[i + 1], one).flat())
          expect([i, outcomeName(swapped)]).toEqual([i, i === 1 || i === 2 ? '0' : '-EINVAL'])
        }
      }
    })
  })

  test('which is random bytes: EINVAL or EPIPE', () => {
    withRestart(function* ({ restart }) {
      for (const bytes of fc.sample(fc.uint8Array({ maxLength: 2 * IMAGE_SIZE }), 2000)) {
        expect(['-EINVAL', '-EPIPE'], `[${bytes.join()}]`).toContain(outcomeName(yield* restart(bytes)))
      }
    })
  })

  test('which was good before it was cut, spliced and overwritten', () => {
    const edit = fc.record({
      at: fc.nat(IMAGE_SIZE),
      gone: fc.nat(20),
      put: fc.array(fc.nat(255), { maxLength: 20 }),
    })
    withRestart(function* ({ restart }) {
      for (const edits of fc.sample(fc.array(edit, { minLength: 1, maxLength: 5 }), 3000)) {
        let bytes = [...image]
        for (const { at, gone, put } of edits) bytes = bytes.toSpliced(at, gone, ...put)
        expect(['0', '-EINVAL', '-EPIPE'], JSON.stringify(edits)).toContain(outcomeName(yield* restart(bytes)))
      }
    })
  })
})

describe('restart stops reading a stream without an end', () => {
  test('/dev/zero: EINVAL, for a record of length 0', () => {
    withRestart(function* ({ sys }) {
      fails(yield* sys.restart(0, ok(yield* sys.open('/dev/zero', 0)), 0), EINVAL)
    })
  })

  test.each([
    ['of one image after the other', image, 0],
    ['of header after header', image.subarray(0, 56), -EINVAL],
    ['of a header and names without end', [...image.subarray(0, 56), ...image.subarray(56, 129)], -EINVAL],
    ['of records of the greatest length', record(CKPT_HDR_BUFFER, [], 0xffffffff), -EINVAL],
  ])('%s', (_what, bytes, expected) => {
    for (const most of [1, 7, 4096]) {
      withRestart(function* ({ sys, vm }) {
        device(vm, 'endless', endless(Uint8Array.from(bytes), most))
        const fd = ok(yield* sys.open('/dev/endless', 0))
        for (let i = 0; i < 3; i++) expect(outcomeName(yield* sys.restart(0, fd, 0))).toBe(outcomeName(expected))
        ok(yield* sys.close(fd))
      })
    }
  })

  test('and takes no byte behind the tail', () => {
    withRestart(function* ({ sys, fd, buf, restart }) {
      ok(yield* restart([...image, 1, 2, 3]))
      expect(yield* sys.lseek(fd, 0, 1)).toBe(IMAGE_SIZE)
      expect(yield* sys.read(fd, buf, 10)).toBe(3)
    })
  })
})

describe('the read helpers answer any record, and leak nothing', () => {
  test('a length that no memory is there for: ENOMEM', () => {
    for (const len of [0xffffffff, 0x80000000, 0x7fffffff, KMALLOC_MAX_SIZE + 1]) {
      const vm = quietVm()
      withCtx(vm, record(CKPT_HDR_BUFFER, [1, 2, 3], len), function* (ctx) {
        const before = held(vm.kernel)
        fails(yield* may(ckpt_read_buf_type(ctx, 0, CKPT_HDR_BUFFER)), ENOMEM)
        expect(held(vm.kernel)).toEqual(before)
      })
    }
  })

  test('the greatest length that there is memory for, in a file that has not as much: EPIPE', () => {
    const vm = quietVm()
    withCtx(vm, record(CKPT_HDR_BUFFER, [1, 2, 3], KMALLOC_MAX_SIZE), function* (ctx) {
      const before = held(vm.kernel)
      fails(yield* may(ckpt_read_buf_type(ctx, 0, CKPT_HDR_BUFFER)), EPIPE)
      expect(held(vm.kernel)).toEqual(before)
    })
  })

  test('random records', () => {
    const u32 = fc.oneof(fc.nat(40), fc.integer({ min: 0, max: 0xffffffff }))
    const some = fc.record({
      type: fc.oneof(fc.constantFrom(CKPT_HDR_BUFFER, CKPT_HDR_STRING), u32),
      len: u32,
      payload: fc.uint8Array({ maxLength: 40 }),
      want: fc.integer({ min: 1, max: 32 }),
      reader: fc.nat(5),
    })
    const vm = quietVm()
    fc.assert(
      fc.property(some, ({ type, len, payload, want, reader }) => {
        const bytes = record(type, [...payload], len)
        const before = held(vm.kernel)
        const ret = withCtx(vm, bytes, function* (ctx) {
          return yield* withBuffer(vm, want, function* (buf): Generator<void, number, void> {
            const readers: (() => MaySleep<number>)[] = [
              () => _ckpt_read_buffer(ctx, buf, want),
              () => _ckpt_read_string(ctx, buf, want),
              () => _ckpt_read_nbuffer(ctx, buf, want),
              () => _ckpt_read_obj_type(ctx, NULL, want, CKPT_HDR_BUFFER),
            ]
            if (reader < readers.length) return yield* may(readers[reader]())
            const ptr = yield* may(
              reader === 4
                ? ckpt_read_obj_type(ctx, want, CKPT_HDR_BUFFER)
                : ckpt_read_buf_type(ctx, 0, CKPT_HDR_BUFFER),
            )
            if (IS_ERR(ptr)) return ptr
            ckpt_hdr_put(ctx, ptr)
            return 0
          })
        })
        expect(held(vm.kernel)).toEqual(before)
        if (ret < 0) expect(['-EINVAL', '-EPIPE', '-ENOMEM']).toContain(outcomeName(ret))
      }),
      { numRuns: 2000 },
    )
  })
})

interface Restart {
  readonly vm: Vm
  readonly sys: Libc
  /** A file, open for reading and writing, and a buffer that will hold any image of this test. */
  readonly fd: number
  readonly buf: UserPtr
  /** Restart from a file with these bytes. */
  readonly restart: (bytes: Uint8Array | readonly number[]) => Run<number>
  /** Overwrite `count` bytes at `at` of that file from `buf`, and restart from it. */
  readonly again: (at: number, count: number) => Run<number>
}

/** Try restarts on one machine; each leaves it holding what it held before, and able to take a good image. */
function withRestart(fn: (tools: Restart) => Run<void>): void {
  const vm = quietVm()
  inProgram(vm, function* (sys, t) {
    const buf = sys.alloc(4 * IMAGE_SIZE)
    sys.store(buf, new Uint8Array(4 * IMAGE_SIZE))
    const fd = ok(yield* sys.open('/image', 0o102, 0o600))
    function* again(at: number, count: number): Run<number> {
      if (count > 0) {
        ok(yield* sys.lseek(fd, at, 0))
        ok(yield* sys.write(fd, buf, count))
      }
      ok(yield* sys.lseek(fd, 0, 0))
      const { slab, pages } = vm.kernel
      const { active } = slab
      const { used } = pages
      const ret = yield* sys.restart(0, fd, 0)
      if (slab.active !== active || pages.used !== used || t.addr_limit)
        expect.fail(`${slab.active - active} allocations and ${pages.used - used} pages leaked`)
      return ret
    }
    function* restart(bytes: Uint8Array | readonly number[]): Run<number> {
      ok(yield* sys.close(ok(yield* sys.creat('/image', 0o600))))
      sys.store(buf, Uint8Array.from(bytes))
      return yield* again(0, bytes.length)
    }
    yield* fn({ vm, sys, fd, buf, restart, again })
    ok(yield* restart(image))
    expect(t.commString()).toBe('sleeper')
    expect(outcomeName(yield* sys.checkpoint(0, fd, 0))).toBe('1')
  })
  expect(vm.dmesg().filter((line) => /BUG|segfault|uncaught/.test(line))).toEqual([])
}

/** Offsets as runs: where each begins, and how many there are. */
function rangesOf(offsets: readonly number[]): [start: number, length: number][] {
  const ranges: [number, number][] = []
  for (const at of offsets.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[0] + last[1] === at) last[1]++
    else ranges.push([at, 1])
  }
  return ranges
}

/** A file that repeats `bytes` for ever, at most `most` of them a read. */
function endless(bytes: Uint8Array, most: number): file_operations {
  const mem = allocMem(bytes.length)
  mem.u8.set(bytes)
  return {
    read(_file, buf, count, pos) {
      const from = pos.pos % bytes.length
      const n = Math.min(count, most, bytes.length - from)
      const done = n - __copy_to_user(buf, mem, from, n)
      pos.pos += done
      return done
    },
  }
}

function device(vm: Vm, name: string, fops: file_operations): void {
  actingFor(vm.kernel.swapper, () => {
    const dev = path_lookup(vm.kernel.root, '/dev') as dentry
    const dir = dev.d_inode as inode
    d_instantiate(lookup_one(dev, name) as dentry, dir.i_op?.mknod(dir, name, S_IFCHR | 0o600, fops) as inode)
  })
}
