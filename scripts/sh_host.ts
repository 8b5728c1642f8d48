import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ARGUMENTS, ENVIRONMENT, PLACE, type Told } from '../test/support/sh.ts'

/** Record what dash and the programs of this computer make of the scripts in test/userland. */

/** Beside the scripts of each: those of programs run on a tmpfs, as the machine's files are. */
const FOLDERS = { 'test/userland/sh': PLACE, 'test/userland/bin': '/dev/shm/ckptvm-sh' }

function tell(script: string, place: string): Told {
  rmSync(place, { recursive: true, force: true })
  for (const folder of ['work', 'home']) mkdirSync(join(place, folder), { recursive: true })
  writeFileSync(join(place, 'script'), readFileSync(script), { mode: 0o755 })
  const ran = spawnSync('/bin/dash', ARGUMENTS, {
    cwd: join(place, 'work'),
    env: ENVIRONMENT,
    encoding: 'latin1',
    input: '',
    timeout: 20_000,
    argv0: 'sh',
  })
  return { stdout: ran.stdout, stderr: ran.stderr, status: ran.status ?? 255 }
}

for (const [folder, place] of Object.entries(FOLDERS)) {
  const told: Record<string, Told> = {}
  for (const name of readdirSync(join(folder, 'scripts')).sort()) {
    const script = join(folder, 'scripts', name)
    told[name] = tell(script, place)
    if (!isDeepStrictEqual(told[name], tell(script, place))) process.stderr.write(`${name} is not the same each time\n`)
  }
  rmSync(place, { recursive: true, force: true })
  writeFileSync(join(folder, 'expected.json'), `${JSON.stringify(told, null, 1)}\n`)
  process.stdout.write(`${folder}: ${Object.keys(told).length} scripts recorded\n`)
}
