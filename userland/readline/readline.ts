import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { EINTR } from '../../kernel/errno.ts'
import { ECHO, ICANON, ICRNL, IEXTEN, INLCR, ISIG, ISTRIP, IXON, VMIN, VTIME } from '../../kernel/tty/termios.ts'
import { TCSADRAIN, tcgetattr, tcgetwinsize, tcsetattr, type termios } from '../termios.ts'
import { completed, listed, type Completer, type Completion } from './complete.ts'
import { Display } from './display.ts'
import { Editor, type Session } from './editor.ts'
import { History } from './history.ts'
import { KeyDecoder } from './keys.ts'
import { KillRing } from './kill_ring.ts'

/** What a person entered: a line; nothing but C-c; or C-d on an empty line, or the end of the input. */
export type Entered =
  { readonly kind: 'line'; readonly text: string } | { readonly kind: 'interrupt' } | { readonly kind: 'eof' }

export interface ReadlineOptions {
  readonly history?: History
  readonly complete?: Completer
  /** A handler ran while a key was waited for. True where there was something to print, a line for itself. */
  readonly onSignal?: (sys: Libc) => Run<boolean>
  /** The terminal to read from and the one to write to. Default 0 and 1. */
  readonly input?: number
  readonly output?: number
}

const SIGWINCH = 28
const SIG_DFL = 0
const __NR_rt_sigaction = 134
const SIGACTION_SIZE = 24
/** More ways to go on than this are listed only when asked for. */
const MANY = 100

/** That a signal came is enough: the read it interrupts has another look. */
function* notice(): Run<void> {}

/** Lines from a terminal, edited as they are typed, each with those before it in reach. */
export class Readline {
  readonly history: History
  readonly #session: Session
  readonly #options: ReadlineOptions

  constructor(options: ReadlineOptions = {}) {
    this.#options = options
    this.history = options.history ?? new History()
    this.#session = { history: this.history, kills: new KillRing(), searched: '' }
  }

  /**
   * A line, behind `prompt`, whose escape sequences take no room. A negative errno where the terminal is none.
   * Whether the line is worth remembering is for the caller to say, by history.add().
   */
  *read(sys: Libc, prompt: string): Run<Entered | number> {
    const { input = 0, output = 1 } = this.#options
    const saved = yield* tcgetattr(sys, input)
    if (typeof saved === 'number') return saved
    const watched = (yield* disposition(sys, SIGWINCH)) !== SIG_DFL
    if (!watched) void (yield* sys.sigaction(SIGWINCH, notice))
    const err = yield* tcsetattr(sys, input, TCSADRAIN, modes(saved))
    if (err < 0) return err
    const entry = new Entry(sys, new Editor(this.#session), prompt, input, output, this.#options)
    const entered = yield* entry.run()
    void (yield* tcsetattr(sys, input, TCSADRAIN, saved))
    if (!watched) void (yield* sys.sigaction(SIGWINCH, SIG_DFL))
    return entered
  }
}

/** What is done on `sig`: SIG_DFL, or something else. */
function* disposition(sys: Libc, sig: number): Run<number> {
  const at = sys.room(SIGACTION_SIZE)
  const err = yield* sys.syscall(__NR_rt_sigaction, sig, 0, at, 8)
  return err < 0 ? err : sys.loadInt(at)
}

/** Keys one by one and as they are; output as before. */
function modes(t: termios): termios {
  const c_cc = t.c_cc.slice()
  c_cc[VMIN] = 1
  c_cc[VTIME] = 0
  return {
    ...t,
    c_iflag: t.c_iflag & ~(ICRNL | INLCR | ISTRIP | IXON),
    c_lflag: t.c_lflag & ~(ICANON | ECHO | ISIG | IEXTEN),
    c_cc,
  }
}

/** One line on its way in. */
class Entry {
  readonly #sys: Libc
  readonly #editor: Editor
  readonly #input: number
  readonly #output: number
  readonly #options: ReadlineOptions
  /** The lines of the prompt before its last one, and that. */
  readonly #above: string
  readonly #prompt: string
  readonly #keys = new KeyDecoder()
  #display = new Display(80)
  /** The key before this one was a Tab that found nothing new. */
  #tabbed = false

  constructor(sys: Libc, editor: Editor, prompt: string, input: number, output: number, options: ReadlineOptions) {
    this.#sys = sys
    this.#editor = editor
    this.#input = input
    this.#output = output
    this.#options = options
    const cut = prompt.lastIndexOf('\n') + 1
    this.#above = prompt.slice(0, cut)
    this.#prompt = prompt.slice(cut)
  }

  *run(): Run<Entered | number> {
    this.#display = new Display(yield* this.#cols())
    yield* this.#write(this.#above)
    for (;;) {
      yield* this.#draw()
      const byte = yield* this.#byte()
      if (byte < 0) return byte
      if (byte === END) return yield* this.#left('', { kind: 'eof' })
      const key = this.#keys.push(byte)
      const entered = key === null ? null : yield* this.#press(key)
      if (entered !== null) return entered
    }
  }

  /** A key's whole effect; what was entered, where that ends the line. */
  *#press(key: string): Run<Entered | null> {
    const { line } = this.#editor
    const tabbed = this.#tabbed
    this.#tabbed = false
    switch (this.#editor.press(key)) {
      case 'edited':
        return null
      case 'bell':
        yield* this.#write('\x07')
        return null
      case 'enter':
        return yield* this.#left('', { kind: 'line', text: line.text })
      case 'interrupt':
        return yield* this.#left('^C', { kind: 'interrupt' })
      case 'eof':
        return yield* this.#left('', { kind: 'eof' })
      case 'quote':
        this.#keys.literal = true
        return null
      case 'clear':
        yield* this.#write(`\x1b[H\x1b[2J${this.#above}`)
        this.#display.forget()
        return null
      case 'complete':
        yield* this.#complete(tabbed)
        return null
    }
  }

  *#draw(): Run<void> {
    const { line, search } = this.#editor
    yield* this.#write(this.#display.draw(search?.prompt ?? this.#prompt, line.parts, line.point))
  }

  /** Go below the line, which then is as it was entered. */
  *#left(mark: string, entered: Entered): Run<Entered> {
    const { line } = this.#editor
    const out = this.#display.draw(this.#prompt, line.parts, line.length)
    yield* this.#write(out + mark + (mark === '' ? this.#display.leave() : '\n'))
    return entered
  }

  *#complete(again: boolean): Run<void> {
    const { line } = this.#editor
    const completion = yield* this.#options.complete?.(this.#sys, line.before) ?? nothing()
    const word = line.before.slice(completion.start)
    const text = completed(completion)
    if (text !== null && text !== word && text.length >= word.length) {
      const kept = line.before.slice(0, completion.start) + text
      line.set(kept + line.slice(line.point), kept.length)
      if (completion.candidates.length > 1) yield* this.#write('\x07')
      return
    }
    if (text === null || !again) {
      this.#tabbed = text !== null
      yield* this.#write('\x07')
      return
    }
    yield* this.#list(completion)
    this.#tabbed = true
  }

  *#list(completion: Completion): Run<void> {
    const { line } = this.#editor
    const { length } = completion.candidates
    yield* this.#write(this.#display.draw(this.#prompt, line.parts, line.length) + this.#display.leave())
    if (length > MANY) {
      yield* this.#write(`Display all ${length} possibilities? (y or n)`)
      const byte = yield* this.#byte()
      yield* this.#write('\n')
      if (byte < 0 || !'yY '.includes(String.fromCharCode(byte))) return
    }
    yield* this.#write(listed(completion, this.#display.cols) + this.#above)
  }

  /** The next byte; END; or a negative errno. */
  *#byte(): Run<number> {
    const sys = this.#sys
    for (;;) {
      const at = sys.room(1)
      // One at a time: what is typed ahead is for the program that the line starts.
      const n = yield* sys.read(this.#input, at, 1)
      if (n === 1) return sys.load(at, 1)[0]
      if (n === 0) return END
      if (n !== -EINTR) return n
      const printed = yield* this.#options.onSignal?.(sys) ?? nobody()
      const cols = yield* this.#cols()
      if (printed) this.#display = new Display(cols)
      else if (cols !== this.#display.cols) yield* this.#write(this.#display.resize(cols))
      yield* this.#draw()
    }
  }

  *#cols(): Run<number> {
    const size = yield* tcgetwinsize(this.#sys, this.#output)
    return typeof size === 'number' || size.cols === 0 ? 80 : size.cols
  }

  *#write(text: string): Run<void> {
    // A terminal that is gone is noticed where it is read.
    if (text !== '') void (yield* this.#sys.print(text, this.#output))
  }
}

const END = 256

function* nobody(): Run<boolean> {
  return false
}

function* nothing(): Run<Completion> {
  return { start: 0, candidates: [] }
}
