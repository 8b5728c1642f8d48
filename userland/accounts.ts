import type { ByteString } from '../kernel/types.ts'
import type { Os } from './sh/os.ts'
import type { Run } from './program.ts'

/** The names that /etc/passwd, or /etc/group, has for ids. Without the file the only one known is root. */
export function* accountNames(os: Os, file: '/etc/passwd' | '/etc/group'): Run<ReadonlyMap<number, ByteString>> {
  const names = new Map<number, ByteString>()
  const fd = yield* os.open(file, 0)
  if (fd < 0) return names.set(0, 'root')
  let text = ''
  for (let chunk = yield* os.read(fd); typeof chunk === 'string' && chunk !== ''; chunk = yield* os.read(fd))
    text += chunk
  void (yield* os.sys.close(fd))
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':')
    if (/^\d+$/.test(id ?? '') && !names.has(Number(id))) names.set(Number(id), name)
  }
  return names
}
