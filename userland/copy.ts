import type { ByteString } from '../kernel/types.ts'
import type { Run } from './program.ts'
import type { Stat } from './sh/os.ts'
import type { Tool } from './tool.ts'
import { ENOTDIR } from '../kernel/errno.ts'
import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from '../kernel/fs/file.ts'
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, inside } from './files.ts'

/** How cp(1), and mv(1) between file systems, copy. */
export interface CopyHow {
  readonly recursive: boolean
  /** Keep mode and times. */
  readonly preserve: boolean
  /** Remove what cannot be opened for writing. */
  readonly force: boolean
  readonly verbose: boolean
  /** Follow symbolic links among the operands. */
  readonly follow: boolean
}

/** Copy `from` to the name `to`. False where something failed, which was told. */
export function* copy(tool: Tool, from: ByteString, to: ByteString, how: CopyHow): Run<boolean> {
  const stat = yield* tool.os.stat(from, how.follow)
  if (typeof stat === 'number') {
    yield* tool.complain(`cannot stat '${from}'`, stat)
    return false
  }
  const type = stat.mode & S_IFMT
  if (type === S_IFDIR) return yield* copyFolder(tool, from, to, stat, how)
  const there = yield* tool.os.stat(to)
  if (there === -ENOTDIR) {
    yield* tool.complain(`cannot stat '${to}'`, there)
    return false
  }
  if (typeof there !== 'number') {
    if (there.dev === stat.dev && there.ino === stat.ino) {
      yield* tool.complain(`'${from}' and '${to}' are the same file`)
      return false
    }
    if ((there.mode & S_IFMT) === S_IFDIR) {
      yield* tool.complain(`cannot overwrite directory '${to}' with non-directory`)
      return false
    }
  }
  const done =
    type === S_IFREG || !how.recursive
      ? yield* copyFile(tool, from, to, stat, how)
      : yield* copySpecial(tool, from, to, stat)
  if (done && how.verbose) yield* tool.out(`'${from}' -> '${to}'\n`)
  if (done && how.preserve) yield* keep(tool, to, stat)
  return done
}

function* copyFile(tool: Tool, from: ByteString, to: ByteString, stat: Stat, how: CopyHow): Run<boolean> {
  const { os } = tool
  const input = yield* os.open(from, O_RDONLY)
  if (input < 0) {
    yield* tool.complain(`cannot open '${from}' for reading`, input)
    return false
  }
  const mode = stat.mode & 0o777
  let output = yield* os.open(to, O_WRONLY | O_TRUNC | O_CREAT, mode)
  if (output < 0 && how.force && (yield* tool.files.unlink(to)) >= 0) {
    output = yield* os.open(to, O_WRONLY | O_CREAT | O_EXCL, mode)
  }
  if (output < 0) {
    yield* tool.complain(`cannot create regular file '${to}'`, output)
    void (yield* os.sys.close(input))
    return false
  }
  let err = 0
  for (;;) {
    const chunk = yield* os.read(input)
    if (chunk === '') break
    if (typeof chunk === 'number') {
      yield* tool.complain(`error reading '${from}'`, (err = chunk))
      break
    }
    err = yield* os.write(output, chunk)
    if (err >= 0) continue
    yield* tool.complain(`error writing '${to}'`, err)
    break
  }
  void (yield* os.sys.close(input))
  void (yield* os.sys.close(output))
  return err >= 0
}

/** A link, a pipe or a device is made anew. */
function* copySpecial(tool: Tool, from: ByteString, to: ByteString, stat: Stat): Run<boolean> {
  const { files } = tool
  void (yield* files.unlink(to))
  let err: number
  if ((stat.mode & S_IFMT) === S_IFLNK) {
    const target = yield* files.readlink(from)
    err = typeof target === 'number' ? target : yield* files.symlink(target, to)
  } else err = yield* files.mknod(to, stat.mode, stat.rdev)
  if (err < 0) yield* tool.complain(`cannot create '${to}'`, err)
  return err >= 0
}

function* copyFolder(tool: Tool, from: ByteString, to: ByteString, stat: Stat, how: CopyHow): Run<boolean> {
  const { os, files } = tool
  if (!how.recursive) {
    yield* tool.complain(`-r not specified; omitting directory '${from}'`)
    return false
  }
  const there = yield* os.stat(to)
  if (typeof there !== 'number' && (there.mode & S_IFMT) !== S_IFDIR) {
    yield* tool.complain(`cannot overwrite non-directory '${to}' with directory '${from}'`)
    return false
  }
  if (typeof there === 'number') {
    const err = yield* files.mkdir(to, stat.mode & 0o777)
    if (err < 0) {
      yield* tool.complain(`cannot create directory '${to}'`, err)
      return false
    }
    if (how.verbose) yield* tool.out(`'${from}' -> '${to}'\n`)
  }
  const names = yield* os.names(from)
  if (typeof names === 'number') {
    yield* tool.complain(`cannot access '${from}'`, names)
    return false
  }
  let done = true
  const own = yield* os.stat(to)
  for (const name of names) {
    const child = yield* os.stat(inside(from, name), false)
    if (typeof child !== 'number' && typeof own !== 'number' && child.ino === own.ino && child.dev === own.dev) {
      yield* tool.complain(`cannot copy a directory, '${from}', into itself, '${to}'`)
      done = false
      continue
    }
    done = (yield* copy(tool, inside(from, name), inside(to, name), { ...how, follow: false })) && done
  }
  if (how.preserve) yield* keep(tool, to, stat)
  return done
}

function* keep(tool: Tool, to: ByteString, stat: Stat): Run<void> {
  void (yield* tool.files.utimens(to, stat.atime, stat.mtime, false))
  if ((stat.mode & S_IFMT) !== S_IFLNK) void (yield* tool.files.chmod(to, stat.mode & 0o7777))
}

/** Where operands go: each into the last, which is a directory, or the first to the name of the second. */
export function* destinations(tool: Tool): Run<readonly (readonly [from: ByteString, to: ByteString])[]> {
  const { operands, os } = tool
  if (operands.length === 0) yield* tool.misused('missing file operand')
  const into = tool.value('t')
  if (into === undefined && operands.length === 1) {
    yield* tool.misused(`missing destination file operand after '${operands[0]}'`)
  }
  const last = into ?? operands[operands.length - 1]
  const from = into === undefined ? operands.slice(0, -1) : operands
  const stat = tool.has('T') ? -1 : yield* os.stat(last)
  if (typeof stat !== 'number' && (stat.mode & S_IFMT) === S_IFDIR) {
    return from.map((path) => [path, inside(last, path.replace(/\/+$/, '').replace(/^.*\//s, '') || path)])
  }
  if (into !== undefined || from.length > 1) {
    yield* tool.complain(`target '${last}'`, typeof stat === 'number' && stat !== -1 ? stat : -ENOTDIR)
    yield* tool.quit(1)
  }
  return [[from[0], last]]
}
