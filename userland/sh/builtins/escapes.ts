const SINGLE: Readonly<Record<string, string>> = {
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/**
 * Text with the meaning of its backslashes. Those of arguments have an octal number behind `\0`, and `\c`,
 * which stops all output; those of a format have the number behind the backslash itself.
 */
export function unescape(text: string, ofArgument: boolean): { readonly text: string; readonly stop: boolean } {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      out += text[i]
      continue
    }
    const rest = text.slice(i + 1)
    if (ofArgument && rest.startsWith('c')) return { text: out, stop: true }
    const [digits] = (ofArgument ? /^0[0-7]{0,3}|^[1-7][0-7]{0,2}/ : /^[0-7]{1,3}/).exec(rest) ?? []
    if (digits !== undefined) {
      out += String.fromCharCode(parseInt(digits, 8) & 0xff)
      i += digits.length
    } else if (rest !== '' && Object.hasOwn(SINGLE, rest[0])) {
      out += SINGLE[rest[0]]
      i++
    } else {
      out += '\\'
      if (rest !== '') out += rest[0]
      i++
    }
  }
  return { text: out, stop: false }
}
