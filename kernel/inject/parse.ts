import { MAX_ERRNO, errnoName, errnoNumber } from '../errno.ts'
import { _NSIG } from '../task/signal.ts'
import { signalName, signalNumber } from '../task/signame.ts'

/** What strace(1) writes behind `inject=`, section "Tampering" of its manual. */

export interface Injection {
  readonly set: InjectSet
  /** What the place returns instead of doing anything; null where it goes on. */
  readonly result: { readonly error: number } | { readonly retval: number } | null
  /** The signal that who comes by is sent; null for none. */
  readonly signal: number | null
  readonly when: InjectWhen
}

/** Names, or all but those. Nobody has asked yet what they name. */
export interface InjectSet {
  readonly not: boolean
  readonly names: readonly string[]
}

/** The hits `first`, `first + step`, … up to `last`; the first one is 1. */
export interface InjectWhen {
  readonly first: number
  readonly last: number
  readonly step: number
}

/** Bounds of strace's: of first and step, and of last. */
const WHEN_MAX = 65535
const LAST_MAX = 65534

/** strace's other options. */
const UNSUPPORTED = new Set(['syscall', 'delay_enter', 'delay_exit', 'poke_enter', 'poke_exit'])

const EVERY: InjectWhen = { first: 1, last: Infinity, step: 1 }

/** Read `SET:error=E|retval=V:signal=S:when=F[..L][+[S]]`; where it is wrong, what is, in one line. */
export function parseInjection(spec: string): Injection | string {
  const [head, ...options] = spec.split(':')
  const set = parseSet(head)
  if (typeof set === 'string') return set
  let result: Injection['result'] = null
  let signal: number | null = null
  let when = EVERY
  for (const option of options) {
    const eq = option.indexOf('=')
    const key = eq < 0 ? option : option.slice(0, eq)
    const value = eq < 0 ? '' : option.slice(eq + 1)
    if (key === 'error' || key === 'retval') {
      if (result !== null) return `${option}: there is a result already: error and retval go once, and not together`
      const parsed = key === 'error' ? parseError(value) : parseRetval(value)
      if (typeof parsed === 'string') return parsed
      result = parsed
    } else if (key === 'signal') {
      if (signal !== null) return `${option}: there is a signal already`
      const parsed = parseSignal(value)
      if (typeof parsed === 'string') return parsed
      signal = parsed
    } else if (key === 'when') {
      // Of several, the last one: strace's rule.
      const parsed = parseWhen(value)
      if (typeof parsed === 'string') return parsed
      when = parsed
    } else if (UNSUPPORTED.has(key)) return `${key}=: strace has it, this machine has not`
    else return `${option === '' ? 'nothing behind a colon' : option}: want error=, retval=, signal= or when=`
  }
  if (result === null && signal === null) return `${spec}: nothing to do: want error=, retval= or signal=`
  return { set, result, signal, when }
}

/** The one way to write an injection down. */
export function formatInjection({ set, result, signal, when }: Injection): string {
  let spec = (set.not ? '!' : '') + set.names.join(',')
  if (result !== null) {
    spec += 'error' in result ? `:error=${errnoName(result.error) ?? result.error}` : `:retval=${result.retval}`
  }
  if (signal !== null) spec += `:signal=${signalName(signal)}`
  const { first, last, step } = when
  if (first === 1 && last === Infinity && step === 1) return spec
  spec += `:when=${first}`
  if (last === first && step === 1) return spec
  if (last !== Infinity) spec += `..${last}`
  if (step !== 1) return `${spec}+${step}`
  return last === Infinity ? `${spec}+` : spec
}

/** `read,write`, `!read`, `%file`, `all`. What is wrong with it, if anything. */
export function parseSet(text: string): InjectSet | string {
  const not = text.startsWith('!')
  const names = text.slice(not ? 1 : 0).split(',')
  for (const name of names) {
    if (name === '') return `'${text}': want names of system calls with commas between`
    if (name.startsWith('/')) return `${name}: strace takes a regular expression, this machine does not`
    if (!/^(?:\?|%)?\w+$/.test(name)) return `'${name}': no name of a system call`
  }
  return { not, names }
}

function parseError(value: string): { readonly error: number } | string {
  const error = /^\d/.test(value) ? decimal(value, MAX_ERRNO) : (errnoNumber(value.toUpperCase()) ?? null)
  return error === null ? `error=${value}: want an errno, such as ENOSPC, or 1..${MAX_ERRNO}` : { error }
}

function parseRetval(value: string): { readonly retval: number } | string {
  if (value === '0') return { retval: 0 }
  const retval = decimal(value, Number.MAX_SAFE_INTEGER)
  return retval === null ? `retval=${value}: want 0..${Number.MAX_SAFE_INTEGER}; for a failure, error=` : { retval }
}

function parseSignal(value: string): number | string {
  const signal = /^\d/.test(value) ? decimal(value, _NSIG) : (signalNumber(value) ?? null)
  return signal ?? `signal=${value}: want a signal, such as SIGUSR1, or 1..${_NSIG}`
}

function parseWhen(value: string): InjectWhen | string {
  const [, f, dots, l, plus, s] = /^(\d+)(?:(\.\.)(\d+))?(?:(\+)(\d+)?)?$/.exec(value) ?? []
  if (f === undefined) return `when=${value}: want first[..last][+[step]]`
  const first = decimal(f, WHEN_MAX)
  if (first === null) return `when=${value}: first is ${f}, want 1..${WHEN_MAX}`
  const step = s === undefined ? 1 : decimal(s, WHEN_MAX)
  if (step === null) return `when=${value}: step is ${s}, want 1..${WHEN_MAX}`
  if (dots === undefined) return { first, last: plus === undefined ? first : Infinity, step }
  const last = decimal(l, LAST_MAX)
  if (last === null) return `when=${value}: last is ${l}, want 1..${LAST_MAX}`
  if (last < first) return `when=${value}: last is before first`
  return { first, last, step }
}

/** A number from 1 to `max`, or null. */
function decimal(digits: string, max: number): number | null {
  const n = /^\d+$/.test(digits) ? Number(digits) : 0
  return n >= 1 && n <= max ? n : null
}
