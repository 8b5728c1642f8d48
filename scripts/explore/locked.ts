import type { Kernel } from '../../kernel/kernel.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import type { CallsUnderWay } from './underway.ts'
import { files_struct } from '../../kernel/fs/fdtable.ts'
import { file } from '../../kernel/fs/file.ts'
import type { inode } from '../../kernel/fs/inode.ts'
import { F_RDLCK, F_WRLCK, posix_test_lock, type file_lock, type file_lock_context } from '../../kernel/fs/locks.ts'
import { TASK_DEAD, TASK_NORMAL } from '../../kernel/sched/sched.ts'
import { holds } from './holds.ts'

/** Locks on files: who has one is alive and has the file open, nobody has what another has, and nobody waits for what is free. */

export const FCNTL = 25
export const FLOCK = 32

/** `locked` are the inodes that ever had a lock, and is kept from one time to the next. */
export function locks(
  kernel: Kernel,
  calls: CallsUnderWay,
  files: ReadonlyMap<file, number>,
  locked: Set<inode>,
): void {
  for (const { f_inode } of files.keys()) if (f_inode.i_flctx !== null) locked.add(f_inode)
  if (locked.size === 0 && kernel.blocked_locks.size === 0) return
  const alive = new Set([...kernel.tasks].filter((t) => t.state !== TASK_DEAD).map((t) => t.files))
  const inodes = new Map<file_lock_context, inode>()
  for (const i of locked) {
    const ctx = i.i_flctx as file_lock_context
    inodes.set(ctx, i)
    ranges(i, ctx, alive, files)
    whole(i, ctx, files)
  }
  const tasks = [...kernel.tasks]
  for (const t of tasks) if ((t.state & TASK_NORMAL) !== 0) flockSleeper(t, calls)
  for (const { ctx, lock } of kernel.blocked_locks) {
    const i = inodes.get(ctx)
    holds('lock', i !== undefined, 'somebody waits for a lock on a file that nobody has open')
    const waits = tasks.some((t) => t.waits_for === ctx.wait && (lock.pid === null || t.files === lock.owner))
    holds('lock', waits, `nobody is there who waits for ${range(lock)}`)
    holds('lost wake-up', posix_test_lock(i as inode, lock) !== null, `${range(lock)} is free, and is waited for`)
  }
}

/** Locks of ranges: fcntl(2)'s. */
function ranges(
  i: inode,
  { posix }: file_lock_context,
  alive: ReadonlySet<files_struct | null>,
  files: ReadonlyMap<file, number>,
): void {
  const all: file_lock[] = []
  for (const [owner, list] of posix) {
    const id = `inode ${i.i_ino}`
    holds('lock', list.length > 0, `an owner of no locks on ${id}`)
    if (owner instanceof file)
      holds('lock', files.has(owner) && owner.f_inode === i, `a closed file has locks on ${id}`)
    else {
      holds('lock', alive.has(owner), `the dead have locks on ${id}`)
      const open = owner.fd.some((f) => f?.f_inode === i)
      holds('lock', open, `a process has locks on ${id}, which it has not open`)
    }
    for (const [k, fl] of list.entries()) {
      holds('lock', fl.owner === owner && fl.start <= fl.end, `${range(fl)} on ${id} is none`)
      const next = list.at(k + 1)
      if (next === undefined) continue
      holds('lock', fl.end < next.start, `${range(fl)} and ${range(next)} of one owner on ${id}`)
      const apart = fl.type !== next.type || fl.end + 1n < next.start
      holds('lock', apart, `${range(fl)} and ${range(next)} on ${id} are to be one`)
    }
    all.push(...list)
  }
  for (const a of all)
    for (const b of all) {
      const apart = a.owner === b.owner || a.end < b.start || b.end < a.start
      holds('lock', apart || (a.type === F_RDLCK && b.type === F_RDLCK), `${range(a)} and ${range(b)} of two owners`)
    }
}

/** Locks of whole files: flock(2)'s. */
function whole(i: inode, { flock }: file_lock_context, files: ReadonlyMap<file, number>): void {
  for (const f of flock.keys())
    holds('lock', files.has(f) && f.f_inode === i, `a closed file has a lock on all of inode ${i.i_ino}`)
  const alone = flock.size < 2 || ![...flock.values()].includes(F_WRLCK)
  holds('lock', alone, `inode ${i.i_ino} is locked by ${flock.size} files, not all of which share it`)
}

/** A task sleeps in flock(2): then another file has the lock. */
function flockSleeper(t: task_struct, calls: CallsUnderWay): void {
  const call = calls.get(t)
  const f = call?.nr === FLOCK ? call.held.at(0)?.file : undefined
  if (f === undefined || t.syscall_nr !== FLOCK) return
  const exclusive = (Number(t.syscall_args[1]) & 2) !== 0
  const others = [...(f.f_inode.i_flctx?.flock ?? [])].filter(([other]) => other !== f)
  const taken = others.some(([, type]) => exclusive || type === F_WRLCK)
  holds('lost wake-up', taken, `task ${t.pid} waits for a lock on inode ${f.f_inode.i_ino}, which is free`)
}

function range({ type, start, end }: file_lock): string {
  return `a ${type === F_RDLCK ? 'shared' : 'exclusive'} lock from ${start} to ${end}`
}
