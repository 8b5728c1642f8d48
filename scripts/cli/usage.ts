import { Command, InvalidArgumentError } from 'commander'

/** What was asked for cannot be: one line on standard error, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A verb of the command. */
export function verb(name: string, description: string): Command {
  return oneLine(new Command(name), `ckptvm ${name}`).description(description).allowExcessArguments(false)
}

/** What is wrong with the arguments comes in one line, and then as a CommanderError; so does --help at its end. */
export function oneLine(command: Command, name: string): Command {
  return command.exitOverride().configureOutput({
    outputError(text, write) {
      const said = text
        .replace(/^error: /, '')
        .trim()
        .replace(/\n/g, ' ')
      write(`${name}: ${said} (${name} --help says what there is)\n`)
    },
  })
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
