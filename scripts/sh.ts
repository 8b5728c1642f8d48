import { sh } from './cli/sh.ts'

/** `npm run --silent sh`: boot a machine to a shell on this terminal. The arguments are sh(1)'s. */

process.exitCode = await sh(process.argv.slice(2))
