import { EFAULT, ENOSPC } from '../errno.ts'
import { clear_user } from '../mm/uaccess.ts'
import type { file, file_operations } from './file.ts'

/** Devices that need no hardware: drivers/char/mem.c. */

export const null_fops: file_operations = {
  nowait: true,
  llseek: null_lseek,
  splice_write: true,
  read: () => 0,
  write: (_file, _buf, count) => count,
}

export const zero_fops: file_operations = {
  nowait: true,
  llseek: null_lseek,
  splice_read: true,
  splice_write: true,
  read: (_file, buf, count) => {
    const left = clear_user(buf, count)
    return left === count && count > 0 ? -EFAULT : count - left
  },
  write: (_file, _buf, count) => count,
}

/** Endless zeros, and no room. */
export const full_fops: file_operations = {
  ...zero_fops,
  nowait: false,
  splice_write: false,
  write_loops: true,
  write: () => -ENOSPC,
}

/** There is one position only. */
function null_lseek(file: file): number {
  file.f_pos = 0
  return 0
}
