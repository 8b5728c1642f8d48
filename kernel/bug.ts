/**
 * A broken invariant of the kernel itself. No user input leads here, and nobody in the kernel
 * catches it: it leaves `run()` as an exception, since nothing the VM says afterwards could be trusted.
 */
export class Bug extends Error {
  override readonly name = 'Bug'
}

/** Linux's BUG_ON(): include/asm-generic/bug.h. */
export function BUG_ON(condition: boolean, what: string): void {
  if (condition) throw new Bug(`kernel BUG: ${what}`)
}
