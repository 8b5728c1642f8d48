/** A trace in the form of strace(1), from wherever it comes: from the kernel itself, or from tracefs. */

const NSEC_PER_SEC = 1_000_000_000

/** A system call. Times are nanoseconds since boot. */
export interface TextCall {
  readonly name: string
  /** `read(3, `: as far as it is known before it is over. */
  readonly begun: string
  readonly start: number
  readonly end: number
  /** Null until it is over, and where it never is. */
  readonly ret: number | null
  /** `read(3, "ab", 10)` */
  whole(): string
  /** `2`, `-1 EBADF (Bad file descriptor)`, `?` */
  result(): string
  /** Lines that stand below it. */
  readonly below?: readonly string[]
}

/** What happened to `t`, a task or what stands for one. */
export type TextEvent<T> =
  | { readonly type: 'enter'; readonly t: T; readonly call: TextCall }
  | { readonly type: 'syscall'; readonly t: T; readonly call: TextCall }
  | { readonly type: 'signal' | 'exit'; readonly t: T; readonly time: number; readonly text: string }
  | { readonly type: 'fork'; readonly t: T; readonly child: T }

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
export class StraceText<T> {
  readonly #options: TextOptions
  readonly #write: (line: string) => void
  readonly #alive: Set<T>
  readonly #pid: (t: T) => number
  /** The call whose line has been begun, if any. */
  #begun: { readonly t: T; readonly call: TextCall } | null = null
  /** Calls whose first half is out. */
  readonly #halves = new Set<TextCall>()

  /** Of the tasks `first`, and those that they make; `pid` tells the id of one. */
  constructor(first: Iterable<T>, pid: (t: T) => number, options: TextOptions, write: (line: string) => void) {
    this.#alive = new Set(first)
    this.#pid = pid
    this.#options = options
    this.#write = write
  }

  tell(event: TextEvent<T>): void {
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
    else this.#line(t, event.time, event.text)
    if (event.type === 'exit') this.#alive.delete(t)
  }

  /** A line of somebody other than `t` is begun: end it where it is. */
  #interrupt(t: T | null): void {
    const begun = this.#begun
    if (begun === null || begun.t === t) return
    this.#line(begun.t, begun.call.start, `${begun.call.begun} <unfinished ...>`)
    this.#halves.add(begun.call)
    this.#begun = null
  }

  #over(t: T, call: TextCall): void {
    this.#begun = null
    const { name, begun, ret } = call
    const whole = call.whole()
    const rest = whole.startsWith(begun) ? whole.slice(begun.length) : ')'
    const text = this.#halves.delete(call) ? `<... ${name} resumed>${rest}` : whole
    const spent = this.#options.spent && ret !== null ? ` <${((call.end - call.start) / NSEC_PER_SEC).toFixed(6)}>` : ''
    this.#line(t, call.start, text, ` = ${call.result()}${spent}`)
    for (const line of call.below ?? []) this.#write(line)
  }

  /** A line; `result` stands in its own column, if there is one. */
  #line(t: T, time: number, text: string, result = ''): void {
    const pid = String(this.#pid(t))
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
    const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
    const day = `${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
    return kind === 1 ? `${day} ` : `${day}.${usec} `
  }
}

/** strace -c: how often each call was made, and how often it failed. */
export class Summary {
  readonly #rows = new Map<string, { calls: number; errors: number; nsec: number }>()

  tell(event: TextEvent<unknown>): void {
    if (event.type !== 'syscall') return
    const { name, ret, start, end } = event.call
    const row = this.#rows.get(name) ?? { calls: 0, errors: 0, nsec: 0 }
    this.#rows.set(name, row)
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
