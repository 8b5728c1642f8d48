import type { HostFolder, HostStat, Mount } from '../../index.ts'
import { EINVAL, EIO, EISDIR, ENOENT, ENOTDIR } from '../../kernel/errno.ts'
import { S_IFDIR, S_IFLNK, S_IFREG } from '../../kernel/fs/inode.ts'

/** A folder as a host's would be, the same each time: files, one of which cannot be read, links, and what is neither. */

const FILES: Readonly<Record<string, Uint8Array | null>> = {
  f: new Uint8Array(10_000).fill(0x66),
  empty: new Uint8Array(0),
  bad: null,
  'd/e': new Uint8Array(5),
}
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  '': ['f', 'empty', 'bad', 'd', 'l', 'odd'],
  d: ['e', 'gone'],
}
const LINKS: Readonly<Record<string, string>> = { l: 'd/e' }

const stat = (mode: number, size: number): HostStat => ({ mode, size, mtime: 1_000_000_007n })

const folder: HostFolder = {
  lstat(path) {
    if (path in FOLDERS) return stat(S_IFDIR | 0o755, 0)
    if (path in LINKS) return stat(S_IFLNK | 0o777, LINKS[path].length)
    if (path === 'odd') return stat(0o60644, 0)
    return path in FILES ? stat(S_IFREG | 0o644, FILES[path]?.length ?? 9) : -ENOENT
  },
  readdir: (path) => (path in FOLDERS ? FOLDERS[path] : path in FILES ? -ENOTDIR : -ENOENT),
  readlink: (path) => (path in LINKS ? LINKS[path] : -EINVAL),
  read(path, pos, into) {
    if (!(path in FILES)) return path in FOLDERS ? -EISDIR : -ENOENT
    const bytes = FILES[path]
    if (bytes === null) return -EIO
    const part = bytes.subarray(pos, pos + into.length)
    into.set(part)
    return part.length
  },
}

export const MOUNTS: readonly Mount[] = [{ host: folder, guest: '/mnt/host' }]
