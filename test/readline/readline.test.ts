import { describe, expect, test } from 'vitest'
import { boot, type Libc, type Run, type Vm } from '../../index.ts'
import { ENOTTY } from '../../kernel/errno.ts'
import { ECHO, ICANON } from '../../kernel/tty/termios.ts'
import type { Completer } from '../../userland/readline/complete.ts'
import { History } from '../../userland/readline/history.ts'
import { Readline, type ReadlineOptions } from '../../userland/readline/readline.ts'
import { tcgetattr } from '../../userland/termios.ts'
import { Screen } from '../support/screen.ts'

const CTRL_C = '\x03'
const CTRL_D = '\x04'
const CTRL_L = '\x0c'
const CTRL_R = '\x12'
const CTRL_V = '\x16'

interface Session {
  readonly vm: Vm
  readonly screen: Screen
  /** The lines that were entered, and other ends by their names. */
  readonly entered: string[]
  readonly type: (...keys: string[]) => void
}

/** A program that asks for lines until there are no more. */
function asking(options: ReadlineOptions = {}, { prompt = '$ ', cols = 40 } = {}): Session {
  const entered: string[] = []
  const screen = new Screen(cols)
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.terminal({ rows: 24, cols, onOutput: (bytes) => screen.write(new TextDecoder().decode(bytes)) })
  vm.spawn(
    function* asks(sys: Libc): Run<number> {
      const readline = new Readline(options)
      for (;;) {
        const got = yield* readline.read(sys, prompt)
        if (typeof got === 'number') return 1
        entered.push(got.kind === 'line' ? got.text : got.kind)
        if (got.kind === 'eof') return 0
        if (got.kind === 'line') readline.history.add(got.text)
      }
    },
    [],
    { terminal: true },
  )
  const type = (...keys: string[]): void => {
    for (const key of keys) {
      vm.input(key)
      vm.run({ budget: 100_000 })
    }
  }
  vm.run({ budget: 100_000 })
  return { vm, screen, entered, type }
}

describe('a line', () => {
  test('is entered, again from the history, given up, and ended for good', () => {
    const { screen, entered, type, vm } = asking()
    type('echo hi\r', '\x1b[A there\r', 'oops', CTRL_C, CTRL_D)
    expect(entered).toEqual(['echo hi', 'echo hi there', 'interrupt', 'eof'])
    expect(screen.lines).toEqual(['$ echo hi', '$ echo hi there', '$ oops^C', '$', ''])
    expect(vm.run()).toEqual({ kind: 'exited' })
  })

  test('is found in the history as its letters are typed', () => {
    const history = new History(['make', 'ls /tmp', 'ls /dev', 'cat'])
    const { screen, entered, type } = asking({ history })
    type(CTRL_R, 'ls')
    expect(screen.lines).toEqual(["(reverse-i-search)`ls': ls /dev"])
    type(CTRL_R)
    expect([screen.lines, screen.col]).toEqual([["(reverse-i-search)`ls': ls /tmp"], 24])
    type('\r')
    expect(entered).toEqual(['ls /tmp'])
    expect(screen.lines[0]).toBe('$ ls /tmp')
  })

  test('takes what a key stands for behind C-v, and shows it', () => {
    const { screen, entered, type } = asking()
    type(`a${CTRL_V}\tb${CTRL_V}\x1b\r`)
    expect(entered).toEqual(['a\tb\x1b'])
    expect(screen.lines[0]).toBe('$ a^Ib^[')
  })

  test('goes on over as many rows as it needs', () => {
    const { screen, entered, type } = asking({}, { cols: 10 })
    type('0123456789abcdef', '\x01', 'X')
    expect(screen.lines).toEqual(['$ X0123456', '789abcdef'])
    type('\r')
    expect(entered).toEqual(['X0123456789abcdef'])
  })

  test('is drawn again, from its first row on, as the window changes', () => {
    let output = ''
    const vm = boot({ cmdline: 'ckpt_debug=0' })
    vm.terminal({ cols: 10, onOutput: (bytes) => (output += new TextDecoder().decode(bytes)) })
    vm.spawn(
      function* main(sys: Libc): Run<number> {
        void (yield* new Readline().read(sys, '$ '))
        // Nobody minds the window any more: a read goes on.
        return yield* sys.read(0, sys.alloc(8), 8)
      },
      [],
      { terminal: true },
    )
    vm.run()
    vm.input('0123456789')
    vm.run()
    output = ''
    vm.resize(24, 6)
    vm.run()
    expect(output).toBe('\x1b[2A\r\x1b[J$ 0123456789\r\r\n')
    vm.input('\r')
    vm.run()
    vm.resize(24, 80)
    expect(vm.run().kind).toBe('input')
    vm.input('x\n')
    expect(vm.run()).toEqual({ kind: 'exited' })
  })

  test('begins on a screen of its own behind C-l, with all lines of the prompt', () => {
    const { screen, type } = asking({}, { prompt: 'two\n> ' })
    type('abc', CTRL_L)
    expect(screen.lines.slice(0, 2)).toEqual(['two', '> abc'])
    expect([screen.row, screen.col]).toEqual([1, 5])
  })
})

describe('Tab', () => {
  const WORDS = ['checkpoint', 'checksum', 'cat', 'größe', 'größer']
  const words: Completer = function* (_sys, before) {
    const start = before.lastIndexOf(' ') + 1
    return { start, candidates: WORDS.filter((w) => w.startsWith(before.slice(start))).map((text) => ({ text })) }
  }

  test('completes as far as is sure, then lists what there is', () => {
    const { screen, entered, type } = asking({ complete: words })
    type('ch\t')
    expect([screen.lines, screen.bells]).toEqual([['$ check'], 1])
    type('\t')
    expect([screen.lines, screen.bells]).toEqual([['$ check'], 2])
    type('\t')
    expect(screen.lines).toEqual(['$ check', 'checkpoint  checksum', '$ check'])
    type('p\t', 'x ca\t', '\r')
    expect(entered).toEqual(['checkpoint x cat '])
  })

  test('rings where nothing fits, and keeps what is behind the cursor', () => {
    const { screen, entered, type } = asking({ complete: words })
    type('q\t')
    expect(screen.bells).toBe(1)
    type('\x15', 'gr end', '\x1b[D\x1b[D\x1b[D\x1b[D', '\t', '\r')
    expect(entered).toEqual(['größe end'])
  })

  test('asks before it lists very many', () => {
    const many: Completer = function* () {
      return { start: 0, candidates: Array.from({ length: 150 }, (_, i) => ({ text: `${i}` })) }
    }
    const { screen, type } = asking({ complete: many })
    type('\t', '\t')
    expect(screen.lines.slice(-1)).toEqual(['Display all 150 possibilities? (y or n)'])
    type('n')
    expect(screen.lines.slice(-1)).toEqual(['$'])
    type('\t', 'y')
    expect(screen.lines.length).toBeGreaterThan(20)
  })
})

test('a handler that runs meanwhile prints its line, and the one that is edited is drawn again below', () => {
  const said = function* (sys: Libc): Run<boolean> {
    return (yield* sys.print('\nnews\n')) > 0
  }
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const screen = new Screen(40)
  vm.terminal({ onOutput: (bytes) => screen.write(new TextDecoder().decode(bytes)) })
  const process = vm.spawn(
    function* main(sys: Libc): Run<number> {
      void (yield* sys.sigaction(10, function* () {}))
      const got = yield* new Readline({ onSignal: said }).read(sys, '$ ')
      return typeof got !== 'number' && got.kind === 'line' ? got.text.length : 99
    },
    [],
    { terminal: true },
  )
  vm.run()
  vm.input('ab')
  vm.run()
  vm.spawn(function* sender(sys: Libc): Run<number> {
    return yield* sys.kill(process.pid, 10)
  })
  vm.run()
  expect(screen.lines).toEqual(['$ ab', 'news', '$ ab'])
  vm.input('c\r')
  vm.run()
  expect((process.status ?? 0) >> 8).toBe(3)
})

test('the terminal is as before behind a line, and what is no terminal is refused', () => {
  const modes: number[] = []
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.terminal()
  const main = function* main(sys: Libc): Run<number> {
    const got = yield* new Readline().read(sys, '')
    if (typeof got === 'number') return -got
    const t = yield* tcgetattr(sys, 0)
    if (typeof t !== 'number') modes.push(t.c_lflag & (ECHO | ICANON))
    return 0
  }
  vm.spawn(main, [], { terminal: true })
  vm.input('x\r')
  vm.run()
  expect(modes).toEqual([ECHO | ICANON])
  const plain = boot()
  const refused = plain.spawn(main)
  plain.run()
  expect((refused.status ?? 0) >> 8).toBe(ENOTTY)
})
