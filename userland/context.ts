import type { UserPtr, Word } from '../kernel/types.ts'
import type { mm_struct } from '../kernel/mm/mm.ts'
import type { task_struct } from '../kernel/task/task.ts'
import type { k_sigaction, siginfo } from '../kernel/task/signal.ts'
import type { FramePlace } from '../kernel/task/sigaltstack.ts'
import {
  TRAP_FAULT,
  TRAP_ILLEGAL,
  TRAP_KERNEL,
  TRAP_PREEMPT,
  TRAP_SYSCALL,
  type SignalState,
  type Trap,
  type UserContext,
} from '../kernel/task/context.ts'
import type { SyscallArgs } from '../kernel/trace.ts'
import type { Run } from './program.ts'
import { toBytes } from '../kernel/utf8.ts'
import { TRAPPED, enter } from '../syscalls/entry.ts'
import { encodeSiginfo } from '../kernel/task/siginfo.ts'

/** What user code gets that touches memory where none is. */
export class SegmentationFault extends Error {
  override readonly name = 'SegmentationFault'
}

/** A signal handler: it runs on top of what it interrupts. `info` points to a siginfo_t. */
export type Handler = (context: TsContext, sig: number, info: UserPtr) => Run<void>

/** What the programs of one address space have for code: functions by address. */
export class Text {
  readonly #functions: Handler[] = []

  /** The address of `fn`, the same each time. */
  address(fn: Handler): UserPtr {
    let i = this.#functions.indexOf(fn)
    if (i < 0) i = this.#functions.push(fn) - 1
    return (TEXT_START + i * 16) as UserPtr
  }

  at(address: number): Handler | undefined {
    return this.#functions[(address - TEXT_START) / 16]
  }
}

const TEXT_START = 0x1_0000
/** Below the stack pointer a function may use so much without saying so; a handler's stack begins below. */
const RED_ZONE = 64 << 10
/** The same on an alternate stack, where there is less room. */
const SMALL_RED_ZONE = 256
const SIGINFO_SIZE = 128
const __NR_rt_sigreturn = 139

/**
 * One generator on a context's stack of them: the program, or a handler on top of what it interrupted. It
 * is also what a call gets whose result has to wait: an iterator that yields once, and is back with it.
 */
class Frame {
  // What every switch needs comes first, and so in one line of the processor's cache.
  gen: Run<unknown> | null
  /** Instead of seeing a result, make this call. */
  again: { readonly nr: number; readonly args: SyscallArgs } | null = null
  result = 0
  /** What becomes of a call whose result has to wait: WAITS until the generator has yielded, and YIELDED until it is back. */
  state = RETURNS
  /** It is over: a call that does not come back is to take it away. */
  over = false
  /** The signal mask and more to put back when this one is done. */
  readonly saved: SignalState | null
  /** The stack pointer to put back. */
  readonly sp: number
  /** Where the child of a clone under way begins, and with which stack pointer. */
  child: Start | null = null
  childSp = 0

  constructor(gen: Run<unknown> | null, saved: SignalState | null, sp: number) {
    this.gen = gen
    this.saved = saved
    this.sp = sp
  }

  next(): IteratorResult<void, number> {
    if (this.state === WAITS) {
      this.state = YIELDED
      return GONE
    }
    this.state = RETURNS
    finished.value = this.result
    return finished
  }

  [Symbol.iterator](): this {
    return this
  }
}

/** Of a frame: no call of its waits, one is to, one does. */
const RETURNS = 0
const WAITS = 1
const YIELDED = 2

const GONE: IteratorYieldResult<void> = { done: false, value: undefined }

/** How the code of a task begins, and what becomes of it at its end. */
export interface Start {
  /** Called when the task first runs. */
  main(context: TsContext): Run<number>
  /** The call that ends it, with what main returned: exit(2) of a thread, exit_group(2) else. */
  readonly exit: number
  /** main has returned. */
  ended?(): void
}

export const __NR_exit = 93
export const __NR_exit_group = 94

/**
 * The user context of TypeScript programs: a stack of generators in the host's realm. Their system calls
 * enter the kernel as plain calls; only one whose result has to wait makes the generator yield.
 */
export class TsContext implements UserContext {
  // What every switch needs comes first.
  #top: Frame
  readonly task: task_struct
  #below: Frame[] | null = null
  nr = -1
  args: SyscallArgs = NO_ARGS
  readonly mm: mm_struct
  readonly text: Text
  /** The stack pointer. */
  sp: number
  fault = ''
  /** What handlers are called with: the C library's, which also puts it here. */
  libc: object | null = null
  readonly #start: Start
  /** What the kernel threw while it made a call. */
  #panic: unknown = NO_PANIC

  constructor(task: task_struct, mm: mm_struct, text: Text, sp: number, start: Start) {
    this.task = task
    this.mm = mm
    this.text = text
    this.sp = sp
    this.#start = start
    this.#top = new Frame(null, null, sp)
  }

  /**
   * Make a system call. For `yield*`, which gets the result: at once where the kernel has it, else when
   * the task runs again.
   */
  syscall(nr: number, a0: Word = 0, a1: Word = 0, a2: Word = 0, a3: Word = 0, a4: Word = 0, a5: Word = 0): Run<number> {
    const frame = this.#top
    if (frame.state !== RETURNS) throw new Error('a system call was made while one is under way: is a yield* missing?')
    let ret: number | null
    try {
      ret = enter(this.task, nr, a0, a1, a2, a3, a4, a5)
    } catch (error) {
      // The kernel is broken, not the program.
      this.#panic = error
      throw error
    }
    if (ret !== TRAPPED && (nr !== __NR_rt_sigreturn || frame === this.#top)) {
      finished.value = ret
      return FINISHED
    }
    return this.#waits(frame, ret)
  }

  #waits(frame: Frame, ret: number | null): Run<number> {
    if (ret === TRAPPED) {
      frame.state = WAITS
      return frame as unknown as Run<number>
    }
    // A handler has made rt_sigreturn(2) itself: what it interrupted goes on, and it never does.
    this.#top.result = ret
    return NO_RETURN
  }

  resume(): Trap {
    const frame = this.#top
    if (frame.again !== null) {
      this.nr = frame.again.nr
      this.args = frame.again.args
      frame.again = null
      return TRAP_SYSCALL
    }
    let status: unknown
    try {
      const r = Generator.prototype.next.call((frame.gen ??= generator(this.#start.main(this))))
      // A program that yields by itself has had enough for now.
      if (r === GONE) return TRAP_KERNEL
      if (r.done !== true) return frame.state === RETURNS ? TRAP_PREEMPT : TRAP_KERNEL
      status = r.value
    } catch (error) {
      frame.over = true
      // Only a stack that the program has used up can end in the kernel without its fault.
      if (error === this.#panic && !isStackOverflow(error)) throw error
      this.fault =
        error instanceof SegmentationFault ? `segfault at ${error.message}` : toBytes(`uncaught ${describe(error)}`)
      return error instanceof SegmentationFault ? TRAP_FAULT : TRAP_ILLEGAL
    }
    const handler = this.#below !== null && this.#below.length > 0
    if (frame.over) {
      // What failed once is dead, and each try to go on fails again.
      this.fault ||= handler ? 'rt_sigreturn came back' : 'a program went on after its end'
      return TRAP_ILLEGAL
    }
    frame.over = true
    if (handler) {
      this.nr = __NR_rt_sigreturn
      this.args = NO_ARGS
    } else {
      // Who returns nothing has succeeded.
      const value = status ?? 0
      if (typeof value !== 'number' && typeof value !== 'bigint') {
        this.fault = `a program returned a ${typeof value}, not its exit status`
        return TRAP_ILLEGAL
      }
      this.#start.ended?.()
      this.nr = this.#start.exit
      this.args = [value, 0, 0, 0, 0, 0]
    }
    return TRAP_SYSCALL
  }

  touch(step: number): number {
    const top = this.#top
    if (step === 0) return this.nr
    if (step === 1) return top.result
    // The generator's class, and the library's: what they are is not the question.
    return (typeof top.gen === 'function' ? 1 : 0) + (typeof this.libc === 'function' ? 1 : 0)
  }

  setResult(ret: number): void {
    this.#top.result = ret
  }

  restartCall(nr: number, args: SyscallArgs): void {
    this.#top.again = { nr, args }
    // What the result's register holds then is what it held before the call: the first argument.
    this.#top.result = Number(args[0])
  }

  pushFrame(info: siginfo, action: k_sigaction, saved: SignalState, place: FramePlace | null): boolean {
    const handler = this.text.at(action.handler)
    if (handler === undefined) return false
    const top = place === null ? this.sp - RED_ZONE : place.top === this.sp ? this.sp - SMALL_RED_ZONE : place.top
    const at = Math.floor((top - SIGINFO_SIZE) / 16) * 16
    if (at < (place?.limit ?? 0)) return false
    if (!this.mm.write(at, encodeSiginfo(info))) return false
    const frame = new Frame(generator(handler(this, info.signo, at as UserPtr)), saved, this.sp)
    this.sp = at
    ;(this.#below ??= []).push(this.#top)
    this.#top = frame
    return true
  }

  popFrame(): SignalState | null {
    const below = this.#below?.pop()
    if (below === undefined) return null
    const { saved, sp } = this.#top
    this.sp = sp
    this.#top = below
    return saved
  }

  /** The clone that comes next starts its child so. */
  begins(start: Start, sp: number): void {
    this.#top.child = start
    this.#top.childSp = sp
  }

  /** The result that the program is to see next. */
  get result(): number {
    return this.#top.result
  }

  fork(task: task_struct): UserContext {
    const top = this.#top
    const start = top.child
    const sp = start === null ? this.sp : top.childSp
    top.child = null
    return new TsContext(task, task.mm as mm_struct, this.text, sp, start ?? NOWHERE)
  }
}

// One for all: `yield*` takes the value out before anything else can run.
const finished: IteratorReturnResult<number> = { done: true, value: 0 }
const FINISHED = {
  next: () => finished,
  [Symbol.iterator]() {
    return this
  },
} as unknown as Run<number>

// Each program's generators are of a class of their own, and looking `next` up in so many is slow: it is called from here.
const Generator = Object.getPrototypeOf(function* () {}) as { readonly prototype: Run<unknown> }

/** `run` itself or, where it is an iterator of another kind, such as a call's result, a generator around it. */
function generator(run: Run<unknown>): Run<unknown> {
  return Object.prototype.isPrototypeOf.call(Generator.prototype, run) ? run : delegate(run)
}

function* delegate(run: Run<unknown>): Run<unknown> {
  return yield* run
}

/** What a call gets that does not come back: it yields, and is not called again. */
const NO_RETURN = {
  next: () => ({ done: false, value: undefined }),
  [Symbol.iterator]() {
    return this
  },
} as unknown as Run<number>

const NO_ARGS: SyscallArgs = [0, 0, 0, 0, 0, 0]

/** A generator cannot be copied: a clone that does not say where its child begins begins nowhere. */
const NOWHERE: Start = {
  main() {
    throw new SegmentationFault('0')
  },
  exit: __NR_exit_group,
}

const NO_PANIC = Symbol()

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack')
}

/** The error and where it came from: file and line, but not the folders of this computer. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'object' ? 'object' : `${error as string}`
  const { name, message, stack = '' } = error
  const line = stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .find((line) => line.trimStart().startsWith('at '))
  const [, where] = /([^/\\(): ]+:\d+:\d+)\)?$/.exec(line ?? '') ?? []
  return `${name}: ${message.replace(/\s*\n\s*/g, ' ')}${where === undefined ? '' : ` at ${where}`}`
}
