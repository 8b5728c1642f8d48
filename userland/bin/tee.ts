import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { complain } from '../libc.ts'
import { BLOCK, getopt, say, writeAll } from '../stdio.ts'

const HELP = `usage: tee [-ai] [FILE]...
Copy standard input to standard output and to each FILE.
  -a  append
  -i  ignore SIGINT
`
const SIGINT = 2
const SIG_IGN = 1

/** tee(1): an output that fails is complained of and left, the others go on. */
export function* tee(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'ai')
  if (typeof options === 'string') return yield* complain(sys, 'tee', options)
  if (options.flags.has('help')) return yield* say(sys, 'tee', HELP)
  if (options.flags.has('i')) void (yield* sys.sigaction(SIGINT, SIG_IGN))
  let status = 0
  const outputs = new Map([[1, 'standard output']])
  for (const name of options.operands) {
    const how = options.flags.has('a') ? O_APPEND : O_TRUNC
    const fd = yield* sys.open(name, O_WRONLY | O_CREAT | how, 0o666)
    if (fd < 0) status = yield* complain(sys, `tee: ${name}`, fd)
    else outputs.set(fd, name)
  }
  const buf = sys.alloc(BLOCK)
  for (;;) {
    const n = yield* sys.read(0, buf, BLOCK)
    if (n < 0) return yield* complain(sys, 'tee: read error', n)
    if (n === 0) return status
    for (const [fd, name] of [...outputs]) {
      const err = yield* writeAll(sys, fd, buf, n)
      if (err === 0) continue
      status = yield* complain(sys, `tee: ${name}`, err)
      outputs.delete(fd)
    }
  }
}
