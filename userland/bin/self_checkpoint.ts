import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { PR_SET_NAME, complain } from '../libc.ts'

const NAME = 'self_checkpoint'

/** self_checkpoint FILE [COMM]: take the name COMM, and write one's own image to FILE. */
export function* self_checkpoint(sys: Libc, argv: readonly string[]): Run<number> {
  const [, file, comm] = argv
  if (file === undefined) return yield* complain(sys, 'usage', `${NAME} FILE [COMM]`, 2)
  if (comm !== undefined) {
    const err = yield* sys.prctl(PR_SET_NAME, comm)
    if (err < 0) return yield* complain(sys, NAME, err)
  }
  const pid = yield* sys.set_tid_address(sys.alloc(4))
  const fd = yield* sys.open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  if (fd < 0) return yield* complain(sys, `${NAME}: ${file}`, fd)
  const id = yield* sys.checkpoint(0, fd, 0)
  if (id < 0) return yield* complain(sys, `${NAME}: checkpoint`, id)
  const ret = yield* sys.close(fd)
  if (ret < 0) return yield* complain(sys, `${NAME}: ${file}`, ret)
  return (yield* sys.print(`process ${pid}: checkpoint ${id} is in ${file}\n`)) < 0 ? 1 : 0
}
