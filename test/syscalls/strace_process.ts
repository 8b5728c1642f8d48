/** Rows of the table that strace_process.test.ts shows. */
export const PROCESS_ROWS = [
  ...['capget', 'capset', 'getegid', 'geteuid', 'getgid', 'getgroups', 'getresgid', 'getresuid', 'getrusage', 'getuid'],
  ...['setdomainname', 'setfsgid', 'setfsuid', 'setgid', 'setgroups', 'setregid', 'setresgid', 'setresuid', 'setreuid'],
  ...['setuid', 'times', 'waitid', 'getrlimit', 'setrlimit', 'prlimit64', 'rt_sigqueueinfo', 'rt_tgsigqueueinfo'],
]
