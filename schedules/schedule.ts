import type { Choice } from '../kernel/sched/choice.ts'
import { signalName, signalNumber } from '../kernel/task/signame.ts'

/**
 * A schedule is what was chosen, in a line of words: `3` task 3 ran, `+` time passed, `SIGINT>3` the signal
 * came to task 3, `.4` four places inside of a call were passed without a signal.
 */

export function formatSchedule(choices: readonly Choice[]): string {
  const words: string[] = []
  let passed = 0
  const flush = (): void => {
    if (passed > 0) words.push(`.${passed}`)
    passed = 0
  }
  for (const choice of choices) {
    if (choice === 'pass') {
      passed++
      continue
    }
    flush()
    words.push(formatChoice(choice))
  }
  flush()
  return words.join(' ')
}

export function formatChoice(choice: Choice): string {
  if (choice === 'wait') return '+'
  if (choice === 'pass') return '.1'
  return 'run' in choice ? String(choice.run) : `${signalName(choice.signal)}>${choice.to}`
}

/** Throws a SyntaxError that names the word that says nothing. */
export function parseSchedule(text: string): Choice[] {
  const words = text.split(/\s+/).filter((word) => word !== '')
  return words.flatMap((word): Choice[] => {
    if (word === '+') return ['wait']
    const [, run, pass, name = '', to] = /^(?:(\d+)|\.(\d+)|(\w+)>(\d+))$/.exec(word) ?? []
    if (run !== undefined) return [{ run: Number(run) }]
    if (pass !== undefined) return new Array<Choice>(Number(pass)).fill('pass')
    const signal = signalNumber(name)
    if (signal === undefined) throw new SyntaxError(`schedule: '${word}' is no choice`)
    return [{ signal, to: Number(to) }]
  })
}
