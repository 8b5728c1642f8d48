import { readFileSync, readSync } from 'node:fs'
import { InvalidArgumentError, type Command } from 'commander'
import { imageFields, type ImageField } from '../../index.ts'
import { CKPT_HDR_HEADER, ckpt_hdr } from '../../kernel/checkpoint/checkpoint_hdr.ts'
import { colours } from '../lib/colours.ts'
import { checkImage, type Version } from '../../userland/check_image.ts'
import { dumpImage, errorMessage } from '../../userland/dump_image.ts'
import { reasonOf } from '../lib/host_error.ts'
import { UsageError, verb } from './usage.ts'

interface InspectOptions {
  readonly json?: true
  readonly check?: true
  readonly diff?: string
  readonly kernel: Version
}

/** `ckptvm inspect`: what is in an image, and what restart(2) would make of it. */
export function inspectVerb(): Command {
  return verb('inspect', 'Show what is in a checkpoint image.')
    .argument('[image]', 'a file of this computer; - for standard input, as without one')
    .option('--json', 'as JSON, a field each')
    .option('--check', 'only say whether restart would take it, and if not, why and where')
    .option('--diff <other>', 'only say in what fields the two images differ')
    .option('--kernel <version>', 'the kernel that is to restart it', version, [2, 6, 31])
    .addHelpText(
      'after',
      `
Examples:
  ckptvm inspect image.ckpt
  ckptvm inspect --check --kernel 2.6.30 image.ckpt
  ckptvm inspect --diff before.ckpt after.ckpt
  ckptvm run --strace checkpoint 2>/dev/null | ckptvm inspect --json

Exits with 0 for a good image (with --diff: two that are the same), 1 for any other, 2 for wrong use.`,
    )
    .action((image: string | undefined, options: InspectOptions) => {
      process.exitCode = inspect(image ?? '-', options)
    })
}

function version(text: string): Version {
  const parts = text.split('.').map(Number)
  if (!/^\d+\.\d+\.\d+$/.test(text) || parts.some((part) => part > 255))
    throw new InvalidArgumentError('Three numbers are wanted, such as 2.6.31.')
  return parts as unknown as Version
}

function inspect(name: string, options: InspectOptions): number {
  const image = read(name)
  if (options.diff !== undefined) return diff(image, read(options.diff), options.json === true)
  const fields = imageFields(image)
  const verdict = checkImage(image, options.kernel)
  const { refusal } = verdict
  const spare = refusal === null ? image.length - verdict.end : 0
  if (options.json === true) {
    const shown = options.check === true ? [] : fields.map(plain)
    const said = { size: image.length, ...(options.check === true ? {} : { fields: shown }), refusal, spare }
    say(JSON.stringify(said, null, 2))
    return refusal === null ? 0 : 1
  }
  if (options.check !== true && fields.length > 0) say(dumpImage(image, colours(process.stdout)))
  const error = errorMessage(fields)
  if (error !== null) say(`error record: ${error}`)
  if (refusal === null) {
    say(
      `${options.check === true ? '' : '\n'}restart would take it: ${image.length} bytes${spare === 0 ? '' : `, the last ${spare} of them unread`}`,
    )
    return 0
  }
  const { offset, errno, where, why } = refusal
  if (options.check !== true && fields.length > 0) say('')
  const what = isImage(image) ? '' : 'not a checkpoint image: '
  process.stderr.write(`ckptvm inspect: ${title(name)}: ${what}offset ${offset}: ${why} (${where}: -${errno})\n`)
  return 1
}

/** Does it begin as an image does? */
function isImage(image: Uint8Array): boolean {
  if (image.length < ckpt_hdr.sizeof) return false
  return new ckpt_hdr(new DataView(image.buffer, image.byteOffset), 0).type === CKPT_HDR_HEADER
}

function plain({ offset, size, record, type, field, value, text }: ImageField): object {
  return {
    offset,
    size,
    record,
    type,
    field,
    value: typeof value === 'bigint' ? `0x${value.toString(16)}` : value,
    text,
  }
}

/** Field by field: 0 where all are the same, else 1. */
function diff(a: Uint8Array, b: Uint8Array, json: boolean): number {
  const named = (image: Uint8Array): Map<string, string> => {
    const count = new Map<string, number>()
    const out = new Map<string, string>()
    let last = -1
    for (const { record, type, field, text } of imageFields(image)) {
      const n = (count.get(type) ?? 0) + (record === last ? 0 : 1)
      count.set(type, n)
      last = record
      out.set(`${type}${n === 1 ? '' : `#${n}`}.${field}`, text)
    }
    return out
  }
  const [left, right] = [named(a), named(b)]
  const differing = [...new Set([...left.keys(), ...right.keys()])].filter((key) => left.get(key) !== right.get(key))
  const rows = differing.map((field) => ({ field, a: left.get(field) ?? null, b: right.get(field) ?? null }))
  if (json) say(JSON.stringify(rows, null, 2))
  else {
    const width = Math.max(0, ...rows.map(({ field }) => field.length))
    for (const { field, a, b } of rows) say(`${field.padEnd(width)}  ${a ?? '(not there)'} -> ${b ?? '(not there)'}`)
  }
  return rows.length === 0 ? 0 : 1
}

function read(name: string): Uint8Array {
  if (name === '-' && process.stdin.isTTY)
    throw new UsageError('inspect: which image? A file, or one on standard input')
  try {
    return name === '-' ? readInput() : readFileSync(name)
  } catch (error) {
    throw new UsageError(`${title(name)}: ${reasonOf(error)}`)
  }
}

/** All of standard input, which who shares it with us may have made one that does not wait. */
function readInput(): Uint8Array {
  const chunks: Uint8Array[] = []
  for (;;) {
    const chunk = new Uint8Array(1 << 16)
    try {
      const n = readSync(0, chunk)
      if (n === 0) return Buffer.concat(chunks)
      chunks.push(chunk.subarray(0, n))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return Buffer.concat(chunks)
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

function title(name: string): string {
  return name === '-' ? 'standard input' : name
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
