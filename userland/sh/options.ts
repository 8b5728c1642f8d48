/** The options of `set`: letter and long name, in the order in which they are listed. */
export const OPTIONS: readonly (readonly [letter: string, name: string])[] = [
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['I', 'ignoreeof'],
  ['i', 'interactive'],
  ['m', 'monitor'],
  ['n', 'noexec'],
  ['s', 'stdin'],
  ['x', 'xtrace'],
  ['v', 'verbose'],
  ['V', 'vi'],
  ['E', 'emacs'],
  ['C', 'noclobber'],
  ['a', 'allexport'],
  ['b', 'notify'],
  ['u', 'nounset'],
  ['p', 'privileged'],
  ['', 'nolog'],
  ['', 'debug'],
]

/** Under which an option is kept: its letter, or its name where it has none. */
export function optionKey(letter: string, name: string): string {
  return letter === '' ? name : letter
}
