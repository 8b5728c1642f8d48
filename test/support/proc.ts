import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { O_RDONLY, O_WRONLY } from '../../kernel/fs/file.ts'
import { ok, textAt } from './vm.ts'

/** Files of /proc, for programs in tests. */

/** All of the file at `path`, read in pieces of `size` bytes. */
export function* textOf(sys: Libc, path: string, size = 4096): Run<string> {
  const fd = ok(yield* sys.open(path, O_RDONLY))
  const text = yield* restOf(sys, fd, size)
  ok(yield* sys.close(fd))
  return text
}

/** What is left to read of `fd`. */
export function* restOf(sys: Libc, fd: number, size = 4096): Run<string> {
  const buf = sys.alloc(size)
  let text = ''
  for (;;) {
    const n = ok(yield* sys.read(fd, buf, size))
    if (n === 0) return text
    text += textAt(sys, buf, n)
  }
}

/** Write `text` to the file at `path`: what write(2) says, or why it could not be opened. */
export function* writeTo(sys: Libc, path: string, text: string): Run<number> {
  const fd = yield* sys.open(path, O_WRONLY)
  if (fd < 0) return fd
  const ret = yield* sys.write(fd, sys.string(text), text.length)
  ok(yield* sys.close(fd))
  return ret
}

/** Where the symbolic link at `path` leads, or a negative errno. */
export function* readlink(sys: Libc, path: string): Run<string | number> {
  const buf = sys.alloc(256)
  const n = yield* sys.syscall(78, -100, sys.string(path), buf, 256)
  return n < 0 ? n : textAt(sys, buf, n)
}

/** The names in the directory at `path`, as they come, and the type of each. */
export function* list(sys: Libc, path: string, size = 4096): Run<{ name: string; type: number; ino: number }[]> {
  const fd = ok(yield* sys.open(path, O_RDONLY))
  const buf = sys.alloc(size)
  const names = []
  for (;;) {
    const n = ok(yield* sys.syscall(61, fd, buf, size))
    if (n === 0) break
    const dv = new DataView(sys.load(buf, n).buffer)
    for (let at = 0; at < n; at += dv.getUint16(at + 16, true)) {
      const bytes = sys.load(buf, n).subarray(at + 19, at + dv.getUint16(at + 16, true))
      const name = String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)))
      names.push({ name, type: dv.getUint8(at + 18), ino: Number(dv.getBigUint64(at, true)) })
    }
  }
  ok(yield* sys.close(fd))
  return names
}
