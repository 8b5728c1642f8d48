import type { Fd, UserPtr } from '../kernel/types.ts'
import { O_CREAT } from '../kernel/fs/file.ts'
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../kernel/fs/inode.ts'
import { sizeof_field, offsetof } from '../kernel/struct.ts'
import { new_utsname, type UtsField } from '../kernel/task/nsproxy.ts'
import { CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID, CLONE_PARENT_SETTID, CLONE_SETTLS } from '../kernel/task/fork.ts'
import {
  fd,
  flags,
  ints_out,
  kept_ptr,
  oneOf,
  peek,
  ptr,
  quote,
  showBits,
  toInt,
  toLong,
  ulong,
  type ArgType,
  type BitNames,
} from './args.ts'
import { signalName } from '../kernel/task/signame.ts'

/** Arguments that only one or two calls have, and their names as strace knows them. */

export const dirfd: ArgType<Fd> = {
  ...fd,
  show: (word, t, ret, args) => (toInt(word) === -100 ? 'AT_FDCWD' : fd.show(word, t, ret, args)),
}

const access = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE']
const open_bits = flags(
  [
    [0o100, 'O_CREAT'],
    [0o200, 'O_EXCL'],
    [0o400, 'O_NOCTTY'],
    [0o1000, 'O_TRUNC'],
    [0o2000, 'O_APPEND'],
    [0o4000, 'O_NONBLOCK'],
    [0o4010000, 'O_SYNC'],
    [0o10000, 'O_DSYNC'],
    [0o4000000, '__O_SYNC'],
    [0o40000, 'O_DIRECT'],
    [0o100000, 'O_LARGEFILE'],
    [0o400000, 'O_NOFOLLOW'],
    [0o1000000, 'O_NOATIME'],
    [0o2000000, 'O_CLOEXEC'],
    [0o10000000, 'O_PATH'],
    [0o20200000, 'O_TMPFILE'],
    [0o20000000, '__O_TMPFILE'],
    [0o200000, 'O_DIRECTORY'],
    [0o20000, 'FASYNC'],
  ],
  '',
)
export const open_flags: ArgType<number> = {
  convert: toInt,
  show(word, t, ret, args) {
    const bits = open_bits.show(toInt(word) & ~3, t, ret, args)
    return access[toInt(word) & 3] + (bits === '' ? '' : `|${bits}`)
  },
}
/** The two descriptors of a pipe. */
export const pipe_ends: ArgType<UserPtr> = { ...ints_out(2, (ret) => ret === 0), fds: /\d+(?=[,\]])/g }

/** Bits of O_* without an access mode. */
export const pipe_flags = flags([
  [0o4000, 'O_NONBLOCK'],
  [0o2000000, 'O_CLOEXEC'],
])

export const eventfd_flags = flags([
  [0o1, 'EFD_SEMAPHORE'],
  [0o2000000, 'EFD_CLOEXEC'],
  [0o4000, 'EFD_NONBLOCK'],
])

/** The mode of a file, where the call makes one: octal, three digits or more. */
export const creat_mode: ArgType<number> = {
  convert: toInt,
  show: (word, _t, _ret, args) => ((toInt(args[2]) & O_CREAT) === 0 ? null : octal(toInt(word) & 0xffff)),
}

const FILE_TYPES: Readonly<Record<number, string>> = {
  [S_IFIFO]: 'S_IFIFO|',
  [S_IFCHR]: 'S_IFCHR|',
  [S_IFDIR]: 'S_IFDIR|',
  [S_IFBLK]: 'S_IFBLK|',
  [S_IFREG]: 'S_IFREG|',
  [S_IFLNK]: 'S_IFLNK|',
  [S_IFSOCK]: 'S_IFSOCK|',
}

/** `S_IFIFO|0644`. */
export const file_mode: ArgType<number> = { convert: toInt, show: (word) => showMode(toInt(word)) }

const MODE_BITS: BitNames = [
  [0o4000, 'S_ISUID'],
  [0o2000, 'S_ISGID'],
  [0o1000, 'S_ISVTX'],
]

export function showMode(mode: number): string {
  const type = FILE_TYPES[mode & S_IFMT]
  if (type === undefined) return octal(mode)
  const set = showBits(MODE_BITS, mode & 0o7000, '')
  return type + (set === '' ? '' : `${set}|`) + octal(mode & ~(S_IFMT | 0o7000))
}

/** A device's number, where the mode before it is of one. include/linux/kdev_t.h:new_decode_dev(). */
export const file_dev: ArgType<number> = {
  convert: toInt,
  show(word, _t, _ret, args) {
    const type = toInt(args[2]) & S_IFMT
    if (type !== S_IFCHR && type !== S_IFBLK) return null
    const dev = toInt(word)
    return `makedev(0x${((dev >> 8) & 0xfff).toString(16)}, 0x${((dev & 0xff) | ((dev >>> 12) & 0xfff00)).toString(16)})`
  },
}

export function octal(mode: number): string {
  return mode === 0 ? '000' : `0${mode.toString(8)}`.padStart(3, '0')
}

export const clockid = oneOf('CLOCK_', {
  0: 'CLOCK_REALTIME',
  1: 'CLOCK_MONOTONIC',
  2: 'CLOCK_PROCESS_CPUTIME_ID',
  3: 'CLOCK_THREAD_CPUTIME_ID',
  4: 'CLOCK_MONOTONIC_RAW',
  5: 'CLOCK_REALTIME_COARSE',
  6: 'CLOCK_MONOTONIC_COARSE',
  7: 'CLOCK_BOOTTIME',
})
export const clock_nanosleep_flags = flags([[1, 'TIMER_ABSTIME']])
export const itimer_which = oneOf('ITIMER_', { 0: 'ITIMER_REAL', 1: 'ITIMER_VIRTUAL', 2: 'ITIMER_PROF' })
export const whence = oneOf('SEEK_', { 0: 'SEEK_SET', 1: 'SEEK_CUR', 2: 'SEEK_END', 3: 'SEEK_DATA', 4: 'SEEK_HOLE' })

export const signal: ArgType<number> = { convert: toInt, show: (word) => signalName(toInt(word)) }

/** `[INT CHLD]`. */
function showSet(set: bigint): string {
  const names: string[] = []
  for (let sig = 1; sig <= 64; sig++) if ((set & (1n << BigInt(sig - 1))) !== 0n) names.push(signalName(sig).slice(3))
  return `[${names.join(' ')}]`
}

export const sigset_in: ArgType<UserPtr> = {
  ...ptr,
  show(word, t, ret, args) {
    const bytes = peek(t, toLong(word), 8)
    if (toLong(word) === 0 || bytes?.length !== 8) return ptr.show(word, t, ret, args)
    return showSet(new DataView(bytes.buffer).getBigUint64(0, true))
  },
}

const sa_flags = flags(
  [
    [0x1, 'SA_NOCLDSTOP'],
    [0x2, 'SA_NOCLDWAIT'],
    [0x4, 'SA_SIGINFO'],
    [0x08000000, 'SA_ONSTACK'],
    [0x10000000, 'SA_RESTART'],
    [0x40000000, 'SA_NODEFER'],
    [0x80000000 | 0, 'SA_RESETHAND'],
  ],
  '0',
)

export const sigaction_in: ArgType<UserPtr> = {
  ...ptr,
  show(word, t, ret, args) {
    const bytes = toLong(word) === 0 ? null : peek(t, toLong(word), 24)
    if (bytes?.length !== 24) return ptr.show(word, t, ret, args)
    const dv = new DataView(bytes.buffer)
    const handler = dv.getBigUint64(0, true)
    const name = handler === 0n ? 'SIG_DFL' : handler === 1n ? 'SIG_IGN' : `0x${handler.toString(16)}`
    const shown = sa_flags.show(dv.getInt32(8, true), t, ret, args) ?? ''
    return `{sa_handler=${name}, sa_mask=${showSet(dv.getBigUint64(16, true))}, sa_flags=${shown}}`
  },
}

export const sigprocmask_how = oneOf('SIG_', { 0: 'SIG_BLOCK', 1: 'SIG_UNBLOCK', 2: 'SIG_SETMASK' })

const clone_bits = flags([
  [0x100, 'CLONE_VM'],
  [0x200, 'CLONE_FS'],
  [0x400, 'CLONE_FILES'],
  [0x800, 'CLONE_SIGHAND'],
  [0x2000, 'CLONE_PTRACE'],
  [0x4000, 'CLONE_VFORK'],
  [0x8000, 'CLONE_PARENT'],
  [0x10000, 'CLONE_THREAD'],
  [0x40000, 'CLONE_SYSVSEM'],
  [0x80000, 'CLONE_SETTLS'],
  [0x100000, 'CLONE_PARENT_SETTID'],
  [0x200000, 'CLONE_CHILD_CLEARTID'],
  [0x400000, 'CLONE_DETACHED'],
  [0x800000, 'CLONE_UNTRACED'],
  [0x1000000, 'CLONE_CHILD_SETTID'],
  [0x4000000, 'CLONE_NEWUTS'],
  [0x20000000, 'CLONE_NEWPID'],
  [0x80000000 | 0, 'CLONE_IO'],
])
/** strace names what clone takes, begins with the stack, and leaves out what the flags do not ask for. */
export const clone_flags: ArgType<number> = {
  convert: toInt,
  show(word, t, ret, args) {
    const sig = toInt(word) & 0xff
    const bits = clone_bits.show(toInt(word) & ~0xff, t, ret, args)
    const all = sig === 0 ? bits : bits === '0' ? signalName(sig) : `${bits}|${signalName(sig)}`
    return `child_stack=${ptr.show(args[1], t, ret, args)}, flags=${all}`
  },
}
export const clone_stack: ArgType<UserPtr> = { ...ptr, show: () => null }
export const clone_parent_tid = asked(
  'parent_tid',
  CLONE_PARENT_SETTID,
  ints_out(1, (ret) => ret >= 0),
)
export const clone_tls = asked('tls', CLONE_SETTLS, ulong)
export const clone_child_tid = asked('child_tidptr', CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID, kept_ptr)

/** An argument that clone(2) has only with one of the flags `bits`. */
function asked<T>(name: string, bits: number, type: ArgType<T>): ArgType<T> {
  return {
    ...type,
    show: (word, t, ret, args) =>
      (toInt(args[0]) & bits) === 0 ? null : `${name}=${type.show(word, t, ret, args) ?? ''}`,
  }
}

export const wait_options = flags([
  [1, 'WNOHANG'],
  [2, 'WUNTRACED'],
  [8, 'WCONTINUED'],
  [0x20000000, '__WNOTHREAD'],
  [0x40000000, '__WALL'],
  [0x80000000 | 0, '__WCLONE'],
])
export const wait_status = ints_out(
  1,
  (ret) => ret > 0,
  (status) => {
    if (status === 0xffff) return '{WIFCONTINUED(s)}'
    if ((status & 0xff) === 0x7f) return `{WIFSTOPPED(s) && WSTOPSIG(s) == ${signalName((status >> 8) & 0xff)}}`
    if ((status & 0x7f) === 0) return `{WIFEXITED(s) && WEXITSTATUS(s) == ${(status >> 8) & 0xff}}`
    return `{WIFSIGNALED(s) && WTERMSIG(s) == ${signalName(status & 0x7f)}}`
  },
)

/** struct timespec that the kernel reads. */
export const timespec_in: ArgType<UserPtr> = {
  ...ptr,
  show(word, t, ret, args) {
    const bytes = peek(t, toLong(word), 16)
    if (bytes === null || bytes.length < 16) return ptr.show(word, t, ret, args)
    const dv = new DataView(bytes.buffer)
    return `{tv_sec=${dv.getBigInt64(0, true)}, tv_nsec=${dv.getBigUint64(8, true)}}`
  },
}

/** struct new_utsname, once the kernel has filled it. */
export const utsname_out: ArgType<UserPtr> = {
  ...ptr,
  out: true,
  show(word, t, ret, args) {
    const bytes = ret === 0 ? peek(t, toLong(word), new_utsname.sizeof) : null
    if (bytes === null) return ptr.show(word, t, ret, args)
    const field = (name: UtsField): string => {
      const text = bytes.subarray(
        offsetof(new_utsname, name),
        offsetof(new_utsname, name) + sizeof_field(new_utsname, name),
      )
      return `${name}=${quote(text.subarray(0, text.indexOf(0)))}`
    }
    return `{${field('sysname')}, ${field('nodename')}, ...}`
  },
}

/** Permission bits, in octal. */
export const mode_bits: ArgType<number> = { convert: toInt, show: (word) => octal(toInt(word)) }

export const unlink_flags = flags([[0x200, 'AT_REMOVEDIR']])
export const link_flags = flags([
  [0x400, 'AT_SYMLINK_FOLLOW'],
  [0x1000, 'AT_EMPTY_PATH'],
])
export const rename_flags = flags([
  [1, 'RENAME_NOREPLACE'],
  [2, 'RENAME_EXCHANGE'],
  [4, 'RENAME_WHITEOUT'],
])

/** What getcwd(2) has put there. */
export const path_out: ArgType<UserPtr> = {
  ...ptr,
  out: true,
  show(word, t, ret, args) {
    const bytes = ret === null || ret <= 0 ? null : peek(t, toLong(word), ret - 1)
    return bytes === null ? ptr.show(word, t, ret, args) : quote(bytes)
  },
}
