import { describe, expect, test } from 'vitest'
import { onHit } from '../../index.ts'
import { EINVAL, EIO, ENOMEM, ENOSPC, EPIPE } from '../../kernel/errno.ts'
import type { KPtr } from '../../kernel/types.ts'
import type { ckpt_ctx } from '../../kernel/checkpoint/checkpoint_types.ts'
import {
  CKPT_HDR_BUFFER,
  CKPT_HDR_ERROR,
  CKPT_HDR_STRING,
  ckpt_hdr_const,
  ckpt_hdr_header,
} from '../../kernel/checkpoint/checkpoint_hdr.ts'
import { __ckpt_write_err, ckpt_write_buffer, ckpt_write_err } from '../../kernel/checkpoint/checkpoint.ts'
import {
  _ckpt_read_buffer,
  _ckpt_read_nbuffer,
  _ckpt_read_string,
  ckpt_read_buf_type,
} from '../../kernel/checkpoint/restart.ts'
import { ckpt_hdr_put, ckpt_kread, ckpt_kwrite } from '../../kernel/checkpoint/sys.ts'
import { IS_ERR, NULL } from '../../kernel/mm/slab.ts'
import { may } from '../../kernel/sched/may_sleep.ts'
import { offsetof } from '../../kernel/struct.ts'
import {
  IMAGE_SIZE,
  fails,
  imageOf,
  inProgram,
  ok,
  openWith,
  quietVm,
  record,
  withBuffer,
  withCtx,
} from '../support/ckpt.ts'

/** Quirks below the two calls: docs/quirks.md says why. Its headings are these names. */

const EMPTY = new Uint8Array()

describe('the format', () => {
  test('ckpt_hdr_header is 56 bytes long, with a hole before its constants', () => {
    expect(ckpt_hdr_header.sizeof).toBe(56)
    expect(offsetof(ckpt_hdr_header, 'rev') + 2).toBe(26)
    expect(ckpt_hdr_const.alignof).toBe(8)
    expect(offsetof(ckpt_hdr_header, 'constants')).toBe(32)
    expect([...imageOf(quietVm()).subarray(26, 32)]).toEqual([0, 0, 0, 0, 0, 0])
  })

  test('an image of 355 bytes is written in 11 pieces and read in 14', () => {
    const vm = quietVm()
    inProgram(vm, function* (sys) {
      const fd = yield* openWith(sys, vm, '/image', EMPTY)
      const sizes: { readonly w: number[]; readonly r: number[] } = { w: [], r: [] }
      vm.kernel.trace.vfs_write.register((_file, count) => sizes.w.push(count))
      vm.kernel.trace.vfs_read.register((_file, count) => sizes.r.push(count))
      ok(yield* sys.checkpoint(0, fd, 0))
      ok(yield* sys.lseek(fd, 0, 0))
      ok(yield* sys.restart(0, fd, 0))
      expect(sizes.w).toEqual([56, 8, 65, 8, 65, 8, 65, 40, 8, 16, 16])
      expect(sizes.r).toEqual([8, 48, 8, 65, 8, 65, 8, 65, 8, 32, 8, 16, 8, 8])
      expect(sizes.w.reduce((a, b) => a + b)).toBe(IMAGE_SIZE)
    })
  })

  test('the len of a record counts its header of 8 bytes, and _ckpt_read_nbuffer returns it so', () => {
    const vm = quietVm()
    withCtx(vm, EMPTY, function* (ctx) {
      yield* withBuffer(vm, 3, function* (buf): Generator<void, void, void> {
        ok(yield* may(ckpt_write_buffer(ctx, buf, 3)))
        expect([...vm.readFile('/tmp/ctx')]).toEqual([...record(CKPT_HDR_BUFFER, [0, 0, 0], 11)])
        rewind(ctx)
        expect(yield* may(_ckpt_read_nbuffer(ctx, buf, 3))).toBe(11)
      })
    })
  })

  test('the maximum of ckpt_read_buf_type counts the header, while that of _ckpt_read_nbuffer does not', () => {
    const vm = quietVm()
    withCtx(vm, record(CKPT_HDR_BUFFER, [1, 2, 3]), function* (ctx) {
      yield* withBuffer(vm, 3, function* (buf): Generator<void, void, void> {
        ok(yield* may(_ckpt_read_nbuffer(ctx, buf, 3)))
        rewind(ctx)
        fails(yield* may(ckpt_read_buf_type(ctx, 3, CKPT_HDR_BUFFER)), EINVAL)
        rewind(ctx)
        fails(yield* may(ckpt_read_buf_type(ctx, 10, CKPT_HDR_BUFFER)), EINVAL)
        rewind(ctx)
        const ptr: KPtr = yield* may(ckpt_read_buf_type(ctx, 11, CKPT_HDR_BUFFER))
        expect(IS_ERR(ptr)).toBe(false)
        ckpt_hdr_put(ctx, ptr)
      })
    })
  })

  test('lengths are compared unsigned', () => {
    const vm = quietVm()
    // Signed, this length would be less than 8. It passes, and no such memory is to be had.
    withCtx(vm, record(CKPT_HDR_BUFFER, [], 0xffffffff), function* (ctx) {
      fails(yield* may(ckpt_read_buf_type(ctx, 0, CKPT_HDR_BUFFER)), ENOMEM)
    })
    // And a negative maximum is a great one.
    withCtx(vm, record(CKPT_HDR_BUFFER, [], 1000), function* (ctx) {
      expect(yield* may(_ckpt_read_nbuffer(ctx, NULL, -100))).toBe(1000)
    })
  })

  test('a length below 8 is EINVAL, and so is any but the right one', () => {
    const vm = quietVm()
    for (const [len, ret] of [
      [0, -EINVAL],
      [7, -EINVAL],
      [8, -EINVAL],
      [10, -EINVAL],
      [11, 0],
      [12, -EINVAL],
      [0xffffffff, -EINVAL],
    ]) {
      withCtx(vm, record(CKPT_HDR_BUFFER, [1, 2, 3, 4], len), function* (ctx) {
        yield* withBuffer(vm, 3, function* (buf): Generator<void, void, void> {
          expect([len, yield* may(_ckpt_read_buffer(ctx, buf, 3))]).toEqual([len, ret])
        })
        // Where any length will do, one below 8 will not.
        rewind(ctx)
        if (len < 8) fails(yield* may(ckpt_read_buf_type(ctx, 0, CKPT_HDR_BUFFER)), EINVAL)
      })
    }
  })

  test('the end of the file is EPIPE, inside a record and before one', () => {
    const vm = quietVm()
    const whole = record(CKPT_HDR_STRING, [1, 2, 3])
    for (let size = 0; size < whole.length; size++) {
      withCtx(vm, whole.subarray(0, size), function* (ctx) {
        yield* withBuffer(vm, 3, function* (buf): Generator<void, void, void> {
          fails(yield* may(_ckpt_read_string(ctx, buf, 3)), EPIPE)
        })
      })
    }
  })
})

describe('the helpers', () => {
  test('total grows by the whole count even when the transfer failed', () => {
    const vm = quietVm()
    withCtx(vm, record(CKPT_HDR_BUFFER), function* (ctx) {
      yield* withBuffer(vm, 64, function* (buf): Generator<void, void, void> {
        vm.kernel.inject.vfs_write.arm([onHit(2, { retval: -ENOSPC })])
        ok(yield* may(ckpt_kwrite(ctx, buf, 8)))
        fails(yield* may(ckpt_kwrite(ctx, buf, 56)), ENOSPC)
        expect(ctx.total).toBe(64)
        vm.kernel.inject.vfs_read.arm([onHit(1, { retval: -EIO })])
        fails(yield* may(ckpt_kread(ctx, buf, 30)), EIO)
        expect(ctx.total).toBe(94)
        fails(yield* may(ckpt_kread(ctx, buf, 6)), EPIPE)
        expect(ctx.total).toBe(100)
      })
    })
  })

  test('ckpt_write_err writes an empty message all the same', () => {
    const vm = quietVm()
    const written = [...record(CKPT_HDR_ERROR), ...record(CKPT_HDR_STRING, [0, 0])]
    withCtx(vm, EMPTY, function* (ctx) {
      ok(yield* may(ckpt_write_err(ctx, '')))
      expect([...vm.readFile('/tmp/ctx')]).toEqual(written)
      // Nor is there one where nothing was ever kept.
      ok(yield* may(ckpt_write_err(ctx, null)))
      expect([...vm.readFile('/tmp/ctx')]).toEqual([...written, ...written])
    })
  })

  test('a message that was kept is written once, and then as an empty one', () => {
    const vm = quietVm()
    withCtx(vm, EMPTY, function* (ctx) {
      __ckpt_write_err(ctx, 'no %s %d', 'fd', 7)
      ok(yield* may(ckpt_write_err(ctx, null)))
      ok(yield* may(ckpt_write_err(ctx, null)))
      const message = [...'\0no fd 7\0'].map((c) => c.charCodeAt(0))
      expect([...vm.readFile('/tmp/ctx')]).toEqual([
        ...record(CKPT_HDR_ERROR),
        ...record(CKPT_HDR_STRING, message),
        ...record(CKPT_HDR_ERROR),
        ...record(CKPT_HDR_STRING, [0, 0]),
      ])
    })
  })

  test('a message of more than 254 bytes is cut in the image, while the log has all of it', () => {
    for (const [length, kept] of [
      [254, 254],
      [255, 254],
      [300, 254],
    ]) {
      const vm = quietVm()
      withCtx(vm, EMPTY, function* (ctx) {
        ok(yield* may(ckpt_write_err(ctx, '%s', 'e'.repeat(length))))
        expect(vm.readFile('/tmp/ctx')).toHaveLength(8 + 8 + kept + 2)
        const log = vm.dmesg().filter((line) => line.includes('c/r: error string truncated: '))
        expect(log.map((line) => line.replace(/[^]*: /, '').length)).toEqual(length > kept ? [length] : [])
      })
    }
  })
})

/** Back to the beginning of the file. */
function rewind(ctx: ckpt_ctx): void {
  if (ctx.file !== null) ctx.file.f_pos = 0
}
