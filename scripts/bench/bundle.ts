import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { keepConst } from './keep_const.ts'

/**
 * Bundle what is measured to `outfile`.
 *
 * It cannot run as it stands: Node 20 knows no TypeScript, and tsx has esbuild keep the names of
 * functions, which wraps every closure in a call as it is made and slows those of the hot paths
 * threefold. A package that is built like this runs as fast.
 */
export async function bundle(outfile: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'child.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
    // memfs is CommonJS and asks for Node's own modules by require().
    banner: { js: `import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)` },
  })
  writeFileSync(outfile, keepConst(outputFiles[0].text))
}
