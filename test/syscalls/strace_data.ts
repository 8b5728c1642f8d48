/** Rows of the table that strace_data.test.ts shows. */
export const DATA_ROWS = [
  ...['fallocate', 'ftruncate', 'truncate'],
  ...['close_range', 'pread64', 'preadv', 'pwrite64', 'pwritev', 'readv', 'writev'],
]
