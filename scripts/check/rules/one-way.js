import { posix } from 'node:path'
import { ESLintUtils } from '@typescript-eslint/utils'
import { FORBIDDEN, MACHINE, PACKAGES, PURE, TRAPS, isIn } from '../house.js'
import { pathOf } from './dropped.js'

/** @import { TSESTree } from '@typescript-eslint/utils' */

/** Imports run one way, and the host stays outside. Circles are circle.ts's business. */
export const oneWay = ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      direction: '{{from}} may not import {{to}}',
      host: 'the machine imports nothing of its host, so not {{to}}',
      call: 'userland calls nothing below it but what traps: {{name}} of {{to}} is no constant',
    },
  },
  defaultOptions: [],
  create(context) {
    const services = ESLintUtils.getParserServices(context)
    const from = pathOf(context)

    /**
     * @param {TSESTree.Node} node
     * @param {string} to
     * @param {boolean} typeOnly
     */
    function check(node, to, typeOnly) {
      if (!to.startsWith('.')) {
        const allowed = (PACKAGES[from] ?? []).some((name) => isIn(to, [name]))
        if (isIn(from, MACHINE) && !allowed) context.report({ node, messageId: 'host', data: { to } })
        return
      }
      const target = targetOf(to)
      if (FORBIDDEN.some((edge) => isIn(from, edge.from) && isIn(target, edge.to) && !(edge.types && typeOnly))) {
        context.report({ node, messageId: 'direction', data: { from, to: target } })
      }
    }

    /** @param {string} to */
    const targetOf = (to) => posix.join(posix.dirname(from), to)

    return {
      ImportDeclaration(node) {
        const to = node.source.value
        check(node, to, node.importKind === 'type')
        if (!isIn(from, ['userland']) || from in TRAPS || node.importKind === 'type' || !to.startsWith('.')) return
        if (!isIn(targetOf(to), ['kernel', 'syscalls']) || PURE.includes(targetOf(to))) return
        for (const specifier of node.specifiers) {
          const type = services.getTypeAtLocation(specifier.local)
          if (type.getCallSignatures().length + type.getConstructSignatures().length === 0) continue
          const data = { name: specifier.local.name, to: targetOf(to) }
          context.report({ node: specifier, messageId: 'call', data })
        }
      },
      ExportNamedDeclaration(node) {
        if (node.source) check(node, node.source.value, node.exportKind === 'type')
      },
      ExportAllDeclaration: (node) => check(node, node.source.value, node.exportKind === 'type'),
      ImportExpression(node) {
        check(node, node.source.type === 'Literal' ? String(node.source.value) : 'a computed name', false)
      },
      TSImportType: (node) => check(node, node.source.value, true),
    }
  },
})
