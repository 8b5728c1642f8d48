import type { Run } from '../program.ts'
import type { Case, Enclosed, For, Loop, Node, Pipeline } from './ast.ts'
import { simple } from './command.ts'
import { Exit, Interrupt } from './errors.ts'
import { expandFields, expandPattern, expandText } from './expand.ts'
import { forkShell } from './fork.ts'
import { waitForJob } from './jobs.ts'
import { matcher } from './pattern.ts'
import { redirect, restore, type Saved } from './redirect.ts'
import { LAST, TESTED, type Shell } from './shell.ts'
import { runTraps } from './traps.ts'
import { commandText } from './unparse.ts'

/** Run a tree; its status, which `$?` is then. Throws Exit where `set -e` ends the shell. */
export function* evaluate(sh: Shell, node: Node, flags: number): Run<number> {
  const status = yield* dispatch(sh, node, flags)
  sh.status = status
  if (status !== 0 && sh.option('e') && (flags & TESTED) === 0 && endsOnFailure(node)) throw new Exit(status)
  if (sh.pending.size > 0) yield* runTraps(sh)
  if (sh.interrupted) throw new Interrupt()
  return sh.status
}

/** Lists and the like have been looked at piece by piece. */
function endsOnFailure({ type }: Node): boolean {
  return type === 'command' || type === 'pipeline' || type === 'subshell'
}

function* dispatch(sh: Shell, node: Node, flags: number): Run<number> {
  switch (node.type) {
    case 'command':
      return yield* simple(sh, node, flags)
    case 'list': {
      let status = 0
      for (const [i, item] of node.items.entries()) {
        status = yield* evaluate(sh, item, i === node.items.length - 1 ? flags : flags & TESTED)
        if (sh.skip !== 'no') break
      }
      return status
    }
    case 'and':
    case 'or': {
      const status = yield* evaluate(sh, node.left, TESTED)
      if (sh.skip !== 'no' || (status === 0) !== (node.type === 'and')) return status
      return yield* evaluate(sh, node.right, flags)
    }
    case 'not':
      return (yield* evaluate(sh, node.body, TESTED)) === 0 ? 1 : 0
    case 'if': {
      const test = yield* evaluate(sh, node.test, TESTED)
      if (sh.skip !== 'no') return test
      if (test === 0) return yield* evaluate(sh, node.then, flags)
      return node.otherwise === null ? 0 : yield* evaluate(sh, node.otherwise, flags)
    }
    case 'while':
    case 'until':
      return yield* loop(sh, node, flags & TESTED)
    case 'for':
      return yield* each(sh, node, flags & TESTED)
    case 'case':
      return yield* choose(sh, node, flags)
    case 'function':
      sh.functions.set(node.name, node)
      return 0
    case 'pipeline':
      return yield* pipeline(sh, node)
    case 'subshell':
    case 'background':
      return yield* enclosed(sh, node, flags)
    case 'redirected':
      return yield* redirected(sh, node, flags)
  }
}

function at(sh: Shell, line: number): void {
  sh.errorLine = line
  sh.line = sh.functionLine > 0 ? line - sh.functionLine + 1 : line
}

function* redirected(sh: Shell, node: Enclosed, flags: number): Run<number> {
  at(sh, node.line)
  const saved: Saved = new Map()
  try {
    const err = yield* redirect(sh, node.redirections, saved)
    return err !== 0 ? err : yield* evaluate(sh, node.body, flags & TESTED)
  } finally {
    yield* restore(sh, saved)
  }
}

/** After a turn of a loop: is it over? A skip is counted down by each loop that it leaves. */
function left(sh: Shell): boolean {
  if (sh.skip === 'no') return false
  if (sh.skip === 'return') return true
  const going = sh.skip === 'continue'
  if (--sh.skipCount > 0) {
    sh.skip = going ? 'continue' : 'break'
    return true
  }
  sh.skip = 'no'
  return !going
}

function* loop(sh: Shell, node: Loop, flags: number): Run<number> {
  let status = 0
  sh.loops++
  for (;;) {
    // A loop of builtins makes no call of its own in which a signal could come.
    void (yield* sh.os.sys.sched_yield())
    const test = yield* evaluate(sh, node.test, TESTED)
    if (sh.skip !== 'no') {
      if ((sh.skip as string) === 'return') status = test
      if (left(sh)) break
      continue
    }
    if ((test === 0) !== (node.type === 'while')) break
    status = yield* evaluate(sh, node.body, flags)
    if (left(sh)) break
  }
  sh.loops--
  return status
}

function* each(sh: Shell, node: For, flags: number): Run<number> {
  at(sh, node.line)
  const values: string[] = []
  if (node.words === null) values.push(...sh.parameters)
  else for (const word of node.words) values.push(...(yield* expandFields(sh, word)))
  let status = 0
  sh.loops++
  for (const value of values) {
    void (yield* sh.os.sys.sched_yield())
    yield* sh.assign(node.name, value)
    status = yield* evaluate(sh, node.body, flags)
    if (left(sh)) break
  }
  sh.loops--
  return status
}

function* choose(sh: Shell, node: Case, flags: number): Run<number> {
  at(sh, node.line)
  const text = yield* expandText(sh, node.word)
  for (const { patterns, body } of node.items) {
    for (const pattern of patterns) {
      if (!matcher(yield* expandPattern(sh, pattern))(text)) continue
      return body === null ? 0 : yield* evaluate(sh, body, flags)
    }
  }
  return 0
}

function* pipeline(sh: Shell, node: Pipeline): Run<number> {
  const { sys } = sh.os
  const job = sh.jobs.add(commandText(node), sh.option('m'))
  let input = -1
  for (const [i, command] of node.commands.entries()) {
    const pipe = i < node.commands.length - 1 ? yield* sh.os.pipe() : null
    if (typeof pipe === 'number') return yield* sh.fail('Pipe call failed')
    const from = input
    void (yield* forkShell(sh, job, node.background ? 'background' : 'foreground', function* (child) {
      if (pipe !== null) void (yield* child.os.sys.close(pipe.rd))
      yield* move(child, from, 0)
      if (pipe !== null) yield* move(child, pipe.wr, 1)
      return yield* child.run.tree(child, command, LAST)
    }))
    if (from >= 0) void (yield* sys.close(from))
    if (pipe === null) break
    input = pipe.rd
    void (yield* sys.close(pipe.wr))
  }
  return node.background ? 0 : yield* waitForJob(sh, job)
}

function* move(sh: Shell, from: number, to: number): Run<void> {
  if (from < 0 || from === to) return
  void (yield* sh.os.sys.dup3(from, to, 0))
  void (yield* sh.os.sys.close(from))
}

function* enclosed(sh: Shell, node: Enclosed, flags: number): Run<number> {
  at(sh, node.line === 0 ? sh.errorLine : node.line)
  const background = node.type === 'background'
  const inside = function* (child: Shell): Run<number> {
    const err = yield* redirect(child, node.redirections, null)
    return err !== 0 ? err : yield* child.run.tree(child, node.body, LAST | (background ? 0 : flags & TESTED))
  }
  const job = sh.jobs.add(commandText(node), sh.option('m'))
  void (yield* forkShell(sh, job, background ? 'background' : 'foreground', inside))
  return background ? 0 : yield* waitForJob(sh, job)
}
