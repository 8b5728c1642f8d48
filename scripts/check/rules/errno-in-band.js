import { ESLintUtils } from '@typescript-eslint/utils'
import ts from 'typescript'
import { CATCHERS } from '../house.js'
import { onDropped, pathOf } from './dropped.js'

/** @import { TSESTree } from '@typescript-eslint/utils' */

/**
 * An errno comes back as a number, so a number that a function of ours returns is looked at, or is
 * dropped with `void`. In the kernel nothing but a Bug is thrown, and nobody catches.
 */
export const errnoInBand = ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      dropped: 'an int result was dropped: it may be an errno; use it, or say void',
      throw: 'only a Bug is thrown here; anything else is returned as a negative errno',
      catch: 'nobody catches here (try/finally is fine): errors are returned',
    },
  },
  defaultOptions: [],
  create(context) {
    const services = ESLintUtils.getParserServices(context)
    const checker = services.program.getTypeChecker()
    const path = pathOf(context)
    const inKernel = !path.startsWith('userland/')

    /** @param {TSESTree.CallExpression} call */
    function isOurs(call) {
      const source = checker
        .getResolvedSignature(services.esTreeNodeToTSNodeMap.get(call))
        ?.declaration?.getSourceFile()
      if (source === undefined) return true
      return (
        !services.program.isSourceFileFromExternalLibrary(source) &&
        !services.program.isSourceFileDefaultLibrary(source)
      )
    }

    return {
      ...onDropped((node) => {
        const call = node.type === 'YieldExpression' && node.delegate ? node.argument : node
        if (call?.type !== 'CallExpression' || !isOurs(call)) return
        if (mayBeInt(services.getTypeAtLocation(node))) context.report({ node, messageId: 'dropped' })
      }),
      ThrowStatement(node) {
        if (inKernel && services.getTypeAtLocation(node.argument).symbol?.name !== 'Bug') {
          context.report({ node, messageId: 'throw' })
        }
      },
      CatchClause(node) {
        if (inKernel && !(path in CATCHERS)) context.report({ node, messageId: 'catch' })
      },
    }
  },
})

/**
 * Branded numbers count: an address or a pid carries its errors in band as well.
 * @param {ts.Type} type
 * @returns {boolean}
 */
function mayBeInt(type) {
  if (type.isUnionOrIntersection()) return type.types.some(mayBeInt)
  return (type.flags & ts.TypeFlags.NumberLike) !== 0
}
