/** Who a task acts as: include/linux/cred.h. Never changed in place: tasks share it. */
export interface cred {
  /** Real, saved and effective user, and the user that files are judged by. */
  readonly uid: number
  readonly suid: number
  readonly euid: number
  readonly fsuid: number
  /** The same for the group. */
  readonly gid: number
  readonly sgid: number
  readonly egid: number
  readonly fsgid: number
  /** Supplementary groups, in ascending order: group_info. */
  readonly groups: readonly number[]
}

/** Who the machine's first task acts as: root. */
export const init_cred: cred = { uid: 0, suid: 0, euid: 0, fsuid: 0, gid: 0, sgid: 0, egid: 0, fsgid: 0, groups: [] }

/**
 * May it do what only root may? Here the effective user decides that, which is what the 41 capabilities come
 * to where nobody changes them by themselves.
 */
export function capable(c: cred): boolean {
  return c.euid === 0
}

/** The same for files: CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_MKNOD. They go with the fsuid. */
export function capable_fs(c: cred): boolean {
  return c.fsuid === 0
}

/** Is `gid` the group that files are judged by, or a supplementary one? kernel/groups.c:in_group_p(). */
export function in_group_p(c: cred, gid: number): boolean {
  return c.fsgid === gid || c.groups.includes(gid)
}
