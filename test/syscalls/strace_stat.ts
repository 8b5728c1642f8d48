/** Rows of the table that strace_stat.test.ts shows. */
export const STAT_ROWS = [
  ...['chroot', 'fchmod', 'fchmodat', 'fchmodat2', 'fchown', 'fchownat', 'utimensat'],
  ...['faccessat', 'faccessat2', 'fstat', 'fstatfs', 'getdents64', 'newfstatat', 'statfs', 'statx'],
]
