import { realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { build, type Metafile } from 'esbuild'
import { machineForBrowser } from './browser/plugin.ts'

/** The machine as one file for a page. `npm run browser -- --out FILE` writes it. */

export interface BrowserOptions {
  /** A classic script that sets this global, in place of an ES module. */
  readonly global?: string
  /** Default true. */
  readonly minify?: boolean
}

/** index.ts and all it needs, as one ES module without an import. */
export async function bundleForBrowser(options: BrowserOptions = {}): Promise<string> {
  return (await buildForBrowser(options)).text
}

/** The bundle, and esbuild's account of what is in it. */
export async function buildForBrowser(options: BrowserOptions = {}): Promise<{ text: string; metafile: Metafile }> {
  const { global, minify = true } = options
  const { outputFiles, metafile } = await build({
    absWorkingDir: join(import.meta.dirname, '..'),
    entryPoints: ['index.ts'],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    target: 'es2022',
    minify,
    charset: 'utf8',
    ...(global === undefined ? { format: 'esm' } : { format: 'iife', globalName: global }),
    plugins: [machineForBrowser()],
  })
  return { text: outputFiles[0].text, metafile }
}

async function main(): Promise<void> {
  const command = new Command('browser')
    .description('Bundle the machine for a page: an ES module that exports what index.ts does.')
    .requiredOption('--out <file>', 'where to write it')
    .option('--global <name>', 'write a classic script that sets this global instead')
    .option('--no-minify', 'leave it readable')
    .parse()
  const { out, ...options } = command.opts<BrowserOptions & { out: string }>()
  writeFileSync(out, await bundleForBrowser(options))
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename) await main()
