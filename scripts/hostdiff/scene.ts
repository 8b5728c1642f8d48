import { args, type Kind } from './draw.ts'
import type { Call } from './program.ts'
import type { Random } from './random.ts'

/** How programs begin: with files, folders, pipes and handlers, so that the calls behind have something to meet. */

export interface Scene {
  readonly calls: readonly Call[]
  /** The program's kind, with the descriptors that there are now. */
  readonly kind: Kind
}

/** Users, of whom a process may be three. */
export const IDS: readonly number[] = [0, 1000, 1001, 2000]

/** A few files to begin with. */
export function scene(r: Random, kind: Kind): Scene {
  const out: Call[] = []
  if (r.percent(50)) out.push(['rt_sigaction', '13', '[1,0,0]', '0', '8'])
  if (r.percent(kind.theme === 'limits' ? 80 : 40)) out.push(['rt_sigaction', '25', '[1,0,0]', '0', '8'])
  if (r.percent(40)) out.push(['umask', r.pick(['0', '63', '2'])])
  const open = new Opened(out)
  if (kind.theme === 'people' && r.percent(50)) out.push(['setresuid', ...[1, 2, 3].map(() => String(r.pick(IDS)))])
  if (kind.theme === 'names' || kind.theme === 'people') some(r, kind, open)
  else data(r, kind, open)
  if (r.percent(kind.theme === 'names' ? 15 : 3)) removed(r, open)
  for (let n = r.below(kind.theme === 'names' ? 9 : 4); n > 0; n--) {
    const name = r.weighted([
      [4, 'mkdirat'],
      [4, 'openat'],
      [2, 'symlinkat'],
      [1, 'linkat'],
      [kind.pipes ? 1 : 0, 'mknodat'],
    ] as const)
    out.push([name, ...args(r, { ...kind, nasty: 0 }, name)])
  }
  return { calls: out, kind: { ...kind, files: open.files, dirs: open.dirs, ends: open.ends } }
}

/** What has been opened, a descriptor each. */
class Opened {
  readonly files: number[] = []
  readonly dirs: number[] = []
  readonly ends: number[] = []
  readonly #out: Call[]
  #next = 0

  constructor(out: Call[]) {
    this.#out = out
  }

  call(...call: string[]): void {
    this.#out.push(call)
  }

  /** The descriptor that it gets. */
  open(path: string, flags: number, mode = 420): number {
    this.call('openat', '-100', path, String(flags), String(mode))
    return this.#next++
  }

  pipe(): void {
    this.call('pipe2', '@8', '2048')
    this.ends.push(this.#next++, this.#next++)
  }
}

const O_RDWR = 2
const O_CREAT = 0o100
const O_DIRECTORY = 0o200000

/** A file to read and write, and folders in folders. */
function some(r: Random, kind: Kind, open: Opened): void {
  const wait = kind.pipes ? 2048 : 0
  if (r.percent(70)) open.files.push(open.open(`"${r.pick(['a', 'b', 'c'])}"`, r.pick([66, 66, 578, 1090]) | wait))
  if (r.percent(60)) return
  const paths = r.pick([
    ['a', 'a/b'],
    ['d', 'd/e', 'd/e/a'],
    ['b', 'b/c', 'c'],
  ])
  const special = r.percent(30) ? r.pick(['1533', '1023', '1517']) : null
  for (const path of paths) {
    open.call('mkdirat', '-100', `"${path}"`, r.pick(['511', '493', '448']))
    if (special !== null) open.call('fchmodat', '-100', `"${path}"`, special)
    // Not where a file has that name.
    if (r.percent(20)) open.call('openat', '-100', `"${path}"`, String(O_DIRECTORY), '0')
  }
}

/** Files with something in them, opened in several ways; a pipe, or two. */
function data(r: Random, kind: Kind, open: Opened): void {
  const wait = kind.pipes ? 2048 : 0
  const mode = r.pick([420, 438, 438, 493, 2541, 3565])
  open.files.push(open.open('"a"', O_RDWR | O_CREAT | wait, mode))
  if (r.percent(80)) {
    const size = r.pick([26, 100, 5000, 9000])
    open.call('write', '0', `$${size}.${r.below(26)}`, String(size))
  }
  if (r.percent(50)) open.call('pwrite64', '0', '$100.3', '100', String(r.pick([4096, 12288, 20000])))
  if (r.percent(60)) open.files.push(open.open('"b"', r.pick([O_RDWR, 1, 0, O_RDWR | 0o2000]) | O_CREAT | wait, 438))
  if (r.percent(60)) open.files.push(open.open('"a"', r.pick([O_RDWR, 0, 1, O_RDWR | 0o2000]) | wait))
  if (!kind.pipes) return
  if (r.percent(85)) open.pipe()
  if (r.percent(30)) open.pipe()
  else if (r.percent(30)) {
    open.call('mknodat', '-100', '"e"', '4534', '0')
    const fifo = open.open('"e"', O_RDWR | wait)
    open.ends.push(fifo, fifo)
  }
  if (open.ends.length > 0 && r.percent(50)) {
    const size = r.pick([10, 100, 5000])
    open.call('write', String(open.ends[1]), `$${size}.${r.below(26)}`, String(size))
  }
}

/** An open folder that is not there any more, or had something in it. */
function removed(r: Random, open: Opened): void {
  open.call('mkdirat', '-100', '"f"', '511')
  const dir = open.open('"f"', O_DIRECTORY, 0)
  open.dirs.push(dir)
  if (r.percent(30)) open.call('mkdirat', String(dir), '"a"', '511')
  if (r.percent(30)) open.call('fchdir', String(dir))
  open.call('unlinkat', '-100', '"f"', '512')
}
