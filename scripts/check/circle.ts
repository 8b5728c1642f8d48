import { posix } from 'node:path'
import type { TSESTree } from '@typescript-eslint/utils'
import type { Finding } from './finding.ts'
import { CIRCLES, isIn } from './house.js'
import { parse } from './parse.ts'

/** Where a file imports another at run time: the other's path, and the line. */
type Imports = ReadonlyMap<string, number>

/**
 * Rule `one-way`: no circle of imports that exist at run time. The shortest circle through each file
 * is reported, once. Paths in `files` are relative to the root; a file that cannot be parsed imports nothing.
 */
export function checkCircles(files: ReadonlyMap<string, string>): Finding[] {
  const graph = new Map([...files].map(([path, text]) => [path, importsOf(path, text)]))
  const reported = new Set<string>()
  const findings: Finding[] = []

  for (const path of graph.keys()) {
    const circle = shortestCircle(graph, path)
    if (circle === null || Object.keys(CIRCLES).some((folder) => circle.every((file) => isIn(file, [folder])))) continue
    const key = [...circle].sort().join()
    if (reported.has(key)) continue
    reported.add(key)
    const line = graph.get(path)?.get(circle[1] ?? path) ?? 1
    findings.push({ path, line, message: `imports run in a circle: ${[...circle, path].join(' → ')}`, rule: 'one-way' })
  }
  return findings
}

function importsOf(path: string, text: string): Imports {
  const imports = new Map<string, number>()
  for (const node of parse(text)?.body ?? []) {
    const target = runtimeSource(node)
    if (target?.startsWith('.')) imports.set(posix.join(posix.dirname(path), target), node.loc.start.line)
  }
  return imports
}

function runtimeSource(node: TSESTree.ProgramStatement): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return node.importKind === 'type' ? undefined : node.source.value
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.exportKind === 'type' ? undefined : node.source?.value
    default:
      return undefined
  }
}

/** The files on the shortest way from `start` back to it, `start` first. */
function shortestCircle(graph: ReadonlyMap<string, Imports>, start: string): string[] | null {
  const seen = new Set<string>()
  let ways = [[start]]
  while (ways.length > 0) {
    const longer: string[][] = []
    for (const way of ways) {
      for (const next of graph.get(way[way.length - 1])?.keys() ?? []) {
        if (next === start) return way
        if (seen.has(next)) continue
        seen.add(next)
        longer.push([...way, next])
      }
    }
    ways = longer
  }
  return null
}
