import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import { ERANGE } from '../../kernel/errno.ts'
import { O_NONBLOCK, O_RDONLY } from '../../kernel/fs/file.ts'
import { TIOCSWINSZ } from '../../kernel/tty/ioctls.ts'
import { ICANON, NCCS, VMIN, VTIME } from '../../kernel/tty/termios.ts'
import {
  CHARACTERS,
  COMBINATIONS,
  MODES,
  UNDONE,
  characterOf,
  shownCharacter,
  shownMode,
  type Flags,
} from '../stty_modes.ts'
import { TCSADRAIN, tcgetattr, tcgetwinsize, tcsetattr, type termios } from '../termios.ts'
import { tool, type Tool } from '../tool.ts'

const HELP = `usage: stty [-F DEVICE] [-a | -g | SETTING...]
Show what is not usual about the terminal on standard input, or set it.
  -a  show all     -g  in a form that stty takes     -F  the terminal DEVICE
SETTINGs: size, speed  show these         rows N, cols N  the window's
  intr quit erase kill eof eol eol2 start stop susp rprnt werase lnext CHARACTER (^C, x, ^- for none)
  min N, time N  for -icanon              sane  all as it should be
  raw, cooked, cbreak, nl, crt, ek, pass8, and those that -a shows, a minus before what is to be off
`

/** Those of glibc, which -g shows. */
const SHOWN_CC = 32

/** stty(1) */
export const stty = tool(
  'stty',
  // What begins with a minus may be a setting: the options are looked for here.
  { letters: '+agF:', help: HELP, short: true, lone: true },
  function* (self) {
    const settings = yield* options(self)
    const { sys } = self.os
    // Wrong words are told of before the terminal is looked at.
    yield* new State(self, NOTHING, 0, 0).take(settings, true)
    const device = self.value('F')
    const name = device ?? "'standard input'"
    const fd = device === undefined ? 0 : yield* self.os.open(device, O_RDONLY | O_NONBLOCK)
    if (fd < 0) return yield* self.fails(name, fd)
    const before = yield* tcgetattr(sys, fd)
    if (typeof before === 'number') return yield* self.fails(name, before)
    const size = yield* tcgetwinsize(sys, fd)
    const [rows, cols] = typeof size === 'number' ? [0, 0] : [size.rows, size.cols]
    if (self.has('g')) return yield* self.out(saved(before))
    if (settings.length === 0) {
      const [head, width] = [`rows ${rows}; columns ${cols};`, cols === 0 ? 80 : cols]
      return yield* self.out(self.has('a') ? all(before, head, width) : unusual(before, width))
    }
    const state = new State(self, before, rows, cols)
    yield* state.take(settings)
    const err = yield* tcsetattr(sys, fd, TCSADRAIN, state.t)
    if (err < 0) return yield* self.fails(name, err)
    const window = sys.alloc(8)
    sys.storeInt(window, state.rows | (state.cols << 16))
    if (state.rows !== rows || state.cols !== cols) return Math.min(0, yield* sys.ioctl(fd, TIOCSWINSZ, window))
    return 0
  },
)

/** The settings, with the options taken out. */
function* options(self: Tool): Run<ByteString[]> {
  const rest: ByteString[] = []
  for (let i = 0; i < self.operands.length; i++) {
    const arg = self.operands[i]
    if (/^-[ag]+$/.test(arg)) for (const letter of arg.slice(1)) self.flags.set(letter, [''])
    else if (arg === '--all' || arg === '--save') self.flags.set(arg === '--all' ? 'a' : 'g', [''])
    else if (arg.startsWith('-F')) self.flags.set('F', [arg.slice(2) || (self.operands[++i] ?? '')])
    else rest.push(arg)
  }
  return rest
}

const NOTHING: termios = { c_iflag: 0, c_oflag: 0, c_cflag: 0, c_lflag: 0, c_line: 0, c_cc: new Uint8Array(NCCS) }

/** Terminal modes that settings are made to, one after the other. */
class State {
  readonly #tool: Tool
  t: termios
  rows: number
  cols: number

  constructor(self: Tool, t: termios, rows: number, cols: number) {
    this.#tool = self
    this.t = { ...t, c_cc: t.c_cc.slice() }
    this.rows = rows
    this.cols = cols
  }

  /** Take over the settings; with `dry` only say what is wrong with them. */
  *take(settings: readonly ByteString[], dry = false): Run<void> {
    const self = this.#tool
    for (let i = 0; i < settings.length; i++) {
      const word = settings[i]
      const off = word.startsWith('-')
      const name = off ? word.slice(1) : word
      const character = CHARACTERS.find(([known]) => known === word)
      const numeric = ['min', 'time', 'rows', 'cols', 'columns'].includes(word)
      if ((character !== undefined || numeric) && settings[i + 1] === undefined)
        yield* self.misused(`missing argument to '${word}'`)
      if (word === 'size' || word === 'speed') {
        if (!dry) yield* self.out(word === 'size' ? `${this.rows} ${this.cols}\n` : '38400\n')
      } else if (word === 'sane') this.#sane()
      else if (character !== undefined) this.t.c_cc[character[1]] = yield* this.#character(settings[++i])
      else if (numeric) yield* this.#number(word, settings[++i])
      else if (Object.hasOwn(off ? UNDONE : COMBINATIONS, name))
        yield* this.take((off ? UNDONE : COMBINATIONS)[name].split(' '), dry)
      else if (/^[\da-f]+(:[\da-f]+){35}$/.test(word)) this.#restore(word.split(':').map((text) => parseInt(text, 16)))
      else if (!this.#mode(name, off)) yield* self.misused(`invalid argument '${word}'`)
    }
  }

  #mode(name: string, off: boolean): boolean {
    for (const [flags, modes] of MODES) {
      const mode = modes.find((m) => m.name === name)
      if (mode === undefined || (off && mode.mask !== null)) continue
      this.#set(flags, mode.bits, mode.mask ?? mode.bits, !off)
      return true
    }
    return false
  }

  #set(flags: Flags, bits: number, mask: number, on: boolean): void {
    this.t[flags] = ((this.t[flags] & ~mask) | (on ? bits : 0)) >>> 0
  }

  #sane(): void {
    for (const [, index, sane] of CHARACTERS) this.t.c_cc[index] = sane
    for (const [flags, modes] of MODES)
      for (const { bits, mask, sane } of modes)
        if (sane !== null && (mask === null || sane)) this.#set(flags, bits, mask ?? bits, sane)
  }

  #restore(words: readonly number[]): void {
    const [c_iflag, c_oflag, c_cflag, c_lflag, ...cc] = words
    this.t = { ...this.t, c_iflag, c_oflag, c_cflag, c_lflag, c_cc: Uint8Array.from(cc.slice(0, this.t.c_cc.length)) }
  }

  *#character(text: ByteString): Run<number> {
    return characterOf(text) ?? (yield* this.#invalid(text))
  }

  *#number(word: ByteString, text: ByteString): Run<void> {
    const most = word === 'min' || word === 'time' ? 255 : 0xffff
    const n = /^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : -1
    if (n < 0 || n > most) yield* this.#invalid(text)
    else if (word === 'rows') this.rows = n
    else if (word === 'cols' || word === 'columns') this.cols = n
    else this.t.c_cc[word === 'min' ? VMIN : VTIME] = n
  }

  *#invalid(text: ByteString): Run<never> {
    const tooMuch = /^(0x[\da-f]+|\d+)$/i.test(text)
    yield* this.#tool.complain(`invalid integer argument: '${text}'`, tooMuch ? -ERANGE : undefined)
    return yield* this.#tool.quit(1)
  }
}

function saved(t: termios): string {
  const words = [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag, ...t.c_cc]
  while (words.length < 4 + SHOWN_CC) words.push(0)
  return `${words.map((word) => word.toString(16)).join(':')}\n`
}

/** Words in rows of `width` characters; the blank in front of the last one is not counted, as in GNU's. */
function wrapped(words: readonly string[], width: number): string {
  let out = ''
  let column = 0
  for (const word of words) {
    if (column > 0 && column + word.length > width) {
      out += '\n'
      column = 0
    }
    out += column > 0 ? ` ${word}` : word
    column += word.length + (column > 0 ? 1 : 0)
  }
  return out === '' ? '' : `${out}\n`
}

function all(t: termios, size: string, width: number): string {
  const characters = CHARACTERS.map(([name, index]) => `${name} = ${shownCharacter(t.c_cc[index])};`)
  const counts = [`min = ${t.c_cc[VMIN]};`, `time = ${t.c_cc[VTIME]};`]
  const modes = MODES.map(([flags, list]) =>
    wrapped(
      list.map((mode) => shownMode(t, flags, mode)).filter((text) => text !== null),
      width,
    ),
  )
  const head = wrapped(['speed 38400 baud;', size, `line = ${t.c_line};`], width)
  return head + wrapped([...characters, ...counts], width) + modes.join('')
}

/** What is not as in a sane terminal. */
function unusual(t: termios, width: number): string {
  const characters = CHARACTERS.filter(([, index, sane]) => t.c_cc[index] !== sane).map(
    ([name, index]) => `${name} = ${shownCharacter(t.c_cc[index])};`,
  )
  const counts = (t.c_lflag & ICANON) !== 0 ? [] : [`min = ${t.c_cc[VMIN]};`, `time = ${t.c_cc[VTIME]};`]
  const modes = MODES.map(([flags, list]) => {
    const odd = list.filter(({ bits, mask, sane }) => {
      const set = (t[flags] & (mask ?? bits)) === bits
      return mask === null ? sane !== null && set !== sane : sane === false && set
    })
    return wrapped(
      odd.map((mode) => shownMode(t, flags, mode)).filter((text) => text !== null),
      width,
    )
  })
  return (
    wrapped(['speed 38400 baud;', `line = ${t.c_line};`], width) +
    wrapped([...characters, ...counts], width) +
    modes.join('')
  )
}
