import type { Plugin } from 'esbuild'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'

const require = createRequire(import.meta.url)

/**
 * memfs's core without the Node API around it. Of a volume the machine uses `_core` alone; the rest of
 * memfs is most of its size, and wants streams, events and URLs.
 */
const MEMFS = `
  import { Superblock } from '@jsonjoy.com/fs-core'
  export const memfs = (_json, options) => ({ vol: { _core: new Superblock(options) } })
`

/**
 * What that core asks of Node besides a Buffer. Of paths it reads the separator while it loads; the
 * functions are for names with a slash in them, and it is the kernel that walks those. It looks for a
 * `process`, and makes do without.
 */
const STUBS: Readonly<Record<string, string>> = {
  process: '',
  'node:path': `
    exports.sep = '/'
    for (const name of ['basename', 'dirname', 'isAbsolute', 'join', 'normalize', 'relative', 'resolve'])
      exports[name] = () => { throw new Error('path.' + name + '() is not in the browser build') }
  `,
}

/** For esbuild: what the machine needs so that a bundle with it runs where there is no Node. */
export function machineForBrowser(): Plugin {
  return {
    name: 'ckptvm',
    setup(build) {
      const memfs = dirname(require.resolve('memfs/package.json'))
      build.onResolve({ filter: /^memfs$/ }, () => ({ path: 'memfs', namespace: 'ckptvm' }))
      // Only memfs gets these: whoever else asks for a module of Node's is told that there is none.
      build.onResolve({ filter: /^(node:buffer|node:path|process)$/ }, ({ path, importer }) => {
        if (!importer.includes('@jsonjoy.com')) return undefined
        return path === 'node:buffer' ? { path: require.resolve('buffer/') } : { path, namespace: 'ckptvm' }
      })
      build.onLoad({ filter: /.*/, namespace: 'ckptvm' }, ({ path }) =>
        path === 'memfs' ? { contents: MEMFS, resolveDir: memfs } : { contents: STUBS[path] },
      )
    },
  }
}
