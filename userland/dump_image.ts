import { imageFields, type ImageField } from '../kernel/checkpoint/image.ts'

/** How parts of a dump are set off from each other. */
export type Paints = Readonly<
  Record<'bold' | 'dim' | 'cyan' | 'green' | 'yellow' | 'magenta' | 'blue' | 'red', (text: string) => string>
>

const plain = (text: string): string => text

/** Not at all. */
export const PLAIN: Paints = {
  bold: plain,
  dim: plain,
  cyan: plain,
  green: plain,
  yellow: plain,
  magenta: plain,
  blue: plain,
  red: plain,
}

/** Bytes in a row of a dump. */
const ROW = 12
/** Rows of what is no record, at most. */
const UNKNOWN_ROWS = 8

/**
 * An image as a person reads it: a line a field with its offset, bytes, record, name and value; a field of
 * more bytes than a row holds goes on below.
 */
export function dumpImage(image: Uint8Array, c: Paints): string {
  const paints = [c.cyan, c.green, c.yellow, c.magenta, c.blue, c.red]
  const lines = [c.bold('offset  bytes                                record  field                       value')]
  let record = -1
  for (const field of imageFields(image)) {
    const paint = paints[field.record % paints.length]
    const name = field.record === record ? '' : field.type
    record = field.record
    const text = field.field === '?' ? shortened(field.text) : field.text
    rowsOf(image, field).forEach((bytes, i) => {
      const at = (field.offset + i * ROW).toString(16).padStart(4, '0')
      const said = `  ${c.bold(paint(name.padEnd(6)))}  ${field.field.padEnd(26)}  ${text}`
      const hex = i === 0 ? paint(bytes.padEnd(3 * ROW - 1)) + said : paint(bytes)
      lines.push(`${c.dim(at.padStart(6))}  ${hex}`)
    })
  }
  return lines.join('\n')
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** The bytes of a field in rows; of zeroes that go on and on, one row and how many there are. */
function rowsOf(image: Uint8Array, field: ImageField): string[] {
  const rows: string[] = []
  const end = field.offset + field.size
  for (let at = field.offset; at < end; at += ROW) {
    const rest = image.subarray(at, end)
    if (at > field.offset && rest.length > ROW && rest.every((b) => b === 0)) {
      rows.push(`00 … ${rest.length} bytes of zero`)
      break
    }
    if (field.field === '?' && rows.length === UNKNOWN_ROWS && rest.length > ROW) {
      rows.push(`… ${rest.length} bytes more`)
      break
    }
    rows.push([...rest.subarray(0, ROW)].map((b) => b.toString(16).padStart(2, '0')).join(' '))
  }
  return rows
}

/** What the checkpoint itself wrote into the image before it gave up, in quotes; null where it wrote nothing. */
export function errorMessage(fields: readonly ImageField[]): string | null {
  const error = fields.filter(({ type }) => type === 'ERROR').at(-1)
  if (error === undefined) return null
  const message = fields.find(({ field, record }) => field === 'message' && record > error.record)
  return (message ?? error).text.replace(/^"(\\x00)+/, '"')
}
