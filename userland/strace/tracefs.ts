import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import type { Tool } from '../tool.ts'
import { O_APPEND, O_CLOEXEC, O_RDONLY, O_WRONLY } from '../../kernel/fs/file.ts'
import { CLASSES } from '../../syscalls/inject.ts'

const TRACING = '/sys/kernel/tracing'
/** Of unread events: a program makes them by the time slice, before anybody reads one. */
const BUFFER_KB = 32768
/** What one write may hold. */
const WORDS = 4000

/** What is wrong, as perror(3) would say it. */
export interface Problem {
  readonly what: ByteString
  readonly err: number
}

/** A buffer of events of one's own: a folder in tracefs's instances/. */
export class Instance {
  readonly #tool: Tool
  readonly #path: ByteString

  constructor(self: Tool, name: ByteString) {
    this.#tool = self
    this.#path = `${TRACING}/instances/${name}`
  }

  *make(follow: boolean): Run<Problem | null> {
    const err = yield* this.#tool.files.mkdir(this.#path, 0o750)
    if (err < 0) return { what: this.#path, err }
    const problem = yield* this.write('buffer_size_kb', [String(BUFFER_KB)])
    return problem ?? (follow ? yield* this.write('options/event-fork', ['1']) : null)
  }

  remove(): Run<number> {
    return this.#tool.files.rmdir(this.#path)
  }

  /** Add words to a file of it. */
  *write(name: string, words: readonly string[]): Run<Problem | null> {
    const { os } = this.#tool
    const what = `${this.#path}/${name}`
    const fd = yield* os.open(what, O_WRONLY | O_APPEND)
    let err = Math.min(fd, 0)
    for (let i = 0; i < words.length && err >= 0;) {
      let text = words[i++]
      while (i < words.length && text.length + words[i].length < WORDS) text += ` ${words[i++]}`
      err = yield* os.write(fd, text)
    }
    if (fd >= 0) void (yield* os.sys.close(fd))
    return err < 0 ? { what, err } : null
  }

  *open(): Run<number> {
    return yield* this.#tool.os.open(`${this.#path}/trace_pipe`, O_RDONLY | O_CLOEXEC)
  }

  /** Switch on what strace wants to know: of all calls, or of these. */
  *enable(calls: ReadonlySet<string> | null, signals: boolean): Run<Problem | null> {
    const words = ['sched:sched_process_fork', 'sched:sched_process_exit']
    if (signals) words.push('signal:signal_deliver')
    if (calls === null) words.push('raw_syscalls:*')
    else for (const name of calls) words.push(`syscalls:sys_enter_${name}`, `syscalls:sys_exit_${name}`)
    return yield* this.write('set_event', words)
  }
}

/** The names that strace's `trace=` means by `set`; null for all, a string for what is wrong with it. */
export function* callSet(self: Tool, set: string): Run<ReadonlySet<string> | null | string> {
  const known = yield* callNames(self)
  const not = set.startsWith('!')
  const wanted = new Set<string>()
  for (const word of (not ? set.slice(1) : set).split(',')) {
    if (word === 'all') known.forEach((name) => wanted.add(name))
    else if (word.startsWith('%')) {
      const calls = CLASSES.get(word.slice(1))
      if (calls === undefined) return `invalid system call '${word}'`
      for (const name of calls) if (known.has(name)) wanted.add(name)
    } else if (word !== 'none') {
      const name = word.replace(/^\?/, '')
      if (known.has(name)) wanted.add(name)
      else if (!word.startsWith('?')) return `invalid system call '${word}'`
    }
  }
  if (!not) return wanted.size === known.size && known.size > 0 ? null : wanted
  return new Set([...known].filter((name) => !wanted.has(name)))
}

/** All that can be traced, from the names of their events. */
function* callNames(self: Tool): Run<ReadonlySet<string>> {
  const names = yield* self.os.names(`${TRACING}/events/syscalls`)
  const prefix = 'sys_enter_'
  const list = typeof names === 'number' ? [] : names
  return new Set(list.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)))
}
