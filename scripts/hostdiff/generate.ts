import { args, type Kind, type Theme } from './draw.ts'
import { countCalls, type Call, type Program } from './program.ts'
import { Random } from './random.ts'
import { IDS, scene } from './scene.ts'
import { calls, forks, themes } from './themes.ts'

/** Random programs: a seed and a number decide each. */

const LEAST = 20
const MOST = 60

/** How often each call is drawn. Those that `has` does not know are left out. */
const weights: Readonly<Record<string, number>> = {
  openat: 150,
  close: 30,
  close_range: 4,
  read: 50,
  write: 60,
  readv: 15,
  writev: 15,
  pread64: 15,
  pwrite64: 15,
  preadv: 5,
  pwritev: 5,
  preadv2: 5,
  pwritev2: 5,
  lseek: 40,
  ftruncate: 20,
  truncate: 20,
  fallocate: 20,
  fstat: 25,
  newfstatat: 60,
  statx: 10,
  statfs: 6,
  fstatfs: 6,
  getdents64: 25,
  mkdirat: 60,
  unlinkat: 60,
  renameat2: 60,
  linkat: 40,
  symlinkat: 40,
  readlinkat: 25,
  fchmod: 10,
  fchmodat: 30,
  fchmodat2: 5,
  fchown: 8,
  fchownat: 20,
  utimensat: 25,
  faccessat: 15,
  faccessat2: 15,
  umask: 10,
  chdir: 25,
  fchdir: 10,
  getcwd: 20,
  chroot: 4,
  mknodat: 25,
  dup: 15,
  dup3: 20,
  fcntl: 50,
  flock: 10,
  pipe2: 20,
  ioctl: 6,
  sendfile: 12,
  copy_file_range: 8,
  splice: 10,
  tee: 5,
  sync: 1,
  fsync: 4,
  fdatasync: 3,
  syncfs: 2,
  sync_file_range: 3,
  memfd_create: 5,
  kill: 8,
  tkill: 3,
  tgkill: 3,
  rt_sigaction: 8,
  rt_sigprocmask: 8,
  rt_sigpending: 5,
  setuid: 3,
  setgid: 3,
  setreuid: 3,
  setregid: 3,
  setresuid: 4,
  setresgid: 4,
  getresuid: 3,
  getresgid: 3,
  setfsuid: 3,
  setfsgid: 3,
  setgroups: 2,
  getgroups: 3,
  getuid: 1,
  geteuid: 1,
  getgid: 1,
  getegid: 1,
  setpgid: 5,
  getpgid: 4,
  getsid: 4,
  setsid: 2,
  getpid: 2,
  getppid: 2,
  gettid: 1,
  setrlimit: 4,
  getrlimit: 3,
  prlimit64: 5,
  getpriority: 2,
  setpriority: 2,
  wait4: 15,
}

/** Program `index` of a seed. `has` says which calls there are. */
export function generate(seed: number, index: number, has: (name: string) => boolean): Program {
  const r = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))
  const length = LEAST + r.below(MOST - LEAST + 1)
  const theme = r.weighted(themes)
  const drawn = weighted(theme, has)
  const first: Kind = {
    pipes: r.percent(theme === 'data' ? 75 : 50),
    nasty: r.pick([2, 6, 15]),
    deep: r.percent(20),
    depth: 0,
    theme,
    files: [],
    dirs: [],
    ends: [],
  }
  const { calls: begin, kind } = scene(r, first)
  const program: Call[] = [...begin]
  const turns = r.percent(60) ? program.length + r.below(15) : Infinity
  let depth = 0
  while (countCalls(program) < length) {
    if (program.length >= turns && !program.some(([name]) => name === 'become')) program.push(['become', '1000'])
    if (r.percent(forks[theme]) && depth < 3) {
      program.push(['fork'])
      if (theme === 'people' && countCalls(program) + 2 <= length && r.percent(50)) program.push(...another(r))
      depth++
    } else if (depth > 0 && r.percent(12)) {
      program.push(['end', String(r.below(4))])
      depth--
    } else {
      const name = r.weighted(drawn)
      program.push([name, ...args(r, { ...kind, depth }, name)])
    }
  }
  while (depth-- > 0) program.push(['end', '0'])
  return program
}

/** Become somebody else, and see whether the first process may be sent a signal. */
function another(r: Random): Call[] {
  const uid = String(r.pick(IDS))
  return [
    ['setresuid', uid, uid, uid],
    ['kill', '2', r.pick(['0', '17'])],
  ]
}

/** The calls that there are, each with how often it comes where it is about `theme`. */
function weighted(theme: Theme, has: (name: string) => boolean): [number, string][] {
  const times = new Map(calls[theme].flatMap(([n, names]) => names.split(' ').map((name) => [name, n])))
  return Object.entries(weights)
    .filter(([name]) => has(name))
    .map(([name, weight]) => [weight * (times.get(name) ?? 1), name])
}
