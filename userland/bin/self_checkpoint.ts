import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { PR_SET_NAME, complain } from '../libc.ts'
import { signalDescription } from '../sh/signals.ts'
import { getopt, say } from '../stdio.ts'

const NAME = 'self_checkpoint'
const HELP = `usage: self_checkpoint FILE [COMM]
Start a process that takes the name COMM (saved) and writes its own image to FILE, with checkpoint(2).
`

/** self_checkpoint(1) */
export function* self_checkpoint(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, '')
  if (typeof options === 'string') return yield* complain(sys, NAME, options, 2)
  if (options.flags.has('help')) return yield* say(sys, NAME, HELP)
  const [file, comm = 'saved'] = options.operands as readonly (string | undefined)[]
  if (file === undefined) return yield* complain(sys, 'usage', `${NAME} FILE [COMM]`, 2)
  const pid = yield* sys.fork((child) => checkpointSelf(child, file, comm))
  if (pid < 0) return yield* complain(sys, `${NAME}: fork`, pid)
  const status = sys.alloc(4)
  const ret = yield* sys.wait4(pid, status, 0)
  if (ret < 0) return yield* complain(sys, `${NAME}: wait4`, ret)
  const word = sys.loadInt(status)
  const sig = word & 0x7f
  return sig === 0 ? word >> 8 : yield* complain(sys, NAME, `the process ended: ${signalDescription(sig)}`, 128 + sig)
}

function* checkpointSelf(sys: Libc, file: string, comm: string): Run<number> {
  const err = yield* sys.prctl(PR_SET_NAME, comm)
  if (err < 0) return yield* complain(sys, `${NAME}: prctl`, err)
  const fd = yield* sys.open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  if (fd < 0) return yield* complain(sys, `${NAME}: ${file}`, fd)
  const id = yield* sys.checkpoint(0, fd, 0)
  if (id < 0) return yield* complain(sys, `${NAME}: checkpoint`, id)
  const ret = yield* sys.close(fd)
  if (ret < 0) return yield* complain(sys, `${NAME}: ${file}`, ret)
  return (yield* sys.print(`process ${yield* sys.getpid()}: checkpoint ${id} is in ${file}\n`)) < 0 ? 1 : 0
}
