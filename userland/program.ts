import type { Libc } from './libc.ts'

/** A program's run: it yields when it traps, and returns its exit status. */
export type Run<T> = Generator<void, T, void>

/**
 * A TypeScript program. It runs in the host's realm, so it is no sandbox against hostile code: what
 * keeps it to system calls is that it wants to.
 */
export type Program = (sys: Libc, argv: readonly string[], envp: readonly string[]) => Run<number>
