import type { ByteString, UserPtr } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import type { file } from './file.ts'
import { EINVAL, EISDIR, ENOMEM } from '../errno.ts'
import { GFP_KERNEL, NULL, kfree, kmalloc, koff } from '../mm/slab.ts'
import { KERNEL_DS, get_fs, set_fs } from '../mm/uaccess.ts'
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY, fput } from './file.ts'
import { S_ISDIR, S_ISREG } from './inode.ts'
import { filp_open } from './open.ts'
import { file_read, file_write } from './read_write.ts'

/** Whole files for who embeds the machine, through the vfs like everybody else. Call as some task. */

const CHUNK = 1 << 16

/** The bytes of the regular file at `path`, or a negative errno. */
export function read_file(kernel: Kernel, path: ByteString): Uint8Array | number {
  const f = filp_open(kernel.root, path, O_RDONLY, 0)
  if (typeof f === 'number') return f
  try {
    if (!S_ISREG(f.f_inode.i_mode)) return S_ISDIR(f.f_inode.i_mode) ? -EISDIR : -EINVAL
    const out = new Uint8Array(f.f_inode.i_size)
    let done = 0
    const err = inChunks(f, file_read, out.length, (bytes) => {
      out.set(bytes, done)
      done += bytes.length
    })
    return err < 0 ? err : out
  } finally {
    fput(f)
  }
}

/** Make or replace the regular file at `path`: 0 or a negative errno. */
export function write_file(kernel: Kernel, path: ByteString, bytes: Uint8Array, mode: number): number {
  const f = filp_open(kernel.root, path, O_WRONLY | O_CREAT | O_TRUNC, mode)
  if (typeof f === 'number') return f
  try {
    if (!S_ISREG(f.f_inode.i_mode)) return -EINVAL
    let done = 0
    return inChunks(f, file_write, bytes.length, (buf) => {
      buf.set(bytes.subarray(done, done + buf.length))
      done += buf.length
    })
  } finally {
    fput(f)
  }
}

/** Move `size` bytes by way of a buffer of the kernel's; `use` fills it before a write, empties it after a read. */
function inChunks(f: file, move: typeof file_read, size: number, use: (buf: Uint8Array) => void): number {
  const ptr = kmalloc(CHUNK, GFP_KERNEL)
  if (ptr === NULL) return -ENOMEM
  const fs = get_fs()
  set_fs(KERNEL_DS)
  try {
    const start = koff(ptr)
    const { u8 } = f.kernel.slab.mem(ptr)
    for (let done = 0; done < size;) {
      const want = Math.min(CHUNK, size - done)
      if (move === file_write) use(u8.subarray(start, start + want))
      const n = move(f, ptr as number as UserPtr, want)
      if (typeof n !== 'number') return -EINVAL
      if (n <= 0) return n
      if (move === file_read) use(u8.subarray(start, start + n))
      done += n
    }
    return 0
  } finally {
    set_fs(fs)
    kfree(ptr)
  }
}
