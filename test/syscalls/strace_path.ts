/** Rows of the table that test/fs/path.test.ts shows. */
export const PATH_ROWS = [
  ...['chdir', 'fchdir', 'getcwd', 'linkat', 'mkdirat'],
  ...['readlinkat', 'renameat2', 'symlinkat', 'umask', 'unlinkat'],
]
