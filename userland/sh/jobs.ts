import type { Run } from '../program.ts'
import type { Shell } from './shell.ts'
import { ECHILD, EINTR } from '../../kernel/errno.ts'
import { SIGCONT, SIGINT, SIGPIPE, signalDescription } from './signals.ts'

export const WNOHANG = 1
export const WUNTRACED = 2
export const WCONTINUED = 8

interface Member {
  readonly pid: number
  /** As wait(2) has it; null while it runs. */
  status: number | null
}

/** The processes of a pipeline. */
export class Job {
  readonly number: number
  readonly members: Member[] = []
  readonly text: string
  /** It is a process group of its own. */
  readonly controlled: boolean
  /** What happened was told already. */
  told = true
  /** Somebody has waited for its end: it is kept until its number is wanted. */
  waited = false

  constructor(number: number, text: string, controlled: boolean) {
    this.number = number
    this.text = text
    this.controlled = controlled
  }

  get state(): 'running' | 'stopped' | 'done' {
    if (this.members.some(({ status }) => status === null)) return 'running'
    return this.members.some(({ status }) => isStopped(status as number)) ? 'stopped' : 'done'
  }

  /** That of its last process, as `$?` has it. */
  get status(): number {
    return statusOf(this.members.at(-1)?.status ?? 0)
  }

  /** The process that the group is named after. */
  get leader(): number {
    return this.members[0].pid
  }
}

/** The jobs of one shell. */
export class Jobs {
  /** In the order in which they are the current one, it last. */
  readonly all: Job[] = []

  add(text: string, controlled: boolean): Job {
    let number = 1
    for (let old = this.#numbered(1); old !== undefined; old = this.#numbered(++number)) {
      if (old.state !== 'done' || !old.waited) continue
      this.remove(old)
      break
    }
    const job = new Job(number, text, controlled)
    this.all.push(job)
    return job
  }

  #numbered(number: number): Job | undefined {
    return this.all.find((job) => job.number === number)
  }

  remove(job: Job): void {
    const i = this.all.indexOf(job)
    if (i >= 0) this.all.splice(i, 1)
  }

  /** The current one first: those that are stopped, then those that are not, each kind from the last on. */
  get ordered(): Job[] {
    const latest = [...this.all].reverse()
    const stopped = latest.filter((job) => job.state === 'stopped')
    return [...stopped, ...latest.filter((job) => job.state !== 'stopped')]
  }

  /** Make it the current one of its kind. */
  raise(job: Job): void {
    this.remove(job)
    this.all.push(job)
  }

  get current(): Job | undefined {
    return this.ordered.at(0)
  }

  get previous(): Job | undefined {
    return this.ordered.at(1)
  }

  /** The job whose last process it is. */
  ofProcess(pid: number): Job | undefined {
    return this.all.find((job) => job.members.at(-1)?.pid === pid)
  }

  /** The job that `%…` means, or what is wrong with it. */
  find(spec: string): Job | string {
    if (spec === '%' || spec === '%%' || spec === '%+') return this.current ?? 'No current job'
    if (spec === '%-') return this.previous ?? 'No previous job'
    const text = spec.slice(1)
    const found = /^\d+$/.test(text)
      ? this.all.filter((job) => job.number === Number(text))
      : this.all.filter((job) => (text.startsWith('?') ? job.text.includes(text.slice(1)) : job.text.startsWith(text)))
    if (found.length > 1) return `${spec}: ambiguous`
    return found.length === 1 ? found[0] : `No such job: ${spec}`
  }
}

export function isStopped(status: number): boolean {
  return (status & 0xff) === 0x7f
}

/** A status of wait(2) as `$?` has it. */
export function statusOf(status: number): number {
  if (isStopped(status)) return 128 + ((status >> 8) & 0xff)
  return (status & 0x7f) !== 0 ? 128 + (status & 0x7f) : (status >> 8) & 0xff
}

/** What a status tells that is no plain end; '' for that, and for ends that explain themselves. */
export function describeStatus(status: number, quiet: boolean): string {
  if ((status & 0x7f) === 0) {
    const code = (status >> 8) & 0xff
    return quiet ? '' : code === 0 ? 'Done' : `Done(${code})`
  }
  const sig = isStopped(status) ? (status >> 8) & 0xff : status & 0x7f
  if (quiet && (sig === SIGINT || sig === SIGPIPE)) return ''
  return signalDescription(sig) + (!isStopped(status) && (status & 0x80) !== 0 ? ' (core dumped)' : '')
}

/**
 * Take one piece of news from the kernel: the process it is about, 0 for none, or a negative errno. Where
 * a process of the job that is `awaited` was killed, that is told.
 */
export function* takeNews(sh: Shell, options: number, awaited: Job | null = null): Run<number> {
  const controlled = sh.option('m') ? WUNTRACED | WCONTINUED : 0
  const news = yield* sh.os.wait(-1, options | controlled)
  if (typeof news === 'number') return news
  for (const job of sh.jobs.all) {
    const member = job.members.find(({ pid }) => pid === news.pid)
    if (member === undefined) continue
    member.status = (news.status & 0xffff) === 0xffff ? null : news.status
    job.told = false
    if (job !== awaited || member.status === null || isStopped(news.status)) continue
    const text = describeStatus(news.status, true)
    if (text !== '') void (yield* sh.os.write(2, `${text}\n`))
  }
  return news.pid
}

/** Wait until the foreground job has ended or stopped; its status. */
export function* waitForJob(sh: Shell, job: Job): Run<number> {
  while (job.state === 'running') {
    const ret = yield* takeNews(sh, 0, job)
    if (ret === -ECHILD) for (const member of job.members) member.status ??= 127 << 8
    else if (ret < 0 && ret !== -EINTR) break
  }
  if (job.state === 'stopped') {
    sh.jobs.raise(job)
    // Behind what the terminal has shown for Ctrl-Z.
    if (sh.interactive) void (yield* sh.os.write(2, '\n'))
    return job.status
  }
  sh.jobs.remove(job)
  // Who stopped the program with Ctrl-C means the shell's command as well.
  const last = job.members.at(-1)?.status ?? 0
  if (sh.interactive && (last & 0x7f) === SIGINT) interrupt(sh)
  return job.status
}

/** SIGINT has come, or has ended a job: its trap is to run, or the command to be given up. */
export function interrupt(sh: Shell): void {
  if (sh.traps.has(SIGINT)) sh.pending.add(SIGINT)
  else sh.interrupted = true
}

/** `[1] + Running   sleep 1` */
export function jobLine(sh: Shell, job: Job, detail: '' | 'l' | 'p' = ''): string {
  if (detail === 'p') return `${job.leader}\n`
  const mark = job === sh.jobs.current ? '+' : job === sh.jobs.previous ? '-' : ' '
  const { state } = job
  const status = job.members.at(-1)?.status ?? null
  const stopped = job.members.find((member) => member.status !== null && isStopped(member.status))
  const word =
    state === 'running'
      ? 'Running'
      : describeStatus(state === 'stopped' ? (stopped?.status ?? 0) : (status ?? 0), false)
  const head = `[${job.number}] ${mark} ${detail === 'l' ? `${job.leader} ` : ''}${word}`
  return `${head.padEnd(33)}${job.text}\n`
}

/** Tell what became of jobs since it was told last; ended ones are forgotten then. */
export function* reportJobs(sh: Shell, changedOnly: boolean, detail: '' | 'l' | 'p', fd: number): Run<void> {
  while ((yield* takeNews(sh, WNOHANG)) > 0);
  let text = ''
  for (const job of sh.jobs.ordered) {
    if (changedOnly && job.told) continue
    if (!changedOnly || job.state !== 'running') text += jobLine(sh, job, detail)
    job.told = true
    if (job.state === 'done') sh.jobs.remove(job)
  }
  if (text !== '') void (yield* sh.os.write(fd, text))
}

/** Put the shell's end off, once, where a job is stopped: true then. */
export function* warnOfStopped(sh: Shell): Run<boolean> {
  if (sh.warned !== 'no' || sh.jobs.current?.state !== 'stopped') return false
  sh.warned = 'now'
  void (yield* sh.os.write(2, 'You have stopped jobs.\n'))
  return true
}

/** Let the processes of a job go on. */
export function* continueJob(sh: Shell, job: Job): Run<void> {
  for (const member of job.members) if (member.status !== null && isStopped(member.status)) member.status = null
  void (yield* sh.os.sys.kill(job.controlled ? -job.leader : job.leader, SIGCONT))
}
