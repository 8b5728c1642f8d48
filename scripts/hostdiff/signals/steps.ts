import type { Call, Program } from '../program.ts'

/**
 * Programs of processes and signals as text: steps with a semicolon between them. A step is the number of an actor, from 0
 * to 7, a call's name, and its arguments with a space between them:
 *
 * - `-1` a number;
 * - `[1,2]` the address of words of 64 bits, `(1,2)` of 32;
 * - `@16` the address of 16 bytes of room, `$3.5` that of 3 letters and a zero, the alphabet from its letter 5 on;
 * - `&2` the address of word 2 of those that all who share memory have in common, for futexes;
 * - `{10,-1,0,0,7}` the address of a siginfo_t: signal, code, pid, uid and value;
 * - `<0,65536>` the address of a stack_t: flags and size, at memory that is the actor's own.
 *
 * `h2` in place of the actor makes it a step of handler 2, of four: whoever runs that handler does them all. Actor 0 is there
 * from the start, as process 2. And three words are no calls, or not as they look:
 *
 * - `0 clone 3 17 &1` begins actor 3, with clone(2)'s flags 17 and with its child_tid;
 * - `0 rt_sigaction 10 h2 4 512 8` is signal, handler (0 and 1 are SIG_DFL and SIG_IGN, -1 only asks), flags, mask and
 *   size of the mask;
 * - `0 exec 0` becomes a program that goes on as the same actor; with 1, one that is not there.
 *
 * Each step is made when whatever the one before it has set off is over: nobody runs. An actor who sleeps in a call, is stopped or
 * is dead misses his.
 */
export const ACTORS = 8
export const BODIES = 4
/** What runner and machine have room for. */
export const MAX_STEPS = 128
export const BODY_STEPS = 8

/** Null where the text is no program. */
export function parseSteps(text: string): Program | null {
  const steps = text
    .trim()
    .split(/\s*;\s*/)
    .filter((step) => step !== '')
    .map((step) => step.split(/\s+/))
  const fine = steps.length > 0 && steps.length <= MAX_STEPS && steps.every(isStep)
  return fine ? steps : null
}

function isStep([who, name, ...args]: Call): boolean {
  return /^([0-7]|h[0-3])$/.test(who) && /^[a-z][a-z0-9_]*$/.test(name ?? '') && args.every(isArgument)
}

function isArgument(token: string): boolean {
  return /^(-?\d+|h[0-3]|@\d+|\$\d+\.\d+|&\d+|\[[-\d,]*\]|\([-\d,]*\)|\{[-\d,]*\}|<[-\d,]*>)$/.test(token)
}

/** Steps that are not of a handler. */
export function stepsOf(program: Program): Program {
  return program.filter(([who]) => !who.startsWith('h'))
}
