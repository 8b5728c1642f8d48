import type { ByteString } from '../../types.ts'
import { EIO } from '../../errno.ts'
import { S_IFREG } from '../inode.ts'
import { single_fops } from '../seq_file.ts'
import { PROC_I, proc_iops, type proc_dir_entry, type proc_fs } from './inode.ts'

/** A file of the whole machine, whose text `show` makes. Who writes to it gets -EIO. fs/proc/generic.c. */
export function proc_file(name: ByteString, mode: number, show: (fs: proc_fs) => ByteString): proc_dir_entry {
  const fop = single_fops((file) => show(PROC_I(file.f_inode).fs), { write: () => -EIO })
  return { name, mode: S_IFREG | mode, op: proc_iops, fop }
}
