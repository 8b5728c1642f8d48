import { Script } from 'node:vm'

/** What the host's JavaScript does not come back from. */
export class Hang extends Error {
  override readonly name = 'Hang'
}

/** Runs a function, or gives it up. */
export type Guard = <T>(fn: () => T) => T

const CALL = 'ckptvm explore: guarded'
const script = new Script(`globalThis[${JSON.stringify(CALL)}]()`)

/** Run functions, each for `ms` milliseconds at most: one that is not back by then is stopped where it is, and a Hang. */
export function guard(ms: number): Guard {
  return <T>(fn: () => T): T => {
    const host = globalThis as unknown as Record<string, unknown>
    let result: T | undefined
    host[CALL] = () => void (result = fn())
    try {
      script.runInThisContext({ timeout: ms })
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new Hang(`${ms / 1000} s`)
      throw error
    } finally {
      host[CALL] = undefined
    }
    return result as T
  }
}
