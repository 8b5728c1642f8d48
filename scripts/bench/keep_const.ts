import ts from 'typescript'

/**
 * Write `const` where esbuild wrote `var`, and where a function is declared.
 *
 * The one it does with every constant at the top level of a bundle, to spare engines the check that it has
 * been initialised; the other is how people write. V8 knows no better than to load such a variable anew each
 * time, and test what it holds; a constant's value it compiles in. A fifth of a checkpoint's time is in that.
 * Functions come first, as they do when they are declared.
 */
export function keepConst(code: string): string {
  const file = ts.createSourceFile('bundle.js', code, ts.ScriptTarget.ES2022)
  const assigned = assignedNames(file)
  const start = file.statements.at(0)?.getStart(file) ?? 0
  let functions = ''
  let out = ''
  let done = start
  for (const statement of file.statements) {
    const at = statement.getStart(file)
    if (isConstantFunction(statement, assigned)) {
      const { name, end } = statement
      functions += `const ${name.text} = ${code.slice(at, name.pos)}${code.slice(name.end, end)};\n`
      out += code.slice(done, at)
      done = end
    } else if (isConstant(statement, assigned)) {
      out += `${code.slice(done, at)}const`
      done = at + 'var'.length
    }
  }
  return code.slice(0, start) + functions + out + code.slice(done)
}

function isConstantFunction(
  statement: ts.Statement,
  assigned: ReadonlySet<string>,
): statement is ts.FunctionDeclaration & { readonly name: ts.Identifier } {
  if (!ts.isFunctionDeclaration(statement) || statement.modifiers?.length) return false
  return statement.name !== undefined && !assigned.has(statement.name.text)
}

function isConstant(statement: ts.Statement, assigned: ReadonlySet<string>): boolean {
  if (!ts.isVariableStatement(statement)) return false
  const { flags, declarations } = statement.declarationList
  if ((flags & ts.NodeFlags.BlockScoped) !== 0) return false
  return declarations.every(
    ({ name, initializer }) => initializer !== undefined && ts.isIdentifier(name) && !assigned.has(name.text),
  )
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
