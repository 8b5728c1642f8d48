import type { Program } from './program.ts'
import { self_checkpoint } from './bin/self_checkpoint.ts'
import { self_restart } from './bin/self_restart.ts'

/** The programs of /bin. */
export const programs: Readonly<Record<string, Program>> = { self_checkpoint, self_restart }
