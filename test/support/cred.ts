import { current } from '../../kernel/sched/current.ts'

/** Inside a program: act as this user from now on, real and effective, as login(1) would have it. */
export function become(uid: number, gid = uid, groups: readonly number[] = []): void {
  current.cred = {
    ...current.cred,
    ...{ uid, suid: uid, euid: uid, fsuid: uid, gid, sgid: gid, egid: gid, fsgid: gid, groups },
  }
}

/** Act as this user by the effective ids alone: what a set-user-id program does. */
export function becomeEffective(euid: number, egid = euid): void {
  current.cred = { ...current.cred, euid, fsuid: euid, egid, fsgid: egid }
}
