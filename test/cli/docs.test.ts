import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bundled, root, temporary } from '../support/cli.ts'

const folder = temporary()
// The names that the page uses, from wherever a command runs.
command('ckptvm', `exec ${process.execPath} ${await bundled(folder, 'ckptvm')} "$@"`)
command('npm', `shift 3; exec ${process.execPath} ${await bundled(folder, 'start')} "$@"`)

function command(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
}

const page = readFileSync(join(root, 'docs/cli.md'), 'utf8')
const blocks = [...page.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, text]) => text)

test.each(blocks)('docs/cli.md shows what happens: %s', { timeout: 60_000 }, (block) => {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, FORCE_COLOR: undefined }
  for (const [, command, shown] of block.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
    // Both streams, in the order in which a terminal would have them.
    const { stdout } = spawnSync('sh', ['-c', `{ ${command}\n} 2>&1`], { cwd: folder, encoding: 'utf8', env })
    expect(`$ ${command}\n${stdout}`).toBe(`$ ${command}\n${shown}`)
  }
})
