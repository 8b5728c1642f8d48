import type { UserPtr, Word } from '../kernel/types.ts'
import type { task_struct } from '../kernel/task/task.ts'
import { signalName } from '../kernel/task/signame.ts'
import { flags, hex, oneOf, peek, ptr, quote, toInt, toLong, toUlong, type ArgType, type BitNames } from './args.ts'
import { capability } from './show_cred.ts'
import {
  PR_GET_CHILD_SUBREAPER,
  PR_CAPBSET_DROP,
  PR_CAPBSET_READ,
  PR_GET_DUMPABLE,
  PR_GET_KEEPCAPS,
  PR_GET_NAME,
  PR_GET_PDEATHSIG,
  PR_GET_SECUREBITS,
  PR_GET_TIMING,
  PR_SET_CHILD_SUBREAPER,
  PR_SET_DUMPABLE,
  PR_SET_KEEPCAPS,
  PR_SET_NAME,
  PR_SET_PDEATHSIG,
  PR_SET_SECUREBITS,
  PR_SET_TIMING,
} from './prctl.ts'

/** prctl(2)'s arguments, as strace shows them. */

const OPTIONS: Readonly<Record<number, string>> = {
  [PR_SET_PDEATHSIG]: 'PR_SET_PDEATHSIG',
  [PR_GET_PDEATHSIG]: 'PR_GET_PDEATHSIG',
  [PR_GET_DUMPABLE]: 'PR_GET_DUMPABLE',
  [PR_SET_DUMPABLE]: 'PR_SET_DUMPABLE',
  [PR_GET_KEEPCAPS]: 'PR_GET_KEEPCAPS',
  [PR_SET_KEEPCAPS]: 'PR_SET_KEEPCAPS',
  [PR_GET_TIMING]: 'PR_GET_TIMING',
  [PR_SET_TIMING]: 'PR_SET_TIMING',
  [PR_SET_NAME]: 'PR_SET_NAME',
  [PR_GET_NAME]: 'PR_GET_NAME',
  [PR_CAPBSET_READ]: 'PR_CAPBSET_READ',
  [PR_CAPBSET_DROP]: 'PR_CAPBSET_DROP',
  [PR_GET_SECUREBITS]: 'PR_GET_SECUREBITS',
  [PR_SET_SECUREBITS]: 'PR_SET_SECUREBITS',
  [PR_SET_CHILD_SUBREAPER]: 'PR_SET_CHILD_SUBREAPER',
  [PR_GET_CHILD_SUBREAPER]: 'PR_GET_CHILD_SUBREAPER',
}

export const prctl_option = oneOf('PR_', OPTIONS)

const dumpable = oneOf('SUID_DUMP_', { 0: 'SUID_DUMP_DISABLE', 1: 'SUID_DUMP_USER' })

const SECBITS = ['NOROOT', 'NO_SETUID_FIXUP', 'KEEP_CAPS'].flatMap((name, i): BitNames => [
  [1 << (2 * i), `SECBIT_${name}`],
  [2 << (2 * i), `SECBIT_${name}_LOCKED`],
])
const securebits = flags(SECBITS)

/** By the option: a signal, a word, a name as much as counts, what the kernel has filled, or nothing. */
export const prctl_arg2: ArgType<UserPtr> = {
  ...ptr,
  out: true,
  show(word, t, ret, args) {
    switch (toInt(args[0])) {
      case PR_SET_PDEATHSIG:
        return signalName(toInt(word))
      case PR_GET_PDEATHSIG:
        return intAt(t, word, ret, signalName)
      case PR_GET_DUMPABLE:
      case PR_GET_TIMING:
      case PR_GET_SECUREBITS:
      case PR_GET_KEEPCAPS:
        return null
      case PR_SET_DUMPABLE:
        return dumpable.show(word, t, ret, args)
      case PR_SET_SECUREBITS:
        return securebits.show(word, t, ret, args)
      case PR_CAPBSET_READ:
      case PR_CAPBSET_DROP:
        return capability(word)
      case PR_SET_TIMING:
        return String(toInt(word))
      case PR_SET_KEEPCAPS:
      case PR_SET_CHILD_SUBREAPER:
        return String(toUlong(word))
      case PR_SET_NAME:
      case PR_GET_NAME:
        return name(t, word, ret, toInt(args[0]) === PR_SET_NAME)
      case PR_GET_CHILD_SUBREAPER:
        return intAt(t, word, ret, String)
      default:
        return hex(word)
    }
  },
}

/** What only options that there are not would use. */
export const prctl_word: ArgType<Word> = {
  convert: (word) => word,
  show: (word, _t, _ret, args) => (toInt(args[0]) in OPTIONS ? null : hex(word)),
}

function address(word: Word): string {
  return toLong(word) === 0 ? 'NULL' : hex(word)
}

function intAt(t: task_struct, word: Word, ret: number | null, show: (value: number) => string): string {
  const bytes = ret === 0 ? peek(t, toLong(word), 4) : null
  return bytes?.length === 4 ? `[${show(new DataView(bytes.buffer).getInt32(0, true))}]` : address(word)
}

function name(t: task_struct, word: Word, ret: number | null, set: boolean): string {
  const bytes = ret === 0 ? peek(t, toLong(word), 15) : null
  if (bytes === null) return address(word)
  const end = bytes.indexOf(0)
  return quote(end < 0 ? bytes : bytes.subarray(0, end)) + (end < 0 && set ? '...' : '')
}
