/** The builtins that no function may hide, and whose errors end a shell that is not interactive. */
export const SPECIAL_BUILTINS: ReadonlySet<string> = new Set(
  '. : break continue eval exec exit export local readonly return set shift times trap unset'.split(' '),
)
