import type { Mem } from '../types.ts'
import type { dentry } from './dentry.ts'
import { EFAULT, ESPIPE } from '../errno.ts'
import { allocMem } from '../mm/mem.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { __copy_from_user, clear_user } from '../mm/uaccess.ts'
import { S_IFCHR, type inode } from './inode.ts'
import type { file, file_operations } from './file.ts'
import { d_instantiate, lookup_one } from './namei.ts'

/** Character devices that need no hardware: drivers/char/mem.c, and the console. */

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

/** What programs print goes to the machine's console. It has no keyboard: reading meets the end. */
const console_fops: file_operations = {
  llseek: () => -ESPIPE,
  read: () => 0,
  write(file, buf, count) {
    const chunk: Mem = allocMem(Math.min(count, PAGE_SIZE))
    let done = 0
    while (done < count) {
      const n = Math.min(count - done, PAGE_SIZE)
      const left = __copy_from_user(chunk, 0, (buf + done) as typeof buf, n)
      if (n > left) file.kernel.consoleOutput(chunk.u8.slice(0, n - left))
      done += n - left
      if (left > 0) return done > 0 ? done : -EFAULT
    }
    return done
  },
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
  ]
  for (const [name, mode, fops] of nodes) {
    const dir = dev.d_inode as inode
    const i = dir.i_op?.mknod(dir, name, S_IFCHR | mode, fops)
    if (typeof i === 'object') d_instantiate(lookup_one(dev, name), i)
  }
}
