import type { Kernel } from '../kernel/kernel.ts'
import { refusal, type FaultPlace } from '../kernel/inject/inject.ts'
import { parseInjection, parseSet, type InjectSet } from '../kernel/inject/parse.ts'
import { absentCall, absentNamed } from './absent.ts'
import { rows, syscallName, syscallRow } from './table.ts'

/** strace's `inject=`: which places its names mean, the system calls being a table's. */

/** The places in the kernel that go by name like a system call. No class and no `!` includes them. */
const PLACES: ReadonlySet<string> = new Set<FaultPlace>(['vfs_read', 'vfs_write', 'kmalloc'])

/** strace's classes, of what there is here; strace -e trace=%file and so on. */
export const CLASSES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    file:
      'mknodat mkdirat unlinkat symlinkat linkat renameat2 mount umount2 statfs truncate faccessat chdir chroot ' +
      'fchmodat fchownat openat readlinkat newfstatat utimensat execve faccessat2 getcwd',
    desc:
      'eventfd2 dup dup3 mknodat openat close close_range pipe2 lseek read write readv writev pread64 pwrite64 ' +
      'preadv pwritev fcntl flock ioctl ftruncate fallocate fstat newfstatat fstatfs getdents64 fchmod fchown ' +
      'fchdir sendfile splice tee fsync fdatasync mkdirat unlinkat symlinkat linkat renameat2 readlinkat faccessat ' +
      'faccessat2 fchmodat fchownat utimensat ppoll pselect6',
    process: 'exit exit_group waitid kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo clone execve wait4',
    signal:
      'kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo sigaltstack rt_sigsuspend rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigreturn',
  }).map(([name, calls]) => [name, calls.split(' ')]),
)

/** What a set names: numbers of system calls, and other places. */
interface Places {
  readonly nrs: ReadonlySet<number>
  readonly others: ReadonlySet<FaultPlace>
}

/** Begin to do what `spec` says. Returns what stops it, or what is wrong with `spec`. */
export function inject(kernel: Kernel, spec: string): (() => void) | string {
  const injection = parseInjection(spec.startsWith('inject=') ? spec.slice('inject='.length) : spec)
  if (typeof injection === 'string') return injection
  const places = resolve(injection.set)
  if (typeof places === 'string') return places
  for (const place of places.others) {
    const why = refusal(place, injection)
    if (why !== null) return why
  }
  const stops = [...places.others].map((place) => kernel.inject[place].inject(injection))
  for (const nr of places.nrs) {
    const name = syscallName(nr)
    stops.push(kernel.inject.injectSyscall(nr, name, injection))
  }
  return () => {
    for (const stop of stops.splice(0)) stop()
  }
}

/** The system calls that strace's `trace=` means by `set`; or what is wrong with it. */
export function syscallSet(set: string): ReadonlySet<number> | string {
  const parsed = parseSet(set)
  const places = typeof parsed === 'string' ? parsed : resolve(parsed)
  if (typeof places === 'string') return places
  return places.others.size === 0 ? places.nrs : `${[...places.others].join(', ')}: no system call`
}

function resolve({ not, names }: InjectSet): Places | string {
  const nrs = new Set<number>()
  const others = new Set<FaultPlace>()
  for (const name of names) {
    if (PLACES.has(name)) {
      if (not) return `!${name}: no system call, so not to be left out of them`
      others.add(name as FaultPlace)
      continue
    }
    const found = named(name, names.length === 1)
    if (typeof found === 'string') return found
    for (const nr of found) nrs.add(nr)
  }
  if (!not) return { nrs, others }
  return { nrs: new Set(rows.map((r) => r.nr).filter((nr) => !nrs.has(nr))), others }
}

/** The numbers that one name stands for. */
function named(name: string, alone: boolean): readonly number[] | string {
  if (name === 'all') return rows.map((r) => r.nr)
  if (name === 'none' && alone) return []
  const wanted = name.replace(/^[?%]/, '')
  if (name.startsWith('%')) {
    const calls = CLASSES.get(wanted)
    if (calls === undefined) return `${name}: no class of system calls here: want %${[...CLASSES.keys()].join(', %')}`
    return rows.filter((r) => calls.includes(r.name)).map((r) => r.nr)
  }
  const nr = /^\d+$/.test(wanted) ? Number(wanted) : -1
  const row = rows.find((r) => r.name === wanted) ?? syscallRow(nr) ?? absentNamed(wanted) ?? absentCall(nr)
  if (row !== undefined) return [row.nr]
  // A question mark: it need not exist.
  return name.startsWith('?') ? [] : `${name}: no such system call`
}
