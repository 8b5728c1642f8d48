import type { CallErrors } from './form.ts'
import { ATTRIBUTES } from './attributes.ts'
import { DESCRIPTORS } from './descriptors.ts'
import { LINKS } from './links.ts'
import { LOCKS } from './locks.ts'
import { NAMES } from './names.ts'
import { OPEN } from './open.ts'
import { PLACES } from './places.ts'
import { RW } from './rw.ts'
import { SIZE } from './size.ts'
import { SPLICE } from './splice.ts'
import { STAT } from './stat.ts'
import { WAITING } from './waiting.ts'

/** Every call whose errors are written down, by family. */
export const CALLS: readonly CallErrors[] = [
  ...ATTRIBUTES,
  ...DESCRIPTORS,
  ...LINKS,
  ...LOCKS,
  ...NAMES,
  ...OPEN,
  ...PLACES,
  ...RW,
  ...SIZE,
  ...SPLICE,
  ...STAT,
  ...WAITING,
]

/** Calls of the table whose errors are not written down yet. */
export const PENDING: readonly string[] = [
  'brk',
  'capget',
  'capset',
  'checkpoint',
  'clock_gettime',
  'clock_nanosleep',
  'clone',
  'execve',
  'exit',
  'exit_group',
  'futex',
  'getegid',
  'geteuid',
  'getgid',
  'getgroups',
  'getitimer',
  'getpgid',
  'getpid',
  'getppid',
  'getpriority',
  'getresgid',
  'getresuid',
  'getrlimit',
  'getrusage',
  'getsid',
  'gettid',
  'getuid',
  'kill',
  'nanosleep',
  'prctl',
  'prlimit64',
  'restart',
  'restart_syscall',
  'rt_sigaction',
  'rt_sigpending',
  'rt_sigprocmask',
  'rt_sigqueueinfo',
  'rt_sigreturn',
  'rt_sigsuspend',
  'rt_sigtimedwait',
  'rt_tgsigqueueinfo',
  'sched_get_priority_max',
  'sched_get_priority_min',
  'sched_getaffinity',
  'sched_getparam',
  'sched_getscheduler',
  'sched_rr_get_interval',
  'sched_setaffinity',
  'sched_setparam',
  'sched_setscheduler',
  'sched_yield',
  'set_tid_address',
  'setdomainname',
  'setfsgid',
  'setfsuid',
  'setgid',
  'setgroups',
  'sethostname',
  'setitimer',
  'setpgid',
  'setpriority',
  'setregid',
  'setresgid',
  'setresuid',
  'setreuid',
  'setrlimit',
  'setsid',
  'setuid',
  'sigaltstack',
  'tgkill',
  'times',
  'tkill',
  'uname',
  'wait4',
  'waitid',
]
