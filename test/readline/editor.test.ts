import { describe, expect, test } from 'vitest'
import { completed } from '../../userland/readline/complete.ts'
import { Editor, type Act } from '../../userland/readline/editor.ts'
import { History } from '../../userland/readline/history.ts'
import { KeyDecoder } from '../../userland/readline/keys.ts'
import { KillRing } from '../../userland/readline/kill_ring.ts'
import { encodeUtf8 } from '../../kernel/utf8.ts'

/** Somebody at a line, with those lines before it. */
function typist(...lines: string[]) {
  const editor = new Editor({ history: new History(lines), kills: new KillRing(), searched: '' })
  const decoder = new KeyDecoder()
  const type = (keys: string): Act[] =>
    [...encodeUtf8(keys)].flatMap((byte) => {
      const key = decoder.push(byte)
      return key === null ? [] : [editor.press(key)]
    })
  return { editor, type }
}

test('what was typed in one go is undone as one', () => {
  const { editor, type } = typist()
  type('one\x01two')
  const seen: string[] = []
  for (let i = 0; i < 3; i++) {
    type('\x1f')
    seen.push(editor.line.text)
  }
  expect(seen).toEqual(['one', '', ''])
})

test('a search passes by lines that are as the one that was found', () => {
  const { editor, type } = typist('ls', 'make', 'ls')
  type('\x12ls')
  expect(type('\x12')).toEqual(['bell'])
  expect(editor.search?.prompt).toBe("(failed reverse-i-search)`ls': ")
  type('\x07')
  expect(editor.line.text).toBe('')
})

test('ten cuts are remembered, the last one first', () => {
  const { editor, type } = typist()
  for (let i = 0; i < 11; i++) type(`${i}\x15 \x7f`)
  type('\x19')
  const seen = [editor.line.text]
  for (let i = 0; i < 10; i++) {
    type('\x1by')
    seen.push(editor.line.text)
  }
  expect(seen).toEqual(['10', '9', '8', '7', '6', '5', '4', '3', '2', '1', '10'])
})

test('a history keeps as many lines as it may, neither empty ones nor one twice', () => {
  expect(new History(['a', 'a', '', 'b', 'c'], 2).lines).toEqual(['b', 'c'])
})

describe('what is sure about a word', () => {
  const sure = (...texts: string[]): string | null =>
    completed({ start: 0, candidates: texts.map((text) => ({ text })) })

  test('ends before half of a character, and before a backslash without what it is for', () => {
    expect(sure('a😀', 'a😁')).toBe('a')
    expect(sure('a\\ b', 'a\\$c')).toBe('a')
    expect(sure('a\\\\b', 'a\\\\c')).toBe('a\\\\')
    expect(sure()).toBe(null)
  })
})
