import type { Run } from '../program.ts'

/** true: end with status 0. */
export function* true_(): Run<number> {
  return 0
}
