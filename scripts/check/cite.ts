import type { Finding } from './finding.ts'
import { parse } from './parse.ts'

/**
 * What one file of the patch adds, by name: seed.json. Functions, macros and structs must each have a
 * port; constants may be cited.
 */
export interface SeedFile {
  readonly functions?: readonly string[]
  readonly macros?: readonly string[]
  readonly structs?: readonly string[]
  readonly constants?: readonly string[]
}
export type Seed = Readonly<Record<string, SeedFile>>

/** Where the ports live. A citation elsewhere must be true too, but counts for no port. */
const PORTS = 'kernel/checkpoint/'

/**
 * Rule `cite`. A comment `seed: checkpoint/sys.c:ckpt_kwrite()` must name something of the patch, and
 * each function, macro and struct of the patch must be cited under kernel/checkpoint/, in a file whose
 * code has that name (a macro may have dissolved). SEED and NON-SEED markers must say something. Paths in `files` are relative to the root.
 */
export function checkCitations(files: ReadonlyMap<string, string>, seed: Seed): Finding[] {
  const findings: Finding[] = []
  const ported = new Set<string>()

  for (const [path, text] of files) {
    const report = (line: number, message: string) => findings.push({ path, line, message, rule: 'cite' })
    const ast = parse(text)
    if (ast === null) {
      report(1, 'cannot be parsed')
      continue
    }
    const names = new Set(ast.tokens?.map((token) => token.value))

    for (const comment of ast.comments ?? []) {
      for (const { line, target } of citations(comment.value, comment.loc.start.line)) {
        const [file, cited] = target.split(':')
        const name = cited?.replace(/\(\)$/, '')
        const wrong = citationError(seed, file, name, cited !== name)
        if (wrong !== undefined) report(line, `seed: ${target}: ${wrong}`)
        else if (name !== undefined && path.startsWith(PORTS)) {
          if (names.has(name) || seed[file].macros?.includes(name)) ported.add(`${file}:${name}`)
          else report(line, `seed: ${target}: no code in this file has that name`)
        }
      }
      for (const { line, marker } of emptyMarkers(comment.value, comment.loc.start.line)) {
        report(line, `${marker} says nothing: give the reason`)
      }
    }
  }

  for (const [file, { functions = [], macros = [], structs = [] }] of Object.entries(seed)) {
    for (const name of [...functions, ...macros, ...structs]) {
      if (ported.has(`${file}:${name}`)) continue
      const target = structs.includes(name) ? `${file}:${name}` : `${file}:${name}()`
      findings.push({ path: PORTS, line: 1, message: `no port cites seed: ${target}`, rule: 'cite' })
    }
  }
  return findings
}

/** Why `file:name` names nothing in the patch, or undefined if it does. Without a name, the file is meant. */
function citationError(seed: Seed, file: string, name: string | undefined, called: boolean): string | undefined {
  const entry = seed[file]
  if (entry === undefined) return 'the patch adds nothing to such a file'
  if (name === undefined) return undefined
  const { functions = [], macros = [], structs = [], constants = [] } = entry
  if ([...functions, ...macros].includes(name)) return called ? undefined : 'a function is cited with ()'
  if ([...structs, ...constants].includes(name)) return called ? 'is no function' : undefined
  const home = Object.keys(seed).find((other) => [seed[other].functions, seed[other].macros].flat().includes(name))
  return home === undefined ? 'the patch has no such name' : `the patch has it in ${home}`
}

/**
 * Citations in a comment, several behind one `seed:` with commas between. Prose about a scheduler's
 * seed: it has neither path nor colon.
 */
function* citations(comment: string, firstLine: number) {
  for (const match of comment.matchAll(
    /\bseed:([ \t]*[\w./-]*\w(?::\w+(?:\(\))?)?(?:,[\s*]*[\w./-]+:\w+(?:\(\))?)*)/g,
  )) {
    for (const target of match[1].split(/,[\s*]*/).map((part) => part.trim())) {
      if (!/\/|:|\.[ch]$/.test(target)) continue
      yield { line: firstLine + linesIn(comment.slice(0, match.index)), target }
    }
  }
}

function* emptyMarkers(comment: string, firstLine: number) {
  for (const match of comment.matchAll(/\b((?:NON-)?SEED):((?:(?!\bSEED:|\bNON-SEED:|\bseed:|[ \t*]@)[^])*)/g)) {
    const [, marker, text] = match
    if (!/\w/.test(text)) yield { line: firstLine + linesIn(comment.slice(0, match.index)), marker }
  }
}

function linesIn(text: string): number {
  return text.split('\n').length - 1
}
