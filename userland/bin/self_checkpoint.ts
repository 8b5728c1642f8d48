import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { PR_SET_NAME, complain } from '../libc.ts'

const NAME = 'self_checkpoint'

/** self_checkpoint FILE [COMM]: start a process that takes the name COMM and writes its own image to FILE. */
export function* self_checkpoint(sys: Libc, argv: readonly string[]): Run<number> {
  const [, file, comm = 'saved'] = argv
  if (file === undefined) return yield* complain(sys, 'usage', `${NAME} FILE [COMM]`, 2)
  const pid = yield* sys.fork((child) => checkpointSelf(child, file, comm))
  if (pid < 0) return yield* complain(sys, `${NAME}: fork`, pid)
  const status = sys.alloc(4)
  const ret = yield* sys.wait4(pid, status, 0)
  if (ret < 0) return yield* complain(sys, `${NAME}: wait4`, ret)
  return sys.loadInt(status) >> 8
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
