import type { History } from './history.ts'
import { HistoryWalk } from './history.ts'
import { LineBuffer, isWordPart } from './buffer.ts'
import { isText, type Key } from './keys.ts'
import { KillRing } from './kill_ring.ts'
import { Search } from './search.ts'

/** What a key has come to. */
export type Act =
  | 'edited'
  /** It did nothing that could be done. */
  | 'bell'
  /** The line is done; or given up; or there is no more. */
  | 'enter'
  | 'interrupt'
  | 'eof'
  /** To be done by who has the terminal. */
  | 'complete'
  | 'clear'
  | 'quote'

/** What lines one behind the other share. */
export interface Session {
  readonly history: History
  readonly kills: KillRing
  /** What was searched for last. */
  searched: string
}

interface Saved {
  readonly text: string
  readonly offset: number
}

type Kind = 'other' | 'insert' | 'kill' | 'yank' | 'argument' | 'delete'
type Command = (e: Editor) => Act

/** One line being edited, with the keys of Emacs as GNU readline has them. Knows no terminal. */
export class Editor {
  readonly line = new LineBuffer()
  readonly session: Session
  readonly walk: HistoryWalk
  search: Search | null = null
  /** What the key before this one did, and what this one does. */
  was: Kind = 'other'
  kind: Kind = 'other'
  /** For M-. again: from which line the word is, and where it begins. */
  argument = { from: 0, at: 0 }
  /** Where the last C-y put its text. */
  yanked = 0
  readonly #undo: Saved[] = []
  #saved: Saved | null = null

  constructor(session: Session) {
    this.session = session
    this.walk = new HistoryWalk(session.history)
  }

  press(key: Key): Act {
    if (this.search !== null) {
      const act = searching(this, this.search, key)
      if (act !== null) return act
    }
    this.kind = 'other'
    const before = this.#save()
    const act = isText(key) ? insert(this, key) : (COMMANDS[key]?.(this) ?? 'bell')
    if (key !== 'C-_' && before.text !== this.line.text && !this.#isTyping()) this.#undo.push(before)
    this.was = this.kind
    return act
  }

  /** One character behind the other is undone as one. */
  #isTyping(): boolean {
    return this.kind === 'insert' && this.was === 'insert'
  }

  /** Cut from `from` to `to`, the point being at one of them. */
  kill(from: number, to: number): Act {
    this.kind = 'kill'
    const forward = this.line.point === from
    this.session.kills.add(this.line.cut(from, to), this.was !== 'kill' ? 'alone' : forward ? 'behind' : 'before')
    return 'edited'
  }

  /** Go to a line of the history. */
  visit(at: number): Act {
    const text = this.walk.go(at, this.line.text)
    if (text === null) return 'bell'
    this.line.set(text)
    this.#undo.length = 0
    return 'edited'
  }

  undo(): Act {
    const last = this.#undo.pop()
    if (last === undefined) return 'bell'
    this.line.set(last.text, last.offset)
    return 'edited'
  }

  /** As it was before a search. */
  keep(): void {
    this.#saved = this.#save()
  }

  restore(): void {
    if (this.#saved !== null) this.line.set(this.#saved.text, this.#saved.offset)
  }

  #save(): Saved {
    return { text: this.line.text, offset: this.line.before.length }
  }
}

function insert(e: Editor, text: string): Act {
  e.kind = 'insert'
  e.line.insert(text)
  return 'edited'
}

function move(to: (line: LineBuffer) => number): Command {
  return ({ line }) => {
    const was = line.point
    line.point = to(line)
    return line.point === was && (to === left || to === right) ? 'bell' : 'edited'
  }
}

const left = (line: LineBuffer): number => line.point - 1
const right = (line: LineBuffer): number => line.point + 1

function remove(e: Editor, from: number): Act {
  if (from < 0 || from >= e.line.length) return 'bell'
  e.line.cut(from, from + 1)
  return 'edited'
}

function endOrDelete(e: Editor): Act {
  if (e.line.length === 0 && e.was !== 'delete') return 'eof'
  const act = remove(e, e.line.point)
  e.kind = 'delete'
  return act
}

function transpose({ line }: Editor): Act {
  const at = Math.min(line.point, line.length - 1)
  if (line.point === 0 || at < 1) return 'bell'
  const [a, b] = [line.slice(at - 1, at), line.slice(at, at + 1)]
  line.cut(at - 1, at + 1)
  line.insert(b + a)
  return 'edited'
}

/** Change the letters of the word from the point on. */
function change(how: (part: string, first: boolean) => string): Command {
  return ({ line }) => {
    const [from, to] = [line.point, line.wordEnd()]
    let first = true
    const parts = line.parts.slice(from, to).map((part) => {
      const changed = how(part, first)
      first = !isWordPart(part)
      // A letter that would become two stays as it is.
      return changed.length === part.length ? changed : part
    })
    line.cut(from, to)
    line.insert(parts.join(''))
    return 'edited'
  }
}

function yank(e: Editor): Act {
  const { top } = e.session.kills
  if (top === null) return 'bell'
  e.kind = 'yank'
  e.yanked = e.line.point
  e.line.insert(top)
  return 'edited'
}

function yankPop(e: Editor): Act {
  if (e.was !== 'yank') return 'bell'
  e.session.kills.rotate()
  e.line.cut(e.yanked, e.line.point)
  return yank(e)
}

/** A word: blanks end it that are not quoted. */
const ARGUMENT = /(?:'[^']*'?|"(?:[^"\\]|\\[^])*"?|\\[^]?|[^\s'"\\])+/g

/** The last word of the line before; again, that of the one before it in its place. */
function lastArgument(e: Editor): Act {
  const again = e.was === 'argument'
  const from = (again ? e.argument.from : e.walk.at) - 1
  if (from < 0) return 'bell'
  const at = again ? e.argument.at : e.line.point
  e.line.cut(at, e.line.point)
  e.line.insert(e.walk.line(from).match(ARGUMENT)?.at(-1) ?? '')
  e.kind = 'argument'
  e.argument = { from, at }
  return 'edited'
}

function startSearch(step: 1 | -1): Command {
  return (e) => {
    e.keep()
    e.walk.edit(e.line.text)
    e.search = new Search(e.walk, e.line.before.length, step)
    return 'edited'
  }
}

/** A key during a search; null where it ends that and means what it always does. */
function searching(e: Editor, search: Search, key: Key): Act | null {
  let found = true
  if (isText(key)) found = search.type(key)
  else if (key === 'C-r') found = search.again(-1, e.session.searched)
  else if (key === 'C-s') found = search.again(1, e.session.searched)
  else if (key === 'backspace') search.back()
  else return endSearch(e, search, key)
  e.line.set(e.walk.line(search.at), search.offset)
  return found ? 'edited' : 'bell'
}

function endSearch(e: Editor, search: Search, key: Key): Act | null {
  if (search.pattern !== '') e.session.searched = search.pattern
  e.search = null
  e.restore()
  if (key === 'C-g') return 'bell'
  if (key === 'C-c') return null
  void e.visit(search.at)
  e.line.set(e.line.text, search.offset)
  return null
}

const COMMANDS: Readonly<Partial<Record<Key, Command>>> = {
  enter: () => 'enter',
  tab: () => 'complete',
  'C-c': () => 'interrupt',
  'C-d': endOrDelete,
  'C-l': () => 'clear',
  'C-v': () => 'quote',
  'C-q': () => 'quote',

  'C-a': move(() => 0),
  home: move(() => 0),
  'C-e': move((line) => line.length),
  end: move((line) => line.length),
  'C-b': move(left),
  left: move(left),
  'C-f': move(right),
  right: move(right),
  'M-b': move((line) => line.wordStart()),
  'M-left': move((line) => line.wordStart()),
  'C-left': move((line) => line.wordStart()),
  'M-f': move((line) => line.wordEnd()),
  'M-right': move((line) => line.wordEnd()),
  'C-right': move((line) => line.wordEnd()),

  'C-p': (e) => e.visit(e.walk.at - 1),
  up: (e) => e.visit(e.walk.at - 1),
  'C-n': (e) => e.visit(e.walk.at + 1),
  down: (e) => e.visit(e.walk.at + 1),
  'M-<': (e) => e.visit(0),
  'M->': (e) => e.visit(e.walk.length),
  'C-r': startSearch(-1),
  'C-s': startSearch(1),
  'M-.': lastArgument,
  'M-_': lastArgument,

  backspace: (e) => remove(e, e.line.point - 1),
  delete: (e) => remove(e, e.line.point),
  'C-k': (e) => e.kill(e.line.point, e.line.length),
  'C-u': (e) => e.kill(0, e.line.point),
  'C-w': (e) => e.kill(e.line.blankWordStart(), e.line.point),
  'M-backspace': (e) => e.kill(e.line.wordStart(), e.line.point),
  'M-d': (e) => e.kill(e.line.point, e.line.wordEnd()),
  'C-y': yank,
  'M-y': yankPop,
  'C-t': transpose,
  'M-u': change((part) => part.toUpperCase()),
  'M-l': change((part) => part.toLowerCase()),
  'M-c': change((part, first) => (first ? part.toUpperCase() : part.toLowerCase())),
  'C-_': (e) => e.undo(),
}
