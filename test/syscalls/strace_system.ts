/** Rows of the table that strace_system.test.ts shows. */
export const SYSTEM_ROWS = [
  ...['clock_getres', 'clock_settime', 'getcpu', 'gettimeofday', 'personality', 'settimeofday', 'sysinfo', 'syslog'],
]
