import type { UserPtr, Word } from '../kernel/types.ts'
import type { Run } from './program.ts'
import { Memory } from './memory.ts'

/** System calls about processes and who they belong to, in the order of their numbers. */
export abstract class ProcessCalls extends Memory {
  abstract syscall(nr: number, ...args: readonly Word[]): Run<number>

  /** `which` is P_ALL 0, P_PID 1 or P_PGID 2; a siginfo_t goes to `infop`. */
  waitid(which: number, id: number, infop: number, options: number, rusage = 0): Run<number> {
    return this.syscall(95, which, id, infop, options, rusage)
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

  getrusage(who: number, usage: UserPtr): Run<number> {
    return this.syscall(165, who, usage)
  }
}
