import { reasonOf } from './host_error.ts'

/**
 * Say what is wrong where standard output or error cannot be written, and end with 1: once, in a line. Where
 * whoever reads us has seen enough, say nothing.
 */
export function guardStdio(command: string): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    process.stderr.write(`${command}: standard output: ${reasonOf(error)}\n`)
    process.exit(1)
  })
  process.stderr.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
}
