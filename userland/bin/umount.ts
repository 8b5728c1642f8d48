import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { EBUSY, EINVAL } from '../../kernel/errno.ts'
import { complain } from '../libc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: umount [-l] DIRECTORY...
Take away what is mounted there.
  -l  also where it is in use: who uses it goes on
`
const MNT_DETACH = 2

/** umount(8) */
export function* umount(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'l')
  if (typeof options === 'string') return yield* complain(sys, 'umount', options)
  const { flags, operands } = options
  if (flags.has('help')) return yield* say(sys, 'umount', HELP)
  if (operands.length === 0) return yield* complain(sys, 'umount', 'bad usage')
  let status = 0
  for (const dir of operands) {
    const err = yield* sys.syscall(39, sys.string(dir), flags.has('l') ? MNT_DETACH : 0)
    const why = err === -EINVAL ? 'not mounted.' : err === -EBUSY ? 'target is busy.' : err
    if (err < 0) status = yield* complain(sys, `umount: ${dir}`, why, 32)
  }
  return status
}
