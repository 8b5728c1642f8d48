import { closeSync, constants, lstatSync, openSync, readSync, readdirSync, readlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import type { HostFolder } from '../../kernel/fs/hostfs.ts'
import { EIO, errnoNumber } from '../../kernel/errno.ts'

/**
 * A folder of this computer's for boot()'s `mounts`. Links in it are not followed here but by the machine, so none
 * leads out of it.
 */
export function hostFolder(folder: string): HostFolder {
  const root = Buffer.from(resolve(folder))
  const at = (path: string): Buffer =>
    path === '' ? root : Buffer.concat([root, Buffer.from('/'), Buffer.from(path, 'latin1')])
  return {
    lstat: (path) =>
      attempt(() => {
        const { mode, size, mtimeNs } = lstatSync(at(path), { bigint: true })
        return { mode: Number(mode), size: Number(size), mtime: mtimeNs }
      }),
    readdir: (path) => attempt(() => readdirSync(at(path), 'buffer').map((name) => name.toString('latin1'))),
    readlink: (path) => attempt(() => readlinkSync(at(path), 'buffer').toString('latin1')),
    read: (path, pos, into) =>
      attempt(() => {
        const fd = openSync(at(path), constants.O_RDONLY | constants.O_NOFOLLOW)
        try {
          return readSync(fd, into, 0, into.length, pos)
        } finally {
          closeSync(fd)
        }
      }),
  }
}

/** What the host throws, as the kernel's errno. */
function attempt<T>(fn: () => T): T | number {
  try {
    return fn()
  } catch (error) {
    return -(errnoNumber((error as NodeJS.ErrnoException).code ?? '') ?? EIO)
  }
}
