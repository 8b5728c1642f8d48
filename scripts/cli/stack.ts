import { basename } from 'node:path'

/** A function of a program, and where in its file it is. */
export interface StackFrame {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * What the program that makes a system call is doing: a chain of `yield*` is a stack of the host's too. The
 * innermost function comes first. Empty where the kernel makes the call by itself: again after a signal, or at
 * the program's end.
 */
export function programStack(): StackFrame[] {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = Infinity
  const { stack = '' } = new Error()
  Error.stackTraceLimit = stackTraceLimit
  const lines = stack.split('\n')
  const from = lines.findIndex((line) => /TsContext\d*\.syscall\b/.test(line))
  const to = lines.findIndex((line) => /TsContext\d*\.resume\b/.test(line))
  if (from < 0 || to < from) return []
  return lines.slice(from + 1, to).flatMap((text) => {
    const [, name, path, line, column] = /^ +at (?:(.*) \()?(.*?):(\d+):(\d+)\)?$/.exec(text) ?? []
    if (path === undefined) return []
    // Bundlers rename classes a little.
    return [
      {
        name: name?.replace(/^_(?=[A-Z])/, '') ?? '<anonymous>',
        file: basename(path),
        line: Number(line),
        column: Number(column),
      },
    ]
  })
}
