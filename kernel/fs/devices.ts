import type { dentry } from './dentry.ts'
import { EFAULT } from '../errno.ts'
import { clear_user } from '../mm/uaccess.ts'
import { console_fops, current_tty_fops, tty_fops } from '../tty/tty_io.ts'
import { S_IFCHR, type inode } from './inode.ts'
import type { file, file_operations } from './file.ts'
import { d_instantiate, lookup_one } from './namei.ts'

/** The nodes of /dev, and the devices that need no hardware: drivers/char/mem.c. */

const null_fops: file_operations = {
  llseek: null_lseek,
  read: () => 0,
  write: (_file, _buf, count) => count,
}

const zero_fops: file_operations = {
  llseek: null_lseek,
  read: (_file, buf, count) => {
    const left = clear_user(buf, count)
    return left === count && count > 0 ? -EFAULT : count - left
  },
  write: (_file, _buf, count) => count,
}

/** There is one position only. */
function null_lseek(file: file): number {
  file.f_pos = 0
  return 0
}

/** Make the nodes of /dev. */
export function devices_init(dev: dentry): void {
  const nodes: [name: string, mode: number, fops: file_operations][] = [
    ['null', 0o666, null_fops],
    ['zero', 0o666, zero_fops],
    ['console', 0o600, console_fops],
    ['tty', 0o666, current_tty_fops],
    ['ttyS0', 0o620, tty_fops],
  ]
  for (const [name, mode, fops] of nodes) {
    const dir = dev.d_inode as inode
    const i = dir.i_op?.mknod(dir, name, S_IFCHR | mode, fops)
    if (typeof i === 'object') d_instantiate(lookup_one(dev, name), i)
  }
}
