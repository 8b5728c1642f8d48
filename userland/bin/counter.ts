import { O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { toBytes } from '../../kernel/utf8.ts'
import { PR_SET_NAME } from '../libc.ts'
import type { Run } from '../program.ts'
import { tool, type Tool } from '../tool.ts'
import { ownName } from './restart.ts'

const HELP = `usage: counter [-n LAST] [-e EVERY] [-o FILE] [-s SECONDS]
       counter -r [OPTION]... <IMAGE
Count to LAST (10) and, each time EVERY (5) more are counted, checkpoint this very process into FILE (counter.ckpt).
The count is in memory, and of that nothing is in an image. A name is: so the count goes into the name of the process
before each checkpoint, as counter:5.
  -r  take on the image on standard input first, and go on counting behind the number in its name
  -s  sleep so long before each number
`

/** More digits would not fit into a name. */
const MOST = 9_999_999

/** A program that survives its own end, as far as an image carries it. */
export const counter = tool('counter', { letters: 'n:e:o:s:r', help: HELP, short: true, wrong: 2 }, function* (self) {
  const { sys } = self.os
  const last = yield* number(self, 'n', 10)
  const every = yield* number(self, 'e', 5)
  const pause = yield* number(self, 's', 0)
  const path = self.value('o') ?? 'counter.ckpt'
  let count = self.has('r') ? yield* restarted(self) : 0
  if (count < 0) return self.status
  while (count < last) {
    if (pause > 0) void (yield* sys.nanosleep(pause))
    yield* self.out(`${++count}\n`)
    yield* self.flush()
    if (every === 0 || count % every !== 0) continue
    const id = yield* save(self, path, count)
    if (id < 0) return self.status
    yield* self.out(`counter: checkpoint ${id} of process ${yield* sys.getpid()} is in ${path}\n`)
  }
  return 0
})

function* number(self: Tool, letter: string, usual: number): Run<number> {
  const text = self.value(letter)
  if (text === undefined) return usual
  if (!/^\d+$/.test(text) || Number(text) > MOST) yield* self.misused(`'${text}' is no number from 0 to ${MOST}`)
  return Number(text)
}

/** Become the image on standard input; the count that its name holds, or -1. */
function* restarted(self: Tool): Run<number> {
  const ret = yield* self.os.sys.restart(0, 0, 0)
  if (ret < 0) {
    yield* self.complain('standard input', ret)
    return -1
  }
  const name = yield* ownName(self.os.sys)
  const [, digits] = /^counter:(\d+)$/.exec(name) ?? []
  if (digits === undefined) {
    yield* self.complain(`the image is of ${toBytes(name)}, and that is no counter`)
    return -1
  }
  yield* self.out(`counter: process ${yield* self.os.sys.getpid()} is ${name} now\n`)
  return Number(digits)
}

/** Checkpoint this process with `count` in its name: the checkpoint's id, or a negative errno that has been told. */
function* save(self: Tool, path: string, count: number): Run<number> {
  const { sys } = self.os
  void (yield* sys.prctl(PR_SET_NAME, `counter:${count}`))
  const fd = yield* self.os.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  const id = fd < 0 ? fd : yield* sys.checkpoint(0, fd, 0)
  if (id < 0) yield* self.complain(path, id)
  if (fd >= 0) void (yield* sys.close(fd))
  return id
}
