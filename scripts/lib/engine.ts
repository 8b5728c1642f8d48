import { setFlagsFromString } from 'node:v8'

/**
 * Let the engine inline further than it does by itself: a system call passes through many small functions, and
 * whatever is left of them as a call costs. Two fifths of a pipe's round trip are in that. To be said before
 * anything is compiled; memory goes up by a few hundred kilobytes.
 */
export function inlineFurther(): void {
  setFlagsFromString('--max-inlined-bytecode-size=1000')
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=6000')
}
