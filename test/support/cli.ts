import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll } from 'vitest'

/** The root of the checkout, with a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A folder of the test's own, gone at its end. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ckptvm-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  return folder
}

/** `script` of scripts/ made into one file in `folder`, which starts in a fraction of the time: its path. */
export async function bundled(folder: string, script: string): Promise<string> {
  const outfile = join(folder, 'scripts', `${script}.mjs`)
  await build({
    entryPoints: [join(root, 'scripts', `${script}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    // The package's version is looked up beside it.
    define: { 'import.meta.url': JSON.stringify(new URL(`../../scripts/${script}.ts`, import.meta.url).href) },
    banner: {
      js: `import { createRequire } from 'node:module'\nconst require = createRequire(${JSON.stringify(root)})`,
    },
  })
  return outfile
}

/** Run node with `args`: its status, and what it wrote. */
export function node(args: readonly string[], input: string | Uint8Array = '') {
  const env = { ...process.env, FORCE_COLOR: undefined }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env, input })
  return { status, stdout, stderr }
}
