import type { TSESTree } from '@typescript-eslint/utils'
import { parser } from 'typescript-eslint'

const { parseForESLint } = parser as { parseForESLint: (text: string, options: object) => { ast: TSESTree.Program } }

/** The syntax tree with comments, tokens and lines, or null where `text` is no TypeScript. */
export function parse(text: string): TSESTree.Program | null {
  try {
    return parseForESLint(text, { comment: true, tokens: true, loc: true, range: true }).ast
  } catch {
    return null
  }
}
