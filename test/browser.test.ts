import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileFunction, createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { build, type BuildOptions } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import * as node from '../index.ts'
import { buildForBrowser, bundleForBrowser } from '../scripts/browser.ts'
import { machineForBrowser } from '../scripts/browser/plugin.ts'
import { examplesOf } from './support/docs.ts'

type Ckptvm = typeof node

const root = join(import.meta.dirname, '..')

/** What a page loads may grow to, in bytes: minified, then gzipped. All of memfs would not fit. */
const MAX_SIZE = 750_000
const MAX_GZIPPED = 250_000

const TIDS = ['set_child_tid', 'clear_child_tid']

/**
 * Checkpoint, change the image, restart: all that can be seen of it from outside. Both machines are
 * driven from this realm; every line of the kernel's runs in its own.
 */
function session({ boot, imageFields, SyscallError }: Ckptvm) {
  const strace: string[] = []
  const tasks: string[] = []
  const vm = boot({ version: [2, 6, 31], uts: { nodename: 'page' }, time: 1e9, ctx_count: 6, seed: 5 })
  vm.strace(({ pid, comm, text }) => strace.push(`${pid} ${comm} ${text}`))
  vm.kernel.trace.sched_process_exit.register((t) =>
    tasks.push(`${t.pid} ${t.commString()} ${t.set_child_tid} ${t.clear_child_tid}`),
  )
  vm.spawn('/bin/self_checkpoint', ['/tmp/image', 'Zoë'])
  const outcomes = [vm.run()]
  const image = vm.readFile('/tmp/image')
  const changed = image.slice()
  for (const field of imageFields(image).filter((f) => TIDS.includes(f.field)))
    changed.set([1, 2, 3, 4, 5, 6, 7, 8], field.offset)
  vm.writeFile('/tmp/image', changed)
  vm.spawn('/bin/self_restart', ['/tmp/image'])
  outcomes.push(vm.run())
  const failure = (() => {
    try {
      return vm.spawn('/bin/absent').pid
    } catch (error) {
      return error instanceof SyscallError ? error.message : error
    }
  })()
  const { console } = vm
  return { image: [...image], outcomes, tasks, strace, console, dmesg: vm.dmesg(), failure }
}

/** A JavaScript context with the language and `globals`; code from strings, as under a strict CSP, is off. */
function bareContext(globals: object = {}): object {
  const context = createContext(globals, { codeGeneration: { strings: false, wasm: false } })
  // V8 puts one into every context. To the machine nothing is given in its place: it needs nothing.
  runInContext('delete globalThis.console', context)
  return context
}

describe('the machine in a bare JavaScript context', () => {
  let expected: ReturnType<typeof session>
  let actual: ReturnType<typeof session>

  beforeAll(async () => {
    const context = bareContext()
    runInContext(await bundleForBrowser({ global: 'ckptvm' }), context)
    actual = session(runInContext('ckptvm', context) as Ckptvm)
    expected = session(node)
  })

  it('has no global that the language does not have', () => {
    const names = 'console process Buffer TextEncoder setTimeout queueMicrotask structuredClone performance URL crypto'
    const present = names.split(' ').filter((name) => runInContext(`typeof ${name}`, bareContext()) !== 'undefined')
    expect(present).toEqual([])
  })

  it('a checkpoint writes the 355 bytes that it writes in Node', () => {
    expect(actual.image).toHaveLength(355)
    expect(actual.image).toEqual(expected.image)
  })

  it('restart brings back comm and the two tids', () => {
    const tid = 0x0807060504030201n
    expect(actual.tasks.at(-1)).toContain(` Zo\xc3\xab ${tid} ${tid}`)
    expect(actual.tasks).toEqual(expected.tasks)
  })

  it('strace, the log and the console say what they say in Node', () => {
    expect(actual.strace.some((line) => line.endsWith(' Zoë checkpoint(0, 3, 0) = 7'))).toBe(true)
    expect(actual.strace.some((line) => line.endsWith(' restart(0, 3, 0) = 0'))).toBe(true)
    expect(actual.strace).toEqual(expected.strace)
    expect(actual.dmesg).toEqual(expected.dmesg)
    expect(actual.console).toContain('checkpoint 7 is in /tmp/image')
    expect(actual.console).toContain('now I am Zoë')
    expect(actual.console).toBe(expected.console)
    expect(actual.outcomes).toEqual([{ kind: 'exited' }, { kind: 'exited' }])
  })

  it('a failed call throws the same SyscallError', () => {
    expect(actual.failure).toBe("ENOENT: No such file or directory, spawn '/bin/absent'")
    expect(actual.failure).toBe(expected.failure)
  })
})

describe('the bundle for browsers', () => {
  let bundle: Awaited<ReturnType<typeof buildForBrowser>>

  beforeAll(async () => {
    bundle = await buildForBrowser()
  })

  it('imports nothing, of Node or of anybody', () => {
    const { inputs, outputs } = bundle.metafile
    expect(Object.values(outputs).flatMap((o) => o.imports)).toEqual([])
    expect(Object.values(inputs).flatMap((i) => i.imports.filter((imported) => imported.external))).toEqual([])
    expect(bundle.text).not.toMatch(/["'`]node:|\brequire\(|\bimport\b\s*[({"'`*]/)
    expect(bundle.text).toMatch(/\bexport\s*\{[^}]*\bboot\b/)
  })

  it('holds the machine, the core of memfs and a Buffer', () => {
    const packages = Object.keys(bundle.metafile.inputs).map((path) =>
      path.includes('node_modules/')
        ? path.replace(/.*node_modules\/((?:@[^/]+\/)?[^/]+).*/, '$1')
        : path.split('/')[0],
    )
    expect([...new Set(packages)].sort()).toEqual([
      '@jsonjoy.com/fs-core',
      '@jsonjoy.com/fs-node-builtins',
      '@jsonjoy.com/fs-node-utils',
      'base64-js',
      'buffer',
      'ckptvm:memfs',
      'ckptvm:node:path',
      'ckptvm:process',
      'glob-to-regex.js',
      'ieee754',
      'index.ts',
      'kernel',
      'schedules',
      'syscalls',
      'thingies',
      'tslib',
      'userland',
    ])
  })

  it(`is no larger than ${MAX_SIZE} bytes, ${MAX_GZIPPED} of them over the wire`, () => {
    const bytes = Buffer.from(bundle.text)
    expect(bytes.length).toBeLessThan(MAX_SIZE)
    expect(gzipSync(bytes).length).toBeLessThan(MAX_GZIPPED)
  })
})

describe('npm run browser', () => {
  it('writes an ES module with all that index.ts exports', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ckptvm-'))
    try {
      const out = join(folder, 'ckptvm.mjs')
      execFileSync(process.execPath, ['--import', 'tsx', 'scripts/browser.ts', '--out', out], { cwd: root })
      const bundle = (await import(pathToFileURL(out).href)) as Ckptvm
      expect(Object.keys(bundle).sort()).toEqual(Object.keys(node).sort())
      expect(session(bundle).image).toEqual(session(node).image)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('docs/browser.md', () => {
  const [options, page] = examplesOf('docs/browser.md', readFileSync(join(root, 'docs/browser.md'), 'utf8'))

  it('its page, bundled as it says, runs with nothing but a document, and its program keeps its name', async () => {
    const { outputFiles } = await build({
      ...optionsOf(options.code),
      entryPoints: [],
      stdin: { contents: page.code, loader: 'ts', resolveDir: root },
      write: false,
    })
    const context = bareContext({ document: { body: { textContent: '' } } })
    runInContext(outputFiles?.[0].text ?? '', context)
    expect(runInContext('document.body.textContent', context)).toBe('/bin/hello in a web page\n')
  })
})

/** What an example that calls build() gives it. */
function optionsOf(code: string): BuildOptions {
  let given: BuildOptions = {}
  const example = compileFunction(code.replace(/^import .*$/gm, ''), ['build', 'machineForBrowser']) as (
    build: (options: BuildOptions) => void,
    plugin: typeof machineForBrowser,
  ) => void
  example((options) => {
    given = options
  }, machineForBrowser)
  return given
}
