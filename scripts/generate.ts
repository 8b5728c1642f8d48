import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WINDOWS, windowsSource } from './generate/windows.ts'

/** `npm run generate`: write the files that are made from others. `npm run check` says when it is due. */
const path = join(import.meta.dirname, '..', WINDOWS)
writeFileSync(path, await windowsSource(path))
