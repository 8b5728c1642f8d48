import { describe, expect, it } from 'vitest'
import * as image from '../../kernel/checkpoint/checkpoint_hdr.ts'
import { ckpt_ctx } from '../../kernel/checkpoint/checkpoint_types.ts'
import { linux_dirent64, stat } from '../../kernel/fs/uapi.ts'
import { struct, type StructFields, type StructType } from '../../kernel/struct.ts'
import { new_utsname } from '../../kernel/task/nsproxy.ts'
import { windows } from '../../kernel/windows.ts'

type Any = StructType<StructFields>
type Members = Record<string, unknown>
const { ckpt_hdr, ckpt_hdr_const, ckpt_hdr_header, ckpt_hdr_tail, ckpt_hdr_task } = image
const structs = [
  ckpt_hdr,
  ckpt_hdr_const,
  ckpt_hdr_header,
  ckpt_hdr_tail,
  ckpt_hdr_task,
  ckpt_ctx,
  new_utsname,
  stat,
  linux_dirent64,
]

const VALUES: Partial<Record<string, readonly (number | bigint)[]>> = {
  U64: [0n, 1n << 63n, 0xffffffff00000000n, 1n, 0n],
  Long: [0, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53), -(2 ** 31) - 1, 2 ** 32, 5],
  Uint8: [0, 1, 255],
}

describe('a generated window', () => {
  it.each(structs.map((s) => [s.tag, s as unknown as Any] as const))('of %s is in use', (tag, type) => {
    expect(type).toBe(windows[tag])
  })

  it.each(structs.map((s) => [s.tag, s as unknown as Any] as const))('of %s does what closures do', (tag, type) => {
    // The same members by another name: there is no generated class for that.
    const closures = struct(`another ${tag}`, Object.fromEntries(type.fields.map((f) => [f.name, f.type])))
    const dv = new DataView(new ArrayBuffer(type.sizeof + 8))
    const a = new type(dv, 8, -512 as never) as unknown as Members
    const b = new closures(dv, 8, -512 as never) as unknown as Members
    for (const { name, type: field } of type.fields) {
      switch (field.access) {
        case 'address':
          expect(a[name]).toBe(b[name])
          break
        case 'struct':
          expect(a[name]).toMatchObject({
            off: (b[name] as { off: number }).off,
            addr: (b[name] as { addr: number }).addr,
          })
          break
        case 'reference':
          expect([a[name], b[name]]).toEqual([null, null])
          a[name] = b[name] = dv
          expect([a[name], b[name]]).toEqual([dv, dv])
          break
        default:
          for (const value of VALUES[field.access] ?? [0, 1, 0x7fff]) {
            a[name] = value
            expect(b[name]).toBe(value)
            a[name] = field.access === 'U64' ? 7n : 7
            b[name] = value
            expect(a[name]).toBe(value)
          }
      }
    }
  })
})
