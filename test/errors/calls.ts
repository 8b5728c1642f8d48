import type { CallErrors } from './form.ts'
import { CHECKPOINT } from './checkpoint.ts'
import { MACHINE } from './machine.ts'
import { SCHEDULING } from './scheduling.ts'
import { TIME } from './time.ts'
import { FUTEX } from './futex.ts'
import { SIGNALS } from './signals.ts'
import { IDENTITY } from './identity.ts'
import { WAIT } from './wait.ts'
import { TASKS } from './tasks.ts'
import { ATTRIBUTES } from './attributes.ts'
import { DESCRIPTORS } from './descriptors.ts'
import { LINKS } from './links.ts'
import { LOCKS } from './locks.ts'
import { NAMES } from './names.ts'
import { OPEN } from './open.ts'
import { PLACES } from './places.ts'
import { RW } from './rw.ts'
import { SIZE } from './size.ts'
import { SPLICE } from './splice.ts'
import { STAT } from './stat.ts'
import { WAITING } from './waiting.ts'

/** Every call whose errors are written down, by family. */
export const CALLS: readonly CallErrors[] = [
  ...CHECKPOINT,
  ...MACHINE,
  ...SCHEDULING,
  ...TIME,
  ...FUTEX,
  ...SIGNALS,
  ...IDENTITY,
  ...WAIT,
  ...TASKS,
  ...ATTRIBUTES,
  ...DESCRIPTORS,
  ...LINKS,
  ...LOCKS,
  ...NAMES,
  ...OPEN,
  ...PLACES,
  ...RW,
  ...SIZE,
  ...SPLICE,
  ...STAT,
  ...WAITING,
]
