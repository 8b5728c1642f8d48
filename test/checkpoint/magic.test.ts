import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { boot } from '../../index.ts'
import { byteString } from '../../kernel/utf8.ts'
import { temporary } from '../support/cli.ts'

/** docs/ckpt.magic, by an interpreter of the little of magic(5) that it takes, and by file(1) where there is one. */

const DOCS = join(import.meta.dirname, '../../docs')
const MAGIC = join(DOCS, 'ckpt.magic')

function imageOf(name: string, version: readonly [number, number, number] = [2, 6, 31]): Uint8Array {
  const vm = boot({ cmdline: 'ckpt_debug=0', version })
  vm.spawn('/bin/self_checkpoint', ['/tmp/image', name])
  vm.run()
  return vm.readFile('/tmp/image')
}

const IMAGE = imageOf('counter')

function changed(at: number, value: number): Uint8Array {
  const out = IMAGE.slice()
  out[at] = value
  return out
}

const cases: readonly (readonly [string, Uint8Array, string])[] = [
  [
    'an image, whose kernel it was, when and of what',
    IMAGE,
    'Linux checkpoint image (revision 1), kernel 2.6.31 riscv64, made Wed Jul 22 09:59:42 2009, of "counter"',
  ],
  [
    'one of another kernel',
    imageOf('sh', [4, 19, 0]),
    'Linux checkpoint image (revision 1), kernel 4.19.0 riscv64, made Wed Jul 22 09:59:42 2009, of "sh"',
  ],
  [
    'one that ends behind its header',
    IMAGE.subarray(0, 56),
    'Linux checkpoint image (revision 1), kernel 2.6.31, made Wed Jul 22 09:59:42 2009',
  ],
  [
    'the machine and the name only where their records are',
    changed(202, 3),
    'Linux checkpoint image (revision 1), kernel 2.6.31, made Wed Jul 22 09:59:42 2009, of "counter"',
  ],
  [
    'the name only where its record is',
    changed(315, 2),
    'Linux checkpoint image (revision 1), kernel 2.6.31 riscv64, made Wed Jul 22 09:59:42 2009',
  ],
  ['not what has another magic', changed(9, 0), 'data'],
  ['not what begins with another record', changed(0, 2), 'data'],
  ['not what is shorter than the magic', IMAGE.subarray(0, 15), 'data'],
]

interface Line {
  readonly level: number
  readonly offset: number
  readonly type: string
  readonly test: string
  readonly message: string
}

const lines: Line[] = readFileSync(MAGIC, 'utf8')
  .split('\n')
  .filter((line) => /^[>\d]/.test(line))
  .map((line) => {
    const [where, type, test, message = ''] = line.split('\t')
    const [, levels, offset] = /^(>*)(\d+)$/.exec(where) ?? []
    return { level: levels.length, offset: Number(offset), type, test, message }
  })

const SIZES: Readonly<Record<string, number>> = { uleshort: 2, ulelong: 4, ulequad: 8, leqdate: 8, string: 1 }

/** What file(1) says, without the name. */
function told(image: Uint8Array): string {
  let said = ''
  let level = 0
  for (const { level: at, offset, type, test, message } of lines) {
    if (at > level || offset + SIZES[type] > image.length) {
      level = Math.min(level, at)
      continue
    }
    const bytes = image.subarray(offset)
    const value = type === 'string' ? 0n : numberOf(bytes.subarray(0, SIZES[type]))
    level = test === 'x' || value === BigInt(test) ? at + 1 : at
    if (level === at || message === '') continue
    const shown = type === 'string' ? byteString(bytes).split('\0')[0] : type === 'leqdate' ? asctime(value) : value
    const text = message.replace(/%[us]/, String(shown))
    said += text.startsWith('\\b') ? text.slice(2) : `${said === '' ? '' : ' '}${text}`
  }
  return said === '' ? 'data' : said
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((n, byte) => n * 256n + BigInt(byte), 0n)
}

function asctime(seconds: bigint): string {
  const [, day, date, month, year, time] =
    /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(Number(seconds) * 1000).toUTCString()) ?? []
  return `${day} ${month} ${String(Number(date)).padStart(2)} ${time} ${year}`
}

describe('docs/ckpt.magic', () => {
  test.each(cases)('knows %s', (_, image, said) => {
    expect(told(image)).toBe(said)
  })

  test('does what docs/image-format.md shows', () => {
    expect(readFileSync(join(DOCS, 'image-format.md'), 'utf8')).toContain(`\nimage.ckpt: ${told(IMAGE)}\n`)
  })
})

const lacks = spawnSync('file', ['--version']).status === 0 ? null : 'no file(1) here'
const folder = temporary()

describe.skipIf(lacks !== null)(`file -m docs/ckpt.magic${lacks === null ? '' : ` (skipped: ${lacks})`}`, () => {
  test.each(cases)('knows %s', (_, image, said) => {
    const path = join(folder, 'image')
    writeFileSync(path, image)
    const { stdout, stderr } = spawnSync('file', ['-b', '-m', MAGIC, path], { encoding: 'utf8' })
    expect([stdout, stderr]).toEqual([`${said}\n`, ''])
  })

  test('has a type for mail and browsers', () => {
    const path = join(folder, 'image')
    writeFileSync(path, IMAGE)
    const { stdout } = spawnSync('file', ['-b', '--mime-type', '-m', MAGIC, path], { encoding: 'utf8' })
    expect(stdout).toBe('application/x-checkpoint-image\n')
  })
})
