import type { Theme } from './draw.ts'

/** How often programs are about what. */
export const themes: readonly (readonly [weight: number, theme: Theme])[] = [
  [45, 'names'],
  [25, 'data'],
  [10, 'locks'],
  [10, 'limits'],
  [10, 'people'],
]

const MOVES = 'read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek ftruncate fallocate fstat'
const COPIES = 'sendfile copy_file_range splice tee'

/** The calls of a theme, and how many times as often they are drawn there. */
export const calls: Readonly<Record<Theme, readonly (readonly [times: number, names: string])[]>> = {
  names: [],
  data: [
    [8, MOVES],
    [20, COPIES],
    [4, 'truncate'],
    [3, 'dup dup3 fcntl'],
  ],
  locks: [
    [15, 'fcntl flock'],
    [6, 'dup dup3 close lseek'],
    [3, 'ftruncate getpid'],
  ],
  limits: [
    [12, 'setrlimit prlimit64 getrlimit'],
    [5, MOVES],
    [10, COPIES],
    [4, 'truncate dup dup3 pipe2 fcntl close_range'],
  ],
  people: [
    [25, 'kill tkill tgkill'],
    [
      15,
      'setuid setgid setreuid setregid setresuid setresgid getresuid getresgid setfsuid setfsgid setgroups getgroups ' +
        'setpgid getpgid getsid setsid getpriority setpriority prlimit64',
    ],
    [3, 'rt_sigaction rt_sigprocmask rt_sigpending faccessat faccessat2 fchmodat fchownat'],
  ],
}

/** How often a fork comes, in a hundred calls. */
export const forks: Readonly<Record<Theme, number>> = { names: 3, data: 3, locks: 8, limits: 3, people: 7 }
