import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Pty, noPty } from '../support/pty.ts'

const TSX = join(import.meta.dirname, '../../node_modules/.bin/tsx')
const CONSOLE = join(import.meta.dirname, '../support/host_console.ts')
/** For who sits before a program that never answers. */
const PATIENCE = 60_000

const reason = noPty()

describe.skipIf(reason !== null)(`a machine on a terminal${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let pty: Pty
  const start = async (): Promise<void> => {
    pty = new Pty(TSX, [CONSOLE])
    await pty.until('> ')
  }
  afterEach(() => pty.kill())

  test('gets each key, shows what programs print, and gives the terminal back', { timeout: PATIENCE }, async () => {
    await start()
    expect(await pty.cooked()).toBe(false)
    pty.type('hallo\x02\x02\x7f\r')
    expect(await pty.until('4 so 4')).toContain('\b')
    pty.type('\x1b[A\r')
    await pty.until('4 so 8')
    pty.type('\x04')
    expect(await pty.ended).toEqual({ status: 8, cooked: true })
  })

  test('interrupts a program that is busy, and lets time pass for one that sleeps', { timeout: PATIENCE }, async () => {
    await start()
    pty.type('spin\r')
    await pty.until('spinning')
    pty.type('\x03')
    await pty.until('^C')
    await pty.until('4 so 4')
    pty.type('sleep\r')
    await pty.until('5 so 9')
    pty.type('\x04')
    expect(await pty.ended).toEqual({ status: 9, cooked: true })
  })

  test('knows the size of the window, and hears of another', { timeout: PATIENCE }, async () => {
    await start()
    pty.type('x'.repeat(77))
    await pty.until('x'.repeat(77))
    pty.resize(24, 40)
    // The line is drawn again, from its first row on, of which there are two now.
    await pty.until('\x1b[1A')
    await pty.until('x'.repeat(77))
    pty.type('\r\x04')
    expect((await pty.ended).status).toBe(77)
  })

  test('loses nothing of much output, to the last line', { timeout: PATIENCE }, async () => {
    await start()
    pty.type('much\r\x04')
    expect((await pty.ended).status).toBe(4)
    const lines = pty.output.split(/\r+\n/)
    expect(lines.filter((line) => line.startsWith('line '))).toHaveLength(5000)
    expect(lines).toContain('line 4999')
  })
})

describe('a machine on files and pipes', () => {
  const run = (command: string, input = '') => {
    const { stdout, stderr, status } = spawnSync('bash', ['-c', command, 'bash', TSX, CONSOLE], {
      input,
      encoding: 'utf8',
    })
    return { stdout, stderr, status }
  }

  test('reads them as they are, to their end', { timeout: PATIENCE }, () => {
    expect(run('"$1" "$2"', 'a\x03b\n')).toEqual({ stdout: 'a\x03b\n', stderr: 'done\n', status: 0 })
    expect(run('"$1" "$2" < /dev/null')).toEqual({ stdout: '', stderr: 'done\n', status: 0 })
  })

  test('stops without a word where nobody takes its output', { timeout: PATIENCE }, () => {
    const { stdout, stderr } = run('yes | head -c 2000000 | "$1" "$2" | head -c 4')
    expect({ stdout, stderr }).toEqual({ stdout: 'y\ny\n', stderr: 'closed\n' })
  })
})
