import { SIGRTMIN, _NSIG } from './signal.ts'

/** Names of signals, as strace knows them. */

const SIGNALS =
  '? HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS RTMIN'.split(
    ' ',
  )

/** SIGINT for 2, SIGRTMIN for 32, SIGRT_1 for 33; the number itself for what is no signal. */
export function signalName(sig: number): string {
  if (sig > SIGRTMIN && sig <= _NSIG) return `SIGRT_${sig - SIGRTMIN}`
  return sig > 0 && sig <= SIGRTMIN ? `SIG${SIGNALS[sig]}` : String(sig)
}

/** The signal of a name, in capitals or not, with SIG before it or not. */
export function signalNumber(name: string): number | undefined {
  const wanted = name.toUpperCase()
  for (let sig = 1; sig <= _NSIG; sig++) {
    if (signalName(sig) === wanted || signalName(sig).slice(3) === wanted) return sig
  }
  return undefined
}
