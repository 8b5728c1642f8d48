import type { TextCall, TextEvent } from './text.ts'

/** Lines of trace_pipe as what happened to a task, which its id stands for. */

const LINE = /^.{16,}?-(\d+) +\[000\] \.{5} +(\d+)\.(\d{6}): (\w+): (.*)$/s

/** A system call, from the line of its beginning, that of its end, or both. */
class LineCall implements TextCall {
  readonly begun: string
  readonly start: number
  end: number
  ret: number | null = null
  #whole = ''
  #result = '?'

  constructor(begun: string, start: number) {
    this.begun = begun
    this.start = this.end = start
  }

  get name(): string {
    return this.begun.slice(0, this.begun.indexOf('('))
  }

  whole(): string {
    return this.#whole
  }

  result(): string {
    return this.#result
  }

  /** It is over: `read(3, "ab", 10) = 2`. */
  over(text: string, ret: string, time: number): void {
    const at = text.lastIndexOf(') = ')
    this.#whole = text.slice(0, at + 1)
    this.#result = text.slice(at + ') = '.length)
    this.ret = ret === '?' ? null : Number(ret)
    this.end = time
  }
}

/** Reads the lines of one trace, in their order. */
export class TraceReader {
  readonly #calls = new Map<number, LineCall>()
  /** Events that came too fast and were lost. */
  lost = 0

  /** Null for a line that tells nothing of what strace shows. */
  read(line: string): TextEvent<number> | null {
    const [, id, sec, usec, event, text] = LINE.exec(line) ?? []
    if (id === undefined) {
      this.lost += Number(/\[LOST (\d+) EVENTS\]/.exec(line)?.[1] ?? 0)
      return null
    }
    const t = Number(id)
    const time = Number(sec) * 1e9 + Number(usec) * 1000
    if (event.startsWith('sys_enter')) return this.#enter(t, time, text)
    if (event.startsWith('sys_exit')) return this.#exit(t, time, text)
    switch (event) {
      case 'signal_deliver':
        return text.includes(' --- ') ? { type: 'signal', t, time, text: text.slice(text.indexOf('--- ')) } : null
      case 'sched_process_fork':
        return { type: 'fork', t, child: Number(/\d+$/.exec(text)?.[0] ?? 0) }
      case 'sched_process_exit':
        return { type: 'exit', t, time, text: text.slice(text.lastIndexOf('+++ ', text.length - 5)) }
      default:
        return null
    }
  }

  #enter(t: number, time: number, text: string): TextEvent<number> {
    const call = new LineCall(/^NR \d+ \([^)]*\) (.*)$/s.exec(text)?.[1] ?? text, time)
    this.#calls.set(t, call)
    return { type: 'enter', t, call }
  }

  #exit(t: number, time: number, text: string): TextEvent<number> | null {
    const [, ret, shown] = /^NR \d+ = (-?\d+|\?) (.*)$/s.exec(text) ?? []
    if (shown === undefined) return null
    // Who was in a call when tracing began has no beginning.
    const call = this.#calls.get(t) ?? new LineCall(shown, time)
    this.#calls.delete(t)
    call.over(shown, ret, time)
    return { type: 'syscall', t, call }
  }
}
