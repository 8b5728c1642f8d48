import type { ByteString } from '../../types.ts'
import { EINVAL } from '../../errno.ts'
import { d_path, type dentry } from '../dentry.ts'
import type { file_operations } from '../file.ts'
import { MAJOR, MINOR } from '../kdev_t.ts'
import type { vfsmount } from '../namespace.ts'
import { seqOf, seq_fops } from '../seq_file.ts'
import { MS_NOATIME, MS_NODEV, MS_NODIRATIME, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from '../super.ts'
import { get_proc_task } from './inode.ts'

/** What is mounted: fs/proc_namespace.c. A task sees what lies below its root. */

export const mounts_fops = mounts_open((mnt, root) => {
  const { mnt_sb: sb } = mnt
  const ro = (sb.s_flags & MS_RDONLY) !== 0 ? 'ro' : 'rw'
  const options = `${ro}${mnt_opts(sb.s_flags)}${sb.show_options()}`
  return `${mangle(mnt.mnt_devname)} ${mountpoint(mnt, root)} ${sb.s_type} ${options} 0 0\n`
})

export const mountinfo_fops = mounts_open((mnt, root) => {
  const { mnt_sb: sb } = mnt
  const ro = (sb.s_flags & MS_RDONLY) !== 0 ? 'ro' : 'rw'
  const dev = `${MAJOR(sb.s_dev)}:${MINOR(sb.s_dev)}`
  const head = `${mnt.mnt_id} ${parent_id(mnt)} ${dev} / ${mountpoint(mnt, root)} ${ro}${mnt_opts(sb.s_flags)}`
  return `${head} - ${sb.s_type} ${mangle(mnt.mnt_devname)} ${ro}${sb.show_options()}\n`
})

function mounts_open(show: (mnt: vfsmount, root: dentry) => ByteString): file_operations {
  return seq_fops(
    (m, index) => {
      const mnt = m.file.kernel.mounts.at(index)
      const root = m.private as dentry
      if (mnt === undefined) return null
      return is_under(mnt.mnt_root, root) ? show(mnt, root) : ''
    },
    {
      open(inode, file) {
        const t = get_proc_task(inode)
        if (t === null || t.exit_state !== 0) return -EINVAL
        seqOf(file).private = t.fs.root
        return 0
      },
    },
  )
}

function mnt_opts(flags: number): ByteString {
  const names: readonly (readonly [number, string])[] = [
    [MS_NOSUID, ',nosuid'],
    [MS_NODEV, ',nodev'],
    [MS_NOEXEC, ',noexec'],
    [MS_NOATIME, ',noatime'],
    [MS_NODIRATIME, ',nodiratime'],
  ]
  const set = names.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)
  return `${set.join('')}${(flags & MS_NOATIME) === 0 ? ',relatime' : ''}`
}

function mountpoint(mnt: vfsmount, root: dentry): ByteString {
  return mangle(d_path(mnt.mnt_root, root))
}

/** The mount that this one lies in; its own number for the root of all. */
function parent_id(mnt: vfsmount): number {
  const place = mnt.mnt_root.d_covers
  return place?.d_inode?.i_sb?.s_dev ?? mnt.mnt_id
}

/** Blanks and the like in octal, so that the fields stay apart. */
function mangle(text: ByteString): ByteString {
  return text.replace(/[ \t\n\\#]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

/** Is `d` below `root`, or `root` itself? */
function is_under(d: dentry, root: dentry): boolean {
  for (let at: dentry | null = d; at !== null; at = at.d_parent === at ? at.d_covers : at.d_parent) {
    if (at === root) return true
  }
  return false
}
