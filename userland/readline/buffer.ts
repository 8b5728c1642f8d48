import { split } from './width.ts'

const WORD = /^[\p{L}\p{N}]/u
const SPACE = /^[ \t]/

/** A line that is edited: its parts as a cursor steps over them, and the point, which is before one of them. */
export class LineBuffer {
  #parts: readonly string[] = []
  #point = 0

  get parts(): readonly string[] {
    return this.#parts
  }

  get point(): number {
    return this.#point
  }

  set point(at: number) {
    this.#point = Math.max(0, Math.min(at, this.#parts.length))
  }

  get length(): number {
    return this.#parts.length
  }

  get text(): string {
    return this.#parts.join('')
  }

  /** What stands before the point. */
  get before(): string {
    return this.slice(0, this.#point)
  }

  /** Another text, with the point behind it or before the part where `offset` of it stands. */
  set(text: string, offset = text.length): void {
    this.#parts = split(text)
    this.#point = split(text.slice(0, offset)).length
  }

  slice(from: number, to = this.length): string {
    return this.#parts.slice(from, to).join('')
  }

  insert(text: string): void {
    const before = this.before + text
    this.set(before + this.slice(this.#point), before.length)
  }

  /** Take out what is from `from` to `to`; the point is there then. */
  cut(from: number, to: number): string {
    const text = this.slice(from, to)
    this.#parts = [...this.#parts.slice(0, from), ...this.#parts.slice(to)]
    this.#point = from
    return text
  }

  /** Where the word ends that the point is in or before. */
  wordEnd(): number {
    let at = this.#point
    while (at < this.length && !WORD.test(this.#parts[at])) at++
    while (at < this.length && WORD.test(this.#parts[at])) at++
    return at
  }

  /** Where the word begins that the point is in or behind. */
  wordStart(): number {
    return this.#back((part) => WORD.test(part))
  }

  /** The same for a word that blanks end. */
  blankWordStart(): number {
    return this.#back((part) => !SPACE.test(part))
  }

  #back(inWord: (part: string) => boolean): number {
    let at = this.#point
    while (at > 0 && !inWord(this.#parts[at - 1])) at--
    while (at > 0 && inWord(this.#parts[at - 1])) at--
    return at
  }
}

/** Is `part` a letter or a digit? */
export function isWordPart(part: string): boolean {
  return WORD.test(part)
}
