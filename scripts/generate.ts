import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFiles } from './generate/files.ts'

/** `npm run generate`: write the files that are made from others. `npm run check` says when it is due. */
const root = join(import.meta.dirname, '..')
for (const { path, source } of generatedFiles(root)) writeFileSync(join(root, path), await source())
