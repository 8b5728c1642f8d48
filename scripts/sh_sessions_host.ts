import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Pty, noPty } from '../test/support/pty.ts'
import { ENVIRONMENT, PAUSE, SESSIONS, runSession } from './lib/sh_sessions.ts'

/** `npm run sh:sessions`: the interactive shell, compared with this computer's dash. `--record` also keeps what that does. */

const RECORD = join(import.meta.dirname, '../test/userland/sh/sessions.json')
/** Nothing has come for so long: nothing will, in milliseconds. */
const QUIET = 400

const missing = noPty() ?? (spawnSync('dash', ['-c', ':']).error === undefined ? null : 'this needs dash')
if (missing !== null) {
  process.stderr.write(`sh:sessions: ${missing}\n`)
  process.exit(2)
}
const record: Record<string, readonly string[]> = {}
let differences = 0
for (const [name, steps] of Object.entries(SESSIONS)) {
  const theirs = (record[name] = await host(steps))
  const ours = runSession(steps)
  for (const [i, there] of theirs.entries()) {
    // Where a job is stopped ours begins a row of its own.
    if (ours[i]?.replace('^Z\r\n', '^Z') === there) continue
    differences++
    const [step, here, host] = [steps[i - 1], ours[i], there].map((text) => JSON.stringify(text))
    process.stdout.write(`${name}, ${i}: ${step}\n  here  ${here}\n  dash  ${host}\n`)
  }
}
process.stdout.write(`${Object.keys(SESSIONS).length} sessions, ${differences} differences\n`)
if (process.argv.includes('--record')) writeFileSync(RECORD, `${JSON.stringify(record, null, 2)}\n`)
process.exitCode = differences > 0 ? 1 : 0

async function host(steps: readonly string[]): Promise<string[]> {
  const pty = new Pty('env', ['-i', ...ENVIRONMENT, 'sh'])
  let ended: number | null = null
  pty.ended.then(
    ({ status }) => (ended = status),
    () => undefined,
  )
  let seen = 0
  const printed: string[] = []
  const settle = async (): Promise<void> => {
    for (let quiet = 0, length = pty.output.length; quiet < QUIET; quiet += 25) {
      await setTimeout(25)
      if (pty.output.length !== length) quiet = 0
      ;({ length } = pty.output)
    }
    printed.push(pty.output.slice(seen))
    seen = pty.output.length
  }
  await pty.until('$ ')
  await settle()
  for (const step of steps) {
    if (ended !== null) break
    if (step === PAUSE) await setTimeout(2000)
    else pty.type(step)
    await settle()
  }
  if (ended !== null) printed.push(`ended ${(ended as number) << 8}`)
  pty.kill()
  return printed
}
