import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import { imageFields, type ImageField } from '../../kernel/checkpoint/image.ts'
import { byteString, bytesOf, toBytes } from '../../kernel/utf8.ts'
import { strftime } from '../calendar.ts'
import { checkImage, type Version } from '../check_image.ts'
import { PLAIN, dumpImage, errorMessage } from '../dump_image.ts'
import { tool, type Tool } from '../tool.ts'

const HELP = `usage: ckptinfo [-hepv] [FILE]
Show what is in a checkpoint image: FILE, or standard input.
  -h  the header     -e  the message that a checkpoint left when it failed
  -p  the process    -v  all of it, field by field
Ends with 0 for an image that restart(2) takes here, and with 1, the offset and the reason for another one.
`

const NSEC_PER_SEC = 1_000_000_000n

/** ckptinfo(1): the options of the patch's tool. */
export const ckptinfo = tool(
  'ckptinfo',
  { letters: 'hepv', help: HELP, short: true, wrong: 2, long: { header: 'h', error: 'e', process: 'p', verbose: 'v' } },
  function* (self) {
    const [path = '-', more] = self.operands
    if (more !== undefined) yield* self.misused(`extra operand '${more}'`)
    const image = yield* slurp(self, path)
    if (image === null) return self.status
    const fields = imageFields(image)
    const all = !['h', 'e', 'p', 'v'].some((letter) => self.has(letter))
    if (self.has('v')) yield* self.out(`${toBytes(dumpImage(image, PLAIN))}\n`)
    if (all || self.has('h')) yield* self.out(header(fields))
    if (all || self.has('p')) yield* self.out(processes(fields))
    const message = errorMessage(fields)
    if (message !== null) yield* self.out(`error: ${message}\n`)
    else if (self.has('e')) yield* self.out('no error is recorded\n')
    const { refusal } = checkImage(image, yield* version(self))
    if (refusal === null) return 0
    const { offset, why, where, errno } = refusal
    const name = path === '-' ? 'standard input' : path
    return yield* self.fails(`${name}: offset ${offset}: ${why} (${where}: -${errno})`)
  },
)

function* slurp(self: Tool, path: ByteString): Run<Uint8Array | null> {
  let text = ''
  let problem = 0
  yield* self.eachFile(function* (fd) {
    for (;;) {
      const chunk = yield* self.os.read(fd)
      if (typeof chunk === 'number') problem = chunk
      if (typeof chunk === 'number' || chunk === '') return
      text += chunk
    }
  }, '')
  if (problem < 0) yield* self.complain(path, problem)
  return self.status === 0 ? bytesOf(text) : null
}

/** The kernel that would have to take the image: this one. */
function* version(self: Tool): Run<Version> {
  const { sys } = self.os
  const buf = sys.alloc(6 * UTS_FIELD)
  void (yield* sys.uname(buf))
  const release = byteString(sys.load(buf, 6 * UTS_FIELD)).slice(2 * UTS_FIELD)
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(release) ?? ['', '2', '6', '31']
  return [Number(major), Number(minor), Number(patch)]
}

const UTS_FIELD = 65

function header(fields: readonly ImageField[]): string {
  const of = (name: string): ImageField | undefined =>
    fields.find(({ type, field }) => (type === 'HEADER' || type === 'BUFFER') && field === name)
  const text = (name: string): string => of(name)?.text ?? '?'
  if (of('magic') === undefined) return ''
  const time = strftime('%Y-%m-%d %H:%M:%S UTC', BigInt(of('time')?.value ?? 0) * NSEC_PER_SEC)
  const lines = [
    `format: revision ${text('rev')}, magic ${text('magic')}, flags ${text('uflags')}`,
    `kernel: ${['major', 'minor', 'patch'].map(text).join('.')}, release ${text('release')}, version ${text('version')}`,
    `machine: ${text('machine')}`,
    `made: ${time}`,
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function processes(fields: readonly ImageField[]): string {
  const task = fields.filter(({ type }) => type === 'TASK')
  if (!task.some(({ field }) => field === 'state')) return ''
  const comm = fields.find(({ type, field }) => type === 'STRING' && field === 'comm')
  const told = ['state', 'exit_state', 'exit_code', 'exit_signal', 'set_child_tid', 'clear_child_tid']
  const said = told.map((name) => `${name} ${task.find(({ field }) => field === name)?.text ?? '?'}`)
  return `process: ${comm?.text ?? '(no name)'}, ${said.join(', ')}\n`
}
