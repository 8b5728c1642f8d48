import { isDigit } from './chars.ts'

const NAMES =
  'EXIT HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  )

export const SIGHUP = 1
export const SIGINT = 2
export const SIGQUIT = 3
export const SIGPIPE = 13
export const SIGTERM = 15
export const SIGCONT = 18
export const SIGTSTP = 20
export const SIGTTIN = 21
export const SIGTTOU = 22
export const NSIG = 65

/** As `trap` and `kill -l` write it. */
export function signalName(sig: number): string {
  if (sig === 16) return '16'
  if (sig < NAMES.length) return NAMES[sig]
  if (sig === 34) return 'RTMIN'
  if (sig > 34 && sig < 50) return `RTMIN+${sig - 34}`
  if (sig >= 50 && sig < 64) return `RTMAX-${64 - sig}`
  return sig === 64 ? 'RTMAX' : String(sig)
}

/** The number of a name, or of a number; null where it is no signal's. */
export function signalNumber(text: string): number | null {
  if (text !== '' && [...text].every(isDigit)) return Number(text) < NSIG ? Number(text) : null
  const name = text.toUpperCase()
  for (let sig = 0; sig < NSIG; sig++) if (signalName(sig) === name) return sig
  return null
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  1: 'Hangup',
  2: 'Interrupt',
  3: 'Quit',
  4: 'Illegal instruction',
  5: 'Trace/breakpoint trap',
  6: 'Aborted',
  7: 'Bus error',
  8: 'Floating point exception',
  9: 'Killed',
  10: 'User defined signal 1',
  11: 'Segmentation fault',
  12: 'User defined signal 2',
  13: 'Broken pipe',
  14: 'Alarm clock',
  15: 'Terminated',
  16: 'Stack fault',
  17: 'Child exited',
  18: 'Continued',
  19: 'Stopped (signal)',
  20: 'Stopped',
  21: 'Stopped (tty input)',
  22: 'Stopped (tty output)',
  23: 'Urgent I/O condition',
  24: 'CPU time limit exceeded',
  25: 'File size limit exceeded',
  26: 'Virtual timer expired',
  27: 'Profiling timer expired',
  28: 'Window changed',
  29: 'I/O possible',
  30: 'Power failure',
  31: 'Bad system call',
}

/** As strsignal(3) has it. */
export function signalDescription(sig: number): string {
  return DESCRIPTIONS[sig] ?? (sig > 33 ? `Real-time signal ${sig - 34}` : `Signal ${sig}`)
}
