import type { Run } from '../program.ts'

/** false: end with status 1. */
export function* false_(): Run<number> {
  return 1
}
