import { encodeUtf8, decodeUtf8 } from '../../kernel/utf8.ts'
import { Editor } from '../../userland/readline/editor.ts'
import { History } from '../../userland/readline/history.ts'
import { KeyDecoder } from '../../userland/readline/keys.ts'
import { KillRing } from '../../userland/readline/kill_ring.ts'
import { mulberry32 } from './random.ts'

/** Keys for a line, the same for our line editor and for the host's. */

export const HISTORY = [
  'echo one two',
  'ls -l /usr/lib',
  "grep -n 'a word' file.txt",
  'ls -l',
  'make  test',
  'cat één größe',
  'ls -l /tmp',
]

const C = (c: string): string => String.fromCharCode(c.charCodeAt(0) & 0x1f)
const M = (c: string): string => `\x1b${c}`
const TEXT = [...'abc xyz', 'one', 'two ', ' -l', '/', '.', 'é', 'ß', '日', "'", '1', '_']
const MOVES = [
  C('a'),
  C('e'),
  C('b'),
  C('b'),
  C('f'),
  M('b'),
  M('b'),
  M('f'),
  '\x1b[D',
  '\x1b[C',
  '\x1bOD',
  '\x1b[H',
  '\x1b[F',
]
const EDITS = [
  ...['\x7f', '\x7f', C('h'), '\x1b[3~', C('k'), C('u'), C('w'), M('\x7f'), M('d'), C('y'), M('y')],
  ...[C('t'), M('u'), M('l'), M('c'), C('v') + C('a')],
]
const HISTORIES = [C('p'), C('p'), C('n'), '\x1b[A', '\x1b[B', M('<'), M('>'), M('.'), M('.')]
const SEARCHES = [
  ...[C('r') + 'l' + C('a'), C('r') + 'ls' + C('e'), C('r') + 'ls' + C('r') + C('b'), C('r') + 'o' + C('k')],
  ...[
    C('r') + 'on' + '\x7f' + C('f'),
    C('r') + 'zz' + C('g'),
    C('r') + 'ls' + C('r') + C('r') + C('g'),
    C('r') + 'e' + C('p'),
  ],
]

/** `n` cases that `seed` draws, without the Enter that ends each. */
export function readlineCases(seed: number, n: number): string[] {
  const random = mulberry32(seed)
  const one = (of: readonly string[]): string => of[Math.floor(random() * of.length)]
  return Array.from({ length: n }, (_, i) => {
    const kinds = [TEXT, TEXT, MOVES, EDITS, ...(i % 3 > 0 ? [HISTORIES] : []), ...(i % 3 > 1 ? [SEARCHES] : [])]
    let keys = ''
    for (let left = 1 + Math.floor(random() * 20); left > 0; left--)
      keys += one(kinds[Math.floor(random() * kinds.length)])
    return keys
  })
}

/**
 * The line that our editor makes of `keys` and Enter; null where a search fails on the way, behind which GNU
 * readline goes on from where it gave up.
 */
export function runReadlineCase(keys: string): string | null {
  const editor = new Editor({ history: new History(HISTORY), kills: new KillRing(), searched: '' })
  const decoder = new KeyDecoder()
  for (const byte of encodeUtf8(`${keys}\r`)) {
    const key = decoder.push(byte)
    if (key === null) continue
    const act = editor.press(key)
    if (act === 'bell' && editor.search !== null) return null
    if (act === 'quote') decoder.literal = true
    if (act === 'enter') return editor.line.text
  }
  return 'none'
}

export function hexOf(text: string): string {
  return Array.from(encodeUtf8(text), (b) => b.toString(16).padStart(2, '0')).join('')
}

export function textOf(hex: string): string {
  return decodeUtf8(Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16)))
}
