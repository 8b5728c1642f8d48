#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { inspectVerb } from './cli/inspect.ts'
import { runVerb, separateStrace } from './cli/run.ts'
import { sh, shVerb } from './cli/sh.ts'
import { traceVerb } from './cli/trace.ts'
import { UsageError, oneLine } from './cli/usage.ts'
import { inlineFurther } from './lib/engine.ts'
import { HostError } from './lib/host_error.ts'
import { guardStdio } from './lib/stdio.ts'

/** The command: `ckptvm VERB`, in the checkout `npm run --silent vm -- VERB`. */

inlineFurther()
guardStdio('ckptvm')

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const program = oneLine(new Command('ckptvm'), 'ckptvm')
  .description('A small Linux-shaped kernel with checkpoint/restart, as a machine in this process.')
  .version(version, '--version', 'show the version')
  .enablePositionalOptions()
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
    if (verb === 'help' && rest.length > 0 && !program.commands.some((command) => command.name() === rest[0]))
      throw new UsageError(`unknown command '${rest[0]}' (ckptvm --help says what there is)`)
    await program.parseAsync([verb, ...(verb === 'run' ? separateStrace(rest) : rest)], { from: 'user' })
  }
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else if (error instanceof UsageError || error instanceof HostError) {
    process.stderr.write(`ckptvm: ${error.message}\n`)
    process.exitCode = error instanceof UsageError ? 2 : 1
  } else throw error
}
