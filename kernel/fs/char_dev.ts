import type { MaySleep } from '../types.ts'
import { ENXIO } from '../errno.ts'
import { console_fops, current_tty_fops, tty_fops } from '../tty/tty_io.ts'
import { full_fops, null_fops, zero_fops } from './devices.ts'
import type { file, file_operations } from './file.ts'
import type { inode } from './inode.ts'
import { MKDEV } from './kdev_t.ts'
import { kmsg_fops } from './kmsg.ts'
import { random_fops } from './random.ts'

/** Character devices by number: fs/char_dev.c. Wherever a node of that number is, it leads to the same device. */
const chrdevs: ReadonlyMap<number, file_operations> = new Map([
  [MKDEV(1, 3), null_fops],
  [MKDEV(1, 5), zero_fops],
  [MKDEV(1, 7), full_fops],
  [MKDEV(1, 8), random_fops],
  [MKDEV(1, 9), random_fops],
  [MKDEV(1, 11), kmsg_fops],
  [MKDEV(4, 64), tty_fops],
  [MKDEV(5, 0), current_tty_fops],
  [MKDEV(5, 1), console_fops],
])

/** A node's own operations: opening it hands the file over to the device; -ENXIO where there is none. */
export const def_chr_fops: file_operations = {
  open(i: inode, f: file): MaySleep<number> {
    const fops = chrdevs.get(i.i_rdev)
    if (fops === undefined) return -ENXIO
    f.f_op = fops
    return fops.open?.(i, f) ?? 0
  },
}
