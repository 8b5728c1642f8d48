import { Command, InvalidArgumentError } from 'commander'

/** What was asked for cannot be: one line on standard error, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A verb of the command. A wrong option or argument exits with 2, --help with 0. */
export function verb(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .allowExcessArguments(false)
    .showHelpAfterError(`(ckptvm ${name} --help says what there is)`)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
}

/** Of an option: a whole number from `least` on. */
export function whole(least = 0): (text: string) => number {
  return (text) => {
    const n = Number(text)
    if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(n) || n < least)
      throw new InvalidArgumentError(`A whole number from ${least} on is wanted.`)
    return n
  }
}

/** Of an option: bytes, with k, m or g behind the number for binary multiples. */
export function bytes(text: string): number {
  const [, digits, unit] = /^(\d+)([kmg]?)$/i.exec(text) ?? []
  if (digits === undefined) throw new InvalidArgumentError('Bytes are wanted, such as 65536, 512k or 64m.')
  return Number(digits) * 1024 ** ' kmg'.indexOf(unit === '' ? ' ' : unit.toLowerCase())
}

/** Of an option that may come more than once: all that was said. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

/** A message of the host's as the end of a line of ours: `no such file or directory`. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const said = /^[A-Z0-9]+: (.*?), \w+/.exec(message)
  return code !== undefined && said !== null ? said[1] : message
}
