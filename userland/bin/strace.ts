import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import { EINTR, ENOENT, errnoMessage } from '../../kernel/errno.ts'
import { O_CLOEXEC, O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import type { Libc } from '../libc.ts'
import { S_IFMT, S_IFREG } from '../files.ts'
import { Os, SIG_DFL } from '../sh/os.ts'
import { TraceReader } from '../strace/events.ts'
import { StraceText, Summary, type TextEvent } from '../strace/text.ts'
import { Instance, callSet, type Problem } from '../strace/tracefs.ts'
import { tool, type Tool } from '../tool.ts'

const HELP = `usage: strace [-cfTt] [-e EXPR]... [-o FILE] COMMAND [ARGUMENT]...
       strace [-cfTt] [-e EXPR]... [-o FILE] -p PID...
Run COMMAND, or go to processes that run, and write each of their system calls and signals to standard error.
  -f  of the processes that they make, too     -o  to FILE
  -c  only count the calls, and say at the end how many there were
  -t  the time of day before each line; -tt with microseconds, -ttt as seconds since 1970
  -T  how long each call took                  -p  the process PID
  -e  trace=SET   only these calls: read,write or !read or %file, %desc, %process, %signal
      signal=none   no signals
Ends with COMMAND's status, or by the signal that has killed it. It reads /sys/kernel/tracing: only root may.
`

const SIGNALS = [1, 2, 3, 15]
const CLOCK_REALTIME = 0
const CLOCK_MONOTONIC = 1

/** The signal that has come to each. */
const signalled = new WeakMap<Libc, number>()

function* onSignal(sys: Libc, sig: number): Run<void> {
  signalled.set(sys, sig)
}

/** strace(1), from the kernel's tracepoints. */
export const strace = tool(
  'strace',
  { letters: '+cfFTtqe:o:p:', help: HELP, short: true, long: { follow: 'f', output: 'o', attach: 'p', trace: 'e' } },
  function* (self) {
    const { sys } = self.os
    const { calls, signals } = yield* expressions(self)
    const pids = (self.flags.get('p') ?? []).flatMap((text) => text.split(/[\s,]+/))
    const odd = pids.find((pid) => !/^[1-9]\d*$/.test(pid))
    if (odd !== undefined) yield* self.misused(`Invalid process id: '${odd}'`)
    if (self.operands.length === 0 && pids.length === 0) yield* self.misused('must have PROG [ARGS] or -p PID')
    for (const pid of pids) {
      const err = yield* sys.kill(Number(pid), 0)
      if (err < 0) return yield* self.fails(`attach: process ${pid}`, err)
    }
    const path = self.operands.length === 0 ? null : yield* find(self, self.operands[0])
    const file = self.value('o')
    const fd = file === undefined ? 2 : yield* self.os.open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if (fd < 0) return yield* self.fails(`Can't fopen '${file}'`, fd)
    const session = new Session(self, fd, calls, signals)
    const problem = yield* session.start(path, pids.map(Number))
    if (problem !== null) return yield* self.fails(problem.what, problem.err)
    yield* session.follow()
    return yield* session.end()
  },
)

interface Wanted {
  readonly calls: ReadonlySet<string> | null
  readonly signals: boolean
}

function* expressions(self: Tool): Run<Wanted> {
  let calls: ReadonlySet<string> | null = null
  let signals = true
  for (const expression of self.flags.get('e') ?? []) {
    const [, word, value] = /^(\w+)=(.*)$/.exec(expression) ?? ['', 'trace', expression]
    if (/^signals?$/.test(word) && (value === 'none' || value === 'all')) signals = value === 'all'
    else if (word === 'trace') {
      const set = yield* callSet(self, value)
      if (typeof set === 'string') yield* self.misused(set)
      else calls = set
    } else yield* self.misused(`-e ${expression}: trace=SET or signal=none is wanted`)
  }
  return { calls, signals }
}

/** Where the program is that PATH leads to. */
function* find(self: Tool, name: ByteString): Run<ByteString> {
  const path = self.environment.find((entry) => entry.startsWith('PATH='))?.slice(5) ?? '/bin:/usr/bin'
  const places = name.includes('/') ? [name] : path.split(':').map((dir) => `${dir === '' ? '.' : dir}/${name}`)
  for (const place of places) {
    const stat = yield* self.os.stat(place)
    if (typeof stat === 'number' && name.includes('/')) yield* self.complain(`Can't stat '${name}'`, stat)
    else if (typeof stat !== 'number' && (stat.mode & S_IFMT) === S_IFREG && (stat.mode & 0o111) !== 0) return place
  }
  if (self.status === 0) yield* self.complain(`Cannot find executable '${name}'`)
  return yield* self.quit(1)
}

/** One trace, from its beginning to its end. */
class Session {
  readonly #tool: Tool
  readonly #fd: number
  readonly #calls: ReadonlySet<string> | null
  readonly #signals: boolean
  readonly #reader = new TraceReader()
  readonly #alive = new Set<number>()
  #instance: Instance | null = null
  #pipe = -1
  /** The process that is ours; 0 for none. */
  #child = 0
  /** It has not yet become the command. */
  #starting = false
  #tell: (event: TextEvent<number>) => void = () => undefined
  #finish: () => void = () => undefined
  #out = ''

  constructor(self: Tool, fd: number, calls: ReadonlySet<string> | null, signals: boolean) {
    this.#tool = self
    this.#fd = fd
    this.#calls = calls
    this.#signals = signals
  }

  /** Begin to trace these processes, or a new one that runs the program at `path`. */
  *start(path: ByteString | null, pids: readonly number[]): Run<Problem | null> {
    const { os } = this.#tool
    const instance = new Instance(this.#tool, `strace.${yield* os.sys.getpid()}`)
    const problem = yield* instance.make(this.#tool.has('f') || this.#tool.has('F'))
    if (problem !== null) return problem
    this.#instance = instance
    for (const sig of SIGNALS) void (yield* os.signal(sig, onSignal))
    const gate = yield* os.sys.pipe(O_CLOEXEC)
    if (typeof gate === 'number') return yield* this.#failed({ what: 'pipe', err: gate })
    if (path !== null) {
      this.#child = yield* this.#begin(path, gate)
      if (this.#child < 0) return yield* this.#failed({ what: 'fork', err: this.#child })
      this.#starting = true
    }
    for (const pid of this.#child > 0 ? [...pids, this.#child] : pids) this.#alive.add(pid)
    this.#write(yield* bootTime(os))
    this.#pipe = yield* instance.open()
    if (this.#pipe < 0) return yield* this.#failed({ what: 'trace_pipe', err: this.#pipe })
    const wrong =
      (yield* instance.write('set_event_pid', [...this.#alive].map(String))) ??
      // Where the command begins is to be seen in any case.
      (yield* instance.enable(this.#calls === null ? null : new Set([...this.#calls, 'execve']), this.#signals))
    if (wrong !== null) return yield* this.#failed(wrong)
    for (const pid of pids) yield* this.#tool.complain(`Process ${pid} attached`, undefined, 0)
    // Now the command may begin.
    for (const end of [gate.rd, gate.wr]) void (yield* os.sys.close(end))
    return null
  }

  /** A process that becomes the program as soon as the gate is closed. */
  *#begin(path: ByteString, gate: { readonly rd: number; readonly wr: number }): Run<number> {
    const { operands, environment, name } = this.#tool
    return yield* this.#tool.os.fork(function* (child) {
      const os = new Os(child)
      void (yield* child.close(gate.wr))
      void (yield* os.read(gate.rd, 1))
      const err = yield* os.execve(path, operands, environment)
      void (yield* os.write(2, `${name}: exec: ${errnoMessage(-err)}\n`))
      return err === -ENOENT ? 127 : 1
    })
  }

  *#failed(problem: Problem): Run<Problem> {
    if (this.#child > 0) void (yield* this.#tool.os.sys.kill(this.#child, 9))
    yield* this.#remove()
    return problem
  }

  #write(boot: number): void {
    const self = this.#tool
    const line = (text: string): void => {
      this.#out += `${text}\n`
    }
    if (self.has('c')) {
      const summary = new Summary()
      this.#tell = (event) => summary.tell(event)
      this.#finish = () => summary.lines().forEach(line)
      return
    }
    const options = {
      time: self.flags.get('t')?.length ?? 0,
      spent: self.has('T'),
      always: self.has('f') && self.has('o'),
      boot,
    }
    const text = new StraceText(this.#alive, (pid) => pid, options, line)
    this.#tell = (event) => text.tell(event)
  }

  /** Until nobody is left who is traced, or a signal comes. */
  *follow(): Run<void> {
    const { os } = this.#tool
    let rest = ''
    while (this.#alive.size > 0 && !signalled.has(os.sys)) {
      const chunk = yield* os.read(this.#pipe)
      if (chunk === -EINTR) continue
      if (typeof chunk === 'number' || chunk === '') break
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#line(line)
      yield* this.#flush()
      if (this.#reader.lost > 0) yield* this.#recount()
    }
  }

  #line(line: string): void {
    const event = this.#reader.read(line)
    if (event === null) return
    if (event.type === 'fork') this.#alive.add(event.child)
    else if (event.type === 'exit') this.#alive.delete(event.t)
    const call = 'call' in event ? event.call.name : null
    if (this.#starting && event.t === this.#child && event.type !== 'exit') {
      if (event.type !== 'enter' || call !== 'execve') return
      this.#starting = false
    }
    if (event.type === 'fork' && !this.#tool.has('f') && !this.#tool.has('F')) this.#alive.delete(event.child)
    else if (call === null || this.#calls === null || this.#calls.has(call)) this.#tell(event)
  }

  *#flush(): Run<void> {
    const text = this.#out
    this.#out = ''
    if (text !== '') void (yield* this.#tool.os.write(this.#fd, text))
  }

  /** Events have been lost, ends of processes among them maybe: see who is still there. */
  *#recount(): Run<void> {
    yield* this.#tool.complain(`${this.#reader.lost} events came too fast and were lost`, undefined, 0)
    this.#reader.lost = 0
    for (const pid of [...this.#alive]) if ((yield* this.#tool.os.sys.kill(pid, 0)) < 0) this.#alive.delete(pid)
  }

  /** Stop tracing, and end as the command did. */
  *end(): Run<number> {
    const { os } = this.#tool
    const sig = signalled.get(os.sys)
    if (sig !== undefined) {
      for (const pid of this.#alive) {
        if (pid === this.#child) void (yield* os.sys.kill(pid, sig))
        else yield* this.#tool.complain(`Process ${pid} detached`, undefined, 0)
      }
    }
    this.#finish()
    yield* this.#flush()
    yield* this.#remove()
    if (this.#child === 0) return sig === undefined ? 0 : yield* this.#die(sig)
    let news = yield* os.wait(this.#child, 0)
    while (news === -EINTR) news = yield* os.wait(this.#child, 0)
    if (typeof news === 'number') return 1
    const killer = news.status & 0x7f
    return killer === 0 ? (news.status >> 8) & 0xff : yield* this.#die(killer)
  }

  *#die(sig: number): Run<number> {
    const { os } = this.#tool
    void (yield* os.signal(sig, SIG_DFL))
    void (yield* os.sys.kill(yield* os.sys.getpid(), sig))
    return 128 + sig
  }

  *#remove(): Run<void> {
    if (this.#pipe >= 0) void (yield* this.#tool.os.sys.close(this.#pipe))
    if (this.#instance !== null) void (yield* this.#instance.remove())
  }
}

/** Seconds since 1970 when the machine booted: the kernel's own times are counted from there. */
function* bootTime(os: Os): Run<number> {
  const at = os.sys.alloc(16)
  const read = function* (clock: number): Run<number> {
    void (yield* os.sys.syscall(113, clock, at))
    const dv = new DataView(os.sys.load(at, 16).buffer)
    return Number(dv.getBigInt64(0, true)) + Number(dv.getBigInt64(8, true)) / 1e9
  }
  const wall = yield* read(CLOCK_REALTIME)
  return Math.round(wall - (yield* read(CLOCK_MONOTONIC)))
}
