import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bundled, temporary } from '../support/cli.ts'
import { consoleBlocks, scripts } from '../support/console_page.ts'
import { PROMPT, Session } from '../support/session.ts'

const folder = temporary()
// The names that the pages use, from wherever a command runs.
command('ckptvm', `exec ${process.execPath} ${await bundled(folder, 'ckptvm')} "$@"`)
command('npm', `shift 3; exec ${process.execPath} ${await bundled(folder, 'start')} "$@"`)

function command(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
}

/** Both streams, in the order in which a terminal would have them. */
function shell(line: string): string {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, FORCE_COLOR: undefined }
  return spawnSync('sh', ['-c', `{ ${line}\n} 2>&1`], { cwd: folder, encoding: 'utf8', env }).stdout
}

describe.each(['docs/cli.md', 'docs/tour.md'])('%s, on this computer', (page) => {
  const blocks = consoleBlocks(page).filter(({ machine }) => !machine)

  test.each(blocks)('shows what happens: $text', { timeout: 60_000 }, ({ text }) => {
    scripts(page).forEach(shell)
    for (const [, line, shown] of text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      expect(`$ ${line}\n${shell(line)}`).toBe(`$ ${line}\n${shown}`)
    }
  })
})

/** A line of the kernel's log says when, which any change of a program's shifts a little. */
function timeless(line: string): string {
  return line.replace(/^\[ *\d+\.\d+\]/, '[time]')
}

const KEYS: Readonly<Record<string, string>> = { '^C': '\x03', '^Z': '\x1a' }

describe('docs/tour.md, in the machine', () => {
  test('shows all that is on the screen of who types what it says', () => {
    const blocks = consoleBlocks('docs/tour.md').filter(({ machine }) => machine)
    expect(blocks.length).toBeGreaterThan(8)
    const lines = blocks.flatMap(({ text }) => text.trimEnd().split('\n'))
    const session = new Session()
    lines.forEach((line, i) => {
      const [, typed] = PROMPT.exec(line) ?? []
      if (typed === undefined) return
      const next = lines.slice(i + 1).findIndex((other) => PROMPT.test(other))
      const shown = lines.slice(i + 1, next < 0 ? lines.length : i + 1 + next)
      session.type(typed, KEYS[shown.find((one) => one in KEYS) ?? ''])
    })
    expect(session.lines.slice(0, -1).map(timeless)).toEqual(lines.map(timeless))
  })
})
