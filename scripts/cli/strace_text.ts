import type { task_struct } from '../../kernel/task/task.ts'
import { NSEC_PER_SEC } from '../../kernel/time.ts'
import { showEnd, showSignal } from '../../syscalls/strace.ts'
import type { Call, TraceEvent } from './tracer.ts'

/** How lines look, by strace's options. */
export interface TextOptions {
  /** How often -t was said: 1 for the time of day, 2 with microseconds, 3 for seconds since 1970. */
  readonly time: number
  /** -T: how long each call took. */
  readonly spent: boolean
  /** The id in front of every line: -f with -o. */
  readonly always: boolean
  /** Seconds since 1970 at boot. */
  readonly boot: number
}

/** Column of the result: strace's -a 40. */
const COLUMN = 39

/** A trace in strace(1)'s own form, a call in two lines where another task comes between. */
export class StraceText {
  readonly #options: TextOptions
  readonly #write: (line: string) => void
  readonly #alive = new Set<task_struct>()
  /** The call whose line has been begun, if any. */
  #begun: { readonly t: task_struct; readonly call: Call } | null = null
  /** Calls whose first half is out. */
  readonly #halves = new Set<Call>()

  constructor(first: task_struct, options: TextOptions, write: (line: string) => void) {
    this.#options = options
    this.#write = write
    this.#alive.add(first)
  }

  tell(event: TraceEvent): void {
    const { t } = event
    if (event.type === 'enter') {
      this.#interrupt(t)
      this.#begun = { t, call: event.call }
      return
    }
    if (event.type === 'fork') {
      this.#alive.add(event.child)
      return
    }
    this.#interrupt(event.type === 'syscall' ? t : null)
    if (event.type === 'syscall') this.#over(t, event.call)
    else if (event.type === 'signal') this.#line(t, event.time, showSignal(event.info))
    else {
      this.#line(t, event.time, showEnd(event.code))
      this.#alive.delete(t)
    }
  }

  /** A line of somebody other than `t` is begun: end it where it is. */
  #interrupt(t: task_struct | null): void {
    const begun = this.#begun
    if (begun === null || begun.t === t) return
    const { name, known, open } = begun.call.shown
    const more = open && known.length > 0 ? ', ' : ''
    this.#line(begun.t, begun.call.start, `${name}(${known.join(', ')}${more} <unfinished ...>`)
    this.#halves.add(begun.call)
    this.#begun = null
  }

  #over(t: task_struct, call: Call): void {
    this.#begun = null
    const { shown, ret } = call
    const args = shown.args(ret)
    const text = this.#halves.delete(call)
      ? `<... ${shown.name} resumed>${args.slice(shown.known.length).join(', ')})`
      : `${shown.name}(${args.join(', ')})`
    const result = ret === null ? '?' : shown.result(ret) + (call.injected ? ' (INJECTED)' : '')
    const spent = this.#options.spent && ret !== null ? ` <${((call.end - call.start) / NSEC_PER_SEC).toFixed(6)}>` : ''
    this.#line(t, call.start, text, ` = ${result}${spent}`)
  }

  /** A line; `result` stands in its own column, if there is one. */
  #line(t: task_struct, time: number, text: string, result = ''): void {
    const pid = String(t.pid)
    const who = this.#options.always ? `${pid.padEnd(5)} ` : this.#alive.size > 1 ? `[pid ${pid.padStart(5)}] ` : ''
    const line = `${who}${this.#stamp(time)}${text}`
    this.#write(result === '' ? line : line.padEnd(COLUMN) + result)
  }

  #stamp(time: number): string {
    const { time: kind, boot } = this.#options
    if (kind === 0) return ''
    const seconds = boot + Math.floor(time / NSEC_PER_SEC)
    const usec = String(Math.floor((time % NSEC_PER_SEC) / 1000)).padStart(6, '0')
    if (kind >= 3) return `${seconds}.${usec} `
    const day = new Date(seconds * 1000).toISOString().slice(11, 19)
    return kind === 1 ? `${day} ` : `${day}.${usec} `
  }
}

/** strace -c: how often each call was made, and how often it failed. */
export class Summary {
  readonly #rows = new Map<string, { calls: number; errors: number; nsec: number }>()

  tell(event: TraceEvent): void {
    if (event.type !== 'syscall') return
    const { shown, ret, start, end } = event.call
    const row = this.#rows.get(shown.name) ?? { calls: 0, errors: 0, nsec: 0 }
    this.#rows.set(shown.name, row)
    row.calls++
    if (ret !== null && ret < 0) row.errors++
    row.nsec += end - start
  }

  /** The table, the call that took longest first. */
  lines(): string[] {
    const rows = [...this.#rows].sort(([a, x], [b, y]) => y.nsec - x.nsec || y.calls - x.calls || (a < b ? -1 : 1))
    const all = { calls: 0, errors: 0, nsec: 0 }
    for (const [, row] of rows) {
      all.calls += row.calls
      all.errors += row.errors
      all.nsec += row.nsec
    }
    const line = (name: string, { calls, errors, nsec }: typeof all): string => {
      const share = all.nsec === 0 ? 0 : (100 * nsec) / all.nsec
      const each = calls === 0 ? 0 : Math.floor(nsec / 1000 / calls)
      const cells = [
        share.toFixed(2).padStart(6),
        (nsec / NSEC_PER_SEC).toFixed(6).padStart(11),
        String(each).padStart(11),
        String(calls).padStart(9),
        (errors === 0 ? '' : String(errors)).padStart(9),
      ]
      return `${cells.join(' ')} ${name}`
    }
    const rule = [6, 11, 11, 9, 9, 16].map((n) => '-'.repeat(n)).join(' ')
    const title = '% time     seconds  usecs/call     calls    errors syscall'
    return [title, rule, ...rows.map(([name, row]) => line(name, row)), rule, line('total', all)]
  }
}
