/** This computer does not do what is asked of it: one line on standard error, exit status 1. */
export class HostError extends Error {
  override readonly name = 'HostError'
}

const PLAIN: Readonly<Record<string, string | undefined>> = { EISDIR: 'is a directory', ENOTDIR: 'not a directory' }

/** A message of the host's as the end of a line of ours: `no such file or directory`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code = '', message } = error as NodeJS.ErrnoException
  const said = /^[A-Z0-9]+: (.*?), \w+/.exec(message)
  // What ends in a colon says it in the next line.
  const [line] = /^.*:\n.*|^.*/.exec(message) ?? []
  return PLAIN[code] ?? (said !== null ? said[1] : (line ?? '').replace('\n', ' '))
}
