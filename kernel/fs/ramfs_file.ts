import type { UserPtr } from '../types.ts'
import type { address_space } from './ramfs_pages.ts'
import { EFAULT, ENOSPC, EOPNOTSUPP } from '../errno.ts'
import { allocMem, memset } from '../mm/mem.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { __copy_from_user, __copy_to_user } from '../mm/uaccess.ts'
import { file_accessed, file_remove_privs } from './attr.ts'
import { O_APPEND, type file_operations } from './file.ts'
import type { inode } from './inode.ts'
import { SEEK_DATA, SEEK_HOLE, generic_file_llseek, generic_write_checks, vfs_setpos } from './read_write.ts'
import { noop_fsync } from './sync.ts'
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, inode_newsize_ok } from './truncate.ts'

/** Regular files of a ramfs: mm/shmem.c, and mm/filemap.c for what all files that have pages do. */

const ZERO_PAGE = allocMem(PAGE_SIZE)

export const ramfs_file_operations: file_operations = {
  /** shmem_file_read_iter(): holes are read as zeros, and stay holes. */
  read(file, buf, count, pos): number {
    const i = file.f_inode
    const mapping = i.i_mapping as address_space
    const start = pos.pos
    const rest = i.i_size - start
    const n = rest < count ? rest : count
    let done = 0
    while (done < n) {
      const index = Math.floor((start + done) / PAGE_SIZE)
      const offset = start + done - index * PAGE_SIZE
      const chunk = Math.min(PAGE_SIZE - offset, n - done)
      const left = __copy_to_user((buf + done) as UserPtr, mapping.find_page(index) ?? ZERO_PAGE, offset, chunk)
      done += chunk - left
      if (left > 0) break
    }
    file_accessed(file)
    pos.pos = start + done
    return done === 0 && n > 0 ? -EFAULT : done
  },

  /** generic_file_write_iter(): as far as bytes and pages go. */
  write(file, buf, count, pos): number {
    if (count === 0) return 0
    const i = file.f_inode
    const start = (file.f_flags & O_APPEND) !== 0 ? i.i_size : pos.pos
    const n = generic_write_checks(start, count)
    if (n < 0) return n
    file_remove_privs(i)
    i.i_mtime = i.i_ctime = file.kernel.clock.real
    const done = generic_perform_write(i.i_mapping as address_space, start, buf, n)
    // Where not a byte could be read there is a page all the same, and the file goes up to there.
    const end = done >= 0 ? start + done : done === -EFAULT ? start : 0
    if (end > i.i_size) i.i_size = end
    if (done < 0) return done
    pos.pos = start + done
    return done
  },

  /** shmem_file_llseek() */
  llseek(file, offset, whence): number {
    if (whence !== SEEK_DATA && whence !== SEEK_HOLE) return generic_file_llseek(file, offset, whence)
    const i = file.f_inode
    const pos = (i.i_mapping as address_space).seek(offset, i.i_size, whence === SEEK_DATA)
    return pos < 0 ? pos : vfs_setpos(file, pos)
  },

  fsync: noop_fsync,
  splice_read: true,
  splice_write: true,

  /** shmem_fallocate() */
  fallocate(file, mode, offset, len): number {
    const i = file.f_inode
    if ((mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) !== 0) return -EOPNOTSUPP
    const err = (mode & FALLOC_FL_PUNCH_HOLE) !== 0 ? punch(i, offset, len) : allocate(i, mode, offset, len)
    if (err < 0) return err
    file_remove_privs(i)
    i.i_mtime = i.i_ctime = i.kernel.clock.real
    return 0
  },
}

/**
 * Move `n` bytes in, page by page: how many, or -ENOSPC or -EFAULT where that holds for the first. As in newer kernels
 * (6.15) a page is there before its bytes are looked at, and stays, zero, where they are not.
 */
function generic_perform_write(mapping: address_space, start: number, buf: UserPtr, n: number): number {
  let done = 0
  let err = 0
  while (done < n) {
    const index = Math.floor((start + done) / PAGE_SIZE)
    const offset = start + done - index * PAGE_SIZE
    const chunk = Math.min(PAGE_SIZE - offset, n - done)
    const from = (buf + done) as UserPtr
    const page = mapping.find_page(index)
    const left = page === null ? fill(mapping, index, offset, from, chunk) : __copy_from_user(page, offset, from, chunk)
    if (left < 0) {
      err = left
      break
    }
    mapping.set_uptodate(index)
    done += chunk - left
    if (left > 0) {
      err = -EFAULT
      break
    }
  }
  return done > 0 ? done : err
}

/** The same into a page that is not there yet: how many bytes could not be read, or -ENOSPC. */
function fill(mapping: address_space, index: number, offset: number, from: UserPtr, chunk: number): number {
  const page = mapping.add_page(index, chunk === PAGE_SIZE)
  if (page === null) return -ENOSPC
  const left = __copy_from_user(page, offset, from, chunk)
  // It may have been another file's.
  if (left > 0) memset(page, offset + chunk - left, 0, left)
  return left
}

function punch(i: inode, offset: number, len: number): number {
  const mapping = i.i_mapping as address_space
  mapping.truncate_range(offset, offset + len)
  return 0
}

function allocate(i: inode, mode: number, offset: number, len: number): number {
  // The limit is for pages too, whatever the length.
  const err = inode_newsize_ok(i, offset + len)
  if (err < 0) return err
  const grows = (mode & FALLOC_FL_KEEP_SIZE) === 0 && offset + len > i.i_size
  const mapping = i.i_mapping as address_space
  const ret = mapping.allocate(Math.floor(offset / PAGE_SIZE), Math.ceil((offset + len) / PAGE_SIZE))
  if (ret === 0 && grows) i.i_size = offset + len
  return ret
}

/** Cut or grow: shmem_setattr(). */
export function ramfs_truncate(i: inode, size: number): number {
  if (size < i.i_size) (i.i_mapping as address_space).truncate_range(size, Infinity)
  i.i_size = size
  return 0
}
