import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import type { Candidate, Completion } from '../readline/complete.ts'
import { fromBytes, toBytes } from '../../kernel/utf8.ts'
import { unfinished, type Unfinished } from './unfinished.ts'

/** What the shell can look up for completion. Names are the kernel's, byte for byte. */
export interface Names {
  /** Builtins, functions, aliases and reserved words. */
  readonly commands: Iterable<string>
  readonly variables: Iterable<string>
  variable(name: string): ByteString | undefined
  /** The names in a directory, but `.` and `..`. */
  names(path: ByteString): Run<ByteString[] | number>
  stat(path: ByteString): Run<{ readonly mode: number } | number>
}

const S_IFMT = 0o170000
const S_IFDIR = 0o040000
const S_IXUGO = 0o111
/** What stands for something else unless a backslash is before it. */
const SPECIAL = /[ \t\n!"#$&'()*;<>?[\\\]`{|}~]/g

/** How the last word of `before` could go on: a command, a variable, or a file. */
export function* completeWord(names: Names, before: string): Run<Completion> {
  const word = unfinished(before)
  if (word.parameter !== null) return parameters(names, word.parameter)
  if (word.expands) return { start: before.length, candidates: [] }
  const found: Candidate[] = []
  if (word.role === 'command' && !word.value.includes('/')) found.push(...(yield* commands(names, word)))
  else found.push(...(yield* files(names, word)))
  const sorted = found.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
  return { start: word.start, candidates: sorted }
}

function parameters(names: Names, { name, at, braces }: NonNullable<Unfinished['parameter']>): Completion {
  const all = [...names.variables].filter((variable) => variable.startsWith(name)).sort()
  const candidates = all.map((text) => ({ text: braces ? `\${${text}}` : `$${text}`, suffix: '', label: text }))
  return { start: at, candidates }
}

function* commands(names: Names, word: Unfinished): Run<Candidate[]> {
  const found = new Set<string>()
  for (const name of names.commands) found.add(name)
  for (const folder of (names.variable('PATH') ?? '').split(':')) {
    const there = yield* names.names(folder === '' ? '.' : folder)
    if (typeof there !== 'number') for (const name of there) found.add(fromBytes(name))
  }
  return [...found].filter((name) => name.startsWith(word.value)).map((name) => candidate(word, name, ' ', name))
}

function* files(names: Names, word: Unfinished): Run<Candidate[]> {
  const cut = word.value.lastIndexOf('/') + 1
  const folder = word.value.slice(0, cut)
  const prefix = word.value.slice(cut)
  const path = home(names, folder, word)
  const there = yield* names.names(path === '' ? '.' : path)
  if (typeof there === 'number') return []
  const found: Candidate[] = []
  for (const name of there) {
    const text = fromBytes(name)
    // What is no UTF-8 could not be typed.
    if (!text.startsWith(prefix) || toBytes(text) !== name || (prefix === '' && text.startsWith('.'))) continue
    const stat = yield* names.stat(path + name)
    const mode = typeof stat === 'number' ? 0 : stat.mode
    const isFolder = (mode & S_IFMT) === S_IFDIR
    if (word.role === 'command' && !isFolder && (mode & S_IXUGO) === 0) continue
    found.push(candidate(word, folder + text, isFolder ? '/' : ' ', isFolder ? `${text}/` : text))
  }
  return found
}

/** The folder that is looked into for one that is written with a `~`. */
function home(names: Names, folder: string, word: Unfinished): ByteString {
  const tilde = folder.startsWith('~/') && word.quote === ''
  return tilde ? (names.variable('HOME') ?? '') + toBytes(folder.slice(1)) : toBytes(folder)
}

/** `text` as it is to be typed, in the quotation that the word has. */
function candidate({ quote }: Unfinished, text: string, end: ' ' | '/', label: string): Candidate {
  const tilde = quote === '' && text.startsWith('~/') ? '~' : ''
  const rest = text.slice(tilde.length)
  if (quote === "'") return { text: `'${rest.replaceAll("'", "'\\''")}`, suffix: end === '/' ? '/' : "' ", label }
  if (quote === '"') return { text: `"${rest.replace(/["$\\`]/g, '\\$&')}`, suffix: end === '/' ? '/' : '" ', label }
  return { text: tilde + rest.replace(SPECIAL, '\\$&'), suffix: end, label }
}
