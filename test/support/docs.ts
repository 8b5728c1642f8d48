import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { compileFunction } from 'node:vm'
import { build } from 'esbuild'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/**
 * The examples of a page of documentation: each ```ts block is a program in the root folder, and a ```text
 * block behind it is what it prints with console.log. No top-level await.
 */

const root = join(import.meta.dirname, '../..')

export interface Example {
  /** The page, from the root, and the line of the block's fence. */
  readonly page: string
  readonly line: number
  readonly code: string
  /** What the page says it prints; '' where it says nothing. */
  readonly output: string
}

/** Test that each example on `page` compiles, and prints what the page says. */
export function testExamples(page: string): void {
  const examples = examplesOf(page, readFileSync(join(root, page), 'utf8'))
  describe(page, () => {
    it('its examples are without a type error', () => {
      expect(examples.length).toBeGreaterThan(0)
      expect(typeErrors(examples)).toEqual([])
    })
    for (const example of examples) {
      it(`the example of line ${example.line} prints what is said`, async () => {
        expect(await runExample(example)).toBe(example.output)
      })
    }
  })
}

const FENCE = /^(```+)(\S*).*\n((?:.*\n)*?)\1[ \t]*$/gm

/** The ts blocks of a page, each with the text block that is the next thing behind it but prose. */
export function examplesOf(page: string, markdown: string): Example[] {
  const blocks = [...markdown.matchAll(FENCE)].map(({ index, 2: lang, 3: code }) => ({
    lang,
    code,
    line: markdown.slice(0, index).split('\n').length,
  }))
  return blocks.flatMap(({ lang, code, line }, i) => {
    const next = blocks[i + 1]
    return lang === 'ts' ? [{ page, line, code, output: next?.lang === 'text' ? next.code : '' }] : []
  })
}

/** Run an example. What it prints, a newline behind each line. */
export async function runExample(example: Example): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: example.code, loader: 'ts', resolveDir: root, sourcefile: `${example.page}:${example.line}` },
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'es2023',
    // What is installed is loaded and not bundled; the machine is bundled, so each example has its own.
    external: ['memfs', 'pino', 'commander', 'esbuild'],
  })
  const printed: string[] = []
  const log = (...args: unknown[]): void => {
    printed.push(`${args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg))).join(' ')}\n`)
  }
  const program = compileFunction(outputFiles[0].text, ['require', 'console', 'module'], {
    filename: `${example.page}:${example.line}`,
  }) as (require: NodeJS.Require, console: { log: typeof log }, module: object) => void
  program(createRequire(join(root, 'index.ts')), { log }, { exports: {} })
  return printed.join('')
}

/** What tsc has against the examples: `page:line: message`, the line being the page's. */
export function typeErrors(examples: readonly Example[]): string[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    { ...ts.sys, readDirectory: () => [] },
    root,
  )
  const files = new Map(examples.map((example) => [join(root, `example-${example.line}.ts`), example]))
  const disk = ts.createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => files.has(path) || disk.fileExists(path),
    readFile: (path) => files.get(path)?.code ?? disk.readFile(path),
    getSourceFile(path, version, ...rest) {
      const example = files.get(path)
      if (example === undefined) return disk.getSourceFile(path, version, ...rest)
      return ts.createSourceFile(path, example.code, version)
    },
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files].flatMap(([path, example]) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map(({ start = 0, messageText }) => {
      const line = example.line + example.code.slice(0, start).split('\n').length
      return `${example.page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    }),
  )
}
