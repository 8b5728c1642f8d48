import { describe, expect, test } from 'vitest'
import { Progress } from '../../scripts/lib/progress.ts'

/** A terminal and a clock of the test's own. */
class Desk {
  now = 5000
  columns = 80
  written = ''
  readonly progress = new Progress({ columns: 80, write: (text: string) => (this.written += text) }, () => this.now)

  /** What was written since. */
  take(): string {
    const { written } = this
    this.written = ''
    return written
  }

  work(ms: number, calls: number, nsec = 0): string {
    this.now += ms
    this.progress.step(calls, nsec)
    return this.take()
  }
}

const line = (text: string): string => `\r\x1b[K${text}`

describe('progress', () => {
  test('is told of a run that takes longer than a second, four times a second, and erased', () => {
    const desk = new Desk()
    expect(desk.work(999, 1000)).toBe('')
    expect(desk.work(1, 1000)).toBe(line("1 s, 2,000 system calls, 2,000 a second, the machine's clock: 0.000 s"))
    expect(desk.work(249, 2_000_000)).toBe('')
    expect(desk.work(1, 0, 2_500_000_000)).toBe(
      line("1 s, 2,002,000 system calls, 8,000,000 a second, the machine's clock: 2.500 s"),
    )
    desk.progress.clear()
    desk.progress.clear()
    expect(desk.take()).toBe('\r\x1b[K')
  })

  test('gives way to what is printed, and keeps away for a second', () => {
    const desk = new Desk()
    expect(desk.work(2000, 1)).not.toBe('')
    desk.progress.beside(new TextEncoder().encode('text\n'))
    expect(desk.take()).toBe('\r\x1b[K')
    expect(desk.work(999, 1)).toBe('')
    expect(desk.work(1, 1)).not.toBe('')
  })

  test('is not written over a line that is not at its end', () => {
    const desk = new Desk()
    desk.progress.beside(new TextEncoder().encode('name? '))
    expect(desk.work(5000, 1)).toBe('')
    desk.progress.beside(new TextEncoder().encode('\n'))
    expect(desk.work(1000, 1)).not.toBe('')
  })

  test('is no wider than the terminal', () => {
    const desk = new Desk()
    const text = desk.work(1e9, 9e14, 1e15).slice(line('').length)
    expect(text).toHaveLength(79)
  })
})
