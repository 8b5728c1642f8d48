import { relative, sep } from 'node:path'

/** @import { TSESTree } from '@typescript-eslint/utils' */

/**
 * Calls `visit` with each expression whose value goes nowhere. `void f()` is a drop that says so, and
 * is not visited as a call.
 * @param {(node: TSESTree.Expression) => void} visit
 */
export function onDropped(visit) {
  /** @param {TSESTree.Expression} node */
  function drop(node) {
    switch (node.type) {
      case 'ChainExpression':
      case 'TSNonNullExpression':
        return drop(node.expression)
      case 'LogicalExpression':
        return drop(node.right)
      case 'ConditionalExpression':
        drop(node.consequent)
        return drop(node.alternate)
      case 'SequenceExpression':
        return drop(/** @type {TSESTree.Expression} */ (node.expressions.at(-1)))
      case 'AssignmentExpression':
        return
      default:
        visit(node)
    }
  }
  return {
    /** @param {TSESTree.ExpressionStatement} node */
    ExpressionStatement: (node) => drop(node.expression),
    /** @param {TSESTree.SequenceExpression} node */
    SequenceExpression: (node) => node.expressions.slice(0, -1).forEach(drop),
    /** @param {TSESTree.ForStatement} node */
    ForStatement(node) {
      if (node.update) drop(node.update)
      if (node.init && node.init.type !== 'VariableDeclaration') drop(node.init)
    },
  }
}

/**
 * A linted file as the house names it: relative to the root, with slashes.
 * @param {{ readonly cwd: string, readonly filename: string }} context
 */
export function pathOf(context) {
  return relative(context.cwd, context.filename).split(sep).join('/')
}
