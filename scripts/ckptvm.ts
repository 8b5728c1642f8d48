#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { inspectVerb } from './cli/inspect.ts'
import { runVerb, separateStrace } from './cli/run.ts'
import { sh, shVerb } from './cli/sh.ts'
import { traceVerb } from './cli/trace.ts'
import { UsageError } from './cli/usage.ts'
import { inlineFurther } from './lib/engine.ts'

/** The command: `ckptvm VERB`, in the checkout `npm run --silent vm -- VERB`. */

inlineFurther()
// Whoever reads us may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  process.stderr.write(`ckptvm: standard output: ${error.message}\n`)
  process.exit(1)
})

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const program = new Command('ckptvm')
  .description('A small Linux-shaped kernel with checkpoint/restart, as a machine in this process.')
  .version(version, '--version', 'show the version')
  .enablePositionalOptions()
  .showHelpAfterError('(ckptvm --help says what there is)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .addCommand(shVerb())
  .addCommand(runVerb())
  .addCommand(traceVerb())
  .addCommand(inspectVerb())
  .addHelpText(
    'after',
    `
Without a verb it boots to a shell.

Examples:
  ckptvm
  ckptvm run echo hello
  ckptvm trace self_checkpoint /tmp/image counter
  ckptvm inspect image.ckpt`,
  )

try {
  if (process.argv.length === 2) process.exitCode = await sh([])
  else {
    const [verb, ...rest] = process.argv.slice(2)
    await program.parseAsync([verb, ...(verb === 'run' ? separateStrace(rest) : rest)], { from: 'user' })
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`ckptvm: ${error.message}\n`)
  process.exitCode = 2
}
