/** Rows of the table that strace_signal.test.ts shows. */
export const SIGNAL_ROWS = [
  ...[
    'clock_gettime',
    'clock_nanosleep',
    'eventfd2',
    'execve',
    'futex',
    'getitimer',
    'getpgid',
    'getsid',
    'kill',
    'mknodat',
  ],
  ...['restart_syscall', 'rt_sigaction', 'rt_sigpending', 'rt_sigprocmask', 'rt_sigreturn', 'rt_sigsuspend'],
  ...['ppoll', 'pselect6', 'rt_sigtimedwait', 'setitimer', 'setpgid', 'setsid', 'sigaltstack', 'tgkill', 'tkill'],
]
