import type { ByteString } from '../../kernel/types.ts'
import type { Os } from './os.ts'
import type { Run } from '../program.ts'
import { isPattern, matcher, unescapePattern } from './pattern.ts'

/** The paths that fit `pattern`, in order; none where nothing does. */
export function* glob(os: Os, pattern: ByteString): Run<ByteString[]> {
  const components = pattern.split(/(\/+)/)
  let found: ByteString[] = ['']
  for (const [i, component] of components.entries()) {
    if (found.length === 0) break
    if (i % 2 === 1 || !isPattern(component)) {
      const name = unescapePattern(component)
      found = found.map((path) => path + name)
      continue
    }
    const next: ByteString[] = []
    for (const path of found) next.push(...(yield* matching(os, path, component)))
    found = next
  }
  // Names that were not found in a directory may not be there.
  const seen = isPattern(components[components.length - 1])
  return (seen ? found : yield* existing(os, found)).sort()
}

function* existing(os: Os, paths: readonly ByteString[]): Run<ByteString[]> {
  const out: ByteString[] = []
  for (const path of paths) if (typeof (yield* os.stat(path, false)) !== 'number') out.push(path)
  return out
}

/** The names in directory `path` that fit; one that begins with a dot only where the pattern does. */
function* matching(os: Os, path: ByteString, component: ByteString): Run<ByteString[]> {
  const names = yield* os.names(path === '' ? '.' : path)
  if (typeof names === 'number') return []
  const test = matcher(component)
  const hidden = component.startsWith('.') || component.startsWith('\\.')
  const all = hidden ? ['.', '..', ...names] : names.filter((name) => !name.startsWith('.'))
  return all.filter(test).map((name) => path + name)
}
