import type { ByteString } from './types.ts'
import type { Clock } from './time.ts'
import type { Tracepoint } from './trace.ts'

/** Log levels, as they stand before the text: include/linux/kernel.h. */
export const KERN_EMERG = '<0>'
export const KERN_ALERT = '<1>'
export const KERN_CRIT = '<2>'
export const KERN_ERR = '<3>'
export const KERN_WARNING = '<4>'
export const KERN_NOTICE = '<5>'
export const KERN_INFO = '<6>'
export const KERN_DEBUG = '<7>'
export const KERN_CONT = '<c>'

const DEFAULT_MESSAGE_LOGLEVEL = 4
/** CONSOLE_LOGLEVEL_MOTORMOUTH */
const CONSOLE_LOGLEVEL_ALL = 15

/** One line of the kernel's log. */
export interface LogLine {
  readonly level: number
  /** Nanoseconds since boot. */
  readonly time: number
  readonly text: ByteString
}

/** Where finished lines go besides the ring, such as a pino logger. Called at once; must not throw. */
export type Console = (line: LogLine) => void

/**
 * The log ring, after kernel/printk.c of 2.6.31: a text without a level, or with KERN_CONT, goes on
 * with the line that stands open; one with a level closes that line first.
 */
export class PrintkRing {
  /** The oldest lines go when there are more than `size`. */
  readonly size: number
  readonly consoles: Console[] = []
  /** Told of each finished line, whoever may see it. */
  said: () => void = () => undefined
  /** Lines of this level and above come to no console: as with `ignore_loglevel` there are none at first. */
  console_loglevel = CONSOLE_LOGLEVEL_ALL
  /** Lines that fell out of the ring. */
  dropped = 0
  readonly #clock: Clock
  readonly #trace: Tracepoint<[level: number, text: string]>
  #lines: LogLine[] = []
  #open: LogLine | null = null

  constructor(clock: Clock, trace: Tracepoint<[level: number, text: string]>, size = 4096) {
    this.#clock = clock
    this.#trace = trace
    this.size = size
  }

  /** printk(): `message` may begin with a level and hold several lines. */
  printk(message: ByteString): void {
    let level = DEFAULT_MESSAGE_LOGLEVEL
    let text = message
    if (/^<[0-7dc]>/.test(message)) {
      text = message.slice(3)
      if (message[1] !== 'c') {
        if (this.#open !== null) this.#emit()
        level = message[1] === 'd' ? DEFAULT_MESSAGE_LOGLEVEL : Number(message[1])
      }
    }
    if (this.#trace.enabled) this.#trace.emit(this.#open?.level ?? level, text)
    const parts = text.split('\n')
    parts.forEach((part, i) => {
      const last = i === parts.length - 1
      if (last && part === '') return
      this.#open = this.#open
        ? { ...this.#open, text: this.#open.text + part }
        : { level, time: this.#clock.now, text: part }
      if (!last) this.#emit()
    })
  }

  /** The number that the next finished line gets; those that fell out of the ring are counted. */
  get end(): number {
    return this.dropped + this.#lines.length
  }

  /** Finished line number `seq`; null where it is not there, or not there any more. */
  line(seq: number): LogLine | null {
    return this.#lines.at(seq < this.dropped ? this.#lines.length : seq - this.dropped) ?? null
  }

  /** The log so far, an open line included. */
  lines(): LogLine[] {
    return this.#open === null ? [...this.#lines] : [...this.#lines, this.#open]
  }

  #emit(): void {
    const line = this.#open
    if (line === null) return
    this.#open = null
    this.#lines.push(line)
    if (this.#lines.length > this.size) {
      // Drop a quarter at a time, so that a full ring does not shift at every line.
      const n = Math.max(1, this.size >> 2)
      this.#lines = this.#lines.slice(n)
      this.dropped += n
    }
    this.said()
    if (line.level < this.console_loglevel) for (const console of this.consoles) console(line)
  }
}

/** A line as dmesg(1) shows it: `[    0.004000] text`. */
export function formatLogLine(line: LogLine): string {
  const usec = Math.floor(line.time / 1000)
  const sec = Math.floor(usec / 1_000_000)
  return `[${String(sec).padStart(5)}.${String(usec % 1_000_000).padStart(6, '0')}] ${line.text}`
}
