import { O_RDONLY } from '../../kernel/fs/file.ts'
import { TASK_COMM_LEN } from '../../kernel/task/task.ts'
import { toBytes } from '../../kernel/utf8.ts'
import { PR_GET_NAME, type Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { tool } from '../tool.ts'

const HELP = `usage: restart [-v] [-i FILE]
Become the process whose image is on standard input: restart(2), and say who that is.
An image of this kernel gives back the name and the addresses set_child_tid and clear_child_tid. Program, memory, files
and id stay restart's own: it does not go on where the image was made. (A program that keeps what it needs in its name
can: see counter -r.)
  -i  read FILE     -v  say what came of the name where the image is refused: it may be taken from a bad image too
`

/** restart(1): the patch's user tool, as far as the patch goes. */
export const restart = tool(
  'restart',
  { letters: 'i:v', help: HELP, short: true, wrong: 2, long: { input: 'i', verbose: 'v' } },
  function* (self) {
    const { sys } = self.os
    if (self.operands.length > 0) yield* self.misused(`extra operand '${self.operands[0]}'`)
    const path = self.value('i')
    const fd = path === undefined ? 0 : yield* self.os.open(path, O_RDONLY)
    if (fd < 0) return yield* self.fails(path as string, fd)
    const ret = yield* sys.restart(0, fd, 0)
    const name = toBytes(yield* ownName(sys))
    const after = self.has('v') && ret < 0 ? ` (process ${yield* sys.getpid()} is ${name} now)` : ''
    if (ret < 0) return yield* self.fails(`${path ?? 'standard input'}${after}`, ret)
    yield* self.out(`process ${yield* sys.getpid()} is ${name} now\n`)
    return 0
  },
)

/** The name of this process: its comm. */
export function* ownName(sys: Libc): Run<string> {
  const comm = sys.alloc(TASK_COMM_LEN)
  return (yield* sys.prctl(PR_GET_NAME, comm)) < 0 ? '' : sys.loadString(comm)
}
