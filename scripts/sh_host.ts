import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ARGUMENTS, ENVIRONMENT, PLACE, type Told } from '../test/support/sh.ts'

/** Record what dash on this computer makes of the scripts in test/userland/sh/scripts. */

const FOLDER = 'test/userland/sh'

function tell(name: string): Told {
  rmSync(PLACE, { recursive: true, force: true })
  for (const folder of ['work', 'home']) mkdirSync(join(PLACE, folder), { recursive: true })
  writeFileSync(join(PLACE, 'script'), readFileSync(join(FOLDER, 'scripts', name)), { mode: 0o755 })
  const ran = spawnSync('/bin/dash', ARGUMENTS, {
    cwd: join(PLACE, 'work'),
    env: ENVIRONMENT,
    encoding: 'latin1',
    input: '',
    timeout: 20_000,
    argv0: 'sh',
  })
  return { stdout: ran.stdout, stderr: ran.stderr, status: ran.status ?? 255 }
}

const told: Record<string, Told> = {}
for (const name of readdirSync(join(FOLDER, 'scripts')).sort()) {
  told[name] = tell(name)
  if (!isDeepStrictEqual(told[name], tell(name))) process.stderr.write(`${name} is not the same each time\n`)
}
rmSync(PLACE, { recursive: true, force: true })
writeFileSync(join(FOLDER, 'expected.json'), `${JSON.stringify(told, null, 1)}\n`)
process.stdout.write(`${Object.keys(told).length} scripts recorded\n`)
