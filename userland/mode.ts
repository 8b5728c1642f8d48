/** Bits that `x`, `w`, `r` and the places of their owners stand for. */
const PERMISSIONS: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 }
const SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 }

/**
 * A mode as chmod(1) takes it, done to `old`: an octal number, or clauses like u+x,go=r. `mask` is the
 * umask, which holds where a clause does not say whose bits are meant. Null where it is no mode.
 */
export function parseMode(text: string, old: number, mask: number, folder = false): number | null {
  if (/^[0-7]{1,4}$/.test(text)) return parseInt(text, 8)
  let mode = old
  for (const clause of text.split(',')) {
    const [, who, actions] = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause) ?? []
    if (actions === undefined) return null
    for (const action of actions.match(/[-+=][^-+=]*/g) ?? [])
      mode = act(mode, who, action, who === '' ? mask : 0, folder)
  }
  return mode
}

function act(mode: number, who: string, action: string, mask: number, folder: boolean): number {
  const whom = who === '' || who.includes('a') ? 'ugo' : who
  let given = 0
  let place = 0
  for (const w of whom) {
    place |= 7 << SHIFTS[w]
    for (const p of action.slice(1)) {
      if (Object.hasOwn(PERMISSIONS, p)) given |= PERMISSIONS[p] << SHIFTS[w]
      else if (p === 'X' && (folder || (mode & 0o111) !== 0)) given |= 1 << SHIFTS[w]
      else if (Object.hasOwn(SHIFTS, p)) given |= ((mode >> SHIFTS[p]) & 7) << SHIFTS[w]
      else if (p === 's') given |= w === 'u' ? 0o4000 : w === 'g' ? 0o2000 : 0
    }
    // A directory keeps what an equals sign would take, as long as it is not named.
    if (!folder) place |= w === 'u' ? 0o4000 : w === 'g' ? 0o2000 : 0
  }
  if (action.includes('t')) given |= who === '' || who.includes('a') || who.includes('o') ? 0o1000 : 0
  given &= ~mask
  if (action.startsWith('+')) return mode | given
  return action.startsWith('-') ? mode & ~given : (mode & ~(place & ~mask)) | given
}
