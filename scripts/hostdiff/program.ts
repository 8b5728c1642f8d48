/**
 * Programs as text: calls with a semicolon between them, a call being a name and its arguments with a space
 * between them.
 *
 * - `-100` a number, which may stand for an address;
 * - `"a/b"` the address of a string; `%2e` is a byte in it, `%r255.61` is 255 of them;
 * - `@10` the address of 10 bytes of room;
 * - `$10.3` the address of 10 bytes, the alphabet from its letter 3 on;
 * - `[1,2]` the address of words of 64 bits, `(1,2)` of 32;
 * - `{@10,10,$5.0,5}` the address of struct iovecs.
 *
 * `:2` behind one of the first four says that only so many bytes are mapped. And four words are no calls:
 * `fork` begins a child, which makes the calls up to its `end 3` and exits with 3, while the parent waits and does
 * not yet reap it; `become 1000` makes the process that user, of groups 1000 and 2000.
 */
export type Call = readonly string[]

/** A program, with the `end` of each `fork`. */
export type Program = readonly Call[]

export function formatProgram(program: Program): string {
  return program.map((call) => call.join(' ')).join('; ')
}

/** Null where the text is no program. */
export function parseProgram(text: string): Program | null {
  const calls = text
    .trim()
    .split(/\s*;\s*/)
    .filter((call) => call !== '')
    .map((call) => call.split(/\s+/))
  let depth = 0
  for (const [name, ...args] of calls) {
    if (name === 'fork') depth++
    if (name === 'end' && --depth < 0) return null
    if (!/^[a-z0-9_]+$/.test(name) || !args.every(isArgument)) return null
  }
  return depth === 0 && calls.length > 0 ? calls : null
}

function isArgument(token: string): boolean {
  return /^(-?\d+|("[^"]*"|@\d+|\$\d+\.\d+)(:\d+)?|\[[-\d,]*\]|\([-\d,]*\)|\{[^}]*\})$/.test(token)
}

/** Index behind the `end` of the `fork` at `at - 1`. */
export function behindChild(program: Program, at: number): number {
  let depth = 1
  let i = at
  for (; depth > 0 && i < program.length; i++) {
    if (program[i][0] === 'fork') depth++
    else if (program[i][0] === 'end') depth--
  }
  return i
}

/** System calls in it, counting a fork as one. */
export function countCalls(program: Program): number {
  return program.filter(([name]) => name !== 'end' && name !== 'become').length
}
