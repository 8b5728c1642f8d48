import { testExamples } from './support/docs.ts'

for (const page of [
  'README.md',
  'docs/embedding.md',
  'docs/eintr.md',
  'docs/inject.md',
  'docs/schedules.md',
  'docs/hostdiff.md',
])
  testExamples(page)
