import type { UserPtr, Word } from '../kernel/types.ts'
import type { Run } from './program.ts'
import { Memory, type CString } from './memory.ts'

/** System calls about processes and who they belong to, in the order of their numbers. */
export abstract class ProcessCalls extends Memory {
  abstract syscall(nr: number, ...args: readonly Word[]): Run<number>

  /** `header` points to a version and a process id; the sets go to `data`. */
  capget(header: number, data: number): Run<number> {
    return this.syscall(90, header, data)
  }

  capset(header: number, data: number): Run<number> {
    return this.syscall(91, header, data)
  }

  /** `which` is P_ALL 0, P_PID 1 or P_PGID 2; a siginfo_t goes to `infop`. */
  waitid(which: number, id: number, infop: number, options: number, rusage = 0): Run<number> {
    return this.syscall(95, which, id, infop, options, rusage)
  }

  sigaltstack(stack: number, old = 0): Run<number> {
    return this.syscall(132, stack, old)
  }

  /** `info` points to a siginfo_t. */
  rt_sigqueueinfo(pid: number, sig: number, info: number): Run<number> {
    return this.syscall(138, pid, sig, info)
  }

  setpriority(which: number, who: number, nice: number): Run<number> {
    return this.syscall(140, which, who, nice)
  }

  /** 20 - nice. */
  getpriority(which: number, who: number): Run<number> {
    return this.syscall(141, which, who)
  }

  setregid(rgid: number, egid: number): Run<number> {
    return this.syscall(143, rgid, egid)
  }

  setgid(gid: number): Run<number> {
    return this.syscall(144, gid)
  }

  setreuid(ruid: number, euid: number): Run<number> {
    return this.syscall(145, ruid, euid)
  }

  setuid(uid: number): Run<number> {
    return this.syscall(146, uid)
  }

  setresuid(ruid: number, euid: number, suid: number): Run<number> {
    return this.syscall(147, ruid, euid, suid)
  }

  getresuid(ruid: number, euid: number, suid: number): Run<number> {
    return this.syscall(148, ruid, euid, suid)
  }

  setresgid(rgid: number, egid: number, sgid: number): Run<number> {
    return this.syscall(149, rgid, egid, sgid)
  }

  getresgid(rgid: number, egid: number, sgid: number): Run<number> {
    return this.syscall(150, rgid, egid, sgid)
  }

  setfsuid(uid: number): Run<number> {
    return this.syscall(151, uid)
  }

  setfsgid(gid: number): Run<number> {
    return this.syscall(152, gid)
  }

  times(buf: number): Run<number> {
    return this.syscall(153, buf)
  }

  getpgid(pid: number): Run<number> {
    return this.syscall(155, pid)
  }

  getsid(pid: number): Run<number> {
    return this.syscall(156, pid)
  }

  /** How many there are; as many as `size` says fit at `list`, 0 only to ask. */
  getgroups(size: number, list: number): Run<number> {
    return this.syscall(158, size, list)
  }

  setgroups(groups: readonly number[]): Run<number> {
    const list = this.alloc(4 * groups.length)
    groups.forEach((gid, i) => this.storeInt((list + 4 * i) as UserPtr, gid))
    return this.syscall(159, groups.length, list)
  }

  setdomainname(name: CString, len: number): Run<number> {
    return this.syscall(162, this.scratch(name), len)
  }

  /** `rlim` points to two 64-bit words: what counts, and how far it may be raised. */
  getrlimit(resource: number, rlim: number): Run<number> {
    return this.syscall(163, resource, rlim)
  }

  setrlimit(resource: number, rlim: number): Run<number> {
    return this.syscall(164, resource, rlim)
  }

  getrusage(who: number, usage: UserPtr): Run<number> {
    return this.syscall(165, who, usage)
  }

  getuid(): Run<number> {
    return this.syscall(174)
  }

  geteuid(): Run<number> {
    return this.syscall(175)
  }

  getgid(): Run<number> {
    return this.syscall(176)
  }

  getegid(): Run<number> {
    return this.syscall(177)
  }

  rt_tgsigqueueinfo(tgid: number, tid: number, sig: number, info: number): Run<number> {
    return this.syscall(240, tgid, tid, sig, info)
  }

  prlimit(pid: number, resource: number, to: number, old = 0): Run<number> {
    return this.syscall(261, pid, resource, to, old)
  }
}
