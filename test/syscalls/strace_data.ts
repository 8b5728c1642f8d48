/** Rows of the table that strace_data.test.ts shows. */
export const DATA_ROWS = [
  ...['copy_file_range', 'sendfile', 'splice', 'tee'],
  ...['fcntl', 'fdatasync', 'flock', 'fsync', 'sync', 'sync_file_range', 'syncfs'],
  ...['fallocate', 'ftruncate', 'truncate'],
  ...['close_range', 'pread64', 'preadv', 'preadv2', 'pwrite64', 'pwritev', 'pwritev2', 'readv', 'writev'],
]
