/** Rows of the table that strace_process.test.ts shows. */
export const PROCESS_ROWS = [
  ...['capget', 'capset', 'getegid', 'geteuid', 'getgid', 'getgroups', 'getresgid', 'getresuid', 'getrusage', 'getuid'],
  ...['setdomainname', 'setfsgid', 'setfsuid', 'setgid', 'setgroups', 'setregid', 'setresgid', 'setresuid', 'setreuid'],
  ...['setuid', 'times', 'waitid', 'getrlimit', 'setrlimit', 'prlimit64', 'rt_sigqueueinfo', 'rt_tgsigqueueinfo'],
  ...['getpriority', 'sched_get_priority_max', 'sched_get_priority_min', 'sched_getaffinity', 'sched_getparam'],
  ...['sched_getscheduler', 'sched_rr_get_interval', 'sched_setaffinity', 'sched_setparam', 'sched_setscheduler'],
  ...['setpriority'],
]
