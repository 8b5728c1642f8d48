import { current } from '../../kernel/sched/current.ts'
import { cap_emulate_setxid, cred_of } from '../../kernel/task/cred.ts'

/** Inside a program: act as this user from now on, real and effective, as login(1) would have it. */
export function become(uid: number, gid = uid, groups: readonly number[] = []): void {
  current.cred = cred_of(uid, gid, groups)
}

/** Act as this user by the effective ids alone: what a set-user-id program does. */
export function becomeEffective(euid: number, egid = euid): void {
  const old = current.cred
  current.cred = cap_emulate_setxid({ ...old, euid, fsuid: euid, egid, fsgid: egid }, old)
}
