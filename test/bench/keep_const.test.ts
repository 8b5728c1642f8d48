import { expect, it } from 'vitest'
import { keepConst } from '../../scripts/bench/keep_const.ts'

it('a variable of the top level that is never assigned to becomes a constant', () => {
  expect(keepConst('var a = 1;\nvar b = a, c = 2;\n')).toBe('const a = 1;\nconst b = a, c = 2;\n')
})

it.each(['a = 2', 'a += 1', 'a++', '--a', '[a] = [2]', '({ x: a } = o)', 'for (a of o);', '(() => { a ??= 3 })()'])(
  'one that `%s` assigns to stays as it is',
  (statement) => {
    const code = `var a = 1;\n${statement}`
    expect(keepConst(code)).toBe(code)
  },
)

it('a member that is assigned to is no reason', () => {
  expect(keepConst('var a = {};\na.b = -a.c;')).toBe('const a = {};\na.b = -a.c;')
})

it('one without a value, and one in a block, stay as they are', () => {
  const code = 'var a;\n{\n  var b = 1\n}'
  expect(keepConst(code)).toBe(code)
})

it('a function is a constant too, and before all that may call it, as it was', () => {
  const code = '#!/usr/bin/env node\nf();\nfunction f() {\n  return g\n}\nfunction* g(a) {}\n'
  expect(keepConst(code)).toBe(
    '#!/usr/bin/env node\n' + 'const f = function() {\n  return g\n};\nconst g = function*(a) {};\n' + 'f();\n\n\n',
  )
})

it.each(['f = 1', '{ f++ }'])('a function that `%s` assigns to stays as it is', (statement) => {
  const code = `function f() {}\n${statement}`
  expect(keepConst(code)).toBe(code)
})
