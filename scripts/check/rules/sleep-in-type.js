import { ESLintUtils } from '@typescript-eslint/utils'
import ts from 'typescript'
import { WAIT_PRIMITIVES, isIn } from '../house.js'
import { onDropped, pathOf } from './dropped.js'

/** @import { TSESTree } from '@typescript-eslint/utils' */

/**
 * What may sleep is a generator until `yield*` runs it: dropped, it never happens at all. The bare
 * `yield` belongs to the wait primitives, and the kernel has no other way to wait.
 */
export const sleepInType = ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      dropped: 'a sleeping call was dropped: run it with yield*, or say void',
      callback: 'a sleeping function where nobody runs what it returns',
      bareYield: 'a bare yield outside the wait primitives',
      async: 'no async in the machine: what may sleep returns Sleeps',
    },
  },
  defaultOptions: [],
  create(context) {
    const services = ESLintUtils.getParserServices(context)
    const checker = services.program.getTypeChecker()
    const path = pathOf(context)
    const inKernel = isIn(path, ['kernel', 'syscalls'])

    /** @param {TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression} node */
    const noAsync = (node) => {
      if (inKernel && node.async) context.report({ node, messageId: 'async' })
    }

    return {
      ...onDropped((node) => {
        if (sleeps(services.getTypeAtLocation(node))) context.report({ node, messageId: 'dropped' })
      }),
      CallExpression(node) {
        for (const arg of node.arguments) {
          const expected = checker.getContextualType(
            /** @type {ts.Expression} */ (services.esTreeNodeToTSNodeMap.get(arg)),
          )
          if (expected === undefined || !returns(expected, isVoid)) continue
          if (returns(services.getTypeAtLocation(arg), sleeps)) context.report({ node: arg, messageId: 'callback' })
        }
      },
      YieldExpression(node) {
        if (inKernel && !node.delegate && !isIn(path, WAIT_PRIMITIVES)) context.report({ node, messageId: 'bareYield' })
      },
      FunctionDeclaration: noAsync,
      FunctionExpression: noAsync,
      ArrowFunctionExpression: noAsync,
      AwaitExpression(node) {
        if (inKernel) context.report({ node, messageId: 'async' })
      },
    }
  },
})

/**
 * Whether a value of this type may be work not yet done: an iterator that is its own iterable.
 * @param {ts.Type} type
 * @returns {boolean}
 */
function sleeps(type) {
  if (type.isUnion()) return type.types.some(sleeps)
  return (
    type.getProperty('next') !== undefined &&
    type.getProperties().some((property) => String(property.escapedName).startsWith('__@iterator'))
  )
}

/** @param {ts.Type} type */
function isVoid(type) {
  return (type.flags & ts.TypeFlags.Void) !== 0
}

/**
 * @param {ts.Type} type
 * @param {(result: ts.Type) => boolean} test
 */
function returns(type, test) {
  const types = type.isUnion() ? type.types : [type]
  return types.some((one) => one.getCallSignatures().some((signature) => test(signature.getReturnType())))
}
