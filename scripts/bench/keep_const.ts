import ts from 'typescript'

/**
 * Write `const` again where esbuild wrote `var`.
 *
 * It does so with every constant at the top level of a bundle, to spare engines the check that it has
 * been initialised. V8 knows no better than to load such a variable anew each time, and test what it
 * holds; a constant's value it compiles in. A tenth of a checkpoint's time is in that.
 */
export function keepConst(code: string): string {
  const file = ts.createSourceFile('bundle.js', code, ts.ScriptTarget.ES2022)
  const assigned = assignedNames(file)
  let out = ''
  let done = 0
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement) || (statement.declarationList.flags & ts.NodeFlags.BlockScoped) !== 0)
      continue
    const constant = statement.declarationList.declarations.every(
      ({ name, initializer }) => initializer !== undefined && ts.isIdentifier(name) && !assigned.has(name.text),
    )
    if (!constant) continue
    const start = statement.getStart(file)
    out += `${code.slice(done, start)}const`
    done = start + 'var'.length
  }
  return out + code.slice(done)
}

/** Every name that is assigned to after its declaration, in whatever scope. */
function assignedNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>()
  const targets = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text)
    else if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) node.forEachChild(targets)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) targets(node.left)
    else if ((ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) && isStep(node.operator))
      targets(node.operand)
    else if (ts.isForInStatement(node) || ts.isForOfStatement(node)) targets(node.initializer)
    node.forEachChild(visit)
  }
  visit(file)
  return names
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment
}

function isStep(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.PlusPlusToken || kind === ts.SyntaxKind.MinusMinusToken
}
