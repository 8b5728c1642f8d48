import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { slurp } from '../proc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: mount [-t TYPE]
       mount -t TYPE [-o OPTION,...] SOURCE DIRECTORY
       mount -o remount[,OPTION...] DIRECTORY
Show what is mounted, or mount a file system: tmpfs, ramfs or proc.
  -o  ro, rw, nosuid, nodev, noexec, noatime, nodiratime, and the file system's own, as size=64k
`

const MS_RDONLY = 1
const MS_REMOUNT = 32
/** Bits that an option sets, or with no bit takes away. */
const FLAGS: Readonly<Record<string, number>> = {
  ro: MS_RDONLY,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  remount: MS_REMOUNT,
  noatime: 1024,
  nodiratime: 2048,
}
const WITHOUT_EFFECT = ['defaults', 'rw', 'suid', 'dev', 'exec', 'atime', 'diratime', 'relatime']

/** mount(8) */
export function* mount(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 't:o:')
  if (typeof options === 'string') return yield* complain(sys, 'mount', options)
  const { flags, operands } = options
  if (flags.has('help')) return yield* say(sys, 'mount', HELP)
  if (operands.length === 0) return yield* show(sys, flags.get('t'))
  const { bits, data } = split(flags.get('o') ?? '')
  const place = operands[operands.length - 1]
  const type = flags.get('t') ?? null
  if (operands.length > 2 || (type === null && (bits & MS_REMOUNT) === 0))
    return yield* complain(sys, 'mount', `${place}: type and source have to be named`)
  const at = (text: string | null): number => (text === null ? 0 : sys.string(text))
  const source = operands.length === 2 ? operands[0] : null
  const err = yield* sys.syscall(40, at(source), at(place), at(type), bits, at(data === '' ? null : data))
  return err < 0 ? yield* complain(sys, `mount: ${place}`, err, 32) : 0
}

function split(text: string): { readonly bits: number; readonly data: string } {
  let bits = 0
  const data: string[] = []
  for (const option of text.split(',').filter((o) => o !== '' && !WITHOUT_EFFECT.includes(o))) {
    if (Object.hasOwn(FLAGS, option)) bits |= FLAGS[option]
    else data.push(option)
  }
  return { bits, data: data.join(',') }
}

/** `tmpfs on /mnt type tmpfs (rw,relatime)`, a line each. */
function* show(sys: Libc, wanted: string | undefined): Run<number> {
  const text = yield* slurp(sys, '/proc/self/mounts')
  if (typeof text === 'number') return yield* complain(sys, 'mount: /proc/self/mounts', text)
  let out = ''
  for (const line of text.split('\n').filter((l) => l !== '')) {
    const [dev, dir, type, options] = line.split(' ').map(unmangle)
    if (wanted === undefined || wanted === type) out += `${dev} on ${dir} type ${type} (${options})\n`
  }
  return yield* say(sys, 'mount', out)
}

function unmangle(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
}
