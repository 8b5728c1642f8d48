import type { Program } from './program.ts'
import { cat } from './bin/cat.ts'
import { echo } from './bin/echo.ts'
import { false_ } from './bin/false.ts'
import { self_checkpoint } from './bin/self_checkpoint.ts'
import { self_restart } from './bin/self_restart.ts'
import { seq } from './bin/seq.ts'
import { sh } from './bin/sh.ts'
import { sleep } from './bin/sleep.ts'
import { tee } from './bin/tee.ts'
import { true_ } from './bin/true.ts'
import { wc } from './bin/wc.ts'
import { yes } from './bin/yes.ts'

/** The programs of /bin. */
export const programs: Readonly<Record<string, Program>> = {
  cat,
  echo,
  false: false_,
  self_checkpoint,
  self_restart,
  seq,
  sh,
  sleep,
  tee,
  true: true_,
  wc,
  yes,
}
