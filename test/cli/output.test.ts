import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { boot } from '../../index.ts'
import { bundled, temporary } from '../support/cli.ts'
import { Pty, noPty } from '../support/pty.ts'

/** Where the command's output goes: in order, to the end, and what is said where it cannot. */

const folder = temporary()
const script = await bundled(folder, 'ckptvm')
const start = await bundled(folder, 'start')

const maker = boot({ cmdline: 'ckpt_debug=0' })
maker.spawn('/bin/self_checkpoint', ['/tmp/image', 'counter'])
maker.run()
writeFileSync(join(folder, 'image'), maker.readFile('/tmp/image'))

/** Run a line of bash in which `ckptvm` and `start` are the commands; its status is the first command's. */
function bash(line: string) {
  const commands = `ckptvm() { "$node" "$ckptvm" "$@"; }; start() { "$node" "$start" "$@"; }; set -o pipefail`
  const env = { ...process.env, FORCE_COLOR: undefined, node: process.execPath, ckptvm: script, start }
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `${commands}; ${line}`], {
    cwd: folder,
    encoding: 'utf8',
    env,
    input: '',
  })
  return { status, stdout, stderr }
}

const WRITERS = [
  'ckptvm --help',
  'ckptvm --version',
  'ckptvm run --help',
  'ckptvm run echo hi',
  'ckptvm run yes',
  'ckptvm run --json echo hi',
  'ckptvm trace -e trace=none echo hi',
  "ckptvm sh -c 'echo hi'",
  'ckptvm inspect image',
  'ckptvm inspect --json image',
  'ckptvm inspect --check image',
]

describe.skipIf(!existsSync('/dev/full'))('where the disk is full', () => {
  test.each(WRITERS)('%s says so in a line, and exits with 1', (command) => {
    expect(bash(`${command.replace('-e trace=none', '-e trace=getpid -e signal=none')} > /dev/full`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^(\+\+\+ exited with 0 \+\+\+\n)?ckptvm: standard output: no space left on device\n$/,
      ) as string,
    })
  })

  test.each(['trace -o /dev/full', 'run --strace=/dev/full'])('ckptvm %s says which file it is', (options) => {
    expect(bash(`ckptvm ${options} echo hi`)).toEqual({
      status: 1,
      stdout: 'hi\n',
      stderr: 'ckptvm: /dev/full: no space left on device\n',
    })
  })

  test('npm start does so too, and where the image cannot be saved', () => {
    expect(bash('start > /dev/full')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'npm start: standard output: no space left on device\n',
    })
    expect(bash('start --save /dev/full > /dev/null')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'npm start: cannot write the image: /dev/full: no space left on device\n',
    })
  })
})

describe('where whoever reads has seen enough', () => {
  test.each([...WRITERS.slice(0, -1).filter((line) => !line.includes('none')), 'start'])('%s is silent', (command) => {
    const { status, stdout, stderr } = bash(`${command} | head -n 1`)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toHaveLength(2)
  })

  test('a trace on the same pipe ends with it, and one in a file has all that was done', () => {
    expect(bash('ckptvm trace yes 2>&1 | head -n 2')).toMatchObject({ status: 0, stderr: '' })
    expect(bash('ckptvm trace -o calls yes | head -n 1')).toEqual({ status: 0, stdout: 'y\n', stderr: '' })
    expect(readFileSync(join(folder, 'calls'), 'utf8')).toMatch(/^(write\(1, "y\\n.*"\.\.\., \d+\) += \d+\n)+$/)
  })
})

const ORDERED = [
  'one',
  'write(1, "one\\n", 4)                    = 4',
  'two',
  'write(1, "two\\n", 4)                    = 4',
  '+++ exited with 0 +++',
]
const TRACE = ['trace', '-e', 'trace=write', 'sh', '-c', 'echo one; echo two']

describe('what a program prints and the lines of its trace', () => {
  test('come in the order in which they came about, in one pipe', () => {
    expect(bash(`ckptvm ${TRACE.slice(0, -1).join(' ')} 'echo one; echo two' 2>&1`).stdout.split('\n')).toEqual([
      ...ORDERED,
      '',
    ])
  })

  const reason = noPty()
  describe.skipIf(reason !== null)(`on one terminal${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
    let pty: Pty
    afterEach(() => pty.kill())

    test('do too', { timeout: 60_000 }, async () => {
      pty = new Pty(process.execPath, [script, ...TRACE])
      expect(await pty.ended).toEqual({ status: 0, cooked: true })
      expect(pty.output.split(/\r+\n/)).toEqual([...ORDERED, ''])
    })
  })
})
