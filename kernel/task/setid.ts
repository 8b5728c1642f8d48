import type { task_struct } from './task.ts'
import { EINVAL, EPERM } from '../errno.ts'
import { current } from '../sched/current.ts'
import {
  CAP_SETGID,
  CAP_SETUID,
  capable,
  cap_emulate_setxid,
  cap_fix_setfsuid,
  same_powers,
  sorted,
  type cred,
} from './cred.ts'
import { RLIMIT_NPROC, rlimit } from './rlimit.ts'
import { find_user, put_user } from './user.ts'

/** Changing who one is: kernel/sys.c, kernel/groups.c. All act on the current task alone, not on its process. */

/** (uid_t)-1: no user; in calls with several ids, one to leave as it is. */
export const NOBODY = 0xffff_ffff

/** Act as `c` from now on. Who gets other powers is no longer killed with his maker. kernel/cred.c:commit_creds(). */
export function commit_creds(t: task_struct, c: cred): void {
  if (!same_powers(t.cred, c)) {
    t.pdeath_signal = 0
    if (t.mm !== null) t.mm.dumpable = false
  }
  if (c.uid !== t.cred.uid) switch_user(t, c.uid)
  t.cred = c
}

/**
 * `t` counts among the tasks of another user. One who has too many by that goes on, but may not exec while he
 * has: who became a user and does not look at errors is not to stay root. kernel/sys.c:flag_nproc_exceeded().
 */
function switch_user(t: task_struct, uid: number): void {
  const { kernel } = t
  const user = find_user(kernel, uid)
  t.nproc_exceeded = uid !== 0 && user.processes > rlimit(RLIMIT_NPROC)
  user.processes++
  put_user(kernel, t.user)
  t.user = user
}

/** All four user ids for who may; else the effective one, which becomes the real or the saved one. */
export function set_uid(uid: number): number {
  const old = current.cred
  if (uid === NOBODY) return -EINVAL
  if (capable(old, CAP_SETUID)) return commit_uids({ ...old, uid, suid: uid, euid: uid, fsuid: uid })
  if (uid !== old.uid && uid !== old.suid) return -EPERM
  return commit_uids({ ...old, euid: uid, fsuid: uid })
}

/** Real and effective user: each one of those that one is. The saved one follows unless the real user stays what he was. */
export function set_reuid(ruid: number, euid: number): number {
  const old = current.cred
  if (!capable(old, CAP_SETUID)) {
    if (!one_of(ruid, old.uid, old.euid) || !one_of(euid, old.uid, old.euid, old.suid)) return -EPERM
  }
  const uid = or(ruid, old.uid)
  const effective = or(euid, old.euid)
  const suid = ruid !== NOBODY || (euid !== NOBODY && euid !== old.uid) ? effective : old.suid
  return commit_uids({ ...old, uid, euid: effective, suid, fsuid: effective })
}

/** The three user ids: each one of those that one is. */
export function set_resuid(ruid: number, euid: number, suid: number): number {
  const old = current.cred
  const same = one_of(ruid, old.uid) && one_of(suid, old.suid)
  if (same && one_of(euid, old.euid) && one_of(euid, old.fsuid)) return 0
  if (!capable(old, CAP_SETUID)) {
    if (![ruid, euid, suid].every((id) => one_of(id, old.uid, old.euid, old.suid))) return -EPERM
  }
  const effective = or(euid, old.euid)
  return commit_uids({ ...old, uid: or(ruid, old.uid), euid: effective, suid: or(suid, old.suid), fsuid: effective })
}

/** The user that files are judged by. Always the one that it was before, whatever came of it. */
export function set_fsuid(uid: number): number {
  const old = current.cred
  if (uid !== old.fsuid && uid !== NOBODY) {
    const may = one_of(uid, old.uid, old.euid, old.suid) || capable(old, CAP_SETUID)
    if (may) commit_creds(current, cap_fix_setfsuid({ ...old, fsuid: uid }, old))
  }
  return old.fsuid
}

/** As set_uid(), for the group. */
export function set_gid(gid: number): number {
  const old = current.cred
  if (gid === NOBODY) return -EINVAL
  if (capable(old, CAP_SETGID)) return commit({ ...old, gid, sgid: gid, egid: gid, fsgid: gid })
  if (gid !== old.gid && gid !== old.sgid) return -EPERM
  return commit({ ...old, egid: gid, fsgid: gid })
}

/** As set_reuid(), for the group. */
export function set_regid(rgid: number, egid: number): number {
  const old = current.cred
  if (!capable(old, CAP_SETGID)) {
    if (!one_of(rgid, old.gid, old.egid) || !one_of(egid, old.gid, old.egid, old.sgid)) return -EPERM
  }
  const effective = or(egid, old.egid)
  const sgid = rgid !== NOBODY || (egid !== NOBODY && egid !== old.gid) ? effective : old.sgid
  return commit({ ...old, gid: or(rgid, old.gid), egid: effective, sgid, fsgid: effective })
}

/** As set_resuid(), for the group. */
export function set_resgid(rgid: number, egid: number, sgid: number): number {
  const old = current.cred
  const same = one_of(rgid, old.gid) && one_of(sgid, old.sgid)
  if (same && one_of(egid, old.egid) && one_of(egid, old.fsgid)) return 0
  if (!capable(old, CAP_SETGID)) {
    if (![rgid, egid, sgid].every((id) => one_of(id, old.gid, old.egid, old.sgid))) return -EPERM
  }
  const effective = or(egid, old.egid)
  const next = { ...old, gid: or(rgid, old.gid), egid: effective, sgid: or(sgid, old.sgid), fsgid: effective }
  return commit(next)
}

/** As set_fsuid(), for the group. */
export function set_fsgid(gid: number): number {
  const old = current.cred
  if (gid !== old.fsgid && gid !== NOBODY) {
    const may = one_of(gid, old.gid, old.egid, old.sgid) || capable(old, CAP_SETGID)
    if (may) commit_creds(current, { ...old, fsgid: gid })
  }
  return old.fsgid
}

/** The supplementary groups. The caller has seen to it that this is allowed. */
export function set_groups(groups: readonly number[]): number {
  return commit({ ...current.cred, groups: sorted(groups) })
}

function commit(c: cred): number {
  commit_creds(current, c)
  return 0
}

function commit_uids(c: cred): number {
  return commit(cap_emulate_setxid(c, current.cred))
}

/** Is `id` one of `ids`, or none at all? */
function one_of(id: number, ...ids: readonly number[]): boolean {
  return id === NOBODY || ids.includes(id)
}

function or(id: number, old: number): number {
  return id === NOBODY ? old : id
}
