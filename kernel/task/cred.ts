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
  /** What it may do besides, and what it could let itself do. */
  readonly cap_effective: cap_t
  readonly cap_permitted: cap_t
  readonly cap_inheritable: cap_t
  /** What execve(2) may give at most. */
  readonly cap_bset: cap_t
  /** What being root is not to mean: SECBIT_NOROOT and so on. */
  readonly securebits: number
}

/** A set of capabilities: bit n stands for number n of include/linux/capability.h. */
export type cap_t = bigint

/** include/linux/securebits.h: root's programs get no capabilities, changing ids changes none, and they are kept. */
export const SECBIT_NOROOT = 1 << 0
export const SECBIT_NO_SETUID_FIXUP = 1 << 2
export const SECBIT_KEEP_CAPS = 1 << 4
export const SECBIT_KEEP_CAPS_LOCKED = 1 << 5
/** Each locks the bit below it. */
const SECURE_ALL_LOCKS = 0x2a
const SECURE_ALL_BITS = 0x15

export const CAP_CHOWN = 1n << 0n
export const CAP_DAC_OVERRIDE = 1n << 1n
export const CAP_DAC_READ_SEARCH = 1n << 2n
export const CAP_FOWNER = 1n << 3n
export const CAP_FSETID = 1n << 4n
export const CAP_KILL = 1n << 5n
export const CAP_SETGID = 1n << 6n
export const CAP_SETUID = 1n << 7n
export const CAP_SETPCAP = 1n << 8n
export const CAP_LINUX_IMMUTABLE = 1n << 9n
export const CAP_SYS_CHROOT = 1n << 18n
export const CAP_SYS_PTRACE = 1n << 19n
export const CAP_SYS_ADMIN = 1n << 21n
export const CAP_SYS_NICE = 1n << 23n
export const CAP_SYS_RESOURCE = 1n << 24n
export const CAP_SYS_TIME = 1n << 25n
export const CAP_MKNOD = 1n << 27n
const CAP_MAC_OVERRIDE = 1n << 32n
/** The 34 of 2.6.31. */
export const CAP_FULL_SET: cap_t = (1n << 34n) - 1n

/** Those that go with the fsuid. */
const CAP_FS_SET =
  CAP_CHOWN |
  CAP_DAC_OVERRIDE |
  CAP_DAC_READ_SEARCH |
  CAP_FOWNER |
  CAP_FSETID |
  CAP_LINUX_IMMUTABLE |
  CAP_MKNOD |
  CAP_MAC_OVERRIDE

/** Who the machine's first task acts as: root. */
export const init_cred: cred = cred_of(0, 0, [])

/** Somebody who has logged in. */
export function cred_of(uid: number, gid: number, groups: readonly number[]): cred {
  const caps = uid === 0 ? CAP_FULL_SET : 0n
  return {
    uid,
    suid: uid,
    euid: uid,
    fsuid: uid,
    gid,
    sgid: gid,
    egid: gid,
    fsgid: gid,
    groups: sorted(groups),
    cap_effective: caps,
    cap_permitted: caps,
    cap_inheritable: 0n,
    cap_bset: CAP_FULL_SET,
    securebits: 0,
  }
}

/** Groups as a cred has them. */
export function sorted(groups: readonly number[]): readonly number[] {
  return [...groups].sort((a, b) => a - b)
}

/** May it do what needs `cap`? Most of what only root may needs CAP_SYS_ADMIN. */
export function capable(c: cred, cap: cap_t = CAP_SYS_ADMIN): boolean {
  return c.cap_effective === CAP_FULL_SET || (c.cap_effective & cap) !== 0n
}

/** The same for files, of which all capabilities go together unless a program takes them apart. */
export function capable_fs(c: cred, cap: cap_t = CAP_DAC_OVERRIDE): boolean {
  return capable(c, cap)
}

/** Is `gid` the group that files are judged by, or a supplementary one? kernel/groups.c:in_group_p(). */
export function in_group_p(c: cred, gid: number): boolean {
  return c.fsgid === gid || c.groups.includes(gid)
}

/**
 * The capabilities of `c`, which was `old` before one of the calls that set all but the fsuid: who is root in no
 * way any more has none left, and they count while the effective user is root. security/commoncap.c:cap_emulate_setxid().
 */
export function cap_emulate_setxid(c: cred, old: cred): cred {
  if ((c.securebits & SECBIT_NO_SETUID_FIXUP) !== 0) return c
  let { cap_permitted, cap_effective } = c
  const keeps = (c.securebits & SECBIT_KEEP_CAPS) !== 0
  const wasRoot = old.uid === 0 || old.euid === 0 || old.suid === 0
  if (wasRoot && c.uid !== 0 && c.euid !== 0 && c.suid !== 0 && !keeps) cap_permitted = cap_effective = 0n
  if (old.euid === 0 && c.euid !== 0) cap_effective = 0n
  if (old.euid !== 0 && c.euid === 0) cap_effective = cap_permitted
  return { ...c, cap_permitted, cap_effective }
}

/** The same for the fsuid: those for files come and go with it. security/commoncap.c:cap_task_fix_setuid(). */
export function cap_fix_setfsuid(c: cred, old: cred): cred {
  if ((c.securebits & SECBIT_NO_SETUID_FIXUP) !== 0) return c
  let { cap_effective } = c
  if (old.fsuid === 0 && c.fsuid !== 0) cap_effective &= ~CAP_FS_SET
  if (old.fsuid !== 0 && c.fsuid === 0) cap_effective |= CAP_FS_SET & c.cap_permitted
  return { ...c, cap_effective }
}

/** Who `c` is by the real ids, for access(2): root in reality may what he is permitted, nobody else anything. */
export function access_cred(c: cred): cred {
  const cap_effective = c.uid === 0 ? c.cap_permitted : 0n
  if (c.fsuid === c.uid && c.fsgid === c.gid && c.cap_effective === cap_effective) return c
  return { ...c, fsuid: c.uid, fsgid: c.gid, cap_effective }
}

/**
 * Who the current program becomes by execve(2) of a file that lends it these two ids; null for one that does not.
 * With `unsafe`, who may not change ids anyway is lent none. security/commoncap.c:cap_bprm_creds_from_file().
 */
export function bprm_creds(old: cred, euid: number | null, egid: number | null, unsafe: boolean): cred {
  const by_file = euid !== null || egid !== null
  const lent = !unsafe || capable(old, CAP_SETUID)
  const who = {
    euid: !by_file ? old.euid : lent ? (euid ?? old.euid) : old.uid,
    egid: !by_file ? old.egid : lent ? (egid ?? old.egid) : old.gid,
  }
  const root = (old.securebits & SECBIT_NOROOT) === 0
  const isRoot = root && (who.euid === 0 || old.uid === 0)
  const cap_permitted = isRoot ? old.cap_bset | old.cap_inheritable : 0n
  return {
    ...old,
    euid: who.euid,
    suid: who.euid,
    fsuid: who.euid,
    egid: who.egid,
    sgid: who.egid,
    fsgid: who.egid,
    cap_permitted,
    cap_effective: root && who.euid === 0 ? cap_permitted : 0n,
    securebits: old.securebits & ~SECBIT_KEEP_CAPS,
  }
}

/** Do two differ in what commit_creds() takes for other powers? */
export function same_powers(a: cred, b: cred): boolean {
  return (
    a.euid === b.euid &&
    a.egid === b.egid &&
    a.fsuid === b.fsuid &&
    a.fsgid === b.fsgid &&
    // cred_cap_issubset()
    (b.cap_permitted & ~a.cap_permitted) === 0n
  )
}

/** Three sets as capset(2) has them. */
export type cap_sets = Pick<cred, 'cap_effective' | 'cap_permitted' | 'cap_inheritable'>

/** May `old` have these instead? Only fewer are permitted, and of those only can count. security/commoncap.c:cap_capset(). */
export function cap_capset(old: cred, to: cap_sets): boolean {
  const inheritable = old.cap_inheritable | (capable(old, CAP_SETPCAP) ? CAP_FULL_SET : old.cap_permitted)
  const within = (set: cap_t, limit: cap_t): boolean => (set & ~limit) === 0n
  return (
    within(to.cap_inheritable, inheritable) &&
    within(to.cap_inheritable, old.cap_inheritable | old.cap_bset) &&
    within(to.cap_permitted, old.cap_permitted) &&
    within(to.cap_effective, to.cap_permitted)
  )
}

/** May `c` have these secure bits? Locks stay, as does what they lock; only who has CAP_SETPCAP may set any. security/commoncap.c */
export function may_set_securebits(c: cred, bits: number): boolean {
  const locked = (c.securebits & SECURE_ALL_LOCKS) >> 1
  if ((locked & (c.securebits ^ bits)) !== 0 || (c.securebits & SECURE_ALL_LOCKS & ~bits) !== 0) return false
  return (bits & ~(SECURE_ALL_LOCKS | SECURE_ALL_BITS)) === 0 && capable(c, CAP_SETPCAP)
}
