import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { boot } from '../index.ts'
import { startOutput, svgOf } from '../scripts/picture.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ckptvm-'))
afterAll(() => rmSync(folder, { recursive: true }))

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const options = { cwd: root, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: undefined, ...env } } as const
  return spawnSync(process.execPath, ['--import', 'tsx', 'scripts/start.ts', ...args], options)
}

describe('npm start', () => {
  const plain = start([])
  const lines = plain.stdout.split('\n')

  test('shows the strace of both programs', () => {
    expect(plain.status).toBe(0)
    expect(lines).toContain('  [3] checkpoint(0, 3, 0) = 1')
    expect(lines).toContain('  [4] restart(0, 3, 0) = 0')
    expect(lines).toContain('  [4] openat(AT_FDCWD, "/tmp/image.ckpt", O_RDONLY) = 3')
  })

  test("shows the kernel's log in the patch's format, with the patch's line numbers", () => {
    expect(lines).toContain('  [    0.000000] [3:3:c/r:ckpt_write_obj:35] type 1 len 56')
    expect(lines).toContain('  [    0.000000] [4:4:c/r:ckpt_read_obj:156] type 9001 len 16(16,16)')
  })

  test('shows all 355 bytes of the image', () => {
    const vm = boot()
    vm.spawn('/bin/self_checkpoint', ['/tmp/image.ckpt', 'counter'])
    vm.run()
    const image = Buffer.from(vm.readFile('/tmp/image.ckpt')).toString('hex')
    let shown = ''
    for (const line of lines) {
      const [, bytes, rest] = /^ {2}[0-9a-f]{4} {2}(00 … (\d+) bytes of zero|(?:[0-9a-f]{2} ?)+)/.exec(line) ?? []
      if (bytes !== undefined) shown += rest === undefined ? bytes.replace(/ /g, '') : '00'.repeat(Number(rest))
    }
    expect(shown).toBe(image)
    expect(shown.length).toBe(2 * 355)
  })

  test('shows comm and both tids before and after', () => {
    expect(lines).toContain('  the other one, before restart  4    self_restart  0x0            0x0')
    const [saved, restarted] = ['that was saved', 'after restart'].map((who) =>
      lines
        .find((line) => line.includes(who))
        ?.split(/ {2,}/)
        .slice(3),
    )
    expect(saved).toEqual(['counter', '0x3fffef60', '0x3fffef60'])
    expect(restarted).toEqual(saved)
  })

  test('is plain in a pipe and under NO_COLOR, and coloured where colour is asked for', () => {
    expect(plain.stdout).not.toContain('\x1b')
    expect(start([], { CI: 'true' }).stdout).not.toContain('\x1b')
    expect(start([], { NO_COLOR: '1', FORCE_COLOR: '1' }).stdout).not.toContain('\x1b')
    const coloured = startOutput()
    expect(coloured).toContain('\x1b[36mcheckpoint\x1b[39m')
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(plain.stdout)
  })

  test('is what the picture in the README shows', () => {
    expect(readFileSync(join(root, 'docs/start.svg'), 'utf8')).toBe(svgOf(startOutput()))
  })

  test('--save writes the image to a file', () => {
    const file = join(folder, 'image.ckpt')
    expect(start(['--save', file]).status).toBe(0)
    expect(readFileSync(file).length).toBe(355)
  })

  test('says in one line what is wrong', () => {
    const nowhere = start(['--save', join(folder, 'no/such/folder')])
    expect(nowhere.status).toBe(1)
    expect(nowhere.stderr).toMatch(/^npm start: cannot write the image: .*: no such file or directory\n$/)
    const unknown = start(['--sav'])
    expect(unknown.status).toBe(2)
    expect(unknown.stderr).toContain("unknown option '--sav'")
    expect(start(['--help']).status).toBe(0)
  })
})
