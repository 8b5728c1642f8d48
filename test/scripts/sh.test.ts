import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Pty, noPty } from '../support/pty.ts'

const TSX = join(import.meta.dirname, '../../node_modules/.bin/tsx')
const SH = join(import.meta.dirname, '../../scripts/sh.ts')
const PATIENCE = 60_000
const PROMPT = '\x1b[32mckptvm\x1b[0m:/# '
const CTRL = (key: string): string => String.fromCharCode(key.charCodeAt(0) & 0x1f)

const reason = noPty()

describe.skipIf(reason !== null)(`the shell on a terminal${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let pty: Pty
  afterEach(() => pty.kill())

  const start = async (): Promise<void> => {
    pty = new Pty('env', ['TERM=xterm', TSX, SH])
    await pty.until(PROMPT)
  }
  /** Type, and wait for the next prompt: what is printed before that. */
  const enter = async (keys: string): Promise<string> => {
    pty.type(keys)
    const text = (await pty.until(`\n${PROMPT}`)).slice(0, -PROMPT.length)
    return text.replace(/\r+\n/g, '\n')
  }

  test('completes what is typed, and has it again from the history', { timeout: PATIENCE }, async () => {
    await start()
    expect(await enter('ec\t$HO\t\r')).toBe('echo $HOME\n/root\n')
    expect(await enter('\x1b[A and more\r')).toBe('echo $HOME and more\n/root and more\n')
    expect(await enter(`${CTRL('r')}E${CTRL('e')} at last\r`)).toContain('\n/root and more at last\n')
  })

  test('stops a job and lets it go on, behind and in front, until Ctrl-C', { timeout: PATIENCE }, async () => {
    await start()
    pty.type('(echo up; cat)\r')
    await pty.until('\nup\r')
    expect(await enter(CTRL('z'))).toMatch(/^\r?\n\^Z\n\[1\] \+ Stopped {20}\(echo up; cat\)\n$/)
    expect(await enter('bg\r')).toBe('bg\n[1] (echo up; cat)\n')
    expect(await enter('jobs\r')).toBe('jobs\n[1] + Stopped (tty input)        (echo up; cat)\n')
    pty.type('fg\r')
    await pty.until('cat)\r')
    pty.type('line\r')
    await pty.until('line\r')
    await pty.until('line\r')
    expect(await enter(CTRL('c'))).toMatch(/\^C\n$/)
    expect(await enter('echo $?\r')).toBe('echo $?\n130\n')
  })

  test('interrupts a loop, gives a line up, and ends with Ctrl-D', { timeout: PATIENCE }, async () => {
    await start()
    pty.type('echo go; while :; do :; done\r')
    await pty.until('\ngo\r')
    expect(await enter(CTRL('c'))).toMatch(/\^C\n$/)
    expect(await enter(`never${CTRL('c')}`)).toBe('never^C\n')
    expect(await enter('(exit 7)\r')).toBe('(exit 7)\n')
    pty.type(CTRL('d'))
    expect(await pty.ended).toEqual({ status: 7, cooked: true })
  })

  test('hears of the window, and is asked twice to leave a stopped job', { timeout: PATIENCE }, async () => {
    await start()
    expect(await enter("trap 'echo changed' WINCH\r")).toBe("trap 'echo changed' WINCH\n")
    pty.resize(10, 33)
    expect(await enter('')).toBe('\nchanged\n')
    pty.type('(echo up; cat)\r')
    await pty.until('\nup\r')
    expect(await enter(CTRL('z'))).toContain('Stopped')
    expect(await enter(CTRL('d'))).toBe('\nYou have stopped jobs.\n')
    pty.type('exit 4\r')
    expect(await pty.ended).toEqual({ status: 4, cooked: true })
  })
})

describe('the shell on files and pipes', () => {
  const run = (command: string, input = '') => {
    const { stdout, stderr, status } = spawnSync('bash', ['-c', command, TSX, SH], { input, encoding: 'utf8' })
    return { stdout, stderr, status }
  }

  test('runs a script from its input, or from its arguments', { timeout: PATIENCE }, () => {
    expect(run('"$0" "$1"', 'echo one\nread line\ntwo\necho "$line"; exit 3\n')).toEqual({
      stdout: 'one\ntwo\n',
      stderr: '',
      status: 3,
    })
    expect(run('"$0" "$1" -c \'echo $0 $1; kill -TERM $$\' a b')).toEqual({ stdout: 'a b\n', stderr: '', status: 143 })
  })
})
