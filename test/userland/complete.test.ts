import { describe, expect, test } from 'vitest'
import { ENOENT } from '../../kernel/errno.ts'
import { toBytes } from '../../kernel/utf8.ts'
import { completed } from '../../userland/readline/complete.ts'
import { completeWord, type Names } from '../../userland/sh/complete.ts'

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  '.': ['a file', 'a note', 'größe', 'run.sh', 'sub', '.hidden', "it's"],
  'sub/': ['inner', 'inside'],
  '/bin': ['cat', 'checkpoint', 'checksum'],
  '/root/': ['notes'],
}
const EXECUTABLE = ['run.sh']
const FOLDER = ['sub']

const names: Names = {
  commands: ['cd', 'case'],
  variables: ['HOME', 'HOST', 'PATH'],
  variable: (name) => ({ HOME: '/root', PATH: '/bin:/nowhere' })[name],
  *names(path) {
    return FOLDERS[path]?.map(toBytes) ?? -ENOENT
  },
  *stat(path) {
    return { mode: FOLDER.includes(path) ? 0o40755 : EXECUTABLE.includes(path) ? 0o100755 : 0o100644 }
  },
}

/** What Tab makes of the end of `line`, and what a list would show. */
function tab(line: string) {
  const step = completeWord(names, line).next()
  if (step.done !== true) throw new Error('nothing here sleeps')
  const completion = step.value
  const text = completed(completion)
  const becomes = text === null ? null : line.slice(0, completion.start) + text
  return { becomes, list: completion.candidates.map(({ text: word, label }) => label ?? word) }
}

describe('Tab', () => {
  test('knows commands where one begins, and files elsewhere', () => {
    expect(tab('c').list).toEqual(['case', 'cat', 'cd', 'checkpoint', 'checksum'])
    for (const before of ['', 'true; ', 'a | ', 'X=1 ', 'if ', '! ', '(', 'a && ', 'echo `'])
      expect(tab(`${before}checkp`).becomes).toBe(`${before}checkpoint `)
    for (const before of ['echo ', 'cat <', 'cat > ', 'echo if '])
      expect(tab(`${before}gr`).becomes).toBe(`${before}größe `)
  })

  test('goes into folders, of which it shows what they are', () => {
    expect(tab('ls s')).toEqual({ becomes: 'ls sub/', list: ['sub/'] })
    expect(tab('ls sub/in')).toEqual({ becomes: 'ls sub/in', list: ['inner', 'inside'] })
    expect(tab('ls ~/n').becomes).toBe('ls ~/notes ')
  })

  test('hides what begins with a dot, until that is typed', () => {
    expect(tab('ls ').list).not.toContain('.hidden')
    expect(tab('ls .').becomes).toBe('ls .hidden ')
  })

  test('offers as a command with a slash only what can be one', () => {
    expect(tab('./').list).toEqual([])
    expect(tab('sub/i').list).toEqual([])
  })

  test('quotes what needs it, in the way that was begun', () => {
    expect(tab('cat a').becomes).toBe('cat a\\ ')
    expect(tab('cat a\\ f').becomes).toBe('cat a\\ file ')
    expect(tab("cat 'a f").becomes).toBe("cat 'a file' ")
    expect(tab('cat "a f').becomes).toBe('cat "a file" ')
    expect(tab("cat it\\'").becomes).toBe("cat it\\'s ")
    expect(tab("cat 'it").becomes).toBe("cat 'it'\\''s' ")
  })

  test('knows variables', () => {
    expect(tab('echo $HO')).toEqual({ becomes: 'echo $HO', list: ['HOME', 'HOST'] })
    expect(tab('echo "${PA').becomes).toBe('echo "${PATH}')
    expect(tab('echo $HOME/')).toEqual({ becomes: null, list: [] })
    expect(tab("echo '$HO").becomes).toBe(null)
  })
})
