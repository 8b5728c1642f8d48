import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { boot, imageFields } from '../../index.ts'
import { RECORDS } from '../../kernel/checkpoint/checkpoint_hdr.ts'
import { byteString } from '../../kernel/utf8.ts'

/** docs/ckpt.ksy, read by Kaitai Struct, against the kernel's own reader. */

const root = join(import.meta.dirname, '../..')
const require = createRequire(import.meta.url)

// Neither package has declarations that say what it is.
const { KaitaiStream } = require('kaitai-struct') as { KaitaiStream: new (bytes: ArrayBuffer) => object }
const compiler = require('kaitai-struct-compiler') as {
  /** With `debug`, a parser notes where each member was, and reads only when it is told to. */
  compile(language: string, ksy: object, imports: null, debug: boolean): Promise<Record<string, string>>
}

interface Entry {
  readonly id: string
  readonly '-orig-id'?: string
  readonly type?: string | object
  readonly contents?: readonly number[]
}
type Seq = { readonly seq: readonly Entry[] }
const ksy = parse(readFileSync(join(root, 'docs/ckpt.ksy'), 'utf8')) as {
  readonly types: Readonly<Record<string, Seq>>
  readonly enums: { readonly record_type: Readonly<Record<string, string>> }
}

/** An object of the parser's: with where each member was, and the members themselves. */
interface Node {
  readonly _debug: Readonly<Record<string, Place>>
  readonly [member: string]: unknown
}
interface Place {
  readonly start: number
  readonly ioOffset: number
  readonly end?: number
  readonly arr?: readonly Place[]
}

const files = await compiler.compile('javascript', ksy, null, true)
const Ckpt = load(files['Ckpt.js'])

/** The parser that the compiler has made. */
function load(source: string): new (stream: object) => Node & { _read(): void } {
  const exported: { Ckpt?: ReturnType<typeof load> } = {}
  const module = compileFunction(source, ['exports', 'require']) as (exports: object, from: NodeJS.Require) => void
  module(exported, require)
  if (exported.Ckpt === undefined) throw new Error('the compiler made no Ckpt')
  return exported.Ckpt
}

/** A field, as both readers tell of it. */
interface Field {
  readonly record: number
  readonly type: string
  readonly field: string
  readonly offset: number
  readonly size: number
  readonly value: number | bigint | string
}

/** The fields of the records that the parser got through, and whether it gave up behind them. */
function byKaitai(image: Uint8Array): { readonly fields: Field[]; readonly gaveUp: boolean } {
  const tree = new Ckpt(new KaitaiStream(Uint8Array.from(image).buffer))
  let gaveUp = false
  try {
    tree._read()
  } catch {
    gaveUp = true
  }
  const fields = ((tree.records ?? []) as Node[]).flatMap((record, i) => {
    if (tree._debug.records.arr?.[i]?.end === undefined) return []
    const number = (record.h as Node).type as number
    const type = ksy.enums.record_type[number].toUpperCase()
    const body = RECORDS.get(number)?.struct?.tag ?? 'bytes'
    const all = [...walk(ksy.types.ckpt_hdr, record.h as Node, 'h.'), ...walk(ksy.types[body], record.body as Node, '')]
    const bare = body === 'bytes'
    return all.map((one) => ({ ...one, record: i, type, field: bare ? one.field.replace(/^h\./, '') : one.field }))
  })
  return { fields, gaveUp }
}

function walk({ seq }: Seq, node: Node, prefix: string): Omit<Field, 'record' | 'type'>[] {
  return seq.flatMap((entry) => {
    const id = entry.id.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    const { start, end = start, ioOffset } = node._debug[id]
    if (typeof entry.type === 'string' && entry.type in ksy.types)
      return walk(ksy.types[entry.type], node[id] as Node, `${prefix}${entry.id}.`)
    if (end === start) return []
    const field = entry.id.startsWith('gap_') ? '(padding)' : prefix + (entry['-orig-id'] ?? entry.id)
    const value = node[id] as number | Uint8Array
    const plain = typeof value === 'number' ? value : byteString(value)
    return [{ field, offset: ioOffset + start, size: end - start, value: plain }]
  })
}

/** The same by the kernel's reader: up to what is no record, or has another magic. */
function byKernel(image: Uint8Array): ReturnType<typeof byKaitai> {
  const all = imageFields(image)
  const bad = all.find(
    ({ field, type, value }) =>
      field === '?' || (field === 'magic' && [...RECORDS.values()].find(({ name }) => name === type)?.magic !== value),
  )
  const fields = all
    .filter(({ record }) => bad === undefined || record < bad.record)
    .map(({ record, type, field, offset, size, value }) => {
      const payload = ['BUFFER', 'STRING', 'ERROR'].includes(type) && !['type', 'len'].includes(field)
      return { record, type, field: payload ? 'data' : field, offset, size, value: told(field, size, value) }
    })
  return { fields, gaveUp: bad !== undefined }
}

/** JavaScript's runtime of Kaitai's has 64 bits as a double; of the magics it tells the bytes. */
function told(field: string, size: number, value: number | bigint | string): number | string {
  if (typeof value !== 'bigint') return value
  if (field !== 'magic') return Number(value)
  return byteString(Uint8Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn)))
}

const vm = boot({ cmdline: 'ckpt_debug=0' })
vm.spawn('/bin/self_checkpoint', ['/tmp/image', 'counter'])
vm.run()
const IMAGE = vm.readFile('/tmp/image')

function record(type: number, payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(8 + payload.length)
  new DataView(out.buffer).setUint32(0, type, true)
  new DataView(out.buffer).setUint32(4, out.length, true)
  out.set(payload, 8)
  return out
}

describe('docs/ckpt.ksy', () => {
  test("finds each field of the machine's own image where the kernel's reader finds it", () => {
    const { fields, gaveUp } = byKaitai(IMAGE)
    expect(gaveUp).toBe(false)
    expect(fields).toHaveLength(imageFields(IMAGE).length)
    expect({ fields, gaveUp }).toEqual(byKernel(IMAGE))
  })

  test('finds the same in every image of the recorded cases', () => {
    const lines = gunzipSync(readFileSync(join(root, 'test/vectors/patch20.jsonl.gz')))
      .toString()
      .split('\n')
    type Bytes = { readonly file?: { readonly data?: string } | null }
    const images = lines
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly case: Bytes & { readonly op: string }; readonly expect: Bytes })
      .filter(({ case: { op } }) => op === 'checkpoint' || op === 'restart')
      .flatMap(({ case: before, expect: after }) => [before.file?.data ?? '', after.file?.data ?? ''])
      .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')))
      .filter(({ length }) => length > 0)
    expect(images.length).toBeGreaterThan(1000)
    expect(images.filter((image) => byKernel(image).gaveUp).length).toBeGreaterThan(100)
    for (const image of images) expect(byKaitai(image)).toEqual(byKernel(image))
  })

  test('gives up where the image ends too soon, or any of its bytes makes it something else', () => {
    for (let i = 0; i < IMAGE.length; i++) {
      const cut = IMAGE.subarray(0, i)
      expect(byKaitai(cut), `${i} bytes`).toEqual(byKernel(cut))
      for (const bit of [1, 0x80]) {
        const other = IMAGE.slice()
        other[i] ^= bit
        expect(byKaitai(other), `another byte at ${i}`).toEqual(byKernel(other))
      }
    }
  })

  test('finds what stands behind a struct, and an error record with its message', () => {
    const message = record(3, Buffer.from('\0no memory\0'))
    const longer = record(101, new Uint8Array(50).fill(7))
    for (const image of [Buffer.concat([IMAGE, longer]), Buffer.concat([record(9999, new Uint8Array()), message])]) {
      const { fields, gaveUp } = byKaitai(image)
      expect(gaveUp).toBe(false)
      expect(fields.at(-1)?.field).toBe('data')
      expect({ fields, gaveUp }).toEqual(byKernel(image))
    }
  })
})
