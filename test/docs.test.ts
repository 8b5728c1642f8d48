import { testExamples } from './support/docs.ts'

testExamples('docs/embedding.md')
