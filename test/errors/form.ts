import type { Vm } from '../../index.ts'
import type * as errno from '../../kernel/errno.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { errnoNumber } from '../../kernel/errno.ts'

/**
 * What can go wrong with a system call, as data: errors.test.ts makes a test of each row, and holds the rows to
 * the names that the call's manual page lists.
 */

/** The name of an errno. */
export type Errno = Extract<keyof typeof errno, `E${string}`>

/** Runs in a machine of its own, as root, and returns what the call has returned. It makes the call last. */
export type Attempt = (sys: Libc, vm: Vm) => Run<number>

/** An errno: when it comes and a program that gets it, or why it cannot be got here. */
export type ErrorRow = readonly [Errno, string, Attempt] | readonly [Errno, string]

export interface CallErrors {
  /** Its name in the table. */
  readonly call: string
  /** What its manual page lists, errors of the file system among them. */
  readonly man: readonly Errno[]
  readonly rows: readonly ErrorRow[]
  /** Why it cannot fail, where that is so. */
  readonly never: string | null
}

/** The errors of a call; `man` are names with spaces between. */
export function call(name: string, man: string, rows: readonly ErrorRow[]): CallErrors {
  return { call: name, man: man.split(' ').map(known), rows, never: null }
}

/** A call that has no errors, and why. */
export function cannotFail(name: string, never: string): CallErrors {
  return { call: name, man: [], rows: [], never }
}

function known(name: string): Errno {
  if (errnoNumber(name) === undefined) throw new Error(`${name} is no errno`)
  return name as Errno
}
