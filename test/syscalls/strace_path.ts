/** Rows of the table that test/fs/path.test.ts shows. */
export const PATH_ROWS = [
  ...['chdir', 'fchdir', 'getcwd', 'linkat', 'mkdirat'],
  ...['readlinkat', 'renameat2', 'symlinkat', 'umask', 'unlinkat'],
]

/** Rows that test/fs/mount.test.ts and test/fs/devices.test.ts show. */
export const MOUNT_ROWS = ['getrandom', 'mount', 'umount2']
