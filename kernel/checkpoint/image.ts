import type { StructFields, StructType } from '../struct.ts'
import { byteString, bytesOf } from '../utf8.ts'
import { RECORDS, ckpt_hdr } from './checkpoint_hdr.ts'

/** One field of an image: where it is, and what it says. */
export interface ImageField {
  /** Bytes from the start of the image. */
  readonly offset: number
  readonly size: number
  /** The record it belongs to: number in the image and name of its type. */
  readonly record: number
  readonly type: string
  /** The field's name as C would say it: `constants.rev`; of the payload of a buffer, its name there. */
  readonly field: string
  readonly value: number | bigint | string
  /** The value as a person reads it: hexadecimal where that says more, a string in quotes. */
  readonly text: string
}

/** What the strings of an image are, in their order: the header's three, the task's one. Behind an ERROR comes its message. */
const STRINGS: Readonly<Record<string, readonly string[]>> = {
  BUFFER: ['release', 'version', 'machine'],
  STRING: ['comm'],
}
const HEX = new Set(['magic', 'set_child_tid', 'clear_child_tid', 'uflags'])

/**
 * Take an image apart, byte for byte, by the struct declarations. What is no record, or ends too soon,
 * comes as one field named `?` that holds the rest.
 */
export function imageFields(image: Uint8Array): ImageField[] {
  const dv = new DataView(image.buffer, image.byteOffset, image.byteLength)
  const out: ImageField[] = []
  const seen = new Map<string, number>()
  let record = 0
  for (let at = 0; at < image.length; record++) {
    const left = image.length - at
    const len = left < ckpt_hdr.sizeof ? 0 : new ckpt_hdr(dv, at).len
    const known = len === 0 ? undefined : RECORDS.get(new ckpt_hdr(dv, at).type)
    const fits = known !== undefined && len >= (known.struct?.sizeof ?? ckpt_hdr.sizeof) && len <= left
    if (!fits) {
      out.push(bytesField(image, at, left, record, known?.name ?? '?', '?'))
      return out
    }
    const { name, struct } = known
    if (name === 'ERROR') seen.set(name, 1)
    structFields(out, dv, struct ?? ckpt_hdr, at, record, name, '')
    const head = struct?.sizeof ?? ckpt_hdr.sizeof
    if (len > head) {
      const nth = seen.get(name) ?? 0
      seen.set(name, nth + 1)
      const what = name === 'STRING' && seen.has('ERROR') ? 'message' : (STRINGS[name]?.[nth] ?? 'data')
      out.push(bytesField(image, at + head, len - head, record, name, what))
    }
    at += len
  }
  return out
}

function structFields(
  out: ImageField[],
  dv: DataView,
  struct: StructType<StructFields>,
  at: number,
  record: number,
  type: string,
  prefix: string,
): void {
  let end = 0
  const padding = (from: number, to: number): void => {
    if (to === from) return
    const bytes = new Uint8Array(dv.buffer, dv.byteOffset + at + from, to - from)
    const zero = bytes.every((b) => b === 0)
    out.push({
      offset: at + from,
      size: to - from,
      record,
      type,
      field: '(padding)',
      value: byteString(bytes),
      text: zero ? '0' : quoted(byteString(bytes)),
    })
  }
  const window = new struct(dv, at) as unknown as Record<string, number | bigint>
  for (const f of struct.fields) {
    padding(end, f.offset)
    end = f.offset + f.type.size
    if (f.type.struct !== undefined) {
      structFields(out, dv, f.type.struct, at + f.offset, record, type, `${prefix}${f.name}.`)
      continue
    }
    const value = window[f.name]
    out.push({
      offset: at + f.offset,
      size: f.type.size,
      record,
      type,
      field: prefix + f.name,
      value,
      text: HEX.has(f.name) ? `0x${value.toString(16)}` : String(value),
    })
  }
  padding(end, struct.sizeof)
}

function bytesField(
  image: Uint8Array,
  at: number,
  size: number,
  record: number,
  type: string,
  field: string,
): ImageField {
  const value = byteString(image.subarray(at, at + size))
  return { offset: at, size, record, type, field, value, text: quoted(value) }
}

/** In quotes, without the zeroes at the end, what does not print as \xNN. */
function quoted(bytes: string): string {
  const shown = bytesOf(bytes.replace(/\0+$/, ''))
  let out = ''
  for (const b of shown)
    out += b >= 32 && b < 127 && b !== 34 && b !== 92 ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`
  return `"${out}"`
}
