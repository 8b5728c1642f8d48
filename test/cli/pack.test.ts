import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { root, temporary } from '../support/cli.ts'

const folder = temporary()
const quiet = { encoding: 'utf8', stdio: 'pipe' } as const
let tarball = ''
let files: string[] = []

beforeAll(() => {
  const json = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, ...quiet })
  const [packed] = JSON.parse(json.slice(json.indexOf('['))) as { filename: string; files: { path: string }[] }[]
  tarball = join(folder, packed.filename)
  files = packed.files.map(({ path }) => path)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: folder, ...quiet })
}, 120_000)

function run(command: string, args: readonly string[]) {
  const env = { ...process.env, FORCE_COLOR: undefined, NODE_OPTIONS: '' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', env })
  return { status, stdout, stderr: stderr.replace(/^npm warn .*\n/gm, '') }
}

describe('the package', { timeout: 60_000 }, () => {
  test('is under a megabyte, holds no tests, and needs nothing else', () => {
    expect(statSync(tarball).size).toBeLessThan(1_000_000)
    expect(files.filter((path) => !path.startsWith('dist/')).sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(files.filter((path) => /\.test\.|vitest|fixtures/.test(path))).toEqual([])
    const { dependencies } = JSON.parse(readFileSync(join(folder, 'node_modules/ckptvm/package.json'), 'utf8')) as {
      dependencies?: object
    }
    expect(dependencies).toBeUndefined()
  })

  test('has the command, by npx', () => {
    expect(run('npx', ['--offline', 'ckptvm', 'run', 'echo', 'hello'])).toEqual({
      status: 0,
      stdout: 'hello\n',
      stderr: '',
    })
    expect(run('npx', ['--offline', 'ckptvm', '--version']).stdout).toBe('0.1.0\n')
  })

  test('runs a JavaScript program, and is imported by one', () => {
    writeFileSync(
      join(folder, 'program.mjs'),
      'export function* main(sys) {\n  yield* sys.print("from a file\\n")\n  return 5\n}\n',
    )
    expect(run('npx', ['--offline', 'ckptvm', 'run', './program.mjs'])).toMatchObject({
      status: 5,
      stdout: 'from a file\n',
    })
    const embed = `import { boot } from 'ckptvm'
const vm = boot()
vm.spawn('/bin/self_checkpoint', ['/tmp/image', 'counter'])
console.log(vm.run(), vm.readFile('/tmp/image').length)
`
    writeFileSync(join(folder, 'embed.mjs'), embed)
    expect(run(process.execPath, ['embed.mjs'])).toEqual({ status: 0, stdout: "{ kind: 'exited' } 355\n", stderr: '' })
  })

  test('has types that a TypeScript program is checked against', () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext']
    const check = (name: string, code: string) => {
      writeFileSync(join(folder, name), code)
      return run(process.execPath, [tsc, ...options, name])
    }
    const program = `import { boot, type Libc, type Run } from 'ckptvm'
export function* main(sys: Libc): Run<number> {
  return yield* sys.getpid()
}
const status: number | null = boot({ seed: 1 }).spawn(main).status
console.log(status)
declare const console: { log(...args: unknown[]): void }
`
    expect(check('good.ts', program)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(check('bad.ts', program.replace('seed: 1', "seed: 'one'")).stdout).toMatch(/^bad\.ts\(5,\d+\): error TS2322/)
  })

  test('says what it needs where Node cannot load TypeScript', () => {
    writeFileSync(join(folder, 'program.ts'), 'export function* main(sys: any) {\n  return 4\n}\n')
    const { status, stderr } = run('npx', ['--offline', 'ckptvm', 'run', './program.ts'])
    if (status !== 4) expect([status, stderr]).toEqual([2, expect.stringContaining('this Node cannot load TypeScript')])
    expect(status).not.toBe(0)
  })
})
