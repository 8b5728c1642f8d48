import type { WriteStream } from 'node:tty'
import pc from 'picocolors'

export type Colours = ReturnType<typeof pc.createColors>

/**
 * Colours where they are asked for, or where a person looks on: a pipe gets none, in CI too.
 *
 * picocolors itself would colour whatever runs under CI. NO_COLOR goes before FORCE_COLOR, as there.
 */
export function colours(stream: Partial<WriteStream>): Colours {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  return pc.createColors(!NO_COLOR && (!!FORCE_COLOR || (stream.isTTY === true && TERM !== 'dumb')))
}
