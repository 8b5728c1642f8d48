import type { Draw, Kind } from './draw.ts'
import type { Random } from './random.ts'
import { anyOffset, buffer } from './draw_data.ts'
import { dirFd, fd } from './draw_path.ts'

/** The calls that neither take paths nor move data. */

const SIGNALS = [0, 0, 0, 0, 0, 1, 10, 12, 13, 15, 17, 18, 23, 25, 9, 64, 65, -1]
/** What nobody dies of. */
const HARMLESS = [0, 0, 17, 18, 23, 65, -1]

/** Never one that stops: nobody would wake it. And a child must not kill who waits for it. */
function signal(r: Random, k: Kind): number {
  return r.pick(k.depth > 0 ? HARMLESS : SIGNALS)
}

function pid(r: Random): number {
  return r.pick([0, 2, 2, 3, 3, 4, 5, 1, 99, -1, -2, -3, -99])
}

function id(r: Random): number {
  return r.pick([-1, 0, 1000, 1000, 1001, 2000])
}

const GRANTED = [0o4000, 0o2004000]

export const draws: Readonly<Record<string, Draw>> = {
  close: (r, k) => [fd(r, k)],
  close_range: (r) => [r.below(8), r.pick([3, 5, 7, -1]), r.pick([0, 0, 4, 1])],
  fstat: (r, k) => [fd(r, k), struct(r, k, 144)],
  fstatfs: (r, k) => [fd(r, k), struct(r, k, 120)],
  // What a record leaves out behind its name may well not be there: no half mapped ones.
  getdents64: (r, k) => [
    dirFd(r, k),
    ...(r.percent(k.nasty)
      ? [r.pick([8, 0, -4096]), 4096]
      : buffer(r, { ...k, nasty: 0 }, '@', [0, 10, 24, 48, 100, 4096, 4096, 4096])),
  ],
  fchmod: (r, k) => [fd(r, k), r.pick([0o644, 0, 0o777, 0o4755, 0o2711, 0o1777, 0o100])],
  fchown: (r, k) => [fd(r, k), id(r), id(r)],
  umask: (r) => [r.pick([0, 0o22, 0o77, 0o777, 0o2, 0o7027])],
  fchdir: (r, k) => [dirFd(r, k)],
  getcwd: (r, k) => buffer(r, k, '@', [100, 4096, 1, 2, 5, 0]),
  dup: (r, k) => [fd(r, k)],
  dup3: (r, k) => [fd(r, k), fd(r, k), r.percent(30) ? 0o2000000 : r.percent(k.nasty) ? r.pick([1, 0o4000, -1]) : 0],
  pipe2: (r, k) => [struct(r, k, 8), r.percent(k.nasty) ? r.pick([1, 0o100]) : r.pick(GRANTED)],
  eventfd2: (r) => [r.pick([0, 3]), 0o4000 | r.pick([0, 0o2000000, 2])],
  ioctl: (r, k) => [fd(r, k), r.pick([0x541b, 0x5401, 0x5413, 0x5421, 0x5450, 0x5451, 0x1234]), struct(r, k, 64)],
  fsync: (r, k) => [fd(r, k)],
  fdatasync: (r, k) => [fd(r, k)],
  syncfs: (r, k) => [fd(r, k)],
  sync_file_range: (r, k) => [fd(r, k), anyOffset(r, k), r.pick([0, 10, -1]), r.pick([0, 1, 2, 7, 8])],
  memfd_create: (r, k) => [r.percent(k.nasty) ? 8 : '"m"', r.pick([0, 1, 2, 3, 64])],
  kill: (r, k) => [pid(r), signal(r, k)],
  tkill: (r, k) => [pid(r), signal(r, k)],
  tgkill: (r, k) => [pid(r), pid(r), signal(r, k)],
  rt_sigaction: (r, k) => [
    signal(r, k),
    r.pick(['[1,0,0]', '[0,0,0]', '[1,0,0]', '0', '8']),
    0,
    r.pick([8, 8, 8, 8, 4]),
  ],
  rt_sigprocmask: (r, k) => [
    r.pick([0, 1, 2, 0, 1, 2, 3]),
    r.pick(['[512]', '[66560]', '[-1]', '[0]', '0', '8']),
    r.percent(k.nasty) ? 8 : r.pick(['0', '@8']),
    r.pick([8, 8, 8, 8, 4]),
  ],
  rt_sigpending: (r, k) =>
    r.pick<(string | number)[]>([
      [struct(r, k, 8), 8],
      ['@8', 4],
      ['@16', 16],
    ]),
  setuid: (r) => [id(r)],
  setgid: (r) => [id(r)],
  setreuid: (r) => [id(r), id(r)],
  setregid: (r) => [id(r), id(r)],
  setresuid: (r) => [id(r), id(r), id(r)],
  setresgid: (r) => [id(r), id(r), id(r)],
  getresuid: (r, k) => [struct(r, k, 4), struct(r, k, 4), struct(r, k, 4)],
  getresgid: (r, k) => [struct(r, k, 4), struct(r, k, 4), struct(r, k, 4)],
  setfsuid: (r) => [id(r)],
  setfsgid: (r) => [id(r)],
  setgroups: (r) => [r.pick([0, 1, 2, -1]), '(1000,2000)'],
  getgroups: (r, k) => [r.pick([0, 1, 2, 10, -1]), struct(r, k, 40)],
  setpgid: (r) => [pid(r), pid(r)],
  getpgid: (r) => [pid(r)],
  getsid: (r) => [pid(r)],
  setrlimit: (r) => limit(r),
  getrlimit: (r, k) => [r.pick([1, 7, 7, 99]), struct(r, k, 16)],
  prlimit64: (r, k) => [r.pick([0, 0, 2, 2, 99]), ...limit(r), r.percent(k.nasty) ? 8 : r.pick(['0', '@16'])],
  getpriority: (r) => [r.below(4), pid(r)],
  setpriority: (r) => [r.below(4), pid(r), r.pick([0, 5, -5, 30])],
  wait4: (r, k) => [
    r.pick([-1, -1, -1, 0, 3, 4, 99, -3]),
    r.percent(30) ? 0 : struct(r, k, 4),
    r.weighted([
      [8, 1],
      [3, 0],
      [1, 2],
      [1, 64],
    ]),
    0,
  ],
}

/** RLIMIT_FSIZE or RLIMIT_NOFILE, and a struct rlimit. */
function limit(r: Random): (string | number)[] {
  const soft = r.pick([0, 3, 5, 7, 10, 100, 1000, 4096, 4097])
  return [
    r.pick([1, 1, 7]),
    r.pick(['0', `[${soft},4097]`, `[${soft},8192]`, `[${soft},${soft}]`, '[20,10]', '[-1,-1]']),
  ]
}

function struct(r: Random, k: Kind, size: number): string {
  return r.percent(k.nasty) ? r.pick(['8', '-4096', '0', `@${size}:${r.below(Math.min(size, 112))}`]) : `@${size}`
}
