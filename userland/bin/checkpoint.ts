import { O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { PR_SET_NAME } from '../libc.ts'
import { isatty } from '../termios.ts'
import { tool } from '../tool.ts'

const HELP = `usage: checkpoint [-v] [-n NAME] [-o FILE] [0]
Write an image of a process to standard output: checkpoint(2).
The kernel saves the process that asks, whatever id it is given: this one, checkpoint itself. What an image holds of it
is its name, the addresses set_child_tid and clear_child_tid, state and exit codes. Memory and files are not in it.
  -n  take the name NAME first     -o  write to FILE
  -v  say on standard error what was written
`

/** checkpoint(1): the patch's user tool, as far as the patch goes. */
export const checkpoint = tool(
  'checkpoint',
  { letters: 'n:o:v', help: HELP, short: true, wrong: 2, long: { name: 'n', output: 'o', verbose: 'v' } },
  function* (self) {
    const { sys } = self.os
    const [pid = '0', more] = self.operands
    if (more !== undefined) yield* self.misused(`extra operand '${more}'`)
    if (!/^\d+$/.test(pid)) yield* self.misused(`'${pid}' is no process id`)
    if (Number(pid) !== 0)
      return yield* self.fails(
        `${pid}: this kernel saves the calling process only: say 0, or nothing, for checkpoint itself`,
      )
    const name = self.value('n')
    if (name !== undefined) void (yield* sys.prctl(PR_SET_NAME, name))
    const path = self.value('o')
    if (path === undefined && (yield* isatty(sys, 1)))
      return yield* self.fails('standard output is a terminal: send the image to a file, or say -o FILE')
    const fd = path === undefined ? 1 : yield* self.os.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    if (fd < 0) return yield* self.fails(path as string, fd)
    const id = yield* sys.checkpoint(0, fd, 0)
    if (id < 0) return yield* self.fails(path ?? 'standard output', id)
    if (self.has('v')) yield* self.complain(`process ${yield* sys.getpid()} is checkpoint ${id}`, undefined, 0)
    return 0
  },
)
