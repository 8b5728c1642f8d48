import type { ByteString } from '../kernel/types.ts'
import type { Libc } from './libc.ts'
import type { Run } from './program.ts'
import { O_RDONLY } from '../kernel/fs/file.ts'
import { byteString } from '../kernel/utf8.ts'
import { readdir } from './stat.ts'

/** /proc as programs read it. */

/** All bytes of the file at `path`, a char each, or a negative errno. */
export function* slurp(sys: Libc, path: string): Run<ByteString | number> {
  const fd = yield* sys.open(path, O_RDONLY)
  if (fd < 0) return fd
  const size = 4096
  const buf = sys.alloc(size)
  let text = ''
  for (;;) {
    const n = yield* sys.read(fd, buf, size)
    if (n <= 0) {
      void (yield* sys.close(fd))
      return n < 0 ? n : text
    }
    text += byteString(sys.load(buf, n))
  }
}

/** What /proc/PID tells of a process. */
export interface ProcessInfo {
  readonly pid: number
  readonly comm: string
  /** The fields behind the name, from the state on: field n of proc(5) is at n - 3. */
  readonly stat: readonly string[]
  /** Real, effective, saved and file system's. */
  readonly uid: readonly number[]
  readonly gid: readonly number[]
  /** Empty where it has none left. */
  readonly args: readonly string[]
  readonly wchan: string
}

/** All processes, by their ids. One that ends meanwhile is left out. A negative errno where there is no /proc. */
export function* processes(sys: Libc): Run<ProcessInfo[] | number> {
  const fd = yield* sys.open('/proc', O_RDONLY)
  if (fd < 0) return fd
  const names = yield* readdir(sys, fd)
  void (yield* sys.close(fd))
  if (typeof names === 'number') return names
  const out: ProcessInfo[] = []
  for (const { name } of names) {
    const info = /^\d+$/.test(name) ? yield* processInfo(sys, Number(name)) : null
    if (info !== null) out.push(info)
  }
  return out
}

export function* processInfo(sys: Libc, pid: number): Run<ProcessInfo | null> {
  const text: Record<'stat' | 'status' | 'cmdline' | 'wchan', ByteString> = {
    stat: '',
    status: '',
    cmdline: '',
    wchan: '',
  }
  for (const name of ['stat', 'status', 'cmdline', 'wchan'] as const) {
    const got = yield* slurp(sys, `/proc/${pid}/${name}`)
    if (typeof got === 'number') return null
    text[name] = got
  }
  const { stat, status, cmdline, wchan } = text
  const end = stat.lastIndexOf(')')
  const ids = (which: string): number[] =>
    (new RegExp(`^${which}:\t(.*)$`, 'm').exec(status)?.[1] ?? '').split('\t').map(Number)
  const args = cmdline === '' ? [] : cmdline.replace(/\0$/, '').split('\0')
  const comm = stat.slice(stat.indexOf('(') + 1, end)
  return {
    pid,
    comm,
    stat: stat
      .slice(end + 2)
      .trimEnd()
      .split(' '),
    uid: ids('Uid'),
    gid: ids('Gid'),
    args,
    wchan,
  }
}

/** Field `n` of /proc/PID/stat as proc(5) counts them, from the state, 3, on. */
export function field(p: ProcessInfo, n: number): number {
  return Number(p.stat[n - 3])
}
