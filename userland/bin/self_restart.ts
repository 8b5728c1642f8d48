import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { O_RDONLY } from '../../kernel/fs/file.ts'
import { TASK_COMM_LEN } from '../../kernel/task/task.ts'
import { PR_GET_NAME, complain } from '../libc.ts'
import { getopt, say } from '../stdio.ts'

const NAME = 'self_restart'
const HELP = `usage: self_restart FILE
Become the process whose image is in FILE, with restart(2), as far as an image goes: its name and the addresses
set_child_tid and clear_child_tid. Say the name.
`

/** self_restart(1) */
export function* self_restart(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, '')
  if (typeof options === 'string') return yield* complain(sys, NAME, options, 2)
  if (options.flags.has('help')) return yield* say(sys, NAME, HELP)
  const [file] = options.operands as readonly (string | undefined)[]
  if (file === undefined) return yield* complain(sys, 'usage', `${NAME} FILE`, 2)
  const fd = yield* sys.open(file, O_RDONLY)
  if (fd < 0) return yield* complain(sys, `${NAME}: ${file}`, fd)
  const ret = yield* sys.restart(0, fd, 0)
  if (ret < 0) return yield* complain(sys, `${NAME}: restart`, ret)
  const comm = sys.alloc(TASK_COMM_LEN)
  const err = (yield* sys.close(fd)) || (yield* sys.prctl(PR_GET_NAME, comm))
  if (err < 0) return yield* complain(sys, NAME, err)
  return (yield* sys.print(`process ${yield* sys.getpid()}: now I am ${sys.loadString(comm)}\n`)) < 0 ? 1 : 0
}
