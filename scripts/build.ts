import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { keepConst } from './bench/keep_const.ts'

/**
 * `npm run build`: what a package holds, in dist/. The machine and the command are a file each, with all that they
 * need of other packages in it, so that whoever installs one gets nothing else; types are beside them.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
const packages = new Set<string>()
await bundle('index.ts', 'index.js')
await bundle('scripts/ckptvm.ts', 'ckptvm.js')
writeFileSync(join(dist, 'THIRD_PARTY.txt'), licences())
types()

async function bundle(from: string, to: string): Promise<void> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, from)],
    bundle: true,
    write: false,
    metafile: true,
    absWorkingDir: root,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // memfs and commander are CommonJS and ask for Node's own modules by require().
    banner: { js: `import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)` },
  })
  writeFileSync(join(dist, to), keepConst(outputFiles[0].text), { mode: 0o755 })
  for (const input of Object.keys(metafile.inputs)) {
    const [, name] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? []
    if (name !== undefined) packages.add(name)
  }
}

/** What the packages inside are licensed under: each package's own words. */
function licences(): string {
  const parts = [...packages].sort().map((name) => {
    const folder = join(root, 'node_modules', name)
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      string
    >
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    return `${name} ${version}: ${license}\n${text}`
  })
  return `The bundles hold code of these packages.\n\n${parts.join(`\n${'-'.repeat(72)}\n\n`)}`
}

/** The declarations, file for file; imports end in .js as what is beside them would. */
function types(): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const options = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--outDir', join(dist, 'types')]
  const config = {
    extends: '../tsconfig.json',
    compilerOptions: { rootDir: root, stripInternal: true },
    files: ['../index.ts'],
    include: [],
  }
  const path = join(dist, 'tsconfig.json')
  writeFileSync(path, JSON.stringify(config))
  execFileSync(process.execPath, [tsc, '-p', path, ...options], { stdio: 'inherit', cwd: root })
  rmSync(path)
  for (const entry of readdirSync(join(dist, 'types'), { recursive: true, encoding: 'utf8' })) {
    const file = join(dist, 'types', entry)
    if (!entry.endsWith('.d.ts')) continue
    const text = readFileSync(file, 'utf8').replace(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, '$1$2.js$1')
    for (const [, , to] of text.matchAll(/(['"])(\.{1,2}\/[^'"]+)\.js\1/g)) {
      if (!existsSync(join(dirname(file), `${to}.d.ts`))) throw new Error(`${entry}: no declarations for ${to}`)
    }
    writeFileSync(file, text)
  }
}
