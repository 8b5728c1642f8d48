import fc from 'fast-check'

/** Random cases are the same each time. FC_SEED=n tries others. */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 2009) })
