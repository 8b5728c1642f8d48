import type { Node, Redirection, Word } from './ast.ts'

/** A command as text, for the list of jobs. */
export function commandText(node: Node): string {
  switch (node.type) {
    case 'command': {
      const assignments = node.assignments.map(({ name, value }) => `${name}=${wordText(value)}`)
      return [...assignments, ...node.words.map(wordText), ...node.redirections.map(redirectionText)].join(' ')
    }
    case 'pipeline':
      return node.commands.map(commandText).join(' | ')
    case 'list':
      return node.items.map(commandText).join('; ')
    case 'and':
      return `${commandText(node.left)} && ${commandText(node.right)}`
    case 'or':
      return `${commandText(node.left)} || ${commandText(node.right)}`
    case 'not':
      return `! ${commandText(node.body)}`
    case 'if': {
      const otherwise = node.otherwise === null ? '' : `; else ${commandText(node.otherwise)}`
      return `if ${commandText(node.test)}; then ${commandText(node.then)}${otherwise}; fi`
    }
    case 'while':
    case 'until':
      return `${node.type} ${commandText(node.test)}; do ${commandText(node.body)}; done`
    case 'for': {
      const words = node.words === null ? ' in "$@"' : ` in ${node.words.map(wordText).join(' ')}`
      return `for ${node.name}${words}; do ${commandText(node.body)}; done`
    }
    case 'case': {
      const items = node.items.map(
        ({ patterns, body }) => `${patterns.map(wordText).join(' | ')}) ${body === null ? '' : commandText(body)};; `,
      )
      return `case ${wordText(node.word)} in ${items.join('')}esac`
    }
    case 'function':
      return `${node.name}() { ${commandText(node.body)}; }`
    case 'subshell':
      return withRedirections(`(${commandText(node.body)})`, node.redirections)
    case 'background': {
      const text = commandText(node.body)
      return node.parentheses === true ? `(${text})` : text
    }
    case 'redirected':
      return withRedirections(commandText(node.body), node.redirections)
  }
}

function withRedirections(text: string, redirections: readonly Redirection[]): string {
  return [text, ...redirections.map(redirectionText)].join(' ')
}

function redirectionText({ fd, op, word }: Redirection): string {
  const number = fd === (op.startsWith('<') ? 0 : 1) ? '' : String(fd)
  return op === '<<' ? `${number}<<...` : `${number}${op}${wordText(word)}`
}

function wordText(word: Word): string {
  let text = ''
  let quoted = false
  for (const part of word) {
    if (part.quoted !== quoted) text += '"'
    quoted = part.quoted
    switch (part.kind) {
      case 'literal':
        text += part.text
        break
      case 'command':
        text += '$(...)'
        break
      case 'arithmetic':
        text += `$((${wordText(part.expression)}))`
        break
      case 'parameter':
        if (part.op === '') text += `\${${part.name}}`
        else if (part.op === 'length') text += `\${#${part.name}}`
        else text += `\${${part.name}${part.colon ? ':' : ''}${part.op}${wordText(part.word)}}`
    }
  }
  return quoted ? `${text}"` : text
}
