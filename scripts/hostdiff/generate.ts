import { args, type Kind } from './draw.ts'
import { countCalls, type Call, type Program } from './program.ts'
import { Random } from './random.ts'

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
  const calls = Object.entries(weights)
    .filter(([name]) => has(name))
    .map(([name, weight]) => [weight, name] as const)
  const kind: Kind = {
    pipes: r.percent(50),
    nasty: r.pick([2, 6, 15]),
    deep: r.percent(20),
    depth: 0,
    holes: has('fallocate'),
  }
  const program: Call[] = [...scene(r, kind)]
  const turns = r.percent(60) ? program.length + r.below(15) : Infinity
  let depth = 0
  while (countCalls(program) < length) {
    if (program.length >= turns && !program.some(([name]) => name === 'become')) program.push(['become', '1000'])
    if (r.percent(3) && depth < 3) {
      program.push(['fork'])
      depth++
    } else if (depth > 0 && r.percent(12)) {
      program.push(['end', String(r.below(4))])
      depth--
    } else {
      const name = r.weighted(calls)
      program.push([name, ...args(r, { ...kind, depth }, name)])
    }
  }
  while (depth-- > 0) program.push(['end', '0'])
  return program
}

/** A few files to begin with. */
function scene(r: Random, kind: Kind): Call[] {
  const out: Call[] = []
  if (r.percent(50)) out.push(['rt_sigaction', '13', '[1,0,0]', '0', '8'])
  if (r.percent(40)) out.push(['umask', r.pick(['0', '63', '2'])])
  // Most have a file to read and write from the start.
  if (r.percent(70))
    out.push([
      'openat',
      '-100',
      `"${r.pick(['a', 'b', 'c'])}"`,
      String(r.pick([66, 66, 578, 1090]) | (kind.pipes ? 2048 : 0)),
      '420',
    ])
  // And some have folders in folders.
  if (r.percent(40)) {
    const paths = r.pick([
      ['a', 'a/b'],
      ['d', 'd/e', 'd/e/a'],
      ['b', 'b/c', 'c'],
    ])
    const special = r.percent(30) ? r.pick(['1533', '1023', '1517']) : null
    for (const path of paths) {
      out.push(['mkdirat', '-100', `"${path}"`, r.pick(['511', '493', '448'])])
      if (special !== null) out.push(['fchmodat', '-100', `"${path}"`, special])
      if (r.percent(20)) out.push(['openat', '-100', `"${path}"`, '65536', '0'])
    }
  }
  for (let n = 3 + r.below(6); n > 0; n--) {
    const name = r.weighted([
      [4, 'mkdirat'],
      [4, 'openat'],
      [2, 'symlinkat'],
      [1, 'linkat'],
      [kind.pipes ? 1 : 0, 'mknodat'],
    ] as const)
    out.push([name, ...args(r, { ...kind, nasty: 0 }, name)])
  }
  return out
}
