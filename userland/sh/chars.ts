/** Kinds of characters, of the portable set alone: the shell's locale is C. */

export function isNameStart(c: string): boolean {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c === '_'
}

export function isDigit(c: string): boolean {
  return c >= '0' && c <= '9' && c.length === 1
}

export function isNameChar(c: string): boolean {
  return isNameStart(c) || isDigit(c)
}

export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
}

/** The parameters whose names are one special character. */
export function isSpecialParameter(c: string): boolean {
  return c.length === 1 && '@*#?-$!'.includes(c)
}
