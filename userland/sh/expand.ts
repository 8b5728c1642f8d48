import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import type { Parameter, Part, Word } from './ast.ts'
import { BadArithmetic, arithmetic, parseNumber } from './arithmetic.ts'
import { DEFAULT_IFS, FIELD_END, oneField, splitFields, type Expanded } from './fields.ts'
import { glob } from './glob.ts'
import { isPattern, matcher } from './pattern.ts'
import { LAST, type Shell } from './shell.ts'
import { parameterValue } from './parameters.ts'
import { forkShell } from './fork.ts'
import { waitForJob } from './jobs.ts'

/** Where `~` stands for a home: at the beginning of a word, in an assignment behind colons too, or nowhere. */
type Tilde = 'word' | 'assignment' | 'no'

/** The fields that a command's word becomes. */
export function* expandFields(sh: Shell, word: Word): Run<ByteString[]> {
  const out: Expanded = []
  yield* expand(sh, word, out, { tilde: 'word', splitLiterals: false })
  const fields = splitFields(out, sh.variables.get('IFS') ?? DEFAULT_IFS)
  const texts: ByteString[] = []
  for (const { text, pattern } of fields) {
    const paths = !sh.option('f') && isPattern(pattern) ? yield* glob(sh.os, pattern) : []
    if (paths.length === 0) texts.push(text)
    else texts.push(...paths)
  }
  return texts
}

/** A word as one text, neither split nor matched with files. */
export function* expandText(sh: Shell, word: Word, tilde: Tilde = 'word'): Run<ByteString> {
  const out: Expanded = []
  yield* expand(sh, word, out, { tilde, splitLiterals: false })
  return oneField(out, sh.variables.get('IFS') ?? DEFAULT_IFS).text
}

/** A word as a pattern, of which what was quoted is none. */
export function* expandPattern(sh: Shell, word: Word): Run<ByteString> {
  const out: Expanded = []
  yield* expand(sh, word, out, { tilde: 'word', splitLiterals: false })
  return oneField(out, sh.variables.get('IFS') ?? DEFAULT_IFS).pattern
}

const PARAMETER = /(\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}|[0-9#?$!-]))/

/** The prompt that variable `name` holds, with the parameters in it. */
export function* expandPrompt(sh: Shell, name: string): Run<ByteString> {
  const word = (sh.variables.get(name) ?? '').split(PARAMETER).map((piece, i): Word[number] => {
    if (i % 2 === 0) return { kind: 'literal', text: piece, quoted: true }
    const parameter = piece.replace(/[${}]+/, '').replace('}', '') || '$'
    return { kind: 'parameter', op: '', colon: false, word: [], quoted: true, name: parameter }
  })
  return yield* expandText(sh, word, 'no')
}

interface How {
  readonly tilde: Tilde
  /** The word stands in another expansion, and is split with it. */
  readonly splitLiterals: boolean
}

function* expand(sh: Shell, word: Word, out: Expanded, how: How): Run<void> {
  for (const [i, part] of word.entries()) {
    switch (part.kind) {
      case 'literal': {
        let { text } = part
        if (!part.quoted && how.tilde !== 'no' && (i === 0 || how.tilde === 'assignment')) {
          text = yield* homes(sh, text, i, word, how.tilde, out)
        }
        out.push({ text, quoted: part.quoted, split: how.splitLiterals && !part.quoted })
        break
      }
      case 'parameter':
        yield* expandParameter(sh, part, out, how)
        break
      case 'command':
        out.push(result(yield* substitute(sh, part), part.quoted))
        break
      case 'arithmetic':
        out.push(result(String(yield* evaluate(sh, part.expression)), part.quoted))
    }
  }
}

function result(text: ByteString, quoted: boolean): Expanded[number] {
  return { text, quoted, split: !quoted }
}

/** `text` with its homes; those go to `out`, being no patterns, and what is left comes back. */
function* homes(sh: Shell, text: ByteString, i: number, word: Word, tilde: Tilde, out: Expanded): Run<ByteString> {
  let rest = text
  let begins = i === 0
  for (;;) {
    const [prefix, name] = (begins ? /^~([^/:]*)/.exec(rest) : null) ?? []
    const whole = prefix !== undefined && (prefix.length < rest.length || i === word.length - 1)
    if (whole && (tilde === 'assignment' || rest[prefix.length] !== ':')) {
      const home = name === '' ? sh.variables.get('HOME') : yield* homeOf(sh, name)
      if (home !== undefined) {
        out.push({ text: home, quoted: true, split: false })
        rest = rest.slice(prefix.length)
      }
    }
    if (tilde !== 'assignment') return rest
    const colon = rest.indexOf(':')
    if (colon < 0) return rest
    out.push({ text: rest.slice(0, colon + 1), quoted: false, split: false })
    rest = rest.slice(colon + 1)
    begins = true
  }
}

function* homeOf(sh: Shell, name: string): Run<ByteString | undefined> {
  const fd = yield* sh.os.open('/etc/passwd', 0)
  if (fd < 0) return name === 'root' ? '/root' : undefined
  let text = ''
  for (let chunk = yield* sh.os.read(fd); typeof chunk === 'string' && chunk !== ''; chunk = yield* sh.os.read(fd))
    text += chunk
  void (yield* sh.os.sys.close(fd))
  const entry = text
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[0] === name)
  return entry?.[5]
}

function* expandParameter(sh: Shell, part: Parameter, out: Expanded, how: How): Run<void> {
  const { name, op, quoted } = part
  if (op === 'bad') yield* sh.fail('Bad substitution')
  const values = name === '@' || name === '*' ? sh.parameters : null
  const value = values === null ? yield* parameterValue(sh, name) : values.length === 0 ? undefined : ''
  const empty = values === null ? value === '' : values.join('') === ''
  const missing = value === undefined || (part.colon && empty)
  if (missing && sh.option('u') && values === null && !['-', '+', '=', '?'].includes(op)) {
    yield* sh.fail(`${name}: parameter not set`)
  }
  const whole = (): void => {
    if (values !== null) spread(sh, name, quoted, out)
    else out.push(result(value ?? '', quoted))
  }
  switch (op) {
    case '':
      return whole()
    case 'length':
      out.push(result(String((values === null ? (value ?? '') : values.join(' ')).length), quoted))
      return
    case '-':
    case '+':
      if (missing !== (op === '-')) return op === '-' ? whole() : quoted ? void out.push(result('', true)) : undefined
      // An empty word in quotes is a field still.
      if (quoted && part.word.length === 0) out.push(result('', true))
      return yield* expand(sh, part.word, out, {
        tilde: quoted ? 'no' : 'word',
        splitLiterals: how.splitLiterals || !quoted,
      })
    case '=': {
      if (!missing) return whole()
      if (values !== null || !/^[A-Za-z_]/.test(name)) yield* sh.fail(`${name}: bad variable name`)
      const text = yield* expandText(sh, part.word, quoted ? 'no' : 'word')
      yield* sh.assign(name, text)
      out.push(result(text, quoted))
      return
    }
    case '?': {
      if (!missing) return whole()
      const told =
        part.word.length > 0 ? yield* expandText(sh, part.word) : `parameter not set${part.colon ? ' or null' : ''}`
      return yield* sh.fail(`${name}: ${told}`)
    }
    default: {
      const pattern = yield* expandPattern(sh, part.word)
      const cut = (text: ByteString): ByteString => trim(text, pattern, op)
      if (values === null) out.push(result(cut(value ?? ''), quoted))
      else spread(sh, name, quoted, out, cut)
    }
  }
}

/** `$@` and `$*`: a field each, or all in one with the first character of IFS between. */
function spread(sh: Shell, name: string, quoted: boolean, out: Expanded, change = (text: ByteString) => text): void {
  const values = sh.parameters.map(change)
  if (name === '*' && quoted) {
    const ifs = sh.variables.get('IFS') ?? DEFAULT_IFS
    out.push(result(values.join(ifs.slice(0, 1)), true))
    return
  }
  values.forEach((text, i) => {
    if (i > 0) out.push(FIELD_END)
    out.push(result(text, quoted))
  })
}

/** Take what fits off one end, as little or as much as can be. */
function trim(text: ByteString, pattern: ByteString, op: string): ByteString {
  const fits = matcher(pattern)
  const { length } = text
  for (let i = 0; i <= length; i++) {
    const taken = op.length === 1 ? i : length - i
    if (op.startsWith('#') && fits(text.slice(0, taken))) return text.slice(taken)
    if (op.startsWith('%') && fits(text.slice(length - taken))) return text.slice(0, length - taken)
  }
  return text
}

/** What a command substitution has written, without the newlines at its end. */
function* substitute(sh: Shell, { body }: Part & { kind: 'command' }): Run<ByteString> {
  sh.substituted = 0
  if (body === null) return ''
  const pipe = yield* sh.os.pipe()
  if (typeof pipe === 'number') return yield* sh.fail('Pipe call failed')
  const job = sh.jobs.add('', false)
  void (yield* forkShell(sh, job, 'helper', function* (child) {
    const { sys } = child.os
    void (yield* sys.close(pipe.rd))
    if (pipe.wr !== 1) {
      void (yield* sys.dup3(pipe.wr, 1, 0))
      void (yield* sys.close(pipe.wr))
    }
    return yield* child.run.tree(child, body, LAST)
  }))
  void (yield* sh.os.sys.close(pipe.wr))
  let text = ''
  for (;;) {
    const chunk = yield* sh.os.read(pipe.rd)
    if (chunk === '' || (typeof chunk === 'number' && chunk !== -4)) break
    if (typeof chunk === 'string') text += chunk
  }
  void (yield* sh.os.sys.close(pipe.rd))
  sh.substituted = yield* waitForJob(sh, job)
  return text.replaceAll('\0', '').replace(/\n+$/, '')
}

/** `$(( ))` */
function* evaluate(sh: Shell, expression: Word): Run<bigint> {
  const text = yield* expandText(sh, expression, 'no')
  try {
    return arithmetic(text, {
      number(name) {
        const value = name === 'LINENO' ? String(sh.line) : sh.variables.get(name)
        if (value === undefined || value === '') return 0n
        const number = parseNumber(value)
        if (number === null) throw new IllegalNumber(value)
        return number
      },
      assign(name, value) {
        if (!sh.variables.set(name, String(value), sh.option('a'))) throw new ReadOnly(name)
      },
    })
  } catch (error) {
    if (error instanceof BadArithmetic) return yield* sh.fail(`arithmetic expression: ${error.message}`)
    if (error instanceof IllegalNumber) return yield* sh.fail(`Illegal number: ${error.message}`)
    if (error instanceof ReadOnly) return yield* sh.fail(`${error.message}: is read only`)
    throw error
  }
}

class IllegalNumber extends Error {}
class ReadOnly extends Error {}
