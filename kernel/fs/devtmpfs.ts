import type { ByteString } from '../types.ts'
import { BUG_ON } from '../bug.ts'
import { def_chr_fops } from './char_dev.ts'
import type { dentry } from './dentry.ts'
import { S_IFCHR, type inode, type inode_operations } from './inode.ts'
import { MKDEV } from './kdev_t.ts'
import { d_instantiate, lookup_one } from './namei.ts'

/** What is in /dev when a machine boots: drivers/base/devtmpfs.c. */

const nodes: readonly (readonly [name: ByteString, mode: number, dev: number])[] = [
  ['null', 0o666, MKDEV(1, 3)],
  ['zero', 0o666, MKDEV(1, 5)],
  ['full', 0o666, MKDEV(1, 7)],
  ['random', 0o666, MKDEV(1, 8)],
  ['urandom', 0o666, MKDEV(1, 9)],
  ['kmsg', 0o644, MKDEV(1, 11)],
  ['tty', 0o666, MKDEV(5, 0)],
  ['console', 0o600, MKDEV(5, 1)],
  ['ttyS0', 0o620, MKDEV(4, 64)],
]

const links: readonly (readonly [name: ByteString, target: ByteString])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
]

/** Make the nodes of /dev, in the empty directory `dev`. */
export function devtmpfs_init(dev: dentry): void {
  const dir = dev.d_inode as inode
  const i_op = dir.i_op as inode_operations
  for (const [name, mode, rdev] of nodes) {
    const i = i_op.mknod(dir, name, S_IFCHR | mode, def_chr_fops)
    if (typeof i === 'object') i.i_rdev = rdev
    add(dev, name, i)
  }
  for (const [name, target] of links) add(dev, name, i_op.symlink(dir, name, target))
}

function add(dev: dentry, name: ByteString, i: inode | number): void {
  BUG_ON(typeof i === 'number', `no /dev/${name}`)
  d_instantiate(lookup_one(dev, name) as dentry, i as inode)
}
