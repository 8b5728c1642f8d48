import type { Run } from '../program.ts'
import { Exit, Failure } from './errors.ts'
import type { Shell } from './shell.ts'

/** Run the traps of the signals that have come. `$?` is what it was, unless a trap returns from a function. */
export function* runTraps(sh: Shell): Run<void> {
  while (sh.pending.size > 0 && sh.skip === 'no') {
    const [sig] = [...sh.pending].sort((a, b) => a - b)
    sh.pending.delete(sig)
    const action = sh.traps.get(sig)
    if (action === undefined || action === '') continue
    const { status, trapStatus } = sh
    sh.trapStatus = status
    void (yield* sh.run.text(sh, action, 0))
    sh.trapStatus = trapStatus
    if ((sh.skip as string) !== 'return') sh.status = status
  }
}

/** The end of a shell: its last trap runs, which may change the status by an `exit` of its own. */
export function* finish(sh: Shell, status: number): Run<number> {
  sh.status = status
  const action = sh.traps.get(0)
  if (action === undefined || action === '') return status
  sh.traps.delete(0)
  sh.skip = 'no'
  sh.trapStatus = status
  try {
    void (yield* sh.run.text(sh, action, 0))
  } catch (error) {
    if (!(error instanceof Exit) && !(error instanceof Failure)) throw error
    return error.status
  }
  return status
}
