import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boot, imageFields, type ImageField } from '../../index.ts'
import { RECORDS, ckpt_hdr, ckpt_hdr_const } from '../../kernel/checkpoint/checkpoint_hdr.ts'
import type { StructFields, StructType } from '../../kernel/struct.ts'
import { IMAGE_SIZE, imageOf, patched } from '../support/ckpt.ts'

const image = imageOf(boot({ time: 1_000_000_000, version: [2, 6, 31], uts: { release: '2.6.31-c/r' } }), 'sleeper')

describe('an image is taken apart', () => {
  test('into fields that cover each of its 355 bytes exactly once, in order', () => {
    expect(image).toHaveLength(IMAGE_SIZE)
    expect(covered(imageFields(image))).toBe(IMAGE_SIZE)
  })

  test('into these fields, with what the kernel put there', () => {
    const lines = imageFields(image).map((f) => `${f.record} ${f.type} ${f.field} = ${f.text}`)
    expect(lines).toEqual([
      '0 HEADER h.type = 1',
      '0 HEADER h.len = 56',
      '0 HEADER magic = 0xfeed0cc0a2d200',
      '0 HEADER _padding = 0',
      '0 HEADER major = 2',
      '0 HEADER minor = 6',
      '0 HEADER patch = 31',
      '0 HEADER rev = 1',
      '0 HEADER (padding) = 0',
      '0 HEADER constants.task_comm_len = 16',
      '0 HEADER constants.uts_release_len = 65',
      '0 HEADER constants.uts_version_len = 65',
      '0 HEADER constants.uts_machine_len = 65',
      '0 HEADER time = 1000000000',
      '0 HEADER uflags = 0x0',
      '1 BUFFER type = 2',
      '1 BUFFER len = 73',
      '1 BUFFER release = "2.6.31-c/r"',
      '2 BUFFER type = 2',
      '2 BUFFER len = 73',
      '2 BUFFER version = "#1 SMP Wed Jul 22 09:59:42 UTC 2009"',
      '3 BUFFER type = 2',
      '3 BUFFER len = 73',
      '3 BUFFER machine = "riscv64"',
      '4 TASK h.type = 101',
      '4 TASK h.len = 40',
      '4 TASK state = 0',
      '4 TASK exit_state = 0',
      '4 TASK exit_code = 0',
      '4 TASK exit_signal = 17',
      expect.stringMatching(/^4 TASK set_child_tid = 0x3fff[0-9a-f]{4}$/),
      expect.stringMatching(/^4 TASK clear_child_tid = 0x3fff[0-9a-f]{4}$/),
      '5 STRING type = 3',
      '5 STRING len = 24',
      '5 STRING comm = "sleeper"',
      '6 TAIL h.type = 9001',
      '6 TAIL h.len = 16',
      '6 TAIL magic = 0x2d2a0cc0deef00',
    ])
  })

  test('with values that are the bytes of the field, little endian', () => {
    for (const f of imageFields(image)) expect([f.field, bytesOfValue(f)]).toEqual([f.field, bytesAt(image, f)])
  })

  test('wherever in its buffer it begins', () => {
    const shifted = new Uint8Array(IMAGE_SIZE + 5)
    shifted.set(image, 5)
    expect(imageFields(shifted.subarray(5))).toEqual(imageFields(image))
  })

  test('and padding that is not zero shows', () => {
    const dirty = imageFields(patched(image, 27, [7])).find((f) => f.field === '(padding)')
    expect(dirty).toMatchObject({ offset: 26, size: 6, text: '"\\x00\\x07"' })
  })
})

describe('what is no record', () => {
  test('is one last field, named ?, however short the image was cut', () => {
    const ends = recordsOf(image).map((r) => r.offset + r.size)
    for (let size = 0; size < IMAGE_SIZE; size++) {
      const fields = imageFields(image.subarray(0, size))
      const whole = Math.max(0, ...ends.filter((end) => end <= size))
      const odd = fields.filter((f) => f.field === '?')
      expect([size, odd.map((f) => [f.offset, f.size])]).toEqual([size, whole === size ? [] : [[whole, size - whole]]])
      expect(covered(fields)).toBe(size)
    }
  })

  test.each([
    ['an unknown type', [5, 0, 0, 0, 8, 0, 0, 0]],
    ['a length below 8', [2, 0, 0, 0, 7, 0, 0, 0]],
    ['a length of 0', [2, 0, 0, 0, 0, 0, 0, 0]],
    ['a length beyond the end', [2, 0, 0, 0, 9, 0, 0, 0]],
    ['a length of 0xffffffff', [2, 0, 0, 0, 255, 255, 255, 255]],
    ['a header shorter than its struct', [1, 0, 0, 0, 8, 0, 0, 0]],
    ['text', [...'checkpoint'].map((c) => c.charCodeAt(0))],
  ])('%s', (_what, bytes) => {
    expect(imageFields(Uint8Array.from(bytes))).toMatchObject([{ offset: 0, size: bytes.length, field: '?' }])
    const behind = imageFields(Uint8Array.from([...image, ...bytes]))
    expect(behind.filter((f) => f.field === '?')).toMatchObject([{ offset: IMAGE_SIZE, size: bytes.length, record: 7 }])
  })

  test('never makes it lose or repeat a byte, whatever the bytes are', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .tuple(fc.nat(IMAGE_SIZE - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }))
        .map(([at, b]) => patched(Uint8Array.from([...image, ...image]), at, [...b])),
    )
    fc.assert(fc.property(bytes, (b) => covered(imageFields(b)) === b.length))
  })
})

describe('docs/image-format.md', () => {
  const doc = readFileSync(join(import.meta.dirname, '../../docs/image-format.md'), 'utf8')

  test('has the table of each struct, as it is declared', () => {
    const structs: StructType<StructFields>[] = [ckpt_hdr, ckpt_hdr_const]
    for (const { struct } of RECORDS.values()) if (struct !== null) structs.push(struct)
    const told = [...doc.matchAll(/^### (\w+): (\d+) bytes$/gm)].map(([heading, tag, sizeof]) => ({
      tag,
      sizeof: Number(sizeof),
      rows: tableBehind(doc, heading).map((cells) => cells.slice(0, 4)),
    }))
    const declared = structs.map((type) => ({ tag: type.tag, sizeof: type.sizeof, rows: rowsOf(type) }))
    const byTag = (a: { tag: string }, b: { tag: string }) => (a.tag < b.tag ? -1 : 1)
    expect(told.sort(byTag)).toEqual(declared.sort(byTag))
  })

  test('has the table of the record types', () => {
    expect(tableBehind(doc, '## Records').map((cells) => cells.slice(0, 3))).toEqual(
      [...RECORDS].map(([type, { name, struct }]) => [String(type), name, (struct ?? ckpt_hdr).tag]),
    )
  })

  test('has the table of a whole image', () => {
    expect(tableBehind(doc, '## A whole image').map((cells) => cells.slice(0, 3))).toEqual(
      recordsOf(image).map((r) => [String(r.offset), String(r.size), r.type]),
    )
  })

  test('gives the values of the fields that never change', () => {
    const fixed = tableRows(doc).filter((cells) => /^0x[0-9a-f]{16}$/.test(cells[4] ?? ''))
    const magics = imageFields(image).filter((f) => f.field === 'magic')
    expect(fixed.map((cells) => BigInt(cells[4]))).toEqual(magics.map((f) => f.value))
    const heads = tableRows(doc).filter((cells) => cells[3] === 'h')
    expect(heads.map((cells) => cells[4])).toEqual(
      [...RECORDS].flatMap(([type, { struct }]) => (struct === null ? [] : [`type ${type}, len ${struct.sizeof}`])),
    )
  })
})

/** How many bytes the fields cover, one behind the other from 0 on; -1 where they leave a gap or overlap. */
function covered(fields: readonly ImageField[]): number {
  let end = 0
  for (const f of fields) {
    if (f.offset !== end || f.size <= 0) return -1
    end += f.size
  }
  return end
}

function bytesAt(bytes: Uint8Array, f: ImageField): number[] {
  return [...bytes.subarray(f.offset, f.offset + f.size)]
}

function bytesOfValue(f: ImageField): number[] {
  if (typeof f.value === 'string') return [...f.value].map((c) => c.charCodeAt(0))
  const value = BigInt(f.value)
  return Array.from({ length: f.size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
}

function recordsOf(bytes: Uint8Array): { type: string; offset: number; size: number }[] {
  const records: { type: string; offset: number; size: number }[] = []
  for (const f of imageFields(bytes)) {
    records[f.record] ??= { type: f.type, offset: f.offset, size: 0 }
    records[f.record].size += f.size
  }
  return records
}

/** The rows a struct's table has: what is padding is a row too. */
function rowsOf(type: StructType<StructFields>): string[][] {
  const rows: string[][] = []
  let end = 0
  const padding = (to: number): void => {
    if (to > end) rows.push([String(end), String(to - end), '', '(padding)'])
  }
  for (const f of type.fields) {
    padding(f.offset)
    rows.push([String(f.offset), String(f.type.size), f.type.c, f.name])
    end = f.offset + f.type.size
  }
  padding(type.sizeof)
  return rows
}

/** The cells of the first table behind `heading`, its head left out. */
function tableBehind(doc: string, heading: string): string[][] {
  const section = doc.slice(doc.indexOf(`${heading}\n`) + heading.length)
  return tableRows(section.slice(0, (section + '\n#').indexOf('\n#')))
}

function tableRows(text: string): string[][] {
  return [...text.matchAll(/^\| *(\d+) *\|(.*)\|$/gm)].map(([, first, rest]) =>
    [first, ...rest.split('|')].map((cell) => cell.trim().replaceAll('`', '')),
  )
}
