import type { Run } from '../../program.ts'
import type { Shell } from '../shell.ts'
import { ECHILD } from '../../../kernel/errno.ts'
import { continueJob, jobLine, reportJobs, takeNews, waitForJob, type Job } from '../jobs.ts'
import { setForeground } from '../terminal.ts'
import { letters, type Builtin } from './builtin.ts'

/** jobs [-l | -p] [JOB...] */
export const jobsBuiltin: Builtin = function* (sh, argv) {
  const { on, operands } = yield* letters(sh, argv, 'lp')
  const detail = on.has('p') ? 'p' : on.has('l') ? 'l' : ''
  if (operands.length === 0) {
    yield* reportJobs(sh, false, detail, 1)
    return 0
  }
  let text = ''
  for (const operand of operands) text += jobLine(sh, yield* wanted(sh, operand), detail)
  return yield* sh.print(text)
}

/** fg and bg [JOB...]: let a job go on, in front or in the background. */
export const fgBuiltin: Builtin = function* (sh, argv) {
  const { operands } = yield* letters(sh, argv, '')
  const front = argv[0] === 'fg'
  let status = 0
  for (const operand of operands.length === 0 ? ['%+'] : operands) {
    const job = yield* wanted(sh, operand)
    if (!job.controlled) return yield* sh.fail(`job ${operand} not created under job control`)
    if (front) {
      void (yield* sh.print(`${job.text}\n`))
      yield* setForeground(sh, job.leader)
    } else {
      sh.jobs.raise(job)
      void (yield* sh.print(`[${job.number}] ${job.text}\n`))
    }
    yield* continueJob(sh, job)
    if (!front) continue
    status = yield* waitForJob(sh, job)
    yield* setForeground(sh, sh.pid)
  }
  return status
}

/** wait [PROCESS | JOB]...: a trapped signal ends it, with 128 and the signal's number. */
export const waitBuiltin: Builtin = function* (sh, argv) {
  const { operands } = yield* letters(sh, argv, '')
  let status = 0
  if (operands.length === 0) {
    for (const job of [...sh.jobs.all]) {
      const interrupted = yield* until(sh, job, null)
      if (interrupted !== 0) return interrupted
      if (job.state === 'done' && !sh.interactive) sh.jobs.remove(job)
    }
    return 0
  }
  for (const operand of operands) {
    let job: Job | undefined
    if (operand.startsWith('%')) job = yield* wanted(sh, operand)
    else if (!/^\d+$/.test(operand)) return yield* sh.fail(`Illegal number: ${operand}`)
    else job = sh.jobs.ofProcess(Number(operand))
    if (job === undefined) {
      status = 127
      continue
    }
    const interrupted = yield* until(sh, job, job)
    if (interrupted !== 0) return interrupted
    ;({ status } = job)
    job.told = !sh.interactive
    job.waited = true
  }
  return status
}

/** Wait until a job no longer runs: 0, or what a signal makes of it. */
function* until(sh: Shell, job: Job, tell: Job | null): Run<number> {
  while (job.state === 'running') {
    const ret = yield* takeNews(sh, 0, tell)
    if (ret === -ECHILD) for (const member of job.members) member.status ??= 127 << 8
    const [sig] = sh.pending
    if (sig !== undefined && job.state === 'running') return 128 + sig
    if (sh.interrupted) return 130
  }
  return 0
}

function* wanted(sh: Shell, spec: string): Run<Job> {
  const job = sh.jobs.find(spec.startsWith('%') ? spec : `%${spec}`)
  return typeof job === 'string' ? yield* sh.fail(job) : job
}
