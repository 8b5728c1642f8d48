import type { Word } from '../kernel/types.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { ShownCall, SyscallArgs } from '../kernel/trace.ts'
import type { task_struct } from '../kernel/task/task.ts'
import { errnoMessage, errnoName, MAX_ERRNO } from '../kernel/errno.ts'
import { CLD_EXITED, SIGCHLD, SIGKILL, SI_KERNEL, type siginfo } from '../kernel/task/signal.ts'
import { signalName } from '../kernel/task/signame.ts'
import { F_DUPFD, F_DUPFD_CLOEXEC } from '../kernel/fs/fcntl.ts'
import { absentCall } from './absent.ts'
import { toInt, type ArgType } from './args.ts'
import { octal } from './show.ts'
import { fcntl_ret } from './show_fcntl.ts'
import { descriptorPath, withPaths } from './show_path.ts'
import { syscallName, syscallRow } from './table.ts'

/** What is told of one call. */
export interface StraceLine {
  readonly pid: number
  readonly comm: string
  readonly text: string
}

/**
 * Watch a machine's system calls and hand out a line for each, in strace(1)'s form, when it is over;
 * for one that never is, when its task ends. Returns what stops it.
 */
export function strace(kernel: Kernel, write: (line: StraceLine) => void): () => void {
  /** The call each task is in: its text so far, with what the kernel has yet to fill left open. */
  const open = new Map<task_struct, { text: (ret: number | null) => string }>()
  const say = (t: task_struct, text: string): void => write({ pid: t.pid, comm: t.commString(), text })
  const stops = [
    kernel.trace.sys_enter.register((t, nr, args) => open.set(t, { text: callText(t, nr, args) })),
    kernel.trace.sys_exit.register((t, nr, args, ret, injected) => {
      const text = (open.get(t)?.text ?? callText(t, nr, args))(ret)
      open.delete(t)
      say(t, `${text} = ${showRet(nr, ret, args, t)}${injected ? ' (INJECTED)' : ''}`)
    }),
    kernel.trace.signal_deliver.register((info, t) => {
      // Nobody sees SIGKILL come: it shows at the end.
      if (info.signo !== SIGKILL) say(t, showSignal(info))
    }),
    kernel.trace.sched_process_exit.register((t) => {
      const call = open.get(t)
      open.delete(t)
      if (call !== undefined) say(t, `${call.text(null)} = ?`)
      say(t, showEnd(t.exit_code))
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** `name(args)`: what goes in is read now, what comes out once the result is known. */
function callText(t: task_struct, nr: number, args: SyscallArgs): (ret: number | null) => string {
  const call = shownCall(t, nr, args)
  return (ret) => `${call.name}(${call.args(ret).join(', ')})`
}

/** What goes in is read now, what comes out when args() is called. With `paths`, descriptors have their paths behind them. */
export function shownCall(t: task_struct, nr: number, args: SyscallArgs, paths = false): ShownCall {
  const row = syscallRow(nr)
  const result = (ret: number): string => {
    const text = showRet(nr, ret, args, t)
    return paths && ret >= 0 && returnsFd(row?.name, args) ? text + descriptorPath(t, text) : text
  }
  if (row === undefined) {
    const words = args.slice(0, absentCall(nr)?.nargs).map(hexWord)
    return { name: syscallName(nr), known: words, open: false, args: () => words, result }
  }
  const show = (type: ArgType<unknown>, i: number, ret: number | null): string | null => {
    const text = type.show(args[i], t, ret, args)
    return paths && text !== null && type.fds !== undefined ? withPaths(text, type.fds, t) : text
  }
  const early = row.args.map(([, type], i) => (type.out === true ? null : show(type, i, null)))
  const first = row.args.findIndex(([, type]) => type.out === true)
  const isText = (s: string | null): s is string => s !== null
  return {
    name: row.name,
    known: (first < 0 ? early : early.slice(0, first)).filter(isText),
    open: first >= 0,
    result,
    args: (ret) => row.args.map(([, type], i) => (type.out === true ? show(type, i, ret) : early[i])).filter(isText),
  }
}

const SI_CODES: Readonly<Record<number, string>> = {
  0: 'SI_USER',
  128: 'SI_KERNEL',
  [-1]: 'SI_QUEUE',
  [-6]: 'SI_TKILL',
}
const CLD_CODES = ['', 'CLD_EXITED', 'CLD_KILLED', 'CLD_DUMPED', 'CLD_TRAPPED', 'CLD_STOPPED', 'CLD_CONTINUED']

/** `--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=3, si_uid=0} ---` */
export function showSignal(info: siginfo): string {
  const child = info.signo === SIGCHLD && info.code > 0 && info.code < CLD_CODES.length
  const fields = [`si_signo=${signalName(info.signo)}`]
  fields.push(`si_code=${(child ? CLD_CODES[info.code] : SI_CODES[info.code]) ?? info.code}`)
  if (info.code !== SI_KERNEL) fields.push(`si_pid=${info.pid}`, `si_uid=${info.uid}`)
  if (child) fields.push(`si_status=${info.code === CLD_EXITED ? info.value : signalName(Number(info.value))}`)
  return `--- ${signalName(info.signo)} {${fields.join(', ')}} ---`
}

/** `+++ exited with 0 +++`, from the status that wait(2) gets. */
export function showEnd(code: number): string {
  const sig = code & 0x7f
  return sig === 0 ? `+++ exited with ${(code >> 8) & 0xff} +++` : `+++ killed by ${signalName(sig)} +++`
}

const FD_RESULTS = new Set(['dup', 'dup3', 'eventfd2', 'openat'])

function returnsFd(name: string | undefined, args: SyscallArgs): boolean {
  return name === 'fcntl' ? [F_DUPFD, F_DUPFD_CLOEXEC].includes(toInt(args[1])) : FD_RESULTS.has(name ?? '')
}

const ADDRESS_RESULTS = new Set(['brk'])
const OCTAL_RESULTS = new Set(['umask'])

function showRet(nr: number, ret: number, args: SyscallArgs, t: task_struct): string {
  if (ret < 0 && ret >= -MAX_ERRNO) {
    const name = errnoName(-ret)
    // The kernel's own codes are nobody's errno: strace shows them with a question mark.
    if (-ret >= 512 && name !== undefined) return `? ${name} (${errnoMessage(-ret)})`
    return name === undefined ? `-1 (errno ${-ret})` : `-1 ${name} (${errnoMessage(-ret)})`
  }
  const name = syscallRow(nr)?.name ?? ''
  if (name === 'fcntl') return fcntl_ret(ret, args, t)
  return ADDRESS_RESULTS.has(name) ? hexWord(ret) : OCTAL_RESULTS.has(name) ? octal(ret) : String(ret)
}

function hexWord(word: Word): string {
  return `0x${BigInt.asUintN(64, BigInt(word)).toString(16)}`
}
