import type { Run } from '../program.ts'
import type { Redirection } from './ast.ts'
import { EEXIST, EINTR, errnoMessage } from '../../kernel/errno.ts'
import { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { Failure } from './errors.ts'
import { expandText } from './expand.ts'
import { forkShell } from './fork.ts'
import { reason } from './messages.ts'
import type { Shell } from './shell.ts'

/** Descriptors that redirections have replaced: where the old one is kept, or -1 where it was closed. */
export type Saved = Map<number, number>

/** Kept descriptors begin here: no redirection can name them. */
const FIRST_KEPT = 10
/** What a pipe takes at once, whoever reads. */
const PIPE_BUF = 4096
const S_IFMT = 0o170000
const S_IFREG = 0o100000

/**
 * Do what redirections say, the old descriptors going to `saved` unless it is null. 0, or 2 where one
 * failed; then those before it stand.
 */
export function* redirect(sh: Shell, redirections: readonly Redirection[], saved: Saved | null): Run<number> {
  const targets: string[] = []
  for (const { word } of redirections) targets.push(yield* expandText(sh, word))
  for (const [i, redirection] of redirections.entries()) {
    try {
      yield* one(sh, redirection, targets[i], saved)
    } catch (error) {
      if (error instanceof Failure) return error.status
      throw error
    }
  }
  return 0
}

/** Put back what was kept. */
export function* restore(sh: Shell, saved: Saved): Run<void> {
  const { sys } = sh.os
  for (const [fd, kept] of [...saved].reverse()) {
    if (kept < 0) void (yield* sys.close(fd))
    else {
      void (yield* sys.dup3(kept, fd, 0))
      void (yield* sys.close(kept))
    }
  }
  saved.clear()
}

/** Put nothing back: the redirections stay. */
export function* forget(sh: Shell, saved: Saved): Run<void> {
  for (const kept of saved.values()) if (kept >= 0) void (yield* sh.os.sys.close(kept))
  saved.clear()
}

function* one(sh: Shell, { fd, op }: Redirection, target: string, saved: Saved | null): Run<void> {
  const { sys } = sh.os
  const from = op === '<<' ? yield* document(sh, target) : yield* source(sh, op, target)
  if (from === fd) {
    if (saved !== null && !saved.has(fd) && op !== '<&' && op !== '>&') saved.set(fd, -1)
    return
  }
  if (saved !== null && !saved.has(fd)) {
    const kept = yield* sh.os.dupAbove(fd, FIRST_KEPT)
    saved.set(fd, kept < 0 ? -1 : kept)
  }
  if (from < 0) {
    void (yield* sys.close(fd))
    return
  }
  const ret = yield* sys.dup3(from, fd, 0)
  if (op !== '<&' && op !== '>&') void (yield* sys.close(from))
  if (ret < 0) yield* sh.fail(`${op === '<&' || op === '>&' ? from : fd}: ${errnoMessage(-ret)}`)
}

/** The descriptor that is to be `fd`; -1 where it is to be closed. */
function* source(sh: Shell, op: Redirection['op'], target: string): Run<number> {
  switch (op) {
    case '<&':
    case '>&':
      if (target === '-') return -1
      if (/^\d$/.test(target)) return Number(target)
      return yield* sh.fail('Syntax error: Bad fd number')
    case '<':
      return yield* opened(sh, target, O_RDONLY, 'open')
    case '<>':
      return yield* opened(sh, target, O_RDWR | O_CREAT, 'create')
    case '>>':
      return yield* opened(sh, target, O_WRONLY | O_CREAT | O_APPEND, 'create')
    default: {
      if (op === '>|' || !sh.option('C')) return yield* opened(sh, target, O_WRONLY | O_CREAT | O_TRUNC, 'create')
      const there = yield* sh.os.stat(target)
      if (typeof there === 'number') return yield* opened(sh, target, O_WRONLY | O_CREAT | O_EXCL, 'create')
      if ((there.mode & S_IFMT) !== S_IFREG) return yield* opened(sh, target, O_WRONLY, 'create')
      return yield* sh.fail(`cannot create ${target}: ${reason(-EEXIST, 'create')}`)
    }
  }
}

function* opened(sh: Shell, path: string, flags: number, doing: 'open' | 'create'): Run<number> {
  for (;;) {
    const fd = yield* sh.os.open(path, flags, 0o666)
    if (fd === -EINTR && sh.pending.size === 0 && !sh.interrupted) continue
    return fd < 0 ? yield* sh.fail(`cannot ${doing} ${path}: ${reason(fd, doing)}`) : fd
  }
}

/** A descriptor that `text` is read from: a pipe, with a child to fill it where it may not hold all. */
function* document(sh: Shell, text: string): Run<number> {
  const pipe = yield* sh.os.pipe()
  if (typeof pipe === 'number') return yield* sh.fail('Pipe call failed')
  if (text.length <= PIPE_BUF) void (yield* sh.os.write(pipe.wr, text))
  else {
    void (yield* forkShell(sh, null, 'helper', function* (child) {
      void (yield* child.os.sys.close(pipe.rd))
      return (yield* child.os.write(pipe.wr, text)) < 0 ? 1 : 0
    }))
  }
  void (yield* sh.os.sys.close(pipe.wr))
  return pipe.rd
}
