import type { SyscallArgs } from '../trace.ts'
import type { FramePlace, sigstack } from './sigaltstack.ts'
import type { k_sigaction, siginfo, sigset_t } from './signal.ts'
import type { task_struct } from './task.ts'

/** What a handler's frame keeps for when it is done. */
export interface SignalState {
  /** To block again. */
  readonly mask: sigset_t
  /** The alternate stack, as it was. */
  readonly stack: sigstack
}

/** Why user code stopped running: it made the system call `nr` with `args`; the kernel is to make it and give the result. */
export const TRAP_SYSCALL = 0
/** It entered the kernel by itself, where it now sleeps, was preempted or died. */
export const TRAP_KERNEL = 1
/** Its time slice is used up, or it says so: it wants to go on in its turn. */
export const TRAP_PREEMPT = 2
/** It touched memory it may not: `fault` says where. */
export const TRAP_FAULT = 3
/** It broke in a way only its kind can: `fault` says how. */
export const TRAP_ILLEGAL = 4

export type Trap =
  typeof TRAP_SYSCALL | typeof TRAP_KERNEL | typeof TRAP_PREEMPT | typeof TRAP_FAULT | typeof TRAP_ILLEGAL

/**
 * A user program between two traps: registers, code and whatever else its kind has. The kernel runs
 * it and answers it through this, and knows nothing else of it.
 */
export interface UserContext {
  /**
   * Touch what resume() will need, so that the processor has it at hand by then: farther along with each `step`, 0 to 2,
   * which are to lie some time apart. What it returns is only for who would not compile it otherwise.
   */
  touch(step: number): number
  /** Run until the next trap. */
  resume(): Trap
  /** The system call of the last TRAP_SYSCALL. */
  readonly nr: number
  readonly args: SyscallArgs
  /** What the last TRAP_FAULT or TRAP_ILLEGAL was, in a line. */
  readonly fault: string
  /** The result that user code will see when it goes on. */
  readonly result: number
  /** The result of the system call, seen when user code goes on. */
  setResult(ret: number): void
  /** User code goes on by trapping with this call, instead of seeing a result. */
  restartCall(nr: number, args: SyscallArgs): void
  /**
   * Go on with the handler of `action`; what was to happen stays below, with `saved`. The handler's frame goes to
   * `place`; null for below the stack as it is. False where there is no room for that.
   */
  pushFrame(info: siginfo, action: k_sigaction, saved: SignalState, place: FramePlace | null): boolean
  /** The handler is done: go on with what it interrupted. What was kept with it; null where nothing was. */
  popFrame(): SignalState | null
  /** The stack pointer. */
  readonly sp: number
  /** The context of `child`, made by the call that is under way: there it returns 0. */
  fork(child: task_struct): UserContext
}
