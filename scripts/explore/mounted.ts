import type { Kernel } from '../../kernel/kernel.ts'
import type { dentry } from '../../kernel/fs/dentry.ts'
import type { file } from '../../kernel/fs/file.ts'
import type { inode } from '../../kernel/fs/inode.ts'
import type { user_struct } from '../../kernel/task/user.ts'
import { PAGE_SIZE } from '../../kernel/mm/mm.ts'
import { TASK_DEAD } from '../../kernel/sched/sched.ts'
import { count, equal, holds, users } from './holds.ts'
import type { CallsUnderWay } from './underway.ts'
import { OPENAT } from './underway.ts'

/** What is mounted, what the files there take, and what users and the terminal's session are accounted with. */

/** `dentries` are all names. */
export function accounts(
  kernel: Kernel,
  calls: CallsUnderWay,
  files: ReadonlyMap<file, number>,
  dentries: readonly dentry[],
): void {
  mounts(kernel, dentries)
  inodes(kernel, calls, files, dentries)
  people(kernel)
  terminal(kernel)
}

/** Every name that is known from `d` on, also what something is mounted on. */
export function namesBelow(d: dentry, all: dentry[] = []): dentry[] {
  all.push(d)
  if (d.d_mounted !== null) void namesBelow(d.d_mounted, all)
  for (const child of d.d_subdirs.values()) void namesBelow(child, all)
  return all
}

function mounts(kernel: Kernel, dentries: readonly dentry[]): void {
  const roots = new Set(kernel.mounts.map((m) => m.mnt_root))
  equal('mount', kernel.mounts.length, roots.size, 'roots')
  equal('mount', roots.size, new Set(kernel.mounts.map((m) => m.mnt_id)).size, 'ids of mounts')
  const reached = new Set(dentries)
  for (const { mnt_root: root, mnt_sb } of kernel.mounts) {
    holds('mount', reached.has(root), `a ${mnt_sb.s_type} is mounted where nobody can get`)
    const covers = root === kernel.root ? root.d_covers === null : root.d_covers?.d_mounted === root
    holds('mount', covers, `a ${mnt_sb.s_type} does not cover what it lies on`)
  }
  for (const { d_mounted } of dentries)
    holds('mount', d_mounted === null || roots.has(d_mounted), 'what is not mounted covers a place')
}

/** Files that are open count for their inodes, and the pages of those are all that a file system uses. */
function inodes(
  kernel: Kernel,
  calls: CallsUnderWay,
  files: ReadonlyMap<file, number>,
  dentries: readonly dentry[],
): void {
  const open = users([...files.keys()].map((f) => f.f_inode))
  const known = new Set<inode>(open.keys())
  for (const { d_inode } of dentries) if (d_inode !== null) known.add(d_inode)
  const opening = count(kernel.tasks, (t) => t.kstack !== null && calls.get(t)?.nr === OPENAT)
  if (opening === 0) for (const i of known) equal('inode count', i.i_count, open.get(i) ?? 0, 'open files')
  // Who is about to become another program has a file open besides, which may have no name any more.
  if (count(kernel.tasks, (t) => t.group.exec !== null) > 0) return
  for (const { mnt_sb: sb } of kernel.mounts) {
    const { f_blocks, f_bfree } = sb.statfs()
    let pages = 0
    for (const i of known) if (i.i_sb === sb) pages += i.i_mapping?.nrpages ?? 0
    equal('file pages', f_blocks - f_bfree, pages, `pages of ${PAGE_SIZE} bytes in files of a ${sb.s_type}`)
  }
}

/** What each real user has: tasks, and signals that wait. */
function people(kernel: Kernel): void {
  const tasks = users([...kernel.tasks].map((t) => t.user))
  const groups = new Set([...kernel.tasks].map((t) => t.group))
  const queues = [...[...kernel.tasks].map((t) => t.pending), ...[...groups].map((g) => g.shared_pending)]
  const waiting = users(queues.flatMap((q) => q.list.map(({ user }): user_struct => user)))
  for (const user of new Set([...kernel.users.values(), ...tasks.keys(), ...waiting.keys()])) {
    holds('user', kernel.users.get(user.uid) === user, `user ${user.uid} is not the one that is known`)
    equal('user', user.processes, tasks.get(user) ?? 0, `tasks of user ${user.uid}`)
    equal('user', user.sigpending, waiting.get(user) ?? 0, `signals that wait for user ${user.uid}`)
  }
}

/** Who has the terminal is of the session that has it, and that session has somebody. */
function terminal({ console: tty, tasks }: Kernel): void {
  const alive = [...tasks].filter((t) => t.state !== TASK_DEAD)
  for (const { group, pid } of alive)
    if (group.tty !== null) equal('terminal', tty.session, group.session, `as the session of task ${pid}, which has it`)
  if (tty.session === 0) equal('terminal', tty.pgrp, 0, 'sessions that have it')
  else
    holds(
      'terminal',
      alive.some((t) => t.group.tty === tty),
      `session ${tty.session} has it, and is gone`,
    )
}
