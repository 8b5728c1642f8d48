import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './cli.ts'
import { PROMPT } from './session.ts'

/**
 * The ```console blocks of a page: what is typed, and what comes. A block of a machine's own shell begins with
 * its prompt, one of this computer's with a dollar sign.
 */
export interface ConsoleBlock {
  readonly machine: boolean
  readonly text: string
}

export function consoleBlocks(page: string): ConsoleBlock[] {
  const markdown = readFileSync(join(root, page), 'utf8')
  return [...markdown.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, text]) => ({
    machine: PROMPT.test(text.split('\n')[0]),
    text,
  }))
}

/** The shell scripts of a page that make a file, which its blocks then use. */
export function scripts(page: string): string[] {
  const markdown = readFileSync(join(root, page), 'utf8')
  return [...markdown.matchAll(/^```sh\n(cat > [^]*?)^```$/gm)].map(([, text]) => text)
}
