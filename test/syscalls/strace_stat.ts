/** Rows of the table that strace_stat.test.ts shows. */
export const STAT_ROWS = [
  ...['faccessat', 'faccessat2', 'fstat', 'fstatfs', 'getdents64', 'newfstatat', 'statfs', 'statx'],
]
