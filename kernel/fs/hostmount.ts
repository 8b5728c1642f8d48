import type { ByteString } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import { EEXIST, ENOTDIR } from '../errno.ts'
import { chmod_common, set_times } from './attr.ts'
import type { dentry } from './dentry.ts'
import { hostfs_root, type HostFolder } from './hostfs.ts'
import { write_file } from './hostfile.ts'
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type inode } from './inode.ts'
import { do_mkdir, do_symlink } from './link.ts'
import { is_dir, path_lookup } from './namei.ts'
import { kern_mount } from './namespace.ts'

/** Folders of the host's, for who embeds the machine. Call as some task. All return 0 or a negative errno. */

/** Show `folder` at `path`, which is made where it is not there, for reading. */
export function mount_host(kernel: Kernel, folder: HostFolder, path: ByteString): number {
  const root = hostfs_root(kernel, folder)
  if (typeof root === 'number') return root
  const place = mkdir_p(kernel, path)
  if (typeof place === 'number') return place
  kern_mount(kernel, place, root, 'host')
  return 0
}

/** Copy all of `folder` to `path`: files, folders and links, with modes and times. */
export function copy_host(kernel: Kernel, folder: HostFolder, path: ByteString): number {
  const place = mkdir_p(kernel, path)
  return typeof place === 'number' ? place : copy_folder(kernel, folder, '', path.replace(/\/+$/, ''))
}

function copy_folder(kernel: Kernel, folder: HostFolder, from: ByteString, to: ByteString): number {
  const names = folder.readdir(from)
  if (typeof names === 'number') return names
  for (const name of [...names].sort()) {
    const err = copy_one(kernel, folder, from === '' ? name : `${from}/${name}`, `${to}/${name}`)
    if (err < 0) return err
  }
  return 0
}

function copy_one(kernel: Kernel, folder: HostFolder, from: ByteString, to: ByteString): number {
  const st = folder.lstat(from)
  if (typeof st === 'number') return st
  const type = st.mode & S_IFMT
  if (type === S_IFLNK) {
    const target = folder.readlink(from)
    return typeof target === 'number' ? target : do_symlink(target, kernel.root, to)
  }
  let err = 0
  if (type === S_IFDIR) {
    err = do_mkdir(kernel.root, to, 0o755)
    if (err === 0 || err === -EEXIST) err = copy_folder(kernel, folder, from, to)
  } else if (type === S_IFREG) {
    const bytes = new Uint8Array(st.size)
    const n = folder.read(from, 0, bytes)
    err = n < 0 ? n : write_file(kernel, to, bytes.subarray(0, n), 0o644)
  } else return 0
  if (err < 0) return err
  const d = path_lookup(kernel.root, to)
  if (typeof d === 'number') return d
  set_times(d.d_inode as inode, st.mtime, st.mtime)
  return chmod_common(d.d_inode as inode, st.mode & 0o7777)
}

/** The directory at `path`, made with all above it where they are not there. */
function mkdir_p(kernel: Kernel, path: ByteString): dentry | number {
  for (let at = path.indexOf('/', 1); ; at = path.indexOf('/', at + 1)) {
    const err = do_mkdir(kernel.root, at < 0 ? path : path.slice(0, at), 0o755)
    if (err < 0 && err !== -EEXIST) return err
    if (at >= 0) continue
    const d = path_lookup(kernel.root, path)
    return typeof d === 'number' || is_dir(d) ? d : -ENOTDIR
  }
}
