import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import type { Command, Definition, Word } from './ast.ts'
import { Failure } from './errors.ts'
import { expandFields, expandPrompt, expandText } from './expand.ts'
import { asAssignment } from './parser.ts'
import { forkShell } from './fork.ts'
import { waitForJob } from './jobs.ts'
import { reason } from './messages.ts'
import { forget, redirect, restore, type Saved } from './redirect.ts'
import { DEFAULT_PATH, execute, findProgram } from './search.ts'
import { LAST, TESTED, type Shell } from './shell.ts'
import { SPECIAL_BUILTINS } from './special.ts'
import { builtins, type Builtin } from './builtins/table.ts'
import { commandText } from './unparse.ts'

/** Builtins whose operands may be assignments, which are expanded as such. */
const DECLARING = new Set(['export', 'readonly', 'local'])

/** What a command's first word stands for. */
type Found =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'function'; readonly definition: Definition }
  | { readonly kind: 'builtin'; readonly run: Builtin; readonly special: boolean }
  | { readonly kind: 'program'; readonly path: ByteString | undefined }

/** Run a simple command: its words, redirections, assignments, and then what its first word stands for. */
export function* simple(sh: Shell, node: Command, flags: number): Run<number> {
  sh.errorLine = node.line
  sh.line = sh.functionLine > 0 ? node.line - sh.functionLine + 1 : node.line
  sh.substituted = 0
  const words = yield* expandWords(sh, node.words)
  const { found, argv } = find(sh, words)
  const special = found.kind === 'nothing' || (found.kind === 'builtin' && found.special)
  const saved: Saved = new Map()
  let keep = false
  const leave = special || node.assignments.length === 0 ? null : sh.variables.enter('command')
  try {
    const err = yield* redirect(sh, node.redirections, saved)
    if (err !== 0) {
      sh.status = err
      if (found.kind === 'builtin' && special) throw new Failure(err)
      return err
    }
    const becomesAnother = argv[0] === 'exec' && argv.length > 1
    const assigned: string[] = []
    for (const { name, value } of node.assignments) {
      const text = yield* expandText(sh, value, 'assignment')
      if (leave !== null) void sh.variables.local(name, 'command')
      yield* sh.assign(name, text, leave !== null || becomesAnother)
      assigned.push(`${name}=${text}`)
    }
    if (sh.option('x')) yield* trace(sh, [...assigned, ...words])
    switch (found.kind) {
      case 'nothing':
        return sh.substituted
      case 'builtin':
        // Its redirections are the shell's own from now on.
        if (found.run === builtins.get('exec')?.run && argv.length === 1) keep = true
        return yield* callBuiltin(sh, found.run, found.special, argv, flags)
      case 'function':
        return yield* callFunction(sh, found.definition, argv, flags)
    }
    return yield* runProgram(sh, node, argv, found.path, flags)
  } finally {
    yield* keep ? forget(sh, saved) : restore(sh, saved)
    leave?.()
  }
}

function* expandWords(sh: Shell, words: readonly Word[]): Run<ByteString[]> {
  const out: ByteString[] = []
  let declaring = false
  for (const [i, word] of words.entries()) {
    const assignment = declaring ? asAssignment(word) : null
    if (assignment !== null) out.push(`${assignment.name}=${yield* expandText(sh, assignment.value, 'assignment')}`)
    else out.push(...(yield* expandFields(sh, word)))
    if (i === 0 || out[0] === 'command') declaring ||= DECLARING.has(out[out.length - 1])
  }
  return out
}

/** `command` hides functions, and takes from special builtins what is special. */
function find(sh: Shell, words: readonly ByteString[]): { found: Found; argv: readonly ByteString[] } {
  let argv = words
  let path: ByteString | undefined
  let plain = false
  for (;;) {
    const [name] = argv
    if (name === undefined) return { found: { kind: 'nothing' }, argv }
    const definition = plain ? undefined : sh.functions.get(name)
    const builtin = builtins.get(name)
    const special = SPECIAL_BUILTINS.has(name)
    if (definition !== undefined && !special) return { found: { kind: 'function', definition }, argv }
    if (builtin === undefined) return { found: { kind: 'program', path }, argv }
    const rest = name === 'command' ? behindCommand(argv) : null
    if (rest === null) return { found: { kind: 'builtin', run: builtin.run, special: special && !plain }, argv }
    argv = rest.argv
    if (rest.standard) path = DEFAULT_PATH
    plain = true
  }
}

/** What `command` is to run; null where it is to do something else. */
function behindCommand(argv: readonly ByteString[]): { argv: readonly ByteString[]; standard: boolean } | null {
  let i = 1
  let standard = false
  for (; i < argv.length && argv[i].startsWith('-') && argv[i] !== '-'; i++) {
    if (argv[i] === '--') {
      i++
      break
    }
    if (!/^-p+$/.test(argv[i])) return null
    standard = true
  }
  return i < argv.length ? { argv: argv.slice(i), standard } : null
}

function* trace(sh: Shell, words: readonly string[]): Run<void> {
  void (yield* sh.os.write(2, `${yield* expandPrompt(sh, 'PS4')}${words.join(' ')}\n`))
}

function* callBuiltin(
  sh: Shell,
  run: Builtin,
  special: boolean,
  argv: readonly ByteString[],
  flags: number,
): Run<number> {
  const outer = sh.builtin
  ;[sh.builtin] = argv
  try {
    return yield* run(sh, argv, flags)
  } catch (error) {
    if (special || !(error instanceof Failure)) throw error
    return error.status
  } finally {
    sh.builtin = outer
  }
}

function* callFunction(sh: Shell, definition: Definition, argv: readonly ByteString[], flags: number): Run<number> {
  const { parameters, functionLine, loops, optind, optoff } = sh
  const leave = sh.variables.enter('function')
  const options = new Set(sh.options)
  sh.parameters = argv.slice(1)
  sh.functionLine = definition.line
  sh.functionDepth++
  sh.loops = 0
  sh.optind = 1
  sh.optoff = 0
  sh.localOptions.push(null)
  try {
    return yield* sh.run.tree(sh, definition.body, flags & TESTED)
  } finally {
    if (sh.skip === 'return') sh.skip = 'no'
    if (sh.localOptions.pop() === 'kept') {
      sh.options.clear()
      for (const option of options) sh.options.add(option)
    }
    sh.parameters = parameters
    sh.functionLine = functionLine
    sh.functionDepth--
    sh.loops = loops
    sh.optind = optind
    sh.optoff = optoff
    leave()
  }
}

function* runProgram(
  sh: Shell,
  node: Command,
  argv: readonly ByteString[],
  path: ByteString | undefined,
  flags: number,
): Run<number> {
  const file = yield* findProgram(sh, argv[0], path)
  if (typeof file === 'number') {
    yield* sh.warn(`${argv[0]}: ${reason(file, 'run')}`)
    return 127
  }
  if ((flags & LAST) !== 0 && sh.traps.size === 0) return yield* execute(sh, argv, path)
  const job = sh.jobs.add(commandText(node), sh.option('m'))
  void (yield* forkShell(sh, job, 'foreground', (child) => execute(child, argv, path)))
  return yield* waitForJob(sh, job)
}
